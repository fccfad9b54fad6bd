"""The list of an article that a message asks for: by its introduction, its number of items, and what it means."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import chain

from ..composition.abstention import likeness
from ..language.folding import fold
from ..language.number_words import small_numbers
from ..language.pack import languages
from ..proof.places import coverage, stems_of
from ..reading.words import words
from ..types import Article, Embedder, Hit, Query, Quote
from .article_lists import ArticleList, lists_of
from .reply import Library
from .subject import frame_stems, wanted_count

MOST = 12
COMPARED = 16
"""Lists that are best by words, which the embedder's word is asked for."""
SPREAD = 0.03
"""Of cosines; they lie close together whatever is asked."""
NEAREST = 2.5
"""Farthest that a list lies from the mean: one alone among lists about something else is not surely near."""
LONGEST_COMPARED = 400
"""Characters of an introduction, or of the items, that are compared by meaning."""
_NUMBERED = re.compile(r"([^\W\d_]{2,40}) (\d{1,3})(?!\w|[.,]\d)")
"""A name with its number: "EIG 3"."""
_VERSION = re.compile(r"(?<![\w.])\d{1,4}(?:\.\d{1,4}){1,4}(?![\w.]*\d)")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal adds to the log odds that a list is the one asked for."""

    bias: float = -8.5
    own: float = 4.0
    """Share of the words asked for that the introduction has, rare ones counting more."""
    around: float = 3.0
    """The same with the title and with what several items have; what one has alone is about that one."""
    single: float = -3.0
    """Share of the other words asked for that one item alone has: the question is about that one."""
    counted: float = 1.0
    """It has as many items as are asked for: log of how rarely a list has."""
    miscounted: float = -1.0
    """It has another number of items."""
    rank: float = 2.0
    """1 / sqrt(rank) of its article."""
    near: float = 0.7
    """Cosine of its introduction with the message, less the mean of those compared, in `SPREAD`."""
    items: float = 0.4
    """The same for its items."""
    sections: float = -2.5
    """It is made of headings without numbers: more often the sections of an article than a list."""


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A list of an article of the hits."""

    article: Article
    hit: int
    rank: int
    """Of its article among those of the hits, from 0."""
    found: ArticleList

    @property
    def introduction(self) -> str:
        """What says which list it is; for headings, which the whole article is about, its title as well."""
        title = f"{self.article.title}. " if self.found.of_headings else ""
        return f"{title}{self.found.heading}. {self.found.lead}"

    @property
    def texts(self) -> list[str]:
        """The words of its items."""
        return [self.article.text[span.start : span.end] for span in self.found.items]

    @property
    def quotes(self) -> list[Quote]:
        return [
            Quote(self.article.name, *span, text, self.hit)
            for span, text in zip(self.found.items, self.texts, strict=True)
        ]


Signals = dict[str, float]
"""By the names of `Weights`."""


def enumerated(
    library: Library,
    hits: Sequence[Hit],
    query: Query,
    embedder: Embedder | None,
    least: float = 0.0,
    *,
    headings: bool = True,
) -> list[Quote]:
    """The items of the list that is asked for, in the order of the article; empty where no list is likely to be it.

    `least` is the log odds from which a list is taken; `headings`, whether headings may be its items, which are the
    sections of an article whose title has the words of a question.
    """
    kept = [pair for pair in told(library, hits, query) if headings or not pair[0].found.of_headings]
    if not kept or odds(kept[0][1]) + NEAREST * (WEIGHTS.near + WEIGHTS.items) < least:
        return []
    if embedder is not None:
        add_nearness(kept, query.search_text, embedder)
    candidate, signals = max(kept, key=lambda pair: odds(pair[1]))
    return candidate.quotes[:MOST] if odds(signals) >= least else []


def odds(signals: Signals) -> float:
    """Log odds that a list with these signals is the one asked for."""
    weights: dict[str, float] = asdict(WEIGHTS)
    return WEIGHTS.bias + math.fsum(weights[name] * value for name, value in signals.items())


def told(library: Library, hits: Sequence[Hit], query: Query) -> list[tuple[Candidate, Signals]]:
    """The lists of the articles of the hits that are best by words, with what speaks for each."""
    required, wanted = _numbers_required(query), _count_asked(query)
    candidates = [
        one
        for one in _candidates(library, hits)
        if _has_numbered(one, required)
        and not (one.found.are_sections and len(one.found.items) != wanted)
        and not _are_tags(one)
    ]
    if not candidates:
        return []
    signals = _by_words(candidates, query, wanted)
    best = sorted(range(len(candidates)), key=lambda place: -odds(signals[place]))[:COMPARED]
    return [(candidates[place], signals[place]) for place in best]


def _candidates(library: Library, hits: Sequence[Hit]) -> list[Candidate]:
    first: dict[str, int] = {}
    for place, hit in enumerate(hits):
        first.setdefault(hit.passage.article, place)
    return [
        Candidate(article, place, rank, found)
        for rank, (name, place) in enumerate(first.items())
        for article in [library.article(name)]
        for found in lists_of(article)
    ]


def _are_tags(one: Candidate) -> bool:
    """Whether an item is but a number: "ChatGPT", "2025" are what a page is filed under."""
    return any(not any(map(str.isalpha, text)) for text in one.texts)


def _has_numbered(one: Candidate, asked: Sequence[re.Pattern[str]]) -> bool:
    """Whether its title or introduction has each name with its number, and each version."""
    text = fold(f"{one.article.title}. {one.introduction}") if asked else ""
    return all(pattern.search(text) for pattern in asked)


def _numbers_required(query: Query) -> list[re.Pattern[str]]:
    """What finds the names that have a number ("Prize 2") and the versions ("9.3.4") of a message."""
    text = query.search_text
    return [
        *(
            re.compile(rf"(?<!\w){re.escape(fold(name))}\W{{1,3}}{number}(?!\d)")
            for name, number in _numbered_names(text, query.language)
        ),
        *(re.compile(rf"(?<![\d.]){re.escape(version)}(?!\.?\d)") for version in _VERSION.findall(text)),
    ]


def _numbered_names(asked: str, language: str) -> list[tuple[str, str]]:
    """What has a number in a message and is not counted with it: "Prize 2", not "the 8 rules" and not "list 5 rules"."""
    return [
        (name, number)
        for name, number in _NUMBERED.findall(asked)
        if not any(word.is_stop or word.stem in frame_stems(language) for word in words(name, language))
    ]


def _count_asked(query: Query) -> int:
    """How many items a message asks for; 0 where it does not say."""
    text = _VERSION.sub("", query.text)
    for name, number in _numbered_names(text, query.language):
        text = text.replace(f"{name} {number}", name)
    return wanted_count(text, query.language, 0, most=MOST)


def _by_words(candidates: Sequence[Candidate], query: Query, wanted: int) -> list[Signals]:
    """What the words say of each list; `wanted` is the number of items asked for, 0 where none is."""
    parts = [_parts(one) for one in candidates]
    share = _Shares([part.around for part in parts])
    sizes = Counter(len(one.found.items) for one in candidates)
    found = []
    for one, part in zip(candidates, parts, strict=True):
        size = len(one.found.items)
        asked = _asked(query, one.article.language, wanted, part.introduction)
        found.append(
            {
                "own": share.of(asked, part.introduction),
                "around": share.of(asked, part.around),
                "single": share.of(asked - part.around, part.single),
                "counted": math.log((1 + len(candidates)) / (1 + sizes[size])) if size == wanted else 0.0,
                "miscounted": float(wanted not in (0, size)),
                "rank": 1 / math.sqrt(1 + one.rank),
                "sections": float(one.found.of_headings and not one.found.numbered),
            }
        )
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """Stems of the parts of a list."""

    introduction: frozenset[str]
    around: frozenset[str]
    """Those of the introduction, of the title, and those that several items have."""
    single: frozenset[str]
    """Those that only one item has."""


def _parts(one: Candidate) -> _Parts:
    language = one.article.language
    introduction = stems_of(one.introduction, language)
    counts = Counter(stem for text in one.texts for stem in stems_of(text, language))
    common = frozenset(stem for stem, count in counts.items() if count > 1)
    around = introduction | stems_of(one.article.title, language) | common
    return _Parts(introduction, around, frozenset(counts) - around)


class _Shares:
    """How much of what is asked a list has, rare words counting more."""

    def __init__(self, lists: Sequence[frozenset[str]]) -> None:
        counts = Counter(chain.from_iterable(lists))
        self._rarity = {stem: math.log(1 + (len(lists) + 1) / (count + 1)) for stem, count in counts.items()}
        self._unseen = math.log(2 + len(lists))

    def of(self, asked: frozenset[str], offered: frozenset[str]) -> float:
        """The share of the words asked for that are offered, in some form; 0 to 1."""
        shared = frozenset(stem for stem in asked if likeness(stem, offered))
        return coverage(asked, shared, self._rarity, self._unseen) if asked else 0.0


def _asked(query: Query, language: str, wanted: int, introduction: frozenset[str]) -> frozenset[str]:
    """Words of the message but the number of items; those that only say what is wanted ("list", "steps") where the
    introduction has them."""
    numbers = " ".join([str(wanted), *small_numbers(query.language)]) if query.language in languages() else ""
    stems = stems_of(query.search_text, language) - stems_of(numbers, language)
    content = stems - frame_stems(query.language)
    return content | (stems & introduction) if content else stems


def add_nearness(kept: Sequence[tuple[Candidate, Signals]], asked: str, embedder: Embedder) -> None:
    """Add how near in meaning each list is to what is asked, beside the others."""
    question = embedder.embed_query(asked)
    introductions = [f"{one.article.title}. {one.introduction}"[-LONGEST_COMPARED:] for one, _ in kept]
    items = ["; ".join(one.texts)[:LONGEST_COMPARED] for one, _ in kept]
    for name, texts in (("near", introductions), ("items", items)):
        cosines = embedder.embed_passages(texts) @ question
        for (_, signals), cosine in zip(kept, cosines, strict=True):
            beside = float(cosine - cosines.mean()) / SPREAD
            signals[name] = min(NEAREST, max(-NEAREST, beside))
