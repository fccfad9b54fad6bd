"""Articles on disk: which files of the corpus are articles, and how each becomes an `Article`.

A reader is a function from a file's bytes to a `Draft`, and an entry in `READERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from ..errors import ArticleRejected
from ..language.remarks import Remark
from ..types import Article
from .containers import read_epub, read_mime
from .corpus import ArticleFile, survey
from .dates import find_date, unreadable_date
from .docx import read_docx
from .drafts import Draft, Fact, compose, first
from .hygiene import planted_orders
from .language import detect_language
from .markdown import read_markdown, read_text
from .odt import read_odt
from .pdf import read_pdf
from .rtf import read_rtf
from .sentences import sentence_spans
from .titles import stated, title_of
from .web_pages import read_html

Reader = Callable[[bytes, str], Draft | None]
"""From a file's bytes and the article's name; None: the file asks to be left out."""

READERS: dict[str, Reader] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".mdx": read_markdown,
    ".txt": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".mhtml": read_mime,
    ".mht": read_mime,
    ".eml": read_mime,
    ".epub": read_epub,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".odt": read_odt,
    ".rtf": read_rtf,
}
__all__ = ["LARGEST", "READERS", "ArticleFile", "find_articles", "finish", "read_article"]

LARGEST = 50_000_000
"""Bytes; a larger file is rejected."""


def find_articles(corpus: Path) -> list[ArticleFile]:
    """Files of `corpus` that may be articles, sorted by name. Raises `CorpusError`."""
    return survey(corpus, READERS).articles


def read_article(file: ArticleFile) -> Article | None:
    """Read one file; None where its front matter asks to be left out (`index: false`).

    Raises `ArticleRejected` saying why it cannot be read and what to do.
    """
    data = _bytes(file)
    draft = READERS[file.path.suffix.lower()](data, file.name)
    return finish(file, data, draft) if draft is not None else None


def _bytes(file: ArticleFile) -> bytes:
    if file.size > LARGEST:
        raise ArticleRejected(
            file.name,
            Remark("too_large", size=round(file.size / 1e6), most=round(LARGEST / 1e6)),
        )
    try:
        return file.path.read_bytes()
    except OSError as error:
        raise ArticleRejected(file.name, Remark("not_opened", why=error.strerror or str(error))) from error


def finish(file: ArticleFile, data: bytes, draft: Draft) -> Article:
    """Turn a reader's draft into an Article: clean text, facts that make sense, sentences, planted orders."""
    text, headings, pages, removed = compose(draft.blocks)
    if not text:
        raise ArticleRejected(file.name, Remark("no_text"))
    language = _language(draft.facts, text)
    found = find_date([*draft.facts, *_named_dates(file.name)], text, language.value)
    doubts = [found.warning if found else None, unreadable_date(draft.facts, language.value)]
    known = {
        fact.field: fact for name in ("publisher", "author", "url") if (fact := first(draft.facts, name))
    }
    known |= {"language": language, "title": title_of(file.name, draft.facts, text, headings, pages)}
    origins = {name: fact.origin for name, fact in known.items()} | (
        {"published": found.origin} if found else {}
    )
    sentences = sentence_spans(text, language.value)
    return Article(
        name=file.name,
        text=text,
        title=known["title"].value,
        language=language.value,
        digest=sha256(data).hexdigest(),
        published=found.published if found else None,
        published_confidence=found.confidence if found else None,
        publisher=_value(known.get("publisher")),
        author=_value(known.get("author")),
        url=_value(known.get("url")),
        origins=origins,
        sentences=tuple(sentences),
        headings=headings,
        pages=pages,
        flagged=tuple(planted_orders(text, sentences)),
        warnings=(*draft.warnings, *removed, *filter(None, doubts)),
    )


def _named_dates(name: str) -> Iterator[Fact]:
    """A date in the file's name ("2024-05-03-title.md") or in its folders ("2024/05/03/title.md")."""
    for match in re.finditer(r"(?<!\d)(?:19|20)\d\d[-_/]\d\d[-_/]\d\d(?!\d)", name):
        yield Fact("published", match[0].replace("_", "-").replace("/", "-"), "file name", 0.6)


def _value(fact: Fact | None) -> str | None:
    return stated(fact) if fact else None


def _language(facts: Sequence[Fact], text: str) -> Fact:
    """The stated language, unless the text is clearly in another one."""
    detected = detect_language(text)
    for fact in facts:
        code = fact.value.strip().lower()[:2]
        if fact.field == "language" and re.fullmatch(r"[a-z]{2,3}([-_].*)?", fact.value.strip().lower()):
            stated = fact.origin == "front matter" or detected in (code, "und") or len(text) < 200
            return Fact("language", code, fact.origin) if stated else Fact("language", detected, "text")
    return Fact("language", detected, "text")
