"""Answers and conversations to take along: Markdown, plain text and JSON, the cited articles as BibTeX and CSL JSON.

Nothing that is set aside leaves the page, and what is not confirmed word for word says so.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from ..answer_json import AnswerJson
from ..composition.set_aside import Joiner, is_aside
from ..conversations.conversations import Exchange
from ..types import Json
from .templates import hit_of, plain_address, written_day
from .texts import Texts

Form = Literal["markdown", "text", "bibtex", "csl"]
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|]")
_TEX = re.compile(r"[\\{}%&$#_~^]")
_TEX_NAMES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")


def answer_as(answer: AnswerJson, form: Form, texts: Texts) -> str:
    """One answer of a conversation, alone."""
    match form:
        case "markdown" | "text":
            return _answer(answer, form == "markdown", texts) + "\n"
        case "bibtex":
            return "\n\n".join(_bibtex(source, key) for key, source in _keyed(sources_of(answer))) + "\n"
        case "csl":
            items = [_csl(source, key) for key, source in _keyed(sources_of(answer))]
            return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def conversation_markdown(title: str, exchanges: Sequence[Exchange], texts: Texts) -> str:
    """A conversation as Markdown: what was asked again stands there once, as it was answered last."""
    parts = [f"# {_escaped(title)}"]
    for exchange in exchanges:
        if not exchange.replaced:
            parts.append(f"## {_escaped(exchange.question)}\n\n{_answer(exchange.answer, True, texts)}")
    return "\n\n".join(parts) + "\n"


def conversation_json(identifier: str, title: str, exchanges: Sequence[Exchange]) -> str:
    """A conversation as JSON: everything that is kept of it."""
    told = {
        "conversation": identifier,
        "title": title,
        "exchanges": [
            {
                "question": each.question, "answer": each.answer, "replaced": each.replaced,
                "thumb": each.thumb, "reasons": each.reasons, "correction": each.correction,
            }
            for each in exchanges
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


# --------------------------------------------------------------------------- text


def _answer(answer: AnswerJson, markdown: bool, texts: Texts) -> str:
    refused = f"**{texts.refusal}**\n\n" if markdown else f"{texts.refusal}\n"
    parts = [(refused if answer.get("abstained") else "") + shown_text(answer, texts)]
    if answer.get("interrupted"):
        parts.append(texts.interrupted)
    sources = sources_of(answer)
    if sources:
        parts.append(f"**{texts.sources}**" if markdown else f"{texts.sources}")
        lines = [_source_line(source, markdown, texts) for source in sources]
        parts.append(("\n\n" if markdown else "\n").join(lines))
    text = "\n\n".join(part for part in parts if part)
    return text if markdown else _EMPHASIS.sub(r"\2", text)


def shown_text(answer: AnswerJson, texts: Texts) -> str:
    """The text of an answer as the page shows it: without what is set aside."""
    text: str = answer.get("answer", "")
    joiner, position, parts = Joiner(), 0, []
    for sentence in answer.get("sentences", ()):
        before, words = text[position : sentence["start"]], text[sentence["start"] : sentence["end"]]
        position = sentence["end"]
        if is_aside(sentence):
            joiner.leave_out(before, words)
            continue
        doubt = f" ({texts.not_confirmed.lower()})" if sentence["verdict"] == "partial" else ""
        parts += [joiner.before(before), words, doubt]
    return "".join(parts).strip() if parts or answer.get("sentences") else text.strip()


def sources_of(answer: AnswerJson) -> list[Json]:
    """The citations that what is shown uses, in their order, each with what is known of its article."""
    sentences = [sentence for sentence in answer.get("sentences", ()) if not is_aside(sentence)]
    used = {n for sentence in sentences for n in sentence["citations"]}
    used |= {side["citation"] for conflict in answer.get("conflicts", ()) for side in conflict["sides"]}
    hits = answer.get("hits", ())
    return [
        {**hit_of(citation, hits), **{key: value for key, value in citation.items() if value is not None}}
        for citation in answer.get("citations", ())
        if citation["n"] in used
    ]


def _source_line(source: Json, markdown: bool, texts: Texts) -> str:
    title = _escaped(source["title"]) if markdown else source["title"]
    day = written_day(source["published"], texts.language) if source.get("published") else texts.undated
    where = [source.get("publisher"), day, source.get("url") if plain_address(source.get("url")) else None]
    if source.get("page"):
        where.append(texts.page_number.format(n=source["page"]))
    quote = " ".join(str(source["quote"]).split())
    line = f"[{source['n']}] {title} — {', '.join(part for part in where if part)} — {source['article']}"
    return f"{line}  \n> {_escaped(quote)}" if markdown else f"{line}\n    « {quote} »"


def _escaped(text: str) -> str:
    """A text whose characters mean nothing in Markdown, on one line."""
    return _SPECIAL.sub(lambda match: "\\" + match[0], " ".join(text.split()))


# --------------------------------------------------------------------------- references


def _keyed(sources: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Each cited article once, with a key made of its publisher or title and its year."""
    seen: dict[str, Json] = {}
    for source in sources:
        seen.setdefault(source["article"], source)
    taken: set[str] = set()
    for source in seen.values():
        plain = unicodedata.normalize("NFKD", source.get("publisher") or source["title"])
        word = "".join(c for c in plain if c.isascii() and c.isalnum())[:24].lower() or "article"
        base = f"{word}{(source.get('published') or '')[:4]}"
        key = next(k for k in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if k not in taken)
        taken.add(key)
        yield key, source


def _bibtex(source: Json, key: str) -> str:
    published = date.fromisoformat(source["published"]) if source.get("published") else None
    fields = {
        "title": f"{{{_tex(source['title'])}}}",
        "author": f"{{{_tex(source['publisher'])}}}" if source.get("publisher") else None,
        "date": published.isoformat() if published else None,
        "year": str(published.year) if published else None,
        "url": source["url"] if plain_address(source.get("url")) else None,
        "langid": _tex(source["language"]) if source.get("language") else None,
        "note": _tex(source["article"]),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def _tex(text: str) -> str:
    return _TEX.sub(lambda match: _TEX_NAMES.get(match[0], "\\" + match[0]), " ".join(str(text).split()))


def _csl(source: Json, key: str) -> Json:
    published = date.fromisoformat(source["published"]) if source.get("published") else None
    item = {
        "id": key,
        "type": "article",
        "title": source["title"],
        "container-title": source.get("publisher"),
        "issued": {"date-parts": [[published.year, published.month, published.day]]} if published else None,
        "URL": source["url"] if plain_address(source.get("url")) else None,
        "language": source.get("language"),
        "note": source["article"],
    }
    return {name: value for name, value in item.items() if value}
