"""OpenDocument text: its XML becomes HTML, which is read like any other."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import ArticleRejected
from .drafts import Draft, Fact
from .markup import blocks_of

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST_UNPACKED = 300_000_000
"""Bytes."""
_TAGS = {
    "p": "p", "list": "ul", "list-item": "li", "table": "table", "table-row": "tr", "table-cell": "td",
    "line-break": "br", "span": "span", "a": "a", "section": "section",
}  # fmt: skip
_DROPPED = frozenset(
    "annotation tracked-changes change-start change-end note-citation forms sequence-decls hidden-text hidden-paragraph".split()
)
_FACTS = {"title": "title", "initial-creator": "author", "language": "language", "creation-date": "published"}


def read_odt(data: bytes, name: str) -> Draft:
    """An OpenDocument text. Raises `ArticleRejected` for a damaged or locked one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise ArticleRejected(name, "it unpacks to more than 300 MB. Split it into several files.")
            if b"manifest:encryption-data" in archive.read("META-INF/manifest.xml"):
                raise ArticleRejected(name, "it is locked with a password. Save it without one.")
            content = _xml(archive.read("content.xml"))
            facts = list(_facts(_xml(archive.read("meta.xml")))) if "meta.xml" in archive.namelist() else []
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise ArticleRejected(
            name, "it is damaged, or no ODT. Open it in a word processor and save it again."
        ) from error
    body = next((element for element in content.iter() if _local(element) == "text"), content)
    return Draft(list(blocks_of(_as_html(body))), facts)


def _facts(meta: _Element) -> Iterator[Fact]:
    for element in meta.iter():
        if field := _FACTS.get(_local(element)):
            yield Fact(
                field, (element.text or "").strip(), "ODT properties", 0.5 if field == "published" else 0.9
            )


def _as_html(element: _Element) -> _Element:
    """The same tree with HTML's names; spaces, tabs and notes become text."""
    from lxml import html

    local = _local(element)
    if local == "h":
        level = next(
            (value for key, value in element.attrib.items() if str(key).endswith("outline-level")), "1"
        )
        made = html.Element(f"h{min(6, int(level) if str(level).isdigit() else 1)}")
    else:
        made = html.Element(
            _TAGS.get(local, "div" if local in ("text", "frame", "text-box", "note-body") else "span")
        )
    made.text = element.text
    for child in element:
        name = _local(child)
        if name in ("s", "tab"):
            new = html.Element("span")
            new.text = " "
        elif name in _DROPPED or not name:
            new = html.Element("span")
        else:
            new = _as_html(child)
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
