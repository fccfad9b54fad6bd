"""Messages, saved pages, books and OpenDocument texts, made here."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from assistant.errors import ArticleRejected
from assistant.reading.articles import ArticleFile, read_article
from assistant.reading.odt import read_odt
from assistant.types import Article

PAGE = "<html><body><h1>Le lavoir rouvre</h1><p>Le lavoir de Sainte-Orse rouvre après 14 mois.</p><ul><li>Entrée : 2 euros</li></ul></body></html>"


def read(folder: Path, name: str, data: bytes) -> Article:
    path = folder / name
    path.write_bytes(data)
    article = read_article(ArticleFile(name, path, len(data), 0))
    assert article is not None
    return article


def zipped(parts: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_message(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Le lavoir"
    message["From"] = "Odile Vannier <odile@example.org>"
    message["Date"] = "Tue, 05 Mar 2024 23:30:00 +0100"
    message.set_content("Le lavoir rouvre en mars.\n\nEntrée : 2 euros.")
    article = read(tmp_path, "a.eml", message.as_bytes())
    assert (article.title, article.author, article.published) == (
        "Le lavoir",
        "Odile Vannier",
        date(2024, 3, 5),
    )
    assert article.text == "Le lavoir rouvre en mars.\n\nEntrée : 2 euros."


def test_saved_page(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Le lavoir rouvre"
    message["Snapshot-Content-Location"] = "https://example.org/lavoir"
    message["Date"] = "Tue, 05 Mar 2024 23:30:00 +0100"
    message.set_content(PAGE, subtype="html", charset="windows-1252", cte="quoted-printable")
    message.make_related()
    article = read(tmp_path, "a.mhtml", message.as_bytes())
    assert "rouvre après 14 mois." in article.text
    assert (article.url, article.published) == ("https://example.org/lavoir", None)


def test_book(tmp_path: Path) -> None:
    package = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
        <dc:title>Le lavoir</dc:title><dc:date>2019-05-02</dc:date><dc:language>fr</dc:language></metadata>
        <manifest><item id="two" href="deux.xhtml"/><item id="one" href="un%20.xhtml"/></manifest>
        <spine><itemref idref="one"/><itemref idref="two"/></spine></package>"""
    parts = {
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": package,
        "OEBPS/deux.xhtml": "<html><body><h1>Deux</h1><p>Puis il ferme.</p></body></html>",
        "OEBPS/un .xhtml": PAGE,
    }
    article = read(tmp_path, "a.epub", zipped(parts))
    assert (article.title, article.published) == ("Le lavoir", date(2019, 5, 2))
    assert article.text.index("14 mois") < article.text.index("Puis il ferme")


def test_opendocument(tmp_path: Path) -> None:
    content = """<d xmlns:office="o" xmlns:text="t" xmlns:table="b"><office:text><text:h text:outline-level="2">Le lavoir</text:h>
        <text:p>Il rouvre<text:s/>après <text:span>14</text:span> mois.<office:annotation><text:p>à vérifier</text:p></office:annotation></text:p>
        <text:list><text:list-item><text:p>Entrée : 2 euros</text:p></text:list-item></text:list><table:table><table:table-row>
        <table:table-cell><text:p>Bassin</text:p></table:table-cell><table:table-cell><text:p>3</text:p></table:table-cell></table:table-row></table:table>
        </office:text></d>"""
    article = read(tmp_path, "a.odt", zipped({"META-INF/manifest.xml": "<m/>", "content.xml": content}))
    assert article.text == "Le lavoir\n\nIl rouvre après 14 mois.\n\n- Entrée : 2 euros\n\nBassin | 3"
    assert article.title == "Le lavoir"


STYLES = """<style:style style:name="up"><style:text-properties style:text-position="super 58%"/></style:style>
    <style:style style:name="out"><style:text-properties style:text-line-through-style="solid"/></style:style>
    <style:style style:name="not"><style:text-properties text:display="none"/></style:style>
    <text:list-style style:name="five"><text:list-level-style-number style:num-format="1" text:start-value="5"/></text:list-style>"""


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<text:p>En 2019<text:span text:style-name="up">2</text:span>.</text:p>', "En 2019 [2]."),
        ('<text:p>Il coûte <text:span text:style-name="out">49</text:span> 39 euros.</text:p>', "Il coûte 39 euros."),
        ('<text:p>Il coûte <text:span text:style-name="not">49</text:span> 39 euros.</text:p>', "Il coûte 39 euros."),
        ('<text:list text:style-name="five"><text:list-item><text:p>Bain</text:p></text:list-item>'
         '<text:list-item text:start-value="9"><text:p>Lavoir</text:p></text:list-item></text:list>', "5. Bain\n9. Lavoir"),
        ('<table:table><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>Orvel</text:p></table:table-cell>'
         "<table:table-cell><text:p>mai</text:p></table:table-cell></table:table-row><table:table-row><table:covered-table-cell/>"
         "<table:table-cell><text:p>juin</text:p></table:table-cell></table:table-row></table:table>", "Orvel | mai\nOrvel | juin"),
    ],
)  # fmt: skip
def test_styles_of_opendocument_count(tmp_path: Path, body: str, text: str) -> None:
    content = f"""<d xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:style="s"><office:automatic-styles>{STYLES}</office:automatic-styles>
        <office:text>{body}</office:text></d>"""
    assert (
        read(tmp_path, "a.odt", zipped({"META-INF/manifest.xml": "<m/>", "content.xml": content})).text
        == text
    )


def test_the_title_and_formulae_of_opendocument(tmp_path: Path) -> None:
    content = """<d xmlns:office="o" xmlns:text="t" xmlns:draw="w" xmlns:style="s" xmlns:xlink="x"><office:automatic-styles>
        <style:style style:name="P1" style:parent-style-name="Title"/></office:automatic-styles><office:text>
        <text:h text:outline-level="1">Bassins</text:h><text:p text:style-name="P1">Le lavoir</text:p><text:p>Volume :
        <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p></office:text></d>"""
    formula = """<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>V</mi><mo>=</mo>
        <msup><mn>10</mn><mn>6</mn></msup></mrow><annotation>V = 10^6</annotation></semantics></math>"""
    parts = {"META-INF/manifest.xml": "<m/>", "content.xml": content, "Object 1/content.xml": formula}
    draft = read_odt(zipped(parts), "a.odt")
    assert [block.text for block in draft.blocks if block.level == 1] == ["Bassins", "Le lavoir"]
    assert draft.blocks[-1].text == "Volume : V=10^6"


@pytest.mark.parametrize("name", ["a.eml", "a.mhtml", "a.epub", "a.odt"])
@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"PK\x03\x04 broken"])
def test_damaged_ones_are_rejected(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(ArticleRejected):
        read(tmp_path, name, data)
