"""The templates of the page. Whatever they are given is escaped, unless it is `Markup` made by `markup`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from markupsafe import Markup, escape

from ..answer_json import CitationJson, HitJson, PlaceJson, QuoteJson
from ..conflicts import source_dates
from ..language.remarks import said
from .texts import typeset

if TYPE_CHECKING:
    from jinja2 import Environment

_SITE = re.compile(
    r"(?:[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,127}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?", re.IGNORECASE
)
"""Host and port as they may stand in a link: no user, no escapes, no letters that look like others."""
_NOT_IN_ADDRESSES = re.compile(r"[\s\x00-\x1f\x7f<>\"'`\\]")


def render(template: str, **values: Any) -> Markup:
    """A template of `templates/` filled in."""
    return Markup(_environment().get_template(template).render(values))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        written_day=written_day,
        plain_address=plain_address,
        ascii_address=ascii_address,
        hit_of=hit_of,
        after_heading=after_heading,
        as_sentence=as_sentence,
        below_title=below_title,
        commands=commands,
        remark=remark,
        short=short,
        typeset=typeset,
    )
    return environment


def written_day(value: str, language: str) -> str:
    """A date in ISO form as people write it."""
    return source_dates.written_day(date.fromisoformat(value), language)


def short(text: str, limit: int = 600) -> str:
    """The beginning of a text that may come from elsewhere, such as the error of a server."""
    return text if len(text) <= limit else f"{text[:limit].rstrip()}…"


def as_sentence(reason: str) -> str:
    """A reason with a capital and a full stop."""
    reason = reason.strip()
    ended = reason.endswith((".", "!", "?", "…"))
    return reason[:1].upper() + reason[1:] + ("" if ended or not reason else ".")


def remark(words: str, language: str) -> Markup:
    """What reading says of a file, as a sentence in a language."""
    return commands(typeset(as_sentence(said(words, language)), language))


def commands(text: str) -> Markup:
    """A text whose commands, between backticks, are set as what is typed."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def below_title(section: str, title: str) -> str:
    """The headings above a passage, without the article's title where that is the first."""
    return section.removeprefix(title).removeprefix(" › ")


def after_heading(text: str, section: str) -> str:
    """A passage without the headings above it, where it begins with them: they stand over it already."""
    rest = text
    for heading in section.split(" › "):
        if heading and rest.startswith(heading):
            rest = rest[len(heading) :].lstrip()
    return rest or text


def plain_address(url: str | None) -> bool:
    """Whether an address may be a link: http(s), an ASCII host, nothing that could end an attribute."""
    parts = _split(url)
    return parts is not None and bool(_SITE.fullmatch(parts.netloc))


def ascii_address(url: str | None) -> str:
    """An http(s) address to be read and not followed: a host in other letters as punycode; empty for others."""
    parts = _split(url)
    if parts is None:
        return ""
    try:
        site = parts.netloc.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return parts._replace(netloc=site).geturl() if _SITE.fullmatch(site) else ""


def _split(url: str | None) -> SplitResult | None:
    """The parts of an http(s) address; None for any other text."""
    if not url or _NOT_IN_ADDRESSES.search(url):
        return None
    try:
        parts = urlsplit(url)
        known = parts.scheme.lower() in ("http", "https") and parts.port != 0
    except ValueError:
        return None
    return parts if known else None


def hit_of(
    quote: QuoteJson | CitationJson, hits: Sequence[HitJson | CitationJson | PlaceJson]
) -> Mapping[str, object]:
    """The hit a quote was taken from, else another of its article, else a bare one that names the article."""
    same = [hit for hit in hits if hit["article"] == quote["article"]]
    inside = [hit for hit in same if hit["start"] <= quote["start"] < hit["end"]]
    bare = {"article": quote["article"], "title": quote.get("title") or quote["article"]}
    return next(iter(inside or same), bare)
