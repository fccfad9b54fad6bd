"""Text recognised in pictures of pages by Tesseract, where that is installed; the program does not need it.

What is recognised is never mixed with text that a file holds: only a document without any is recognised, as a whole,
and it says so with the confidence that Tesseract gives.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ..language.reading_pack import reading_packs
from .page_layout import HYPHEN, WIDE_GAP, Line

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

RESOLUTION = 300
"""Dots per inch: what Tesseract's models were trained for."""
LONGEST_SIDE = 5000
"""Dots; a larger page is drawn smaller."""
MOST_PAGES = 300
PATIENCE = 120.0
"""Seconds for a page."""
UNREADABLE = "\ufffd"
"""Stands for a word of which Tesseract is not sure."""
SURE = 40.0
"""Confidence, 0 to 100, from which a word is taken."""
SIZE_STEP = 4.0
"""Points: a picture gives the size of letters no better, with or without a descender."""
LEGIBLE = 55.0
"""Mean confidence, 0 to 100, from which a page is text: Tesseract finds some in every photograph."""

reached: ContextVar[Callable[[int, int], None] | None] = ContextVar("reached", default=None)
"""Is told each page that is about to be recognised, from 1, and how many there are."""


class Recognised(NamedTuple):
    """A page that was recognised."""

    lines: list[Line]
    confidence: float
    """Mean over its letters, 0 to 100."""
    unsure: int = 0
    """Words that could not be told."""


@cache
def languages() -> tuple[str, ...]:
    """Tesseract's names of the packs' languages that are installed with it; none where it is not there."""
    program = shutil.which("tesseract")
    if program is None:
        return ()
    try:
        done = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    installed = set(done.stdout.split()) | set(done.stderr.split())
    return tuple(name for name in _known() if name in installed)


def _known() -> list[str]:
    return [str(pack["tesseract"]) for pack in reading_packs().values()]


def how_to_install() -> str:
    """The command that installs Tesseract with the packs' languages on this system."""
    if sys.platform == "darwin":
        return "brew install tesseract tesseract-lang"
    if sys.platform == "win32":
        return "winget install UB-Mannheim.TesseractOCR"
    return " ".join(
        ["sudo apt install tesseract-ocr", *(f"tesseract-ocr-{name}" for name in sorted(_known()))]
    )


def recognise(page: PdfPage) -> Recognised:
    """The lines of a page's picture with their places in points; none where nothing legible is found."""
    scale = min(RESOLUTION / 72, LONGEST_SIDE / max(page.get_size()))
    picture = page.render(scale=scale, grayscale=True).to_numpy()
    height, width = picture.shape[:2]
    words = _words(b"P5 %d %d 255\n" % (width, height) + picture.tobytes())
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / max(1, letters)
    if confidence < LEGIBLE:
        return Recognised([], confidence)
    lines = [_line(run, height, scale) for run in _runs(words)]
    return Recognised(lines, confidence, sum(word.confidence < SURE for word in words))


class _Word(NamedTuple):
    """A word with its box in dots from the upper left corner."""

    line: tuple[str, ...]
    """Block, paragraph and line it stands in."""
    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float

    @property
    def right(self) -> int:
        return self.left + self.width


def _words(picture: bytes) -> list[_Word]:
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(languages()), "tsv"]
    try:
        done = subprocess.run(
            command,
            input=picture,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError):
        return []
    table = csv.DictReader(
        done.stdout.decode("utf-8", "replace").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    try:
        return [_word(row) for row in table if row["level"] == "5" and (row["text"] or "").strip()]
    except (KeyError, TypeError, ValueError):  # no table of Tesseract's
        return []


def _word(row: Mapping[str, str]) -> _Word:
    left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
    place = (row["block_num"], row["par_num"], row["line_num"])
    return _Word(place, row["text"].strip(), left, top, width, height, float(row["conf"]))


def _runs(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """Words of a line between wide gaps, which part the cells of a table."""
    for _, group in groupby(words, key=lambda word: word.line):
        run: list[_Word] = []
        for word in group:
            if run and word.left - run[-1].right > WIDE_GAP * max(word.height, run[-1].height):
                yield run
                run = []
            run.append(word)
        yield run


def _line(run: Sequence[_Word], height: int, scale: float) -> Line:
    text = " ".join(word.text if word.confidence >= SURE else UNREADABLE for word in run)
    if text[-1] == "-" and len(text) > 2 and text[-2].isalpha():
        text = text[:-1] + HYPHEN
    bottom = (height - max(word.top + word.height for word in run)) / scale
    size = max(word.height for word in run) / scale
    size = max(1.0, round(size / SIZE_STEP)) * SIZE_STEP
    left, right = min(word.left for word in run) / scale, max(word.right for word in run) / scale
    return Line(text, left, bottom, right, bottom + size)
