"""Pictures of pages: read by Tesseract where it is installed, else the reason names the command that installs it.

A small program stands for Tesseract, so that the tests need none; where the real one is there, it reads the same page.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeEmbedder
from PIL import Image
from reportlab.lib.pagesizes import A5
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import ArticleRejected
from assistant.reading import isolated, recognition
from assistant.reading.articles import ArticleFile, read_article
from assistant.store.report import SyncProgress
from assistant.store.sync import sync
from assistant.types import Article

SAMPLES = Path(__file__).parents[1] / "data" / "articles"
PROGRAM = """#!{python}
import sys
if "--list-langs" in sys.argv:
    print("List of available languages (3):\\nfra\\nosd\\nxyz")
    sys.exit()
assert sys.argv[1:] == ["stdin", "stdout", "-l", "fra", "tsv"], sys.argv
kind, width, height = sys.stdin.buffer.read(20).split()[:3]
assert kind == b"P5" and int(width) > 1000, (kind, width)
print("level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext")
for line in {lines!r}:
    for number, (left, word, sure) in enumerate(line[1:], start=1):
        print(5, 1, 1, 1, line[0], number, left, 200 + 60 * line[0], 20 * len(word), 40, sure, word, sep="\\t")
"""
LINES = (
    (1, (300, "Le", 96.1), (360, "bac", 95.0), (440, "reprend", 94.2), (600, "le", 96.0), (660, "3", 92.5), (700, "mai.", 93.0)),
    (2, (300, "Il", 96.0), (360, "porte", 90.0), (480, "14", 22.0), (540, "voi-", 91.0)),
    (3, (300, "tures", 93.0), (420, "et", 95.0), (480, "deux", 94.0), (580, "cars.", 94.0)),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is installed is asked once a process: ask again, in the reading child too."""
    recognition.languages.cache_clear()
    isolated._child.stop()
    yield
    isolated._child.stop()
    monkeypatch.undo()
    recognition.languages.cache_clear()


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: object = LINES) -> None:
    program = folder / "bin" / "tesseract"
    program.parent.mkdir(exist_ok=True)
    program.write_text(PROGRAM.format(python=sys.executable, lines=lines), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def scan(name: str = "scanned.pdf") -> ArticleFile:
    path = SAMPLES / name
    return ArticleFile(name, path, path.stat().st_size, 0)


def read(file: ArticleFile) -> Article:
    article = read_article(file)
    assert article is not None
    return article


def test_a_scan_is_read_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch)
    article = read(scan())
    assert article.text == "Le bac reprend le 3 mai. Il porte \ufffd voitures et deux cars."
    assert article.warnings == (
        "text recognised by Tesseract in pictures of pages (confidence 91 %): check it against the pages",
        "1 word could not be recognised: \ufffd stands for each",
    )
    assert article.published is None  # the day of the scan is none of the publication


def test_the_real_one_reads_the_page_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("tesseract") is None:
        install(tmp_path, monkeypatch, [(1, (300, "A", 95), (340, "page", 95), (440, "scanned", 95))])
    text = read(scan()).text
    assert "page" in text
    assert text.endswith("scanned")


def test_a_text_layer_is_never_mixed_with_what_is_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read(scan("letters.pdf"))
    install(tmp_path, monkeypatch)
    recognition.languages.cache_clear()
    assert read(scan("letters.pdf")) == before


@pytest.mark.parametrize("lines", [(), ((1, (300, "|~", 12.0), (360, "ii", 31.0)),)])
def test_a_picture_without_text_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: object
) -> None:
    install(tmp_path, monkeypatch, lines)
    with pytest.raises(ArticleRejected, match="nothing legible"):
        read_article(scan())


def test_without_it_the_reason_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for read_it in (read_article, isolated.read_article_safely):
        with pytest.raises(ArticleRejected, match=r"Install Tesseract \(`.*tesseract.*`\).* or .*ocrmypdf"):
            read_it(scan())


def test_a_broken_program_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch)
    (tmp_path / "bin" / "tesseract").write_text("#!/no/such/interpreter\n", "utf-8")
    with pytest.raises(ArticleRejected, match="Install Tesseract"):
        read_article(scan())


def test_pages_are_told_while_they_are_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch)
    told: list[tuple[int, int]] = []
    assert isolated.read_article_safely(scan(), lambda *page: told.append(page)) is not None
    assert told == [(1, 1)]


def test_a_scan_that_was_left_out_is_read_once_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, store = tmp_path / "corpus", tmp_path / "store"
    corpus.mkdir()
    shutil.copy(SAMPLES / "scanned.pdf", corpus)
    (corpus / "a.md").write_text("Le bac de Querville transporte des voitures.", "utf-8")
    embedder, said = FakeEmbedder(), list[SyncProgress]()

    def index() -> tuple[list[str], list[str]]:
        recognition.languages.cache_clear()
        isolated._child.stop()
        report = sync(corpus, store, embedder, min_tokens=20, max_tokens=40, progress=said.append)
        return report.added, [name for name, _ in report.rejected]

    monkeypatch.setenv("PATH", str(tmp_path))
    assert index() == (["a.md"], ["scanned.pdf"])
    assert index() == ([], ["scanned.pdf"])
    install(tmp_path, monkeypatch)
    assert index() == (["scanned.pdf"], [])
    assert "scanned.pdf, page 1 of 1" in [step.article for step in said]
    assert index() == ([], [])


def stamped(folder: Path, said: str = "Received 12 May 2024") -> ArticleFile:
    """Two pages that are pictures, each with a line of text on it."""
    path = folder / "stamped.pdf"
    canvas = Canvas(str(path), pagesize=A5)
    for _ in range(2):
        canvas.drawImage(ImageReader(Image.new("L", (400, 600), 200)), 0, 0, *A5)
        canvas.drawString(60, 20, said)
        canvas.showPage()
    canvas.save()
    return ArticleFile(path.name, path, path.stat().st_size, 0)


def test_what_is_beneath_a_stamp_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch)
    article = read(stamped(tmp_path, "12 May"))
    assert article.text.startswith("Le bac reprend le 3 mai.")
    assert "12 May" not in article.text  # the stamp is in the picture, as the rest is
    assert "recognised by Tesseract" in article.warnings[0]


def test_stamps_stay_where_nothing_more_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, ((1, (300, "Le", 96.1)),))
    article = read(stamped(tmp_path))
    assert "Received 12 May 2024" in article.text
    assert article.warnings == ("its pages are pictures; only what is written on them is read",)


def test_without_it_a_stamped_scan_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    article = read(stamped(tmp_path))
    assert "Received 12 May 2024" in article.text
    assert "tesseract" in article.warnings[0]
