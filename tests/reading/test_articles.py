"""Which files are articles, and files that make trouble."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ArticleRejected, CorpusError
from assistant.reading.articles import LARGEST, ArticleFile, find_articles, read_article
from assistant.types import Article


def read(path: Path, data: bytes | str) -> Article:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    article = read_article(ArticleFile(path.name, path, path.stat().st_size, 0))
    assert article is not None
    return article


def test_finds_the_articles_of_a_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("x")
    corpus = tmp_path / "corpus"
    for name in (
        "b.md",
        "sub/a.TXT",
        "é.html",
        ".hidden.md",
        ".git/c.md",
        "picture.png",
        "noext",
        "sub/deep/p.pdf",
    ):
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text("x")
    (corpus / "leaves.md").symlink_to(outside)
    (corpus / "stays.md").symlink_to(corpus / "b.md")
    (corpus / "nowhere.md").symlink_to(corpus / "gone.md")
    (corpus / "loop").symlink_to(corpus)
    os.mkfifo(corpus / "pipe.md")
    assert [file.name for file in find_articles(corpus)] == [
        "b.md",
        "stays.md",
        "sub/a.TXT",
        "sub/deep/p.pdf",
        "é.html",
    ]
    assert find_articles(corpus)[0].size == 1


def test_a_corpus_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is not there"):
        find_articles(tmp_path / "none")
    (tmp_path / "file.md").write_text("x")
    with pytest.raises(CorpusError, match="is not a folder"):
        find_articles(tmp_path / "file.md")
    (tmp_path / "empty").mkdir()
    assert find_articles(tmp_path / "empty") == []


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.md")).write_text("Un café.")
    (file,) = find_articles(tmp_path)
    assert file.name == "caf\\xe9.md"
    article = read_article(file)
    assert article is not None
    assert article.text == "Un café."


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.md", b"", "no text"),
        ("a.md", b"---\ntitle: x\n---\n", "no text"),
        ("a.txt", b"\xef\xbb\xbf \n\t\n", "no text"),
        ("a.txt", "\u200b\u200b".encode(), "no text"),
        ("a.txt", b"%PDF-1.7 ...", "a PDF"),
        ("a.md", b"\x89PNG\r\n", "a PNG"),
        ("a.html", b"", "no HTML"),
        ("a.html", b"<html></html>", "no text"),
        ("a.html", b"<script>alert('only')</script>", "no text"),
        ("a.pdf", b"text", "not a PDF"),
        ("a.docx", b"PK\x03\x04 nothing", "damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0", "password"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(ArticleRejected, match=reason):
        read(tmp_path / name, data)


def test_a_file_that_is_gone_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(ArticleRejected, match="may be read"):
        read_article(ArticleFile("gone.md", tmp_path / "gone.md", 3, 0))
    with pytest.raises(ArticleRejected, match="Split it"):
        read_article(ArticleFile("large.md", tmp_path / "large.md", LARGEST + 1, 0))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.md"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(ArticleRejected, match="denied"):
        read_article(ArticleFile("secret.md", path, 1, 0))


@pytest.mark.parametrize(("suffix", "times"), [(".md", 40_000), (".txt", 192_000)])
def test_five_million_characters(tmp_path: Path, suffix: str, times: int) -> None:
    started = time.process_time()
    article = read(tmp_path / f"long{suffix}", "# Un titre\n\n" + "Une phrase de cinq mots.\n\n" * times)
    assert len(article.text) > 25 * times
    assert len(article.sentences) > times
    assert time.process_time() - started < 60


@pytest.mark.parametrize(
    "source",
    [
        "[" * 60_000,
        "![" * 30_000,
        "> " * 30_000,
        "- " * 30_000,
        "*a_" * 20_000,
        "<b>" * 20_000,
        "`" * 60_001 + "a",
    ],
)
def test_markdown_that_hurts(tmp_path: Path, source: str) -> None:
    started = time.process_time()
    try:
        read(tmp_path / "a.md", "Un début.\n\n" + source)
    except ArticleRejected as error:
        assert error.reason
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "front_matter",
    [
        "title: [a",
        "published: 2024-13-45",
        "date: soon",
        "- a\n- b",
        "title: {a: {b: c}}",
        "just words",
        "title: ''",
        "[" * 5000,
        "a: &a [*a]",
    ],
)
def test_front_matter_of_the_wrong_kind(tmp_path: Path, front_matter: str) -> None:
    article = read(tmp_path / "name-of-file.md", f"---\n{front_matter}\n---\nLe texte de cet article reste.")
    assert article.text == "Le texte de cet article reste."
    assert article.published is None
    assert article.title in ("name of file", "[a")


def test_toml_that_is_broken_is_read_line_by_line(tmp_path: Path) -> None:
    article = read(tmp_path / "a.md", "+++\ntitle = 'Sur l'air'\ndate = 2024-05-20\n+++\nLe texte reste.")
    assert (article.text, str(article.published)) == ("Le texte reste.", "2024-05-20")
    assert "not valid TOML" in article.warnings[0]


def test_a_rule_is_no_front_matter(tmp_path: Path) -> None:
    assert read(tmp_path / "a.md", "Un texte.\n\n---\n\nUn autre.").text == "Un texte.\n\nUn autre."


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso8859-15"]
)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "L'été dernier, la société a publié un modèle à poids ouverts; c'était très attendu."
    article = read(tmp_path / "a.txt", text.encode(encoding))
    assert article.text == text
    told = any("encoding guessed" in warning for warning in article.warnings)
    assert told == (encoding in ("utf-16-le", "utf-16-be", "cp1252", "iso8859-15"))


def test_a_stated_language_that_the_text_contradicts(tmp_path: Path) -> None:
    text = (
        "<p>"
        + "Le modèle est publié sous une licence libre et chacun peut le télécharger pour son usage. " * 5
        + "</p>"
    )
    article = read(tmp_path / "a.html", f"<html lang='en'><body><h1>Titre</h1>{text}</body></html>")
    assert (article.language, article.origins["language"]) == ("fr", "text")


def test_words_never_stick_at_tags(tmp_path: Path) -> None:
    page = "<html lang=fr><h2>Titre</h2><p>un<br>deux<b>trois</b> quatre</p><div>cinq</div><div>six</div><ul><li>sept<li>huit</ul>"
    article = read(tmp_path / "a.html", page)
    assert article.text.split() == [
        "Titre",
        "un",
        "deuxtrois",
        "quatre",
        "cinq",
        "six",
        "-",
        "sept",
        "-",
        "huit",
    ]


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_offsets_hold_for_any_markdown(tmp_path_factory: pytest.TempPathFactory, source: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.md"
    try:
        article = read(path, "x " + source)
    except (ArticleRejected, AssertionError):
        return
    assert article.text == article.text.strip()
    for start, end, level in article.headings:
        assert article.text[start:end].strip()
        assert 1 <= level <= 6
    assert all(article.text[start:end].strip() for start, end in article.sentences)
