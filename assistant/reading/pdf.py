"""PDF through pypdfium2: letters with their places, the rest is `page_layout`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ArticleRejected
from ..language.remarks import Remark
from . import pdf_letters, recognition
from .annotations import typed
from .drafts import Draft, Fact
from .headers_footers import without_running_lines
from .page_layout import WIDE_GAP, Line, page_blocks
from .pdf_letters import Letter
from .recognition import UNREADABLE
from .superscripts import written_apart
from .titles import is_by_a_program

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 2000
LONGEST_STAMP = 100
"""Letters of what is stamped on the picture of a page; more is its text."""
TILT = 0.05
"""Radians, about 3 degrees: letters that differ less are written in one direction."""
UNLIKE = 0.15
"""Of the median height of a line's letters; what differs more is raised, lowered or a sign of another size."""
COVERED = 0.6
"""Of a page, by one picture."""
MORE_THAN_STAMPS = 3
"""Times the letters of the stamps, which recognition must find."""
DRAWN = 60
"""Pages on which each letter is compared with the page as it is drawn; on later ones the white letters are."""
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")


def read_pdf(data: bytes, name: str) -> Draft:
    """A PDF; pictures of pages are recognised where Tesseract is installed. Raises `ArticleRejected`."""
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
            raise ArticleRejected(name, Remark("locked")) from error
        raise ArticleRejected(name, Remark("no_pdf")) from error


def _draft(document: PdfDocument, name: str) -> Draft:
    document.init_forms()
    pages = [_read_page(document, number) for number in range(min(len(document), MOST_PAGES))]
    empty = [str(number) for number, page in enumerate(pages, start=1) if not page.lines]
    stamped = [page for page in pages if page.is_stamped]
    if len(empty) == len(pages) and any(page.outside or page.hidden for page in pages):
        raise ArticleRejected(name, Remark("all_unseen"))
    scanned = len(empty) == len(pages)
    if scanned:
        pages, warnings = _recognised(document, name)
    elif stamped and len(empty) + len(stamped) == len(pages):
        pages, warnings, scanned = _beneath_stamps(document, name, pages)
    else:
        warnings = [Remark("empty_pages", pages=", ".join(empty[:20]))] if empty else []
        warnings += _page_warnings(pages)
    if len(document) > MOST_PAGES:
        warnings.append(Remark("first_pages", most=MOST_PAGES, total=len(document)))
    lines, running = without_running_lines([page.lines for page in pages])
    if running:
        named = ", ".join(repr(text[:60]) for text in running[:5])
        warnings.append(Remark("running_lines", lines=named))
    blocks = page_blocks(lines)
    facts = list(_facts(document))
    if scanned:  # made on the day of the scan
        facts = [fact for fact in facts if fact.field != "published"]
    return Draft(blocks, facts, warnings)


def _recognised(document: PdfDocument, name: str) -> tuple[list[ReadPage], list[Remark]]:
    """The pages of a document of pictures, as Tesseract reads them, and a warning that says so."""
    if not recognition.languages():
        raise ArticleRejected(name, Remark("only_pictures", how=recognition.how_to_install()))
    pages, total = [], min(len(document), recognition.MOST_PAGES)
    for number in range(total):
        if reached := recognition.reached.get():
            reached(number + 1, total)
        pages.append(recognition.recognise(document[number]))
    if not any(page.lines for page in pages):
        raise ArticleRejected(name, Remark("nothing_legible"))
    sizes = [sum(len(line.text) for line in page.lines) for page in pages]
    mean = sum(p.confidence * n for p, n in zip(pages, sizes, strict=True)) / sum(sizes)
    warnings = [Remark("recognised", confidence=round(mean))]
    if unsure := sum(page.unsure for page in pages if page.lines):
        warnings.append(Remark("unsure_words", count=unsure, sign=UNREADABLE))
    if left := [str(number) for number, page in enumerate(pages, start=1) if not page.lines]:
        warnings.append(Remark("illegible_pages", pages=", ".join(left[:20])))
    if len(document) > total:
        warnings.append(Remark("first_recognised", most=total, total=len(document)))
    return [ReadPage(page.lines) for page in pages], warnings


def _beneath_stamps(
    document: PdfDocument, name: str, pages: list[ReadPage]
) -> tuple[list[ReadPage], list[Remark], bool]:
    """Pictures of pages with a line stamped on them: recognised as a whole, where that finds more than the stamps."""
    stamps = sum(page.letters for page in pages)
    if not recognition.languages():
        return pages, [Remark("stamps_without_tesseract", how=recognition.how_to_install())], False
    try:
        read, warnings = _recognised(document, name)
    except ArticleRejected:
        read, warnings = [], []
    found = sum(len(line.text) for page in read for line in page.lines)
    if found > MORE_THAN_STAMPS * stamps:
        return read, warnings, True
    return pages, [Remark("only_stamps")], False


def _page_warnings(pages: Sequence[ReadPage]) -> Iterator[Remark]:
    if hidden := sum(page.hidden for page in pages):
        yield Remark("hidden_letters", count=hidden)
    if outside := sum(page.outside for page in pages):
        yield Remark("outside_letters", count=outside)
    if unreadable := sum(page.unreadable for page in pages):
        share = 100 * unreadable / max(1, sum(page.letters for page in pages))
        yield Remark("unreadable_letters", count=unreadable, share=share)


def _facts(document: PdfDocument) -> Iterator[Fact]:
    stated = document.get_metadata_dict()
    yield Fact("title", stated.get("Title", ""), "PDF metadata", 0.9)
    author = Fact("author", stated.get("Author", ""), "PDF metadata")
    if not is_by_a_program(author):
        yield author
    if day := _DATE.match(stated.get("CreationDate", "")):
        yield Fact("published", "-".join(day.groups()), "PDF metadata", 0.5)


class ReadPage(NamedTuple):
    """Lines of a page as it is displayed, and how many letters were left out."""

    lines: list[Line]
    letters: int = 0
    hidden: int = 0
    outside: int = 0
    unreadable: int = 0
    is_picture: bool = False
    """Whether a picture covers the page."""

    @property
    def is_stamped(self) -> bool:
        """Whether the page is a picture with little more on it than a stamp."""
        return self.is_picture and 0 < self.letters <= LONGEST_STAMP


def _read_page(document: PdfDocument, number: int) -> ReadPage:
    """A page; a damaged one has no lines."""
    from pypdfium2 import PdfiumError

    try:
        page, typed_lines = typed(document, number)
        textpage = page.get_textpage()
    except PdfiumError:
        return ReadPage([])
    left, bottom, right, top = page.get_bbox()  # also where the document states it for all pages
    written = list(pdf_letters.letters_of(textpage))
    inside = [
        letter
        for letter in written
        if left <= (letter.left + letter.right) / 2 <= right
        and bottom <= (letter.bottom + letter.top) / 2 <= top
    ]
    unseen = pdf_letters.unseen(page, inside, thorough=number < DRAWN)
    visible = [letter for letter in inside if letter not in unseen]
    lines = [
        line._replace(turned=number > 0)
        for number, letters in enumerate(_turned(visible))
        for line in _lines(letters)
    ] + typed_lines
    is_picture = len(written) < 4 * LONGEST_STAMP and _is_picture(page)
    textpage.close()
    page.close()
    shown = sum(bool(letter.text.strip()) for letter in written)
    outside = shown - sum(bool(letter.text.strip()) for letter in inside)
    unreadable = sum(letter.unreadable and not letter.text.isspace() for letter in visible)
    return ReadPage(lines, shown, len(unseen), outside, unreadable, is_picture)


def _is_picture(page: PdfPage) -> bool:
    """Whether one picture covers most of the page."""
    from pypdfium2 import PdfiumError, raw

    width, height = page.get_size()
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        try:
            left, bottom, right, top = image.get_bounds()
        except PdfiumError:
            continue
        if (right - left) * (top - bottom) > COVERED * width * height:
            return True
    return False


def _turned(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    """The letters by the direction in which they are written, most first, each turned so that it runs to the right."""
    by_direction: dict[tuple[int, int], list[Letter]] = defaultdict(list)
    direction = (0, 0)
    for letter in letters:
        if letter.text.strip():
            direction = (letter.quarter_turns, round(letter.tilt / TILT))
        by_direction[direction].append(letter)
    shift = 0.0
    for (turns, tilt), written in sorted(by_direction.items(), key=lambda item: -len(item[1])):
        turned = [letter.turned_back(turns) for letter in written] if turns else written
        if tilt:
            middle = median(letter.tilt for letter in turned if letter.text.strip())
            turned = [letter.upright(middle) for letter in turned]
        highest = max(letter.top for letter in turned)
        # What is written in another direction is read after the rest, as if it stood below it.
        yield [letter.moved(shift - highest) for letter in turned] if shift else turned
        shift = (shift or min(letter.bottom for letter in turned)) - 200.0


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
    return far or (abs(letter.bottom - before.bottom) > 0.7 * size and not _is_raised(letter, before))


def _line(run: list[Letter]) -> Iterator[Line]:
    text = " ".join(_with_raised(run).split(" ")).strip()
    boxes = [letter for letter in run if letter.text.strip()]
    if text:
        size = median(box.top - box.bottom for box in boxes)
        # Raised signs and the brackets of formulae do not make a line higher.
        common = [box for box in boxes if abs(box.top - box.bottom - size) <= UNLIKE * size] or boxes
        yield Line(
            text,
            min(box.left for box in boxes),
            min(box.bottom for box in common),
            max(box.right for box in boxes),
            max(box.top for box in common),
        )


def _with_raised(run: Sequence[Letter]) -> str:
    """Text of a run; small raised or lowered signs are set apart from what they follow."""
    text, raised = "", ""
    base: Letter | None = None
    for letter in run:
        if base and (letter.text.isalnum() or (raised and letter.text == ",")) and _is_raised(letter, base):
            raised += letter.text
            continue
        lowered = (
            base is not None and base.text.isdigit() and letter.text.isdigit() and _is_lowered(letter, base)
        )
        text, raised = text + _apart_from(text, raised) + ("_" if lowered else "") + letter.text, ""
        if letter.text.strip() and not lowered:
            base = letter
    return text + _apart_from(text, raised)


def _apart_from(text: str, raised: str) -> str:
    if not raised.isdigit() and re.fullmatch(r"\d[\d,]*\d", raised):
        return f" [{raised}]"
    return written_apart(text, raised)


def _is_lowered(letter: Letter, base: Letter) -> bool:
    size = base.top - base.bottom
    return letter.top - letter.bottom < 0.85 * size and letter.bottom < base.bottom - 0.08 * size


def _is_raised(letter: Letter, base: Letter) -> bool:
    size = base.top - base.bottom
    return letter.top - letter.bottom < 0.85 * size and letter.bottom > base.bottom + 0.15 * size
