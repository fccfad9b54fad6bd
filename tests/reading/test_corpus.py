"""Which files of a folder are articles: names of any bytes, links, locks, saved pages, other kinds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.reading.articles import READERS, find_articles, read_article
from assistant.reading.corpus import survey


def names(corpus: Path) -> list[str]:
    return [file.name for file in find_articles(corpus)]


@pytest.mark.parametrize(
    "written", [b"caf\xe9.txt", b"a\xff\xfeb.md", "nfd-e\u0301.txt".encode(), b"line\nend.txt"]
)
def test_any_name_that_the_file_system_allows(tmp_path: Path, written: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + written)).write_text("The library opens in May.")
    (file,) = find_articles(tmp_path)
    article = read_article(file)
    assert article is not None
    assert f"{article.name} {article.title}".encode()  # no lone surrogate anywhere
    assert article.name == written.decode("utf-8", "backslashreplace")


def test_two_names_that_differ_in_one_byte_stay_two(tmp_path: Path) -> None:
    for byte in (b"\xe8", b"\xe9"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + byte + b".txt")).write_text("Text.")
    assert len(set(names(tmp_path))) == 2


def test_locks_and_companion_folders_are_passed_over(tmp_path: Path) -> None:
    for name in (
        "~$report.docx",
        ".~lock.report.odt#",
        "report.docx",
        "Page_files/frame.html",
        "Page.html",
        "notes_files/a.md",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Text.")
    assert names(tmp_path) == ["Page.html", "notes_files/a.md", "report.docx"]


def test_links_inside_are_followed_and_others_named(tmp_path: Path) -> None:
    corpus, outside = tmp_path / "corpus", tmp_path / "outside"
    for folder in (corpus / ".kept", outside, corpus / "deep"):
        folder.mkdir(parents=True)
        (folder / "a.md").write_text("Text.")
    (corpus / "shown").symlink_to(corpus / ".kept")
    (corpus / "deep" / "circle").symlink_to(corpus)
    (corpus / "away").symlink_to(outside)
    (corpus / "away.md").symlink_to(outside / "a.md")
    (corpus / "gone.md").symlink_to(corpus / "nothing")
    found = survey(corpus, READERS)
    assert [file.name for file in found.articles] == ["deep/a.md", "shown/a.md"]
    assert found.foreign_links == ["away", "away.md"]


def test_other_kinds_are_counted(tmp_path: Path) -> None:
    for name in ("a.key", "b.KEY", "c.pages", "README", "d.md"):
        (tmp_path / name).write_text("Text.")
    assert survey(tmp_path, READERS).other_kinds == {".key": 2, ".pages": 1, "": 1}
