"""Text that was typed onto the pages of a PDF: filled-in fields and text boxes of a viewer."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .page_layout import Line

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_HIDDEN = 0b100010
"""Flags of an annotation that no viewer shows: hidden, no view."""
LETTER = 11.0
"""Points; taken for the size of letters that are not drawn."""


def typed(document: PdfDocument, number: int) -> tuple[PdfPage, list[Line]]:
    """A page on which what was typed is text like the rest, and the lines of it that no appearance draws."""
    from pypdfium2 import raw

    page = document[number]
    if not document.formenv and not raw.FPDFPage_GetAnnotCount(page):
        return page, []
    boxes = list(_text_boxes(page))
    if document.formenv or boxes:
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)  # counts once the page is opened again
        page.close()
        page = document[number]
    if not boxes:
        return page, []
    textpage = page.get_textpage()
    drawn = _letters(textpage.get_text_range())
    textpage.close()
    return page, [line for line in boxes if _letters(line.text) not in drawn]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _text_boxes(page: PdfPage) -> Iterator[Line]:
    from pypdfium2 import raw

    rectangle = raw.FS_RECTF()
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        if (
            raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_FREETEXT
            and not raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN
            and raw.FPDFAnnot_GetRect(annotation, rectangle)
        ):
            left, right, top = rectangle.left, rectangle.right, max(rectangle.top, rectangle.bottom)
            for row, text in enumerate(_contents(annotation).splitlines()):
                if text.strip():
                    line_top = top - row * 1.2 * LETTER
                    yield Line(text.strip(), left, line_top - LETTER, right, line_top)
        raw.FPDFPage_CloseAnnot(annotation)


def _contents(annotation: Any) -> str:
    from pypdfium2 import raw

    size = raw.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(
        annotation, b"Contents", ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size
    )
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0").replace("\r\n", "\n").replace("\r", "\n")
