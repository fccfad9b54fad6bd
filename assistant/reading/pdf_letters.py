"""The letters of a PDF page with their places, and which of them a reader sees."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any, NamedTuple

from .page_layout import HYPHEN
from .recognition import UNREADABLE

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

TINY = 1.5
"""Points; letters of less height are not seen."""
FAINT = 10
"""Steps of grey, of 255, between letters and what is behind them, below which they are not seen."""
BULLETS = frozenset((0xF0B7, 0xF0A7, 0xF0A8, 0xF06E, 0xF071, 0xF076, 0xF0D8, 0xF0E0, 0xF0FC))
"""Signs before the items of lists in fonts that have codes of their own: Symbol, Wingdings."""
FAR = 10_000
"""Points, over which the place of a point in the picture is measured."""
BELIEVED = 0.5
"""Of a page's letters; where more would not be seen, the page is not drawn as it was meant."""


class Letter(NamedTuple):
    """A character with its box in points; a line break has an empty box."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    white: bool
    quarter_turns: int = 0
    """How often the writing is turned to the left by 90 degrees on the page as it is stored."""
    unreadable: bool = False
    tilt: float = 0.0
    """By how much more the writing is turned to the left, in radians, less than 45 degrees."""

    def upright(self, tilt: float) -> Letter:
        """The same letter on a page turned to the right by `tilt`."""
        x, y = (self.left + self.right) / 2, (self.bottom + self.top) / 2
        across, up = (self.right - self.left) / 2, (self.top - self.bottom) / 2
        x, y = x * cos(tilt) + y * sin(tilt), y * cos(tilt) - x * sin(tilt)
        return self._replace(left=x - across, right=x + across, bottom=y - up, top=y + up)

    def turned_back(self, turns: int) -> Letter:
        """The same letter on a page turned to the right by `turns` times 90 degrees."""
        left, bottom, right, top = self[1:5]
        for _ in range(turns):
            left, bottom, right, top = bottom, -right, top, -left
        return self._replace(left=left, bottom=bottom, right=right, top=top)

    def moved(self, up: float) -> Letter:
        return self._replace(bottom=self.bottom + up, top=self.top + up)


def letters_of(textpage: Any) -> Iterator[Letter]:
    """All characters of a page in the order of the file."""
    codes = [_code(textpage, index) for index in range(textpage.count_chars())]
    for index, code in enumerate(codes):
        following = codes[index + 1] if index + 1 < len(codes) else 0
        if (
            0xD800 <= code < 0xDC00 <= following < 0xE000
        ):  # a letter in two halves, as formulae of Word have them
            yield _letter(textpage, index, 0x10000 + (code - 0xD800) * 0x400 + following - 0xDC00)
        elif not 0xD800 <= code < 0xE000:
            yield _letter(textpage, index, code)


def _code(textpage: Any, index: int) -> int:
    from pypdfium2 import raw

    return int(raw.FPDFText_GetUnicode(textpage, index))


def _letter(textpage: Any, index: int, code: int) -> Letter:
    """The character at a place of the file, whose code is known."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    hyphen = raw.FPDFText_IsHyphen(textpage, index) == 1 or code in (2, 0xFFFE)
    raw.FPDFText_GetLooseCharBox(textpage, index, box)
    raw.FPDFText_GetFillColor(textpage, index, red, green, blue, alpha)
    white = min(red.value, green.value, blue.value) >= 250 or alpha.value < 10
    angle = -raw.FPDFText_GetCharAngle(textpage, index)
    turns = round(angle / (pi / 2)) % 4
    tilt = angle - round(angle / (pi / 2)) * pi / 2
    private = 0xE000 <= code <= 0xF8FF and code not in BULLETS
    guessed = raw.FPDFText_HasUnicodeMapError(textpage, index) == 1
    if guessed and (chr(code).isascii() or chr(code).isalpha()) and code >= 32:
        guessed = not _is_drawn(textpage, index)
    unknown = guessed or private or (code < 32 and code not in (0, 2, 9, 10, 13))
    text = HYPHEN if hyphen else "•" if code in BULLETS else chr(code) if 0 < code < 0x110000 else ""
    if unknown and (code < 32 or private):
        text = UNREADABLE
    return Letter(text, box.left, box.bottom, box.right, box.top, white, turns, unknown, tilt)


def _is_drawn(textpage: Any, index: int) -> bool:
    """Whether a letter's font is a set of drawings, as TeX and plots have them, whose codes are those of the letters."""
    from pypdfium2 import raw

    font = raw.FPDFTextObj_GetFont(raw.FPDFText_GetTextObject(textpage, index))
    size = ctypes.c_size_t()
    return bool(
        font
        and raw.FPDFFont_GetIsEmbedded(font) == 1
        and not (raw.FPDFFont_GetFontData(font, None, 0, size) and size.value)
    )


def unseen(page: PdfPage, letters: Sequence[Letter], *, thorough: bool) -> set[Letter]:
    """Letters that nothing shows on the page as it is drawn: white on white, covered, clipped, tiny, without ink.

    Only white ones are looked at where not `thorough`. A whole word is seen or not.
    """
    suspects = letters if thorough else [letter for letter in letters if letter.white]
    if not suspects:
        return set()
    picture = _Picture(page)
    found: set[Letter] = set()
    for word in _words(suspects):
        if all(letter.top - letter.bottom < TINY for letter in word) or picture.is_empty(word):
            found.update(word)
    shown = [letter for letter in letters if letter.text.strip()]
    if len(found) > BELIEVED * len(shown):
        return {letter for letter in found if letter.white}
    return found


def _words(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    word: list[Letter] = []
    for letter in letters:
        if letter.text.strip():
            word.append(letter)
        elif word:
            yield word
            word = []
    if word:
        yield word


class _Picture:
    """A page as it is drawn, in steps of grey."""

    def __init__(self, page: PdfPage) -> None:
        self.dots = page.render(scale=1, grayscale=True).to_numpy()
        self.height, self.width = self.dots.shape[:2]
        self.origin = self._of(page, 0, 0)
        self.across, self.up = (
            tuple((end - start) / FAR for start, end in zip(self.origin, self._of(page, *point), strict=True))
            for point in ((FAR, 0), (0, FAR))
        )

    def is_empty(self, word: Sequence[Letter]) -> bool:
        """Whether a word's box is of one grey, or white around white letters."""
        left, right = min(letter.left for letter in word), max(letter.right for letter in word)
        bottom, top = min(letter.bottom for letter in word), max(letter.top for letter in word)
        (x, y), (x2, y2) = self._place(left, top), self._place(right, bottom)
        box = self.dots[
            max(0, min(y, y2)) : min(self.height, max(y, y2) + 1),
            max(0, min(x, x2)) : min(self.width, max(x, x2) + 1),
        ]
        if not box.size:
            return True
        low, high = int(box.min()), int(box.max())
        return high - low < FAINT or (low > 240 and all(letter.white for letter in word))

    def _place(self, x: float, y: float) -> tuple[int, int]:
        """A point of the page in dots from the upper left corner."""
        across, down = (
            start + x * right + y * up
            for start, right, up in zip(self.origin, self.across, self.up, strict=True)
        )
        return int(across), int(down)

    def _of(self, page: PdfPage, x: float, y: float) -> tuple[int, int]:
        """The same by PDFium, which knows what turns or crops the page."""
        from pypdfium2 import raw

        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, self.width, self.height, 0, x, y, across, down)
        return across.value, down.value
