"""OpenDocument text: its XML becomes HTML, which is read like any other."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import ArticleRejected
from ..language.remarks import Remark
from .drafts import FIRST_YEAR, Draft, Fact
from .hidden import as_shown
from .markup import blocks_of

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST_UNPACKED = 300_000_000
"""Bytes."""
_TAGS = {
    "p": "p", "list": "ul", "list-item": "li", "table": "table", "table-row": "tr", "table-cell": "td",
    "line-break": "br", "span": "span", "a": "a", "section": "section",
}  # fmt: skip
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_SPANS = {"number-rows-spanned": "rowspan", "number-columns-spanned": "colspan", "start-value": "value"}
_DROPPED = frozenset(
    "annotation tracked-changes covered-table-cell change-start change-end note-citation forms sequence-decls"
    " hidden-text hidden-paragraph".split()
)
_FACTS = {"title": "title", "initial-creator": "author", "language": "language", "creation-date": "published"}


def read_odt(data: bytes, name: str) -> Draft:
    """An OpenDocument text. Raises `ArticleRejected` for a damaged or locked one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise ArticleRejected(name, Remark("unpacks_large"))
            if b"manifest:encryption-data" in archive.read("META-INF/manifest.xml"):
                raise ArticleRejected(name, Remark("locked"))
            content = _xml(archive.read("content.xml"))
            facts = list(_facts(_xml(archive.read("meta.xml")))) if "meta.xml" in archive.namelist() else []
            named = _xml(archive.read("styles.xml")) if "styles.xml" in archive.namelist() else None
            _add_formulae(content, archive)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise ArticleRejected(name, Remark("no_odt")) from error
    body = next((element for element in content.iter() if _local(element) == "text"), content)
    looks = _looks(content) if named is None else _looks(named) | _looks(content)
    tree = _as_html(body, looks)
    warnings = as_shown(tree)
    return Draft(list(blocks_of(tree)), facts, warnings)


def _add_formulae(content: _Element, archive: zipfile.ZipFile) -> None:
    """Put each formula, which is a file of its own, where the text has it."""
    parts = set(archive.namelist())
    for element in [each for each in content.iter() if _local(each) == "object"]:
        part = f"{_attribute(element, 'href').removeprefix('./')}/content.xml"
        if part in parts and _local(formula := _xml(archive.read(part))) == "math":
            element.append(formula)
            frame = element.getparent()
            if frame is not None and _local(frame) == "frame":
                frame.tag = frame.tag.replace("frame", "span")  # it stands in its line


_Looks = dict[str, tuple[str, dict[str, str]]]
"""For each style the element of HTML that says the same, and its attributes."""


def _looks(part: _Element) -> _Looks:
    """What styles say of text: raised, struck out, hidden; and the first number of lists that count."""
    found: _Looks = {}
    for style in part.iter():
        name = _attribute(style, "name")
        if _local(style) == "style":
            said = {_local_name(key): value for each in style for key, value in each.attrib.items()}
            place = said.get("text-position", "")
            if place.startswith("super") or (place.split("%")[0].strip().isdigit() and place[:1] != "0"):
                found[name] = ("sup", {})
            elif (
                said.get("text-line-through-style", "none") != "none"
                or said.get("text-line-through-type", "none") != "none"
            ):
                found[name] = ("s", {})
            elif said.get("display") == "none":
                found[name] = ("span", {"hidden": ""})
            elif "Title" in (name, _attribute(style, "parent-style-name")):
                found[name] = ("h1", {})
        elif _local(style) == "list-style":
            level = next(iter(style), style)
            kind, start = _attribute(level, "num-format"), _attribute(level, "start-value")
            if _local(level) == "list-level-style-number" and kind:
                found[name] = ("ol", {"type": kind, "start": start or "1"})
    return found


def _attribute(element: _Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if _local_name(key) == name), "")


def _local_name(name: str | bytes) -> str:
    return str(name).rpartition("}")[2]


def _facts(meta: _Element) -> Iterator[Fact]:
    for element in meta.iter():
        field, value = _FACTS.get(_local(element)), (element.text or "").strip()
        if field and not (field == "published" and value < FIRST_YEAR):
            yield Fact(field, value, "ODT properties", 0.5 if field == "published" else 0.9)


def _as_html(element: _Element, looks: _Looks) -> _Element:
    """The same tree with HTML's names; spaces, tabs and notes become text."""
    from lxml import html

    local = _local(element)
    if local == "h":
        level = _attribute(element, "outline-level") or "1"
        made = html.Element(f"h{min(6, int(level) if level.isdigit() else 1)}")
    elif element.tag.startswith(_MATH):
        made = html.Element(local)
    else:
        tag = _TAGS.get(local, "div" if local in ("text", "frame", "text-box", "note-body") else "span")
        tag, attributes = looks.get(_attribute(element, "style-name"), (tag, {}))
        made = html.Element(tag, attributes)
    for name, shown in _SPANS.items():
        if value := _attribute(element, name):
            made.set(shown, value)
    made.text = element.text
    for child in element:
        name = _local(child)
        if name in ("s", "tab"):
            new = html.Element("span")
            new.text = " "
        elif name in _DROPPED or not name:
            new = html.Element("span")
        else:
            new = _as_html(child, looks)
        new.tail = child.tail
        made.append(new)
    return made


def _local(element: _Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _xml(source: bytes) -> _Element:
    from lxml import etree

    try:
        return etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
