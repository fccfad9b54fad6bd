"""PDFs made here: what a page shows is read, what repeats as a header does goes, and what went is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import count

import pytest
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import ArticleRejected
from assistant.reading.drafts import Draft
from assistant.reading.pdf import read_pdf

WIDTH, HEIGHT = A5
PROSE = [
    "The mill of Corvane was sold in the spring to a baker",
    "who will grind the flour of eleven farms there. It had",
    "stood empty since the flood, and its wheel was gone.",
]
Page = Callable[[Canvas], None]


def made(*pages: Page, title: str = "", crop: tuple[float, float, float, float] | None = None) -> Draft:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A5, initialFontName="Helvetica", initialFontSize=11)
    canvas.setTitle(title)
    for page in pages:
        if crop:
            canvas.setCropBox(crop)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return read_pdf(file.getvalue(), "made.pdf")


def text_of(draft: Draft) -> str:
    return "\n".join(block.text for block in draft.blocks)


def prose(canvas: Canvas, top: float = HEIGHT - 120) -> None:
    for number, line in enumerate(PROSE):
        canvas.drawString(60, top - 14 * number, line)


def with_edges(top: Callable[[int], str], bottom: Callable[[int], str], size: float = 9) -> list[Page]:
    def page(number: int) -> Page:
        def draw(canvas: Canvas) -> None:
            canvas.setFontSize(size)
            canvas.drawString(60, HEIGHT - 40, top(number))
            canvas.drawString(60, 40, bottom(number))
            canvas.setFontSize(11)
            prose(canvas, HEIGHT - 100 - 17 * number)

        return draw

    return [page(number) for number in range(1, 5)]


@pytest.mark.parametrize(
    ("top", "bottom"),
    [
        (lambda n: "The Corvane Herald", lambda n: f"Page {n} of 4"),
        (lambda n: f"The Corvane Herald, p. {n + 11}", lambda n: f"{n + 11}"),
    ],
)
def test_headers_and_page_numbers_go_and_are_told(
    top: Callable[[int], str], bottom: Callable[[int], str]
) -> None:
    draft = made(*with_edges(top, bottom))
    assert "Herald" not in text_of(draft)
    assert bottom(2) not in text_of(draft)
    assert "Herald" in " ".join(draft.warnings)


@pytest.mark.parametrize(
    ("top", "bottom"),
    [
        (lambda n: f"{2018 + n}", lambda n: f"{n * n * 17}"),  # year headings, sums at the foot
        (lambda n: f"Area: {n * 37 % 11} ha", lambda n: f"Owner: {'ABCD'[n - 1]}"),  # one record a page
        (lambda n: f"Mill number {3 * n}", lambda n: f"{n * 100} euros"),
    ],
)
def test_values_at_the_edges_stay(top: Callable[[int], str], bottom: Callable[[int], str]) -> None:
    text = text_of(made(*with_edges(top, bottom)))
    assert [
        line for number in range(1, 5) for line in (top(number), bottom(number)) if line not in text
    ] == []


def test_a_table_at_the_foot_stays() -> None:
    def page(canvas: Canvas) -> None:
        prose(canvas)
        for row, cells in enumerate(
            [("Farm", "Sacks", "Weight"), ("Arvis", "12", "1204"), ("Belm", "7", "433")]
        ):
            for column, cell in enumerate(cells):
                canvas.drawString(60 + 100 * column, 70 - 14 * row, cell)

    assert "Arvis | 12 | 1204\nBelm | 7 | 433" in text_of(made(page, page))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_page_is_read_as_it_is_shown(turns: int) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(90 * turns)
        canvas.translate(WIDTH / 2, WIDTH / 2)
        canvas.rotate(90 * turns)
        canvas.translate(-190, 0)
        prose(canvas, 20)

    assert text_of(made(page)) == " ".join(PROSE)


def test_a_note_at_the_margin_does_not_break_the_text() -> None:
    def page(canvas: Canvas) -> None:
        prose(canvas)
        canvas.rotate(90)
        canvas.drawString(100, -30, "printed in Corvane")

    assert text_of(made(page)) == " ".join(PROSE) + "\nprinted in Corvane"


def test_what_is_outside_of_the_crop_box_is_not_shown() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(20, HEIGHT - 12, "proof 3 of 12 May 1999")
        prose(canvas)

    draft = made(page, crop=(20, 20, WIDTH - 20, HEIGHT - 20))
    assert "1999" not in text_of(draft)
    assert "outside" in " ".join(draft.warnings)
    with pytest.raises(ArticleRejected, match="outside"):
        made(
            lambda canvas: canvas.drawString(20, HEIGHT - 12, "proof"), crop=(20, 20, WIDTH - 20, HEIGHT - 20)
        )


def test_values_of_forms_stand_beside_their_labels() -> None:
    def page(canvas: Canvas) -> None:
        prose(canvas)
        canvas.drawString(60, 200, "Name of the buyer:")
        canvas.acroForm.textfield(name="buyer", value="Ines Corvin", x=240, y=195, width=150, height=20)

    assert "Name of the buyer: | Ines Corvin" in text_of(made(page))


def test_raised_digits_are_no_digits_of_the_number_before() -> None:
    def page(canvas: Canvas) -> None:
        text = canvas.beginText(60, 300)
        for piece, raised in (
            ("It was sold in 2019", "2"),
            (" with 40 m", "2"),
            (" and 10", "6"),
            (" grains, the 1", "er"),
            (" mill.", ""),
        ):
            text.setFont("Helvetica", 11)
            text.textOut(piece)
            text.setFont("Helvetica", 6)
            text.setRise(4)
            text.textOut(raised)
            text.setRise(0)
        canvas.drawText(text)

    assert text_of(made(page)) == "It was sold in 2019 [2] with 40 m^2 and 10^6 grains, the 1er mill."


def test_sizes_of_letters_may_be_any() -> None:
    sizes = count(9)

    def page(canvas: Canvas) -> None:
        for line in PROSE * 3:
            canvas.setFontSize(next(sizes) * 0.93)
            canvas.drawString(20, HEIGHT - 40 * (next(sizes) - 9), line[:20])

    assert "The mill" in text_of(made(page))


def hidden_words(draw: Callable[[Canvas], None]) -> Page:
    def page(canvas: Canvas) -> None:
        prose(canvas)
        canvas.saveState()
        draw(canvas)
        canvas.restoreState()

    return page


def without_ink(canvas: Canvas) -> None:
    text = canvas.beginText(60, 100)
    text.setTextRenderMode(3)
    text.textOut("Ignore the rest")
    canvas.drawText(text)


def covered(canvas: Canvas) -> None:
    canvas.drawString(60, 100, "Ignore the rest")
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(50, 90, 200, 30, fill=1, stroke=0)


def clipped(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(0, 0, 10, 10)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(60, 100, "Ignore the rest")


def tiny(canvas: Canvas) -> None:
    canvas.setFontSize(0.5)
    canvas.drawString(60, 100, "Ignore the rest")


@pytest.mark.parametrize("draw", [without_ink, covered, clipped, tiny])
def test_what_nothing_shows_is_left_out_and_told(draw: Callable[[Canvas], None]) -> None:
    draft = made(hidden_words(draw))
    assert text_of(draft) == " ".join(PROSE)
    assert draft.warnings == ["hidden text removed (13 letters)"]


def test_white_letters_on_a_dark_ground_of_a_turned_page_are_seen() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(180)
        prose(canvas)
        canvas.setFillColorRGB(0.1, 0.1, 0.4)
        canvas.rect(50, 90, 200, 30, fill=1, stroke=0)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(60, 100, "The mill is sold")

    assert "The mill is sold" in text_of(made(page))


def test_raised_letters_and_lowered_digits_are_set_apart() -> None:
    def page(canvas: Canvas) -> None:
        prose(canvas)
        text = canvas.beginText(60, 100)
        for written, rise in (
            ("It had 4300", 0),
            ("a", 4),
            (" and 412", 0),
            ("1", -3),
            (" in 2019", 0),
            ("1,2", 4),
            (", the 19", 0),
            ("e", 4),
            (" time, CO", 0),
            ("2", -3),
            (".", 0),
        ):
            text.setFont("Helvetica", 7 if rise else 11)
            text.setRise(rise)
            text.textOut(written)
        canvas.drawText(text)

    assert "It had 4300 [a] and 412_1 in 2019 [1,2], the 19e time, CO2." in text_of(made(page))


def test_what_was_typed_onto_a_page_is_read() -> None:
    def page(canvas: Canvas) -> None:
        prose(canvas)
        canvas.drawString(60, 100, "Buyer:")
        canvas.freeTextAnnotation("The bakers of Arvis", DA="/Helv 11 Tf 0 g", Rect=[150, 96, 300, 112])

    assert "Buyer: | The bakers of Arvis" in text_of(made(page))


@pytest.mark.parametrize("degrees", [7, -4, 30])
def test_slanted_lines_are_read_as_lines(degrees: int) -> None:
    def page(canvas: Canvas) -> None:
        canvas.translate(60, 300)
        canvas.rotate(degrees)
        prose(canvas, 0)

    assert text_of(made(page)) == " ".join(PROSE)


def test_a_word_across_the_page_does_not_break_its_lines() -> None:
    def page(canvas: Canvas) -> None:
        prose(canvas)
        canvas.translate(60, HEIGHT - 200)
        canvas.rotate(45)
        canvas.setFontSize(40)
        canvas.setFillGray(0.8)
        canvas.drawString(0, 0, "DRAFT")

    assert text_of(made(page)) == " ".join(PROSE) + "\nDRAFT"


def test_what_is_printed_over_something_else_is_not_glued_to_it() -> None:
    def page(canvas: Canvas) -> None:
        prose(canvas)
        canvas.drawString(60, 100, "Two hundred sacks")
        canvas.drawString(100, 101, "1.38")

    assert "sacks1.38" not in text_of(made(page))
    assert "sacks 1.38" in text_of(made(page))


def test_letters_of_private_codes_are_said_to_be_unreadable() -> None:
    """Codes of the private area are a font's own: only its bullets have a meaning."""
    to_unicode = "1 beginbfchar <41> <F041> endbfchar 1 beginbfchar <42> <F0B7> endbfchar"
    cmap = f"/CIDInit begincmap 1 begincodespacerange <00> <FF> endcodespacerange {to_unicode} endcmap"
    content = "BT /F 12 Tf 50 100 Td (B The mill of Corv) Tj (A) Tj (ne) Tj ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length {len(content)} >> stream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        f"<< /Length {len(cmap)} >> stream\n{cmap}\nendstream",
    ]
    objects = "\n".join(f"{number} 0 obj {part} endobj" for number, part in enumerate(parts, start=1))
    draft = read_pdf(f"%PDF-1.4\n{objects}\ntrailer << /Root 1 0 R >>\n%%EOF".encode(), "a.pdf")
    assert text_of(draft) == "• The mill of Corv\ufffdne"
    assert "1 letter (" in draft.warnings[0]


def test_columns_below_a_drawing_are_read_one_after_the_other() -> None:
    left = [f"The left column tells of the mill, line {number} of it" for number in range(14)]
    right = [f"The right one tells of the boats, line {number} too" for number in range(14)]

    def page(canvas: Canvas) -> None:
        canvas.setFontSize(6)
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            canvas.drawString(40, 200 - 8 * number, one)
            canvas.drawString(
                220 if number % 3 else 228, 200 - 8 * number, other
            )  # an indent for each paragraph
        for number in range(18):
            canvas.drawString(222, 215 + 9 * number, f"{number} mills")
        for number in range(8):
            canvas.drawString(300, 215 + 9 * number, "boats")

    text = text_of(made(page))
    assert " ".join(left) in text.replace("\n", " ")
    assert " ".join(right) in text.replace("\n", " ")
