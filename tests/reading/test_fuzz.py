"""Hundreds of damaged files of each format: every one is read or rejected, in time, and the reader lives on."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import ArticleRejected
from assistant.reading import isolated
from assistant.reading.articles import ArticleFile
from assistant.reading.isolated import read_article_safely
from assistant.types import Article

SAMPLES = Path(__file__).parents[1] / "data" / "articles"
COUNT = 500
LONGEST_SECONDS = 10.0


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to four accidents: flipped bits, lost ends, doubled, lost or foreign pieces."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if not changed:
            break
        place = chance.randrange(len(changed))
        length = chance.choice((1, 4, 16, 64, 256, 1024))
        accident = chance.randrange(6)
        if accident == 0:
            for _ in range(chance.randint(1, 30)):
                changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        elif accident == 1:
            del changed[place:]
        elif accident == 2:
            changed[place:place] = changed[place : place + length] * chance.choice((1, 2, 40))
        elif accident == 3:
            del changed[place : place + length]
        elif accident == 4:
            changed[place : place + length] = chance.randbytes(length)
        else:
            signs = (
                b"<",
                b"[",
                b"(",
                b"*_",
                b"`",
                b"> ",
                b"&#x1F600;",
                b"\x00",
                b"\xff\xfe",
                b"---\n",
                b"{",
                b"|",
                b"\n- ",
            )
            changed[place:place] = chance.choice(signs) * chance.choice((1, 10, 500))
    return bytes(changed)


def mutated_inside(data: bytes, chance: random.Random) -> bytes:
    """The same to one part of a ZIP archive, which stays a valid one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = chance.choice(["word/document.xml", "word/document.xml", *sorted(parts)])
    parts[part] = mutated(parts[part], chance)
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return changed.getvalue()


def damaged_files(suffix: str, folder: Path) -> Iterator[ArticleFile]:
    chance = random.Random(f"fuzz {suffix}")
    written = ".html" if suffix == ".htm" else suffix
    samples = [
        path.read_bytes() for path in sorted(SAMPLES.glob(f"*{written}")) if path.stat().st_size < 40_000
    ]
    path = folder / f"damaged{suffix}"
    for number in range(COUNT):
        inside = suffix == ".docx" and chance.random() < 0.8
        path.write_bytes((mutated_inside if inside else mutated)(chance.choice(samples), chance))
        yield ArticleFile(f"{number}{suffix}", path, path.stat().st_size, number)


def attempt(file: ArticleFile) -> Article | str | None:
    """The article, or why it was rejected.

    A busy machine may hold up any one file for long; what hangs because of its bytes does so again.
    """
    for last in (False, True):
        started = time.monotonic()
        try:
            outcome: Article | str | None = read_article_safely(file)
        except ArticleRejected as error:
            outcome = error.reason
        if time.monotonic() - started < LONGEST_SECONDS:
            break
        assert not last, f"{file.name} hangs"
    return outcome


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".docx", ".htm", ".html", ".md", ".pdf", ".txt"])
def test_damaged_files(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # Tesseract would take a second for each damaged scan
    isolated._child.stop()
    read = rejected = 0
    for file in damaged_files(suffix, tmp_path):
        article = attempt(file)
        if isinstance(article, str):
            assert "reader crashed" not in article, f"{file.name} crashes the reader"
            assert "too much memory" not in article, f"{file.name} eats the memory"
            rejected += 1
        elif article is not None:
            read += 1
            assert article.text == article.text.strip() != ""
            assert all(0 <= span.start < span.end <= len(article.text) for span in article.sentences)
            assert "\ufeff" not in article.text
            assert "\r" not in article.text
    assert read > COUNT // 20
    print(f"{suffix}: {read} read, {rejected} rejected")
