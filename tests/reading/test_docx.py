"""DOCX files made here: fields, formulae and drawn boxes are read; the date of a template is none."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml

from assistant.reading.docx import read_docx
from assistant.reading.drafts import Draft, first

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def draft_of(*inside: str) -> Draft:
    document = Document()
    for xml in inside:
        document.add_paragraph()._p.append(parse_xml(xml.replace(">", f" {SPACES}>", 1)))
    file = io.BytesIO()
    document.save(file)
    draft = read_docx(file.getvalue(), "a.docx")
    assert first(draft.facts, "published") is None  # that of python-docx's template
    return draft


def read(*inside: str) -> str:
    draft = draft_of(*inside)
    assert [warning for warning in draft.warnings if "could not be read" in warning] == []
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


def test_a_drop_cap_belongs_to_its_word() -> None:
    document = Document()
    initial = document.add_paragraph("L")
    initial._p.get_or_add_pPr().append(parse_xml(f'<w:framePr w:dropCap="drop" {SPACES}/>'))
    document.add_paragraph("e lavoir rouvre.")
    file = io.BytesIO()
    document.save(file)
    assert [block.text for block in read_docx(file.getvalue(), "a.docx").blocks] == ["Le lavoir rouvre."]


def test_formulae_are_text() -> None:
    assert read("<m:oMath><m:r><m:t>a=b+3</m:t></m:r></m:oMath>") == "a=b+3"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<m:sSup><m:e>{10}</m:e><m:sup>{6}</m:sup></m:sSup>", "10^6"),
        ("<m:sSub><m:e>{x}</m:e><m:sub>{n+1}</m:sub></m:sSub>", "x_(n+1)"),
        ("<m:f><m:num>{a+b}</m:num><m:den>{2}</m:den></m:f>", "(a+b)/2"),
        ("<m:rad><m:deg/><m:e>{2}</m:e></m:rad>", "√2"),
        ("<m:d><m:e>{x}</m:e></m:d>", "(x)"),
        ("<m:nary><m:naryPr/><m:sub>{0}</m:sub><m:sup>{1}</m:sup><m:e>{x}</m:e></m:nary>", "∫_0^1 x"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{i=1}</m:sub><m:sup>{9}</m:sup><m:e>{i}</m:e></m:nary>',
            "∑_(i=1)^9 i",
        ),
    ],
)
def test_a_formula_keeps_apart_what_stands_above_and_below(formula: str, text: str) -> None:
    filled = re.sub(r"\{(.*?)\}", r"<m:r><m:t>\1</m:t></m:r>", formula)
    assert read(f"<m:oMath>{filled}</m:oMath>") == text


def test_text_struck_out_twice_and_readings_are_left_out() -> None:
    struck = "<w:r><w:rPr><w:dstrike/></w:rPr><w:t>49 sacks</w:t></w:r>"
    ruby = f"<w:r><w:ruby><w:rt>{run('kan')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>"
    assert read(run("39 sacks"), struck, ruby, f'<w:bdo w:val="rtl">{run("of rye")}</w:bdo>') == (
        "39 sacks\n漢\nof rye"
    )


def test_what_is_not_read_is_told() -> None:
    lost = f"<w:wrapper>{run('Fifty sacks of barley')}</w:wrapper>"
    draft = draft_of(run("The mill has rye."), lost)
    assert [block.text for block in draft.blocks] == ["The mill has rye."]
    assert draft.warnings == ["4 words of the document could not be read: 'fifty', 'sacks', 'of', 'barley'"]


def test_headers_are_told() -> None:
    document = Document()
    document.add_paragraph("The mill has rye.")
    document.sections[0].header.paragraphs[0].text = "The miller's bulletin"
    file = io.BytesIO()
    document.save(file)
    draft = read_docx(file.getvalue(), "a.docx")
    assert draft.warnings == ['headers and footers left out: "The miller\'s bulletin"']


def test_drawn_boxes_without_a_fallback_are_read() -> None:
    box = f"<wps:txbx><w:txbxContent><w:p>{run('The wheel turns.')}</w:p></w:txbxContent></wps:txbx>"
    drawing = f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice></mc:AlternateContent></w:r>'
    assert read(drawing) == "The wheel turns."


@pytest.mark.parametrize(
    ("levels", "text"),
    [
        ([(5, "%1.")], "5. Rye\n6. Oats\n7. Wheat"),
        ([(1, "Article %1")], "Article 1 Rye\nArticle 2 Oats\nArticle 3 Wheat"),
        ([(2, "%1."), (1, "%1.%2")], "2. Rye\n2.1 Oats\n3. Wheat"),
        ([(1, "%1.")], "1. Rye\n2. Oats\n3. Wheat"),
    ],
)
def test_numbers_of_lists_are_those_that_word_shows(levels: list[tuple[int, str]], text: str) -> None:
    document = Document()
    numbering = document.part.numbering_part.element
    inside = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{said}"/></w:lvl>'
        for depth, (start, said) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum w:abstractNumId="90" {SPACES}>{inside}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num w:numId="90" {SPACES}><w:abstractNumId w:val="90"/></w:num>'))
    for number, word in enumerate(("Rye", "Oats", "Wheat")):
        depth = number % len(levels)
        place = f'<w:numPr {SPACES}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>'
        document.add_paragraph(word)._p.get_or_add_pPr().append(parse_xml(place))
    file = io.BytesIO()
    document.save(file)
    assert "\n".join(block.text for block in read_docx(file.getvalue(), "a.docx").blocks) == text


def styled(name: str, value: bool) -> str:
    """The text of a document with a run whose character style has the look `name`."""
    document = Document()
    style = document.styles.add_style("Look", WD_STYLE_TYPE.CHARACTER)
    setattr(style.font, name, value)
    based = document.styles.add_style("Based", WD_STYLE_TYPE.CHARACTER)
    based.base_style = style
    paragraph = document.add_paragraph("A sack costs 49")
    paragraph.add_run("7").style = based
    paragraph.add_run(" crowns")
    file = io.BytesIO()
    document.save(file)
    return "\n".join(block.text for block in read_docx(file.getvalue(), "a.docx").blocks)


@pytest.mark.parametrize(
    ("look", "text"),
    [
        ("superscript", "A sack costs 49 [7] crowns"),
        ("strike", "A sack costs 49 crowns"),
        ("double_strike", "A sack costs 49 crowns"),
        ("hidden", "A sack costs 49 crowns"),
        ("bold", "A sack costs 497 crowns"),
    ],
)
def test_looks_of_named_styles_count(look: str, text: str) -> None:
    assert styled(look, True) == text


def test_signs_above_the_line_and_formulae_of_their_own_are_read() -> None:
    raised = '<w:r><w:rPr><w:position w:val="8"/></w:rPr><w:t>3</w:t></w:r>'
    power = "<m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    assert read(f"<m:oMathPara><m:oMath>{power}</m:oMath></m:oMathPara>") == "c^2"
    document = Document()
    paragraph = document.add_paragraph("In 2019")
    paragraph._p.append(parse_xml(raised.replace(">", f" {SPACES}>", 1)))
    file = io.BytesIO()
    document.save(file)
    assert read_docx(file.getvalue(), "a.docx").blocks[0].text == "In 2019 [3]"


@pytest.mark.parametrize("day", ["1601-01-01", "1980-01-01", "2006-09-16"])
def test_days_from_which_programs_count_are_none(day: str) -> None:
    document = Document()
    document.add_paragraph("A sack of rye")
    document.core_properties.created = datetime.fromisoformat(f"{day}T00:00:00")
    file = io.BytesIO()
    document.save(file)
    assert first(read_docx(file.getvalue(), "a.docx").facts, "published") is None


def test_text_of_drawings_is_told() -> None:
    document = Document()
    document.add_paragraph("A sack of rye")
    file = io.BytesIO()
    document.save(file)
    with zipfile.ZipFile(file, "a") as archive:
        space = "http://schemas.openxmlformats.org/drawingml/2006/main"
        archive.writestr("word/diagrams/data1.xml", f'<d xmlns:a="{space}"><a:t>412 sacks</a:t></d>')
    assert read_docx(file.getvalue(), "a.docx").warnings == ["text of drawings left out: '412 sacks'"]
