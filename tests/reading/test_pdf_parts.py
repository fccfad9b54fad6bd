"""PDFs put together part by part: what no program for drawing pages makes, but others do."""

from __future__ import annotations

from assistant.reading.drafts import Draft
from assistant.reading.pdf import read_pdf


def text_of(draft: Draft) -> str:
    return "\n".join(block.text for block in draft.blocks)


def letters_in_halves(code: int) -> bytes:
    """A PDF whose one font shows "F" and, as Word's formulae do, a letter beyond the first plane of Unicode."""
    mapping = f"1 beginbfchar <46> <{chr(code).encode('utf-16-be').hex()}> endbfchar"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        stream("BT /F1 12 Tf 50 100 Td (F = 3) Tj ET"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        stream(
            "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
            f"{mapping} endcmap"
        ),
    ]
    return assembled(parts)


def drawn_letters() -> bytes:
    """A PDF of a plot: its font is a set of drawings, called by the codes of the letters."""
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        stream("BT /F1 12 Tf 50 100 Td (AB AB) Tj ET"),
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 65 /LastChar 66 "
        "/Widths [800 800] /Encoding << /Type /Encoding /Differences [65 /one /two] >> "
        "/CharProcs << /one 6 0 R /two 6 0 R >> /Resources << >> >>",
        stream("750 0 0 0 750 750 d1 0 0 750 750 re f"),
    ]
    return assembled(parts)


def stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def assembled(parts: list[str]) -> bytes:
    body = "%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(parts) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return (body + end).encode("latin-1")


def test_a_page_is_as_large_as_its_document_says_for_all() -> None:
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 900 1200] >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        stream("BT /F1 12 Tf 700 1100 Td (Corvane, in May) Tj ET"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    draft = read_pdf(assembled(parts), "a.pdf")
    assert (text_of(draft), draft.warnings) == ("Corvane, in May", [])


def test_letters_of_formulae_stay() -> None:
    draft = read_pdf(letters_in_halves(0x1D439), "a.pdf")
    assert (text_of(draft), draft.warnings) == ("\U0001d439 = 3", [])


def test_drawn_letters_are_not_called_unreadable() -> None:
    draft = read_pdf(drawn_letters(), "a.pdf")
    assert "".join(text_of(draft).split()) == "ABAB"
    assert draft.warnings == []
