"""When not to answer: three gates, before, while and after the model writes.

The first one weighs a few signals that are known before the model speaks. A question may be answered by hits in its
own language, where the words it shares with them tell much, or by hits in another one, where only names, look-alike
words and nearness in meaning do: the two cases have weights of their own, and a question is refused only
where neither has a chance. The weights are fitted once by `benchmarks/fit_abstention.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from ..language.folding import fold
from ..language.lexicon import words_in
from ..language.pack import languages
from ..proof.analysed import analysed
from ..proof.checks.names import missing_tokens, source_names
from ..proof.claims import claim_of
from ..proof.places import InverseDocumentFrequency, context_of, coverage, resemblance, stems_of, windows
from ..proof.proper_names import Name
from ..types import Hit, Query, Quote, Sentence
from .answer_type import answer_type_of

FEWEST_HITS = 3
"""Of fewer (a small corpus, a period asked for) none stands out from the others: they are not judged."""
ASKING = frozenset(("combien", "mani", "much", "ann", "jour", "mois", "dat", "year", "day", "month", "date"))
"""Stems that ask, and that no answer repeats; the other such words are stop words."""
LIKENED = 6
"""Windows with the most words of the question, in which inflected forms are looked for too."""
ROOT = 4
"""Letters two stems have in common at least where they count as forms of one word."""
RESPELT = 0.8
"""Likeness (of `difflib`) from which two words of names are two spellings of one; shorter ones than `ROOT` never."""
SHORTEST_NAME = 3
"""Names with fewer letters ("US") are written too differently to be missed."""
ALIKE = 0.6
"""Share of the longer stem that both have in common, from which they are such forms."""

Signals = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Situation:
    """Weights of the signals in one situation; below the threshold there is no answer."""

    weights: Mapping[str, float]
    threshold: float

    def margin(self, signals: Signals) -> float:
        """How far above the threshold."""
        return sum(weight * signals[name] for name, weight in self.weights.items()) - self.threshold


class Doubt(NamedTuple):
    """How far above the thresholds a question has to be, in its own language and across languages."""

    same: float
    across: float


NO_DOUBT = Doubt(0.0, 0.0)
UNPROVED = Doubt(2.0, 4.5)
"""Where no hit has a name that is asked about, or once a model has claimed what nothing confirms. Set on the answers of
a 1.5B model to 44 questions of the sample corpus. Of 21 later answers of which nothing was confirmed it parts six of
seven to unanswerable questions from twelve of fourteen others, one of them wrong. Few, so it is a guess."""

WHOLE = 0.999
"""Share of a question's words that is all of them."""
NEAR = 0.86
"""Cosine from which a hit is about what is asked, however common the words of both are in a collection about one thing.
On PIAF .6 % fewer right questions are refused, and .7 % fewer near misses; on English XQuAD 1.2 and 1.3."""
BESIDE = 0.75
"""How far above their threshold hits in another language have to be where the question's own language has hits too.
Set on the tuning halves of collections in two languages: one question in fifteen that only the other language answers
is refused for it, and one near miss in ten is seen."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The situation of hits in the question's language (by language, "" for any other), and of hits in another one.

    No situation for other languages: such hits always might answer. `models`: by name, the odds of yes below which
    a model's word is a no.
    """

    same: Mapping[str, Situation]
    across: Situation | None
    models: Mapping[str, float] = field(default_factory=dict)

    def may_answer(
        self, query: Query, hits: Sequence[Hit], idf: InverseDocumentFrequency, doubt: Doubt = NO_DOUBT
    ) -> bool:
        own = [hit for hit in hits if hit.language == query.language]
        others = [hit for hit in hits if hit.language != query.language]
        if unknown_names(query, hits):
            doubt = UNPROVED
        within = signals_within(query, own, idf, others) if own else None
        across = signals_across(query, others, own) if others else None
        return self.enough(query.language, within, across, doubt)

    def enough(self, language: str, within: Signals | None, across: Signals | None, doubt: Doubt) -> bool:
        """Whether the hits in the question's language, or those in another one, have enough of it; None: no such hit.

        A question of which two sentences of the first hit have every word is never refused, however common the words;
        nor, where nothing raises a doubt, one whose names stand there and which lies as near to a hit as hardly anything.
        """
        if within is not None and within["covered"] >= WHOLE and within["first"] >= WHOLE:
            return True
        near = within is not None and within["near"] >= NEAR and not within["names_missing"]
        if near and doubt == NO_DOUBT:
            return True
        if across is not None:
            asked = doubt.across if within is None else max(doubt.across, BESIDE)
            if self.across is None or self.across.margin(across) >= asked:
                return True
        situation = self.same.get(language, self.same[""])
        return within is not None and situation.margin(within) >= doubt.same


class Gates:
    """Decide whether the sources answer a question at all; unfitted, only where nothing was found they do not."""

    def __init__(self, fitted: Fitted | None = None, idf: InverseDocumentFrequency | None = None) -> None:
        self.fitted = fitted
        self.idf = idf

    def before(self, query: Query, hits: Sequence[Hit], quotes: Sequence[Quote]) -> bool:
        """True where nothing that was found can answer."""
        return not hits or not quotes or not self._may_answer(query, hits, NO_DOUBT)

    def doubt(self, query: Query, hits: Sequence[Hit], at_home: bool) -> bool:
        """True where hits of a subject that no passage names hardly answer; more so `at_home`, in a language of the articles."""
        return not hits or not self._may_answer(query, hits, UNPROVED if at_home else NO_DOUBT)

    def knows(self, model: str) -> bool:
        """Whether it is known what this model's word is worth."""
        return self.fitted is not None and model in self.fitted.models

    def during(self, model: str, odds: float) -> bool:
        """True where the model says, before it answers, that the sources do not; odds: ln(P(yes) / P(no)) of its word."""
        return self.fitted is not None and odds < self.fitted.models.get(model, -math.inf)

    def after(self, refused: bool, sentences: Sequence[Sentence], query: Query, hits: Sequence[Hit]) -> bool:
        """True where the model said that the sources do not answer, or nothing that it claimed is confirmed and they hardly do.

        Where they may well answer, what it wrote stands, undecided, or they are quoted instead.
        """
        verdicts = {sentence.verdict for sentence in sentences}
        if "supported" in verdicts:
            return False
        claimed = bool(verdicts & {"partial", "unsupported"}) and not _gives_value_of_others(
            sentences, query, hits
        )
        return refused or (claimed and not self._may_answer(query, hits, UNPROVED))

    def _may_answer(self, query: Query, hits: Sequence[Hit], doubt: Doubt) -> bool:
        if self.fitted is None or self.idf is None or len(hits) < FEWEST_HITS:
            return True
        return self.fitted.may_answer(query, hits, self.idf, doubt)


def _gives_value_of_others(sentences: Sequence[Sentence], query: Query, hits: Sequence[Hit]) -> bool:
    """Whether a number or a date of the answer stands in sources that are all in another language.

    Words confirm little there, and a value that stood in none of them would be a veto.
    """
    if any(hit.language == query.language for hit in hits):
        return False
    undecided = (claim_of(sentence.text) for sentence in sentences if sentence.verdict == "partial")
    return any(analysed(claim, query.language).values().exact for claim in undecided)


# --------------------------------------------------------------------------- signals


def signals_within(
    query: Query, hits: Sequence[Hit], idf: InverseDocumentFrequency, beside: Sequence[Hit] = ()
) -> dict[str, float]:
    """What hits in the question's own language have of it, each 0 to 1.

    covered, first: share of the weight of its words in the best two sentences, in the first hit;
    rare: mean weight of its words; lexical: 1 / rank by words of the first hit;
    counted_missing: "how many" of something that no hit names; names_missing: share of its names that no hit has;
    near, gap: the highest cosine, and how far it lies above the mean of other articles, those `beside` where there is
    no other.

    A date, number or name that is asked for and not in the best sentences was tried too: it tells nothing more.
    """
    stems = stems_of(query.search_text, query.language) - ASKING
    weights = idf(sorted(stems), query.language)
    highest = idf([""], query.language)[""]
    texts = [stems_of(context_of(hit)[1], hit.language) | stems_of(hit.title, hit.language) for hit in hits]
    counted = answer_type_of(query.search_text, query.language).counted
    return {
        "covered": _covered(stems, weights, hits),
        "first": coverage(stems, texts[0], weights, highest),
        "rare": math.fsum(weights.values()) / (highest * len(stems)) if stems else 0.0,
        "lexical": 1 / hits[0].lexical_rank if hits[0].lexical_rank else 0.0,
        "counted_missing": float(counted is not None and not any(likeness(counted, text) for text in texts)),
        "names_missing": _names_missing(query, hits),
        **_nearness(hits, beside),
    }


def signals_across(query: Query, hits: Sequence[Hit], beside: Sequence[Hit] = ()) -> dict[str, float]:
    """What hits in other languages have of a question: no shared words but those that look alike."""
    stems = stems_of(query.search_text, query.language)
    texts = [stems_of(f"{hit.title} {context_of(hit)[1]}", hit.language) for hit in hits]
    return {
        "cognates": max(resemblance(stems, text) for text in texts),
        "equal": max(len(stems & text) / max(1, len(stems)) for text in texts),
        "names_missing": _names_missing(query, hits),
        **_nearness(hits, beside),
    }


def _nearness(hits: Sequence[Hit], beside: Sequence[Hit]) -> dict[str, float]:
    best = max(hits, key=lambda hit: hit.similarity or 0.0)
    near = best.similarity or 0.0
    apart = [
        [hit for hit in group if hit.passage.article != best.passage.article] for group in (hits, beside)
    ]
    others = [hit.similarity or 0.0 for hit in apart[0] or apart[1]]
    return {"near": near, "gap": near - sum(others) / len(others) if others else 0.0}


def _covered(stems: frozenset[str], weights: Mapping[str, float], hits: Sequence[Hit]) -> float:
    """The share that the best one or two sentences have, with their title: forms of the question's words count."""
    unseen = max(weights.values(), default=1.0)
    total = math.fsum(weights.values()) or 1.0
    ranked = sorted(windows(hits), key=lambda window: -coverage(stems, window.stems, weights, unseen))
    shares = [0.0]
    for window in ranked[:LIKENED]:
        offered = window.stems | stems_of(window.sentences[0].title, window.language)
        shares.append(math.fsum(weights[stem] * likeness(stem, offered) for stem in stems) / total)
    return max(shares)


def likeness(stem: str, offered: frozenset[str]) -> float:
    """1 where the stem is among those offered, less where only a form of it is, 0 where none is."""
    if stem in offered:
        return 1.0
    if len(stem) < ROOT:
        return 0.0
    forms = (other for other in offered if other[:ROOT] == stem[:ROOT])
    likeness = max((_common(stem, form) / max(len(stem), len(form)) for form in forms), default=0.0)
    return likeness if likeness >= ALIKE else 0.0


def _common(one: str, other: str) -> int:
    """Letters that both begin with."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _names_missing(query: Query, hits: Sequence[Hit]) -> float:
    """Share of the question's names that stand in no hit whole and with their number ("Llama 4")."""
    names = _names_of(query)
    if not names:
        return 0.0
    found = _Names(query, hits)
    return sum(found.lacks(name) or bool(found.missing(name)) for name in names) / len(names)


def unknown_names(query: Query, hits: Sequence[Hit]) -> tuple[str, ...]:
    """The names a question asks about, where no hit in any language has a word of them, or their number.

    In languages with a pack only: of others too few names of countries and cities are known.
    """
    names = _names_of(query) if query.language in languages() else []
    if not names or not hits:
        return ()
    found = _Names(query, hits)
    unknown = all(
        len(name.text) >= SHORTEST_NAME
        and (found.lacks(name) or len(found.missing(name)) == len(name.tokens))
        for name in names
    )
    return tuple(_numbered(query.search_text, name) or name.text for name in names) if unknown else ()


def _names_of(query: Query) -> list[Name]:
    """Its names, but for the first word of a question and institutions, which have other names too ("l'Union")."""
    generic = frozenset(words_in(query.language, "names", "generic"))
    return [
        name
        for name in analysed(query.search_text, query.language).names
        if (name.start or not name.opening) and not generic.issuperset(name.tokens)
    ]


class _Names:
    """Which names of a question stand in the hits, be they spelt a little otherwise."""

    def __init__(self, query: Query, hits: Sequence[Hit]) -> None:
        self.query = query
        self.sources = [
            source_names(analysed(f"{hit.title}. {context_of(hit)[1]}", hit.language)) for hit in hits
        ]
        self.flat = [_flat(source.text) for source in self.sources]
        self.words = sorted({word for text in self.flat for word in text.split()})

    def missing(self, name: Name) -> list[str]:
        """The words of a name that the hit which has most of them has not, in no spelling."""
        return [token for token in self._fewest(name) if not _respelt(token, self.words)]

    def lacks(self, name: Name) -> bool:
        """Whether a hit has a name, but none has it with its number."""
        numbered = _numbered(self.query.search_text, name)
        if numbered is None or self._fewest(name):
            return False
        return not any(_flat(numbered) in text for text in self.flat)

    def _fewest(self, name: Name) -> tuple[str, ...]:
        question = analysed(self.query.search_text, self.query.language)
        return min(
            (missing_tokens(name, question, [s], s.language != question.language) for s in self.sources),
            key=len,
        )


def _respelt(token: str, words: Sequence[str]) -> bool:
    """Whether a word is there in another spelling: people who ask about "Gesualdo" write "Guesaldo" too."""
    alike = [word for word in words if word[0] == token[0]] if len(token) > ROOT else []
    return bool(get_close_matches(token, alike, 1, RESPELT))


def _numbered(question: str, name: Name) -> str | None:
    """A name with the number right after it, as "Llama 4"; None where there is none."""
    after = question[name.end :]
    digits = after[1:].split(" ")[0].rstrip("?.,;:!") if after[:1] in (" ", "\u00a0") else ""
    return f"{name.text} {digits}" if digits.isdigit() and len(digits) < 3 else None


def _flat(text: str) -> str:
    """Words alone, one space around each."""
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in fold(text)).split())} "


# --------------------------------------------------------------------------- fitted weights


def fitted_for(embedder_name: str, fingerprint: str) -> Fitted:
    """The fitted weights; for another embedder those that know nothing of meaning, and refuse less."""
    kept = _kept()
    known = kept["embedder"]
    name = embedder_name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    own = fingerprint == known["fingerprint"] or name == known["name"]
    chosen = kept["fitted"] if own else kept["any embedder"]
    same = {language: _situation(one) for language, one in chosen["same"].items()}
    models = {model: one["threshold"] for model, one in kept.get("models", {}).items()}
    return Fitted(same, _situation(chosen["across"]) if own else None, models)


def _situation(kept: Mapping[str, Any]) -> Situation:
    return Situation(kept["weights"], kept["threshold"])


@cache
def _kept() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("abstention.json").read_text("utf-8")
    kept: dict[str, Any] = json.loads(text)
    return kept
