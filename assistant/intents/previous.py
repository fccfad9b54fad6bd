"""A message about the answer before: shorter, in another language, as a table, which source, why, more of it.

It works on the sentences and citations of that answer; only "why" and "more" search again, for its question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..answer_json import AnswerJson, CitationJson, HitJson
from ..composition.prompts import Prompt, Source, chosen_sentences
from ..language.folding import fold
from ..language.pack import pack
from ..proof.places import matching_stems, stems_of
from ..reading.sentences import sentence_spans
from ..types import Event, Hit, Passage, Proof, Quote, Span, Turn
from .answer import answer
from .chat import welcomed
from .overview import ARTICLES, summed_up
from .prompts import request_prompt
from .reply import Reply
from .scope import Scope, languages_named
from .subject import wanted_count

MORE = 3
"""Sentences that "more" adds."""
RANKED = 30


@dataclass(frozen=True, slots=True)
class Before:
    """The answer before: its question, what it said, and the hits and quotes that it rests on."""

    question: str
    text: str
    language: str
    hits: tuple[Hit, ...]
    quotes: tuple[Quote, ...]
    """By citation number, from 1."""
    sentences: tuple[tuple[str, tuple[int, ...]], ...]
    """Each sentence that claims something, without its markers, and the numbers it cites."""
    articles: tuple[str, ...] = ()
    """Names of the articles that it listed."""
    kind: str = "answer"


def previous(reply: Reply) -> Iterator[Event]:
    """Do with the answer before what the message asks."""
    before = read_before(reply.history)
    if before is None:
        yield reply.found(())
        yield reply.tell(reply.pack.say("nothing_to_go_on"))
        yield from welcomed(reply, "")
        yield reply.finish("evidence")
        return
    if reply.aspect == "why":
        yield from answer(reply)
        return
    reply.query = replace(reply.query, search_text=before.question, rewritten=True)
    listed = _pointed_at(reply, before)
    if listed:
        yield from summed_up(
            reply, listed, Scope(""), len(before.articles) - len(listed) if listed[1:] else 0
        )
        yield reply.finish()
        return
    if reply.aspect == "more":
        yield from _more(reply, before)
        return
    yield reply.found(before.hits)
    if not before.quotes:
        yield reply.tell(reply.pack.say("answer_had_no_source"))
    elif reply.aspect == "source":
        yield from _sources(reply, before)
    elif reply.aspect == "table":
        yield from _table(reply, before)
    else:
        yield from _said_again(reply, before)
    yield reply.finish()


def _pointed_at(reply: Reply, before: Before) -> tuple[str, ...]:
    """Of the articles that were listed the one whose place is named ("the second one"), else the first few."""
    there = {article.name for article in reply.library.articles()}
    articles = tuple(name for name in before.articles if name in there)
    if before.quotes or not articles:
        return ()
    ordinals = pack(reply.query.language).numbers["ordinals"]
    places = [ordinals[word] for word in re.findall(r"\w+", fold(reply.query.text)) if word in ordinals]
    return articles[places[0] - 1 : places[0]] if places else articles[:ARTICLES]


def _sources(reply: Reply, before: Before) -> Iterator[Event]:
    yield reply.tell(reply.pack.say("sources_of"))
    for name in dict.fromkeys(quote.article for quote in before.quotes):
        first, *others = [quote for quote in before.quotes if quote.article == name]
        yield reply.tell(_told_of(reply, before.hits[first.hit]), before="\n- ")
        for quote in (first, *others):
            yield reply.quote(quote)


def _told_of(reply: Reply, hit: Hit) -> str:
    """Title of an article, who wrote it, where that is known, and its date."""
    there = any(article.name == hit.passage.article for article in reply.library.articles())
    author = reply.library.article(hit.passage.article).author if there else None
    day = ", ".join(filter(None, (author, reply.pack.day(hit.published))))
    return reply.pack.say("article_line", title=hit.title, day=day)


def _table(reply: Reply, before: Before) -> Iterator[Event]:
    say = reply.pack.say
    head = " | ".join((say("sentence_head"), say("source_head"), say("date_head")))
    yield reply.tell(f"| {head} |\n|---|---|---|", before="\n\n")
    for text, numbers in before.sentences:
        quotes = tuple(before.quotes[n - 1] for n in numbers)
        hit = before.hits[quotes[0].hit]
        cell = " ".join(text.replace("|", "/").split())
        yield reply.composition.append(cell, Proof("supported", quotes), before="\n| ")
        title = " ".join(hit.title.replace("|", "/").split())
        yield reply.tell(f"{title} | {reply.pack.day(hit.published)} |", before=" | ")


def _said_again(reply: Reply, before: Before) -> Iterator[Event]:
    """The answer shorter or in another language, in the model's words; else in those of the sources."""
    translates = reply.aspect == "translate"
    if translates:
        named = languages_named(reply.query.text, reply.query.language, anywhere=True)
        reply.language = next(iter(named), reply.language)
        reply.composition.language = reply.language
    count = wanted_count(reply.query.text, reply.query.language, max(1, len(before.quotes) // 2))
    asked = reply.pack

    def asks_for(sources: Sequence[Source], mark: str) -> Prompt:
        task = (
            asked.prompt("translate", target=asked.language_name(reply.language))
            if translates
            else asked.prompt("shorter", count=count)
        )
        return request_prompt(asked, before.text, task, sources, mark)

    yield from reply.worded(chosen_sentences(before.quotes, before.hits), asks_for)
    if reply.composition.has_support:
        return
    own = [q for q in before.quotes if before.hits[q.hit].language == reply.language] if translates else []
    if translates:
        yield reply.tell(asked.say("no_translation"))
    for quote in own or (before.quotes if translates else _shortened(before, count)):
        yield reply.quote(quote, before="\n\n" if translates else " ")


def _shortened(before: Before, count: int) -> list[Quote]:
    """The best of the quotes: an answer has them first, in a summary they have most words of the title."""
    ranked = list(before.quotes)
    if before.kind == "overview":
        ranked.sort(key=lambda quote: -_of_title(before.hits[quote.hit], quote.text))
    return [quote for quote in before.quotes if quote in ranked[:count]]


def _of_title(hit: Hit, text: str) -> int:
    return len(matching_stems(stems_of(hit.title, hit.language), stems_of(text, hit.language)))


def _more(reply: Reply, before: Before) -> Iterator[Event]:
    """Sentences on the same question that the answer did not cite."""
    query = reply.query
    hits = reply.tools.retriever.retrieve(query, 2 * reply.tools.top_k)
    yield reply.found(hits)
    cited = {(quote.article, quote.end) for quote in before.quotes}
    ranked = reply.tools.prover.evidence(query, hits, limit=RANKED)
    fresh = [quote for quote in ranked if (quote.article, quote.end) not in cited][:MORE]
    yield reply.shown(fresh)
    if fresh:
        yield reply.tell(reply.pack.say("nearest_words"))
    for quote in fresh:
        yield from reply.line(hits[quote.hit], quote)
    if not fresh:
        yield reply.tell(reply.pack.say("no_more"))
    yield reply.finish("evidence")


# --------------------------------------------------------------------------- the answer before


def read_before(history: Sequence[Turn]) -> Before | None:
    """The last answer of a conversation; None where there is none that carries its ANSWER."""
    for place in range(len(history) - 1, -1, -1):
        turn = history[place]
        if turn.role == "assistant" and turn.answer is not None:
            return _before(turn.answer)
    return None


def topical(history: Sequence[Turn]) -> list[Turn]:
    """The turns of a conversation that are about something: without greetings and messages about an answer."""
    kept: list[Turn] = []
    for turn in history:
        kind = turn.answer.get("kind") if turn.answer else None
        if turn.role == "assistant" and kind in ("previous", "chat") and kept:
            kept.pop()
            continue
        kept.append(turn)
    return kept


def spoken(history: Sequence[Turn]) -> str | None:
    """The language of the last answer of a conversation."""
    before = read_before(history)
    return before.language if before is not None else None


def _before(told: AnswerJson) -> Before:
    citations = sorted(told.get("citations") or (), key=lambda one: one["n"])
    hits = [_hit(one) for one in told.get("hits") or ()]
    quotes = tuple(_quote(one, hits) for one in citations)
    text: str = told.get("answer", "")
    sentences = tuple(
        (_bare(text[one["start"] : one["end"]]), tuple(one["citations"]))
        for one in told.get("sentences") or ()
        if one["citations"] and one["verdict"] in ("supported", "partial")
    )
    return Before(
        told.get("search_text") or told["question"],
        " ".join(f"{said} {''.join(f'[{n}]' for n in numbers)}" for said, numbers in sentences) or text,
        told.get("language", "en"),
        tuple(hits),
        quotes,
        sentences,
        tuple(told.get("articles") or ()),
        told.get("kind", "answer"),
    )


def _bare(text: str) -> str:
    return re.sub(r"[ \u00a0\u202f]?\[\d{1,4}\]", "", text).strip()


def _hit(told: HitJson) -> Hit:
    """A hit as it was shown then; only its passage, without the text around it."""
    start, text = told["start"], told["text"]
    spans = tuple(Span(start + a, start + b) for a, b in sentence_spans(text, told["language"]))
    return Hit(
        rank=told["rank"],
        passage=Passage(
            told.get("passage") or f"{told['article']}@{start}", told["article"], start, told["end"]
        ),
        text=text,
        title=told["title"],
        language=told["language"],
        published=_day(told.get("published")),
        publisher=told.get("publisher"),
        url=told.get("url"),
        digest=told.get("digest"),
        score=told.get("score", 0.0),
        sentences=spans,
    )


def _cited_hit(told: CitationJson, rank: int) -> Hit:
    """A citation's words as a passage of their own."""
    start, words = told["start"], told["quote"]
    return Hit(
        rank,
        Passage(f"{told['article']}@{start}", told["article"], start, told["end"]),
        words,
        told["title"],
        "und",
        _day(told.get("published")),
        publisher=told.get("publisher"),
        url=told.get("url"),
        digest=told.get("digest"),
        sentences=tuple(Span(start + a, start + b) for a, b in sentence_spans(words, "und")),
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _quote(told: CitationJson, hits: list[Hit]) -> Quote:
    """A citation's quote; where its passage is not among the hits, its words become one."""
    for index, hit in enumerate(hits):
        if hit.passage.article == told["article"] and hit.passage.start <= told["start"] < hit.passage.end:
            return Quote(told["article"], told["start"], told["end"], told["quote"], index)
    hits.append(_cited_hit(told, len(hits) + 1))
    return Quote(told["article"], told["start"], told["end"], told["quote"], len(hits) - 1)
