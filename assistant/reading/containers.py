"""Files that hold pages: messages and saved pages (MIME), EPUB books. The page inside is read as HTML or text."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..errors import ArticleRejected
from ..language.remarks import Remark
from .drafts import Block, Draft, Fact
from .encodings import decode
from .markdown import text_blocks
from .web_pages import fragment_blocks, read_html

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST_UNPACKED = 300_000_000
"""Bytes."""


def read_mime(data: bytes, name: str) -> Draft:
    """A message (.eml) or a page saved with its pictures (.mhtml). Raises `ArticleRejected`."""
    message = message_from_bytes(data, policy=policy.default)
    if not message.keys():
        raise ArticleRejected(name, Remark("no_message"))
    page = message.get_body(("html", "plain")) if isinstance(message, EmailMessage) else None
    if page is None:
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    if page is None:
        raise ArticleRejected(name, Remark("message_without_text"))
    body = page.get_payload(decode=True)
    if not isinstance(body, bytes):
        raise ArticleRejected(name, Remark("message_packed"))
    facts = list(_message_facts(message))
    if page.get_content_type() == "text/html":
        draft = read_html(body, name, page.get_content_charset())
        return Draft(draft.blocks, [*facts, *draft.facts], draft.warnings)
    text, warnings = decode(body, name, page.get_content_charset())
    return Draft(text_blocks(text.replace("\r\n", "\n")), facts, warnings)


def _message_facts(message: EmailMessage) -> Iterator[Fact]:
    yield Fact("title", str(message.get("Subject") or ""), "subject")
    if message.get("Snapshot-Content-Location"):
        yield Fact("url", str(message["Snapshot-Content-Location"]), "MHTML header")
        return  # its date is the day on which the page was saved, its sender the browser
    yield Fact("author", str(message.get("From") or "").partition("<")[0].strip(' "'), "sender")
    try:
        sent = parsedate_to_datetime(str(message.get("Date") or ""))
    except ValueError:
        return
    yield Fact("published", sent.date().isoformat(), "date of the message", 0.9)


def read_epub(data: bytes, name: str) -> Draft:
    """An EPUB book: its chapters in reading order. Raises `ArticleRejected` for a damaged or locked one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise ArticleRejected(name, Remark("unpacks_large"))
            if (
                "META-INF/encryption.xml" in archive.namelist()
                and "META-INF/rights.xml" in archive.namelist()
            ):
                raise ArticleRejected(name, Remark("sold"))
            return _book(archive)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise ArticleRejected(name, Remark("no_epub")) from error


def _book(archive: zipfile.ZipFile) -> Draft:
    container = _xml(archive.read("META-INF/container.xml"))
    package_name = next(_named(container, "rootfile")).get("full-path", "")
    package = _xml(archive.read(package_name))
    folder = posixpath.dirname(package_name)
    files = {item.get("id"): item.get("href", "") for item in _named(package, "item")}
    blocks: list[Block] = []
    warnings: list[Remark] = []
    for reference in _named(package, "itemref"):
        href = files.get(reference.get("idref"), "")
        if reference.get("linear") == "no" or not href:
            continue
        page = archive.read(posixpath.normpath(posixpath.join(folder, unquote(href))))
        found, dropped = fragment_blocks(page.decode("utf-8", "replace"))
        blocks += found
        warnings += dropped
    return Draft(blocks, list(_book_facts(package)), warnings)


def _book_facts(package: _Element) -> Iterator[Fact]:
    fields = {
        "title": "title",
        "language": "language",
        "publisher": "publisher",
        "creator": "author",
        "date": "published",
    }
    for tag, field in fields.items():
        for element in _named(package, tag):
            if element.get("{http://www.idpf.org/2007/opf}event") not in ("modification", "conversion"):
                yield Fact(field, (element.text or "").strip(), "EPUB metadata", 0.8)


def _named(tree: _Element, name: str) -> Iterator[_Element]:
    """Elements of a local name, whatever their namespace."""
    yield from tree.iter(f"{{*}}{name}", name)


def _xml(source: bytes) -> _Element:
    from lxml import etree

    try:
        return etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
