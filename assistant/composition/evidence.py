"""The sentences of the hits that answer a question best, word for word, before any model has said a word."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.composition.answer_type import Kind, answer_type_of
from assistant.composition.definitions import defined_term, defines
from assistant.language.folding import fold_keeping_length
from assistant.proof.checks.examine import Values, values_of
from assistant.proof.checks.names import find_names, missing_tokens, source_names
from assistant.proof.places import (
    SourceSentence,
    all_sentences,
    coverage,
    holds_injection,
    local_inverse_document_frequency,
    resemblance,
    source_sentences,
    stems_of,
)
from assistant.types import Hit, Query, Quote

OWN_WEIGHT, AROUND_WEIGHT, TYPE_WEIGHT, RANK_WEIGHT = 0.6, 0.6, 0.15, 0.15
"""What a score is made of: the question's words in the sentence, in it and its surroundings, a value of the kind
that is asked for, the rank of its hit. The cosine of single sentences was tried and ranks worse."""
DEFINES_WEIGHT = 0.4
"""Of a sentence that says what a thing is, where a question asks for that."""
UNENDED, OPEN_ITEM, OVERLONG = 0.35, 0.1, 0.1
"""What a heading or a lead-in, which has no end, an item of a list without one, and a sentence of more than `LONG`
characters lose."""
LONG = 500
FOREIGN = 0.7
"""What the score of a sentence in another language is multiplied by where the message's own language has hits."""
ALIKE = 0.6
"""Share of common words from which two sentences say the same."""
SAME_TITLE = 0.75
"""The same share from which a line is the title of an article."""
FAINT = 0.25
"""Share of the best score below which a sentence says nothing beside the best one."""
FEWEST_STEMS = 3
NEAREST_ARTICLES = 3
"""Articles that a refusal names."""
ENDS = '.!…»”")'
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,400}")
_MARKER = re.compile(r"\s{0,20}(?:(?:[-*•‣–]|\d{1,2}[.)])\s{1,20}){0,3}")


@dataclass(frozen=True, slots=True)
class Question:
    """What a question looks for."""

    query: Query
    stems: Mapping[str, frozenset[str]]
    """Its words, stemmed in each language of the hits."""
    kind: Kind | None
    """Of value that it asks for."""
    term: str | None
    """What it wants explained."""


@dataclass(frozen=True, slots=True)
class Scored:
    sentence: SourceSentence
    score: float


def choose_evidence(
    query: Query,
    hits: Sequence[Hit],
    limit: int,
    weights: Mapping[str, float] | None = None,
) -> list[Quote]:
    """At most `limit` sentences, best first, none twice and none that says the same as a better one."""
    titles = {hit.title: stems_of(hit.title, hit.language) for hit in hits}.values()
    sentences = [
        one
        for one in all_sentences(hits)
        if is_prose(one) and not holds_injection(one, hits[one.hit].flagged) and not _points(one, titles)
    ]
    asked = _asked(query, {sentence.language for sentence in sentences})
    scored = _scored(asked, sentences, weights or {})
    scored.sort(key=lambda item: -item.score)
    return [quote_of(one.sentence, round(one.score, 4)) for one in _diverse(scored, limit)]


def telling(ranked: Sequence[Quote]) -> list[Quote]:
    """Those of the ranked sentences that are not far below the best one: they share hardly a word with the question."""
    best = max((quote.score for quote in ranked), default=0.0)
    return [quote for quote in ranked if quote.score >= FAINT * best]


def quote_of(sentence: SourceSentence, score: float = 0.0) -> Quote:
    """A sentence of a source as a quote, without the marker of the list that it stands in."""
    marker = marker_length(sentence.text)
    text = sentence.text[marker:]
    return Quote(sentence.article, sentence.start + marker, sentence.end, text, sentence.hit, score)


def marker_length(text: str) -> int:
    """Characters of the list marker, or markers, that a text begins with."""
    return len(_MARKER.match(text)[0])  # type: ignore[index]  # it matches nothing, too


def with_next_sentence(ranked: Sequence[Quote], hits: Sequence[Hit]) -> list[Quote]:
    """The ranked sentences, after the best one the one that follows it: reasons stand behind what they explain."""
    if not ranked:
        return []
    best, others = ranked[0], ranked[1:]
    following = [one for one in source_sentences(best.hit, hits[best.hit]) if one.start >= best.end]
    if (
        not following
        or not is_prose(following[0])
        or holds_injection(following[0], hits[following[0].hit].flagged)
    ):
        return list(ranked)
    after = quote_of(following[0], best.score)
    return [best, after, *(one for one in others if (one.article, one.start) != (after.article, after.start))]


def one_an_article(
    ranked: Sequence[Quote], hits: Sequence[Hit], limit: int = NEAREST_ARTICLES
) -> tuple[Quote, ...]:
    """The best sentence of each of the nearest articles, nearest article first."""
    names = list(dict.fromkeys(hit.passage.article for hit in hits))[:limit]
    best = {quote.article: quote for quote in reversed(ranked)}
    return tuple(best[name] for name in names if name in best)


def _asked(query: Query, languages: set[str]) -> Question:
    kind = answer_type_of(query.search_text, query.language).kind
    stems = {language: stems_of(query.search_text, language) for language in languages}
    return Question(query, stems, kind, defined_term(query.search_text, query.language))


def is_prose(sentence: SourceSentence) -> bool:
    """No title, no heading, no question, no address, no rest of a list."""
    text = _ADDRESS.sub(" ", sentence.text).strip()
    return (
        not sentence.is_title
        and not text.endswith("?")
        and not text.startswith("#")
        and len(stems_of(text, sentence.language)) >= FEWEST_STEMS
    )


def _points(sentence: SourceSentence, titles: Iterable[frozenset[str]]) -> bool:
    """Whether a line without an end is the title of an article: a pointer to what else may be read."""
    if sentence.text.rstrip()[-1:] in ENDS:
        return False
    return any(len(sentence.stems & title) >= SAME_TITLE * len(sentence.stems | title) for title in titles)


def _scored(
    asked: Question, sentences: Sequence[SourceSentence], weights: Mapping[str, float]
) -> list[Scored]:
    local = {**local_inverse_document_frequency(sentences), **weights}
    unseen = math.log(2 + len(sentences))
    at_home = any(sentence.language == asked.query.language for sentence in sentences)
    scored = []
    for index, sentence in enumerate(sentences):
        cross = sentence.language != asked.query.language
        around = _around(sentences, index)
        if cross:
            own = _shared(asked, sentence)
            near = own
        else:
            stems = asked.stems[sentence.language]
            own = coverage(stems, sentence.stems, local, unseen)
            near = coverage(stems, sentence.stems | around, local, unseen)
        score = OWN_WEIGHT * own + AROUND_WEIGHT * near + RANK_WEIGHT / math.sqrt(1 + sentence.hit)
        score += TYPE_WEIGHT * _has_kind(asked, sentence) - _shapeless(sentence)
        if asked.term is not None:
            score += DEFINES_WEIGHT * defines(sentence.text, sentence.language, asked.term)
        scored.append(Scored(sentence, score * FOREIGN if cross and at_home else score))
    return scored


def _around(sentences: Sequence[SourceSentence], index: int) -> frozenset[str]:
    """Words of the title and of the sentence before: what "he" or "the company" stands for."""
    sentence = sentences[index]
    before = sentences[index - 1].stems if index and sentences[index - 1].hit == sentence.hit else frozenset()
    return before | stems_of(sentence.title, sentence.language)


def _shared(asked: Question, sentence: SourceSentence) -> float:
    """Names and look-alike words that a sentence in another language shares with the question, 0 to 1."""
    query = asked.query
    source = source_names(sentence.text, sentence.language)
    names = find_names(query.search_text, query.language)
    found = [
        not missing_tokens(name, query.search_text, query.language, [source], cognates=True) for name in names
    ]
    cognates = resemblance(stems_of(query.search_text, query.language), sentence.stems)
    # the names that a whole collection is about say little: a sentence has to share more than those
    return 0.5 * cognates + 0.3 * (sum(found) / len(found) if found else cognates)


def _has_kind(asked: Question, sentence: SourceSentence) -> bool:
    """Whether the sentence has a value of the kind that is asked for, which the question does not have already."""
    if asked.kind is None:
        return False
    return _offers(asked.kind, values_of(sentence.text, sentence.language, sentence.published), asked)


def _offers(kind: Kind, values: Values, asked: Question) -> bool:
    question = fold_keeping_length(asked.query.search_text)
    if kind == "date":
        return any(fold_keeping_length(expression.text) not in question for expression in values.dates)
    if kind == "number":
        return any(q.text not in question and not q.loose and not q.ordinal for q in values.quantities)
    return any(not all(token in question for token in n.tokens) and not n.opening for n in values.names)


def _shapeless(sentence: SourceSentence) -> float:
    """What a sentence loses that cannot be read by itself."""
    text = sentence.text.rstrip()
    open_end = OPEN_ITEM if marker_length(text) and text[-1:] != ":" else UNENDED
    return (0.0 if text[-1:] in ENDS else open_end) + (OVERLONG if len(text) > LONG else 0.0)


def _diverse(scored: Sequence[Scored], limit: int) -> list[Scored]:
    chosen: list[Scored] = []
    for candidate in scored:
        if len(chosen) == limit:
            break
        if not any(alike(candidate.sentence, other.sentence) for other in chosen):
            chosen.append(candidate)
    return chosen


def alike(a: SourceSentence, b: SourceSentence) -> bool:
    if a.article == b.article and a.start < b.end and b.start < a.end:
        return True
    return len(a.stems & b.stems) >= ALIKE * len(a.stems | b.stems)
