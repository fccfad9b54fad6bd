"""PDF through pypdfium2: letters with their places, the rest is `page_layout`."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ArticleRejected
from .drafts import Draft, Fact, counted
from .page_layout import HYPHEN, WIDE_GAP, Line, page_blocks

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 2000
_JUNK_TITLE = re.compile(
    r"^(?:untitled|microsoft word|document\d*|\(?anonymous\)?|.*\.(?:docx?|indd|tex|pdf|odt|qxd)$)", re.I
)
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")


def read_pdf(data: bytes, name: str) -> Draft:
    """A PDF with text. Raises `ArticleRejected` for a locked, damaged or scanned one."""
    document = _open(data, name)
    try:
        return _draft(document, name)
    finally:
        document.close()


def _open(data: bytes, name: str) -> PdfDocument:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if "assword" in str(error):
            raise ArticleRejected(name, "it is locked with a password. Save it without one.") from error
        raise ArticleRejected(
            name, "it is not a PDF, or a damaged one. Save it again from where it came."
        ) from error


def _draft(document: PdfDocument, name: str) -> Draft:
    pages: list[list[Line]] = []
    empty, hidden = [], 0
    for number in range(min(len(document), MOST_PAGES)):
        lines, unseen = _page_lines(document, number)
        hidden += unseen
        pages.append(lines)
        if not lines:
            empty.append(str(number + 1))
    if len(empty) == len(pages):
        raise ArticleRejected(
            name,
            "it has no text, only pictures of pages. Recognise its text first, for instance with `ocrmypdf IN.pdf OUT.pdf`.",
        )
    warnings = [f"no text on page {', '.join(empty[:20])}"] if empty else []
    warnings += [f"hidden text removed ({counted(hidden, 'letter')})"] if hidden else []
    if len(document) > MOST_PAGES:
        warnings.append(f"only the first {MOST_PAGES} of {len(document)} pages read")
    blocks = page_blocks(pages)
    return Draft(blocks, list(_facts(document)), warnings)


def _facts(document: PdfDocument) -> Iterator[Fact]:
    stated = document.get_metadata_dict()
    title = stated.get("Title", "").strip()
    if title and not _JUNK_TITLE.match(title):
        yield Fact("title", title, "PDF metadata")
    if not _JUNK_TITLE.match(stated.get("Author", "")):
        yield Fact("author", stated.get("Author", ""), "PDF metadata")
    if day := _DATE.match(stated.get("CreationDate", "")):
        yield Fact("published", "-".join(day.groups()), "PDF metadata", 0.5)


def _page_lines(document: PdfDocument, number: int) -> tuple[list[Line], int]:
    """Lines of a page, and how many letters nobody sees were left out; a damaged page has none."""
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
        textpage = page.get_textpage()
    except PdfiumError:
        return [], 0
    letters = list(_letters(textpage))
    white = [letter for letter in letters if letter.white]
    unseen = set(_unseen(page, white)) if white else set()
    lines = list(_lines(letter for letter in letters if letter not in unseen))
    textpage.close()
    page.close()
    return lines, len(unseen)


class Letter(NamedTuple):
    """A character with its box in points; a line break has an empty box."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    white: bool


def _letters(textpage: Any) -> Iterator[Letter]:
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        hyphen = raw.FPDFText_IsHyphen(textpage, index) == 1 or code in (2, 0xFFFE)
        raw.FPDFText_GetLooseCharBox(textpage, index, box)
        raw.FPDFText_GetFillColor(textpage, index, red, green, blue, alpha)
        white = min(red.value, green.value, blue.value) >= 250 or alpha.value < 10
        text = HYPHEN if hyphen else chr(code) if 0 < code < 0x110000 else ""
        yield Letter(text, box.left, box.bottom, box.right, box.top, white)


def _unseen(page: PdfPage, letters: Iterable[Letter]) -> Iterator[Letter]:
    """Letters as white as the page behind them: nothing dark is drawn in their boxes."""
    picture = page.render(scale=1, grayscale=True).to_numpy()
    height, width = picture.shape[:2]
    for letter in letters:
        above, below = height - letter.top, height - letter.bottom
        box = picture[
            max(0, int(above)) : min(height, int(below) + 1),
            max(0, int(letter.left)) : min(width, int(letter.right) + 1),
        ]
        if letter.text.strip() and (not box.size or box.min() > 240):
            yield letter


def _lines(letters: Iterable[Letter]) -> Iterator[Line]:
    """Runs of letters between line breaks and wide gaps."""
    run: list[Letter] = []
    last: Letter | None = None
    for letter in letters:
        visible = letter.text.strip()
        if letter.text in ("\r", "\n") or (visible and last and _apart(last, letter)):
            yield from _line(run)
            run, last = [], None
        if visible or (run and letter.text.isspace()):
            run.append(letter)
            last = letter if visible else last
    yield from _line(run)


def _apart(before: Letter, letter: Letter) -> bool:
    size = max(letter.top - letter.bottom, 1.0)
    far = letter.left - before.right > WIDE_GAP * size or before.right - letter.left > 3 * size
    return far or abs(letter.bottom - before.bottom) > 0.7 * size


def _line(run: list[Letter]) -> Iterator[Line]:
    text = " ".join("".join(letter.text for letter in run).split(" ")).strip()
    boxes = [letter for letter in run if letter.text.strip()]
    if text:
        yield Line(
            text,
            min(box.left for box in boxes),
            min(box.bottom for box in boxes),
            max(box.right for box in boxes),
            max(box.top for box in boxes),
        )
