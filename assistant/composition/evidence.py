"""The sentences of the hits that answer a question best, word for word, before any model has said a word."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from assistant.composition.answer_type import Kind, answer_type_of
from assistant.composition.definitions import defined_term, defines
from assistant.language.folding import fold_keeping_length
from assistant.proof.analysed import Values, analysed
from assistant.proof.checks.names import missing_tokens, source_names
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


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal adds to the log odds that a sentence answers, fitted by `benchmarks/fit_evidence.py`."""

    own: float
    """Share of the question's words that the sentence has, rare ones counting more."""
    around: float
    """The same with the sentence before and the title."""
    kind: float
    """A value of the kind that is asked for."""
    passage: float
    """Score of its passage beside that of the best one."""
    near: float = 0.0
    """Cosine of the sentence under its title with the question, less the mean of those compared, in `SPREAD`."""


BY_WORDS = Weights(own=4.5, around=3.0, kind=1.5, passage=5.6)
BY_MEANING = Weights(own=1.8, around=2.5, kind=1.5, passage=3.8, near=1.3)
"""With the embedder's word, which the COMPARED sentences that are best by words are asked for."""
ACROSS_BY_WORDS = Weights(own=3.2, around=3.2, kind=2.6, passage=8.9)
ACROSS_BY_MEANING = Weights(own=0.6, around=0.6, kind=1.8, passage=3.9, near=2.2)
"""Where the best hit is in another language than the question: words tell little, meaning more."""
COMPARED = 12
SPREAD = 0.03
DEFINES_WEIGHT = 2.7
"""Of a sentence that says what a thing is, where a question asks for that."""
UNENDED, OPEN_ITEM, OVERLONG = 2.3, 0.7, 0.7
"""What a heading or a lead-in, which has no end, an item of a list without one, and a sentence of more than `LONG`
characters lose; set by hand, since the questions of the fit are about prose."""
LONG = 500
FOREIGN = 2.0
"""What a sentence in another language loses where the best hit is in the message's own."""
ALIKE = 0.6
"""Share of common words from which two sentences say the same."""
SAME_TITLE = 0.75
"""The same share from which a line is the title of an article."""
FAINT = 0.018
"""Odds beside the best sentence's below which one is not shown: of those that are, fewer than one in twenty answers."""
FEWEST_STEMS = 3
DAY_ALONE = 0.8
"""Share of a sentence that its date takes where it says nothing else."""
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
    """Log odds that it answers, beside the other sentences of the hits."""


Nearness = Callable[[str, Sequence[str]], Sequence[float]]
"""The cosines of a question with texts."""


def choose_evidence(
    query: Query,
    hits: Sequence[Hit],
    limit: int,
    nearness: Nearness | None = None,
) -> list[Quote]:
    """At most `limit` sentences, best first, none twice and none that says the same as a better one.

    The score of a quote is its odds of answering beside those of the best one, 0 to 1.
    """
    across = not _is_at_home(query, hits)
    words, meaning = (ACROSS_BY_WORDS, ACROSS_BY_MEANING) if across else (BY_WORDS, BY_MEANING)
    by_words = sorted(signals_of(query, hits), key=lambda one: one.score(words), reverse=True)
    if not by_words:
        return []
    scored = (
        [Scored(one.sentence, one.score(words)) for one in by_words]
        if nearness is None
        else _compared(query.search_text, by_words, nearness, meaning)
    )
    best = scored[0].score
    chosen = _diverse(scored, limit, dated=query.time is not None)
    return [quote_of(one.sentence, round(math.exp(one.score - best), 4)) for one in chosen]


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
    """The ranked sentences, after the best one the one that follows it: it says why, who "he" beat, or where it was."""
    if not ranked:
        return []
    best, others = ranked[0], ranked[1:]
    following = [one for one in source_sentences(best.hit, hits[best.hit]) if one.start >= best.end]
    if (
        not following
        or not is_prose(following[0])
        or holds_injection(following[0].span, hits[following[0].hit].flagged)
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
    """No title, no heading, no question, no address, no day alone, no rest of a list."""
    text = _ADDRESS.sub(" ", sentence.text).strip()
    return (
        not sentence.is_title
        and not text.endswith("?")
        and not text.startswith("#")
        and len(stems_of(text, sentence.language)) >= FEWEST_STEMS
        and not any(len(day.text) > DAY_ALONE * len(text) for day in sentence.values.dates)
    )


def _points(sentence: SourceSentence, titles: Iterable[frozenset[str]]) -> bool:
    """Whether a line without an end is the title of an article: a pointer to what else may be read."""
    if sentence.text.rstrip()[-1:] in ENDS:
        return False
    return any(len(sentence.stems & title) >= SAME_TITLE * len(sentence.stems | title) for title in titles)


@dataclass(frozen=True, slots=True)
class Signals:
    """What a sentence has of what a question asks for."""

    sentence: SourceSentence
    own: float
    around: float
    kind: bool
    passage: float
    rest: float
    """Log odds that are not fitted: for a definition, against what cannot be read by itself."""

    @property
    def words(self) -> str:
        """What is compared with the question by meaning: the title says what the sentence is about."""
        return f"{self.sentence.title}. {self.sentence.text}"

    def score(self, weights: Weights, near: float = 0.0) -> float:
        words = weights.own * self.own + weights.around * self.around
        found = weights.kind * self.kind + weights.passage * self.passage
        return words + found + weights.near * near + self.rest


def signals_of(query: Query, hits: Sequence[Hit]) -> list[Signals]:
    """What each sentence of the hits that may be shown has of what is asked for, in the order of the hits."""
    titles = {hit.title: stems_of(hit.title, hit.language) for hit in hits}.values()
    sentences = [
        one
        for one in all_sentences(hits)
        if is_prose(one) and not holds_injection(one.span, hits[one.hit].flagged) and not _points(one, titles)
    ]
    asked = _asked(query, {sentence.language for sentence in sentences})
    local = local_inverse_document_frequency(sentences)
    unseen = math.log(2 + len(sentences))
    at_home = _is_at_home(query, hits)
    standing = _standing(hits)
    found = []
    for index, sentence in enumerate(sentences):
        cross = sentence.language != query.language
        if cross:
            own = around = _shared(asked, sentence)
        else:
            stems = asked.stems[sentence.language]
            own = coverage(stems, sentence.stems, local, unseen)
            around = coverage(stems, sentence.stems | _around(sentences, index), local, unseen)
        rest = -_shapeless(sentence) - (FOREIGN if cross and at_home else 0.0)
        if asked.term is not None:
            rest += DEFINES_WEIGHT * defines(sentence.text, sentence.language, asked.term)
        signals = Signals(sentence, own, around, _has_kind(asked, sentence), standing[sentence.hit], rest)
        found.append(signals)
    return found


def _standing(hits: Sequence[Hit]) -> list[float]:
    """The score of each hit beside the best one's; by its place where there are no scores, or of several measures."""
    scores = [hit.score for hit in hits]
    if not scores or scores[-1] < 0 or scores[0] <= 0 or scores != sorted(scores, reverse=True):
        return [1 / math.sqrt(1 + place) for place in range(len(hits))]
    return [score / scores[0] for score in scores]


def _is_at_home(query: Query, hits: Sequence[Hit]) -> bool:
    """Whether the best hit is in the question's own language."""
    return bool(hits) and hits[0].language == query.language


def _compared(
    question: str, by_words: Sequence[Signals], nearness: Nearness, weights: Weights
) -> list[Scored]:
    """The sentences in the order that their meaning gives them as well; those that were not compared count as far."""
    compared = by_words[:COMPARED]
    cosines = nearness(question, [one.words for one in compared])
    mean, far = sum(cosines) / len(cosines), min(cosines)
    scored = [
        Scored(one.sentence, one.score(weights, (cosine - mean) / SPREAD))
        for one, cosine in zip(by_words, chain(cosines, repeat(far)), strict=False)
    ]
    return sorted(scored, key=lambda one: -one.score)


def _around(sentences: Sequence[SourceSentence], index: int) -> frozenset[str]:
    """Words of the title and of the sentence before: what "he" or "the company" stands for."""
    sentence = sentences[index]
    before = sentences[index - 1].stems if index and sentences[index - 1].hit == sentence.hit else frozenset()
    return before | stems_of(sentence.title, sentence.language)


def _shared(asked: Question, sentence: SourceSentence) -> float:
    """Names and look-alike words that a sentence in another language shares with the question, 0 to 1."""
    query = asked.query
    source, question = source_names(sentence.analysed), analysed(query.search_text, query.language)
    found = [not missing_tokens(name, question, [source], cognates=True) for name in question.names]
    cognates = resemblance(stems_of(query.search_text, query.language), sentence.stems)
    # the names that a whole collection is about say little: a sentence has to share more than those
    return 0.5 * cognates + 0.3 * (sum(found) / len(found) if found else cognates)


def _has_kind(asked: Question, sentence: SourceSentence) -> bool:
    """Whether the sentence has a value of the kind that is asked for, which the question does not have already."""
    if asked.kind is None:
        return False
    return _offers(asked.kind, sentence.values, asked)


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


def _diverse(scored: Sequence[Scored], limit: int, *, dated: bool) -> list[Scored]:
    """The best that say different things; of those that say the same the newest, where no date is asked for."""
    chosen: list[Scored] = []
    for candidate in scored:
        place = next((i for i, one in enumerate(chosen) if alike(candidate.sentence, one.sentence)), None)
        if place is None and len(chosen) < limit:
            chosen.append(candidate)
        elif place is not None and not dated and _is_newer(candidate.sentence, chosen[place].sentence):
            chosen[place] = Scored(candidate.sentence, chosen[place].score)
    return chosen


def _is_newer(one: SourceSentence, other: SourceSentence) -> bool:
    return one.published is not None and other.published is not None and one.published > other.published


def alike(a: SourceSentence, b: SourceSentence) -> bool:
    if a.article == b.article and a.span.overlaps(b.span):
        return True
    return len(a.stems & b.stems) >= ALIKE * len(a.stems | b.stems)
