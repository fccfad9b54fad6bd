"""DOCX files made here: fields, formulae and drawn boxes are read; the date of a template is none."""

from __future__ import annotations

import io

from docx import Document
from docx.oxml import parse_xml

from assistant.reading.docx import read_docx
from assistant.reading.drafts import first

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def read(*inside: str) -> str:
    document = Document()
    for xml in inside:
        document.add_paragraph()._p.append(parse_xml(xml.replace(">", f" {SPACES}>", 1)))
    file = io.BytesIO()
    document.save(file)
    draft = read_docx(file.getvalue(), "a.docx")
    assert first(draft.facts, "published") is None  # that of python-docx's template
    return "\n".join(block.text for block in draft.blocks)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_fields_and_tags_are_text() -> None:
    assert (
        read(
            f'<w:fldSimple w:instr="x">{run("412 sacks")}</w:fldSimple>',
            f"<w:smartTag>{run('of flour')}</w:smartTag>",
        )
        == "412 sacks\nof flour"
    )


def test_formulae_are_text() -> None:
    assert read("<m:oMath><m:r><m:t>a=b+3</m:t></m:r></m:oMath>") == "a=b+3"


def test_drawn_boxes_without_a_fallback_are_read() -> None:
    box = f"<wps:txbx><w:txbxContent><w:p>{run('The wheel turns.')}</w:p></w:txbxContent></wps:txbx>"
    drawing = f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice></mc:AlternateContent></w:r>'
    assert read(drawing) == "The wheel turns."
