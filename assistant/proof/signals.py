"""What can be told of a claim and its sources without a language model, as numbers that one fit weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import fsum

from assistant.proof.analysed import Analysed, analysed
from assistant.proof.checks.quotations import missing_quotations
from assistant.proof.checks.reasons import Finding
from assistant.proof.checks.registry import CHECKS, contradictions
from assistant.proof.claims import is_short
from assistant.proof.sources import Place, Sources
from assistant.proof.values import ClaimedValue, claimed_values
from assistant.reading.words import Word

NEAR = 4
"""Content words between two that stand together."""
AROUND = 6
"""Content words on each side of a value that say what it is the value of."""
FEWEST_AROUND = 2
SAID_FROM = 0.3
"""Share of what is said of the names that a place must have to tell this of them, and not something else."""
ADDS_FROM = 0.15
"""Share of a claim that another place of the same article must add to be cited too."""
MOST_PLACES = 3
DISPLACED_FROM = 0.1
"""Margin from which a value stands elsewhere than what is said of it."""
NEAREST = 8
"""Places with most of a claim's words, of which the one with most of its values is chosen."""
LACKING_COST = 0.1
"""What a value that a place lacks takes from its share of the words."""
NAMED_BONUS = 0.02
"""For a place that the model itself named: it decides between places that have as much."""


@dataclass(frozen=True)
class Judged:
    """A claim beside its sources."""

    signals: Mapping[str, float]
    places: tuple[Place, ...]
    """The place that has most of the claim, then one of the same article that adds to it."""
    missing: tuple[tuple[ClaimedValue, Finding], ...]
    """Values that stand in none of the sources, in the claim's language."""
    nowhere: tuple[Finding, ...]
    """Those, and quotations that no source has word for word: a veto."""
    displaced: tuple[Finding, ...]
    """Values that stand elsewhere than what they are said of."""
    contradictions: tuple[Finding, ...]


def judge(
    claim: Analysed, sources: Sources, question: str = "", named: Sequence[int] = (), *, alone: bool = False
) -> Judged:
    """`claim` beside the sources in its language.

    A short answer is judged together with its `question`, unless it stands `alone`; `named` are hits that the model
    cited.
    """
    asked = analysed(question, claim.language)
    context = () if alone or not _is_answer(claim, sources) else asked.content_stems
    content = claim.content
    stems = [*context, *claim.content_stems]
    values = claimed_values(claim)
    wanted = frozenset(stems) - _rewritten(values, content, sources)
    places = _places(wanted, values, content, sources, named)
    missing, displaced, margins = _values(values, content, sources)
    quoted = [Finding("quotation", q.text) for q in missing_quotations(claim, [*sources.texts, asked])]
    contrary = contradictions(claim, places[0].main(wanted)) if places else {}
    signals = {
        "place": places[0].share if places else 0.0,
        "anywhere": sources.everything.coverage(wanted, sources.weights),
        "order": order(stems, sources.positions),
        "unsaid": float(bool(places) and _is_unsaid(_said(wanted, values, content), places[0], sources)),
        "quotation_nowhere": float(bool(quoted)),
    }
    for kind in ("number", "date", "name"):
        signals[f"{kind}_nowhere"] = float(any(finding.kind == kind for _, finding in missing))
        # in a free paraphrase the words around a value say little
        signals[f"{kind}_displaced"] = margins.get(kind, 0.0) * signals["place"] ** 2
    for check in CHECKS:
        signals[check.name] = float(bool(contrary.get(check.name)))
    nowhere = (*(finding for _, finding in missing), *quoted)
    return Judged(
        signals,
        places,
        tuple(missing),
        nowhere,
        tuple(displaced),
        tuple(chain.from_iterable(contrary.values())),
    )


def _is_answer(claim: Analysed, sources: Sources) -> bool:
    """Whether a claim is proved with its question: one too short to stand alone, of which the sources have a word."""
    return is_short(claim) and any(map(sources.everything.has, claim.stems))


def order(stems: Sequence[str], positions: Sequence[Mapping[str, list[int]]]) -> float:
    """Share of the neighbouring content words of a claim that stand near each other in one passage, 0 to 1.

    A single word stands alone: 1 where some passage has it.
    """
    pairs = [*pairwise(stems)]
    if not pairs:
        return float(any(stem in places for stem in stems for places in positions))
    return max((_kept(pairs, places) / len(pairs) for places in positions), default=0.0)


def _kept(pairs: Sequence[tuple[str, str]], places: Mapping[str, list[int]]) -> int:
    return sum(
        any(0 < abs(a - b) <= NEAR for a in places.get(x, ()) for b in places.get(y, ())) for x, y in pairs
    )


def _places(
    wanted: frozenset[str],
    values: Sequence[ClaimedValue],
    content: Sequence[Word],
    sources: Sources,
    named: Sequence[int],
) -> tuple[Place, ...]:
    """The place that has most of the claim and its values, the shorter of two; then one that adds to it.

    The title may say whom a sentence speaks of. Whatever else it alone supplies another place has to show.
    """
    shared = [replace(place, share=place.coverage(wanted, sources.weights)) for place in sources.places]
    if not shared:
        return ()

    def worth(place: Place) -> tuple[float, int]:
        lacking = sum(not value.stands_in(place, sources) for value in values)
        bonus = NAMED_BONUS * (place.window.hit in named) - LACKING_COST * lacking
        return place.share + bonus, -len(place.window.text)

    nearest = sorted(shared, key=lambda place: (-place.share, len(place.window.text)))[:NEAREST]
    chosen = [max([*nearest, *(place for place in shared if place.window.hit in named)], key=worth)]
    subject = _subject(values, content)
    given = chosen[0].stems & (_inside(content, [subject.span]) if subject else frozenset())
    shown = [value for value in values if value.certain and not (given and value is subject)]
    while len(chosen) < MOST_PLACES:
        left = frozenset(stem for stem in wanted - given if not any(place.own.has(stem) for place in chosen))
        found = _adding(left, wanted, shown, chosen, shared, sources)
        if found is None:
            break
        chosen.append(found)
    return tuple(chosen)


def _adding(
    left: frozenset[str],
    wanted: frozenset[str],
    values: Sequence[ClaimedValue],
    chosen: Sequence[Place],
    shared: Sequence[Place],
    sources: Sources,
) -> Place | None:
    """Another place of the same article that shows much of what is left, else of any that shows a value left over."""
    total = fsum(sources.weights[stem] for stem in wanted)
    if not left or not total:
        return None
    article = chosen[0].window.sentences[0].article
    open_values = [v for v in values if not any(v.is_shown_by(place, sources) for place in chosen)]

    def adds(place: Place) -> float:
        return fsum(sources.weights[stem] for stem in left if place.own.has(stem)) / total

    def shows(place: Place) -> int:
        return sum(value.is_shown_by(place, sources) for value in open_values)

    others = [place for place in shared if not _has_title(place)]
    own = [place for place in others if place.window.sentences[0].article == article]
    for places in (own, others) if open_values else ():
        best = max(
            places, key=lambda place: (shows(place), adds(place), -len(place.window.text)), default=None
        )
        if best is not None and shows(best) and adds(best) > 0:
            return best
    if len(chosen) > 1:
        return None
    best = max(own, key=lambda place: (adds(place), -len(place.window.text)), default=None)
    return best if best is not None and adds(best) >= ADDS_FROM else None


def _subject(values: Sequence[ClaimedValue], content: Sequence[Word]) -> ClaimedValue | None:
    """The name that a claim begins with, at most one content word before it: "Le pont de Lormont"."""
    name = next((value for value in values if value.kind == "name"), None)
    if name is None or sum(word.end <= name.span[0] for word in content) > 1:
        return None
    return name


def _has_title(place: Place) -> bool:
    return any(one.text.strip() == one.title.strip() for one in place.window.sentences)


def _said(wanted: frozenset[str], values: Sequence[ClaimedValue], content: Sequence[Word]) -> frozenset[str]:
    """The words that are part of no name, date or number: what is said of these."""
    spans = [value.span for value in values]
    return wanted - _inside(content, spans)


def _is_unsaid(said: frozenset[str], place: Place, sources: Sources) -> bool:
    """Whether a place has the names of a claim and hardly a word of what is said of them."""
    return bool(said) and place.coverage(said, sources.weights) < SAID_FROM


def _rewritten(values: Sequence[ClaimedValue], content: Sequence[Word], sources: Sources) -> frozenset[str]:
    """Words of dates and numbers that the sources have in another notation: "3/5/2024", "12 percent"."""
    spans = [value.span for value in values if value.kind != "name" and value.anywhere(sources)]
    return frozenset(
        word.stem for word in content if not sources.everything.has(word.stem) and _is_inside(word, spans)
    )


def _inside(content: Sequence[Word], spans: Sequence[tuple[int, int]]) -> frozenset[str]:
    return frozenset(word.stem for word in content if _is_inside(word, spans))


def _is_inside(word: Word, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < word.end and word.start < end for start, end in spans)


def _values(
    values: Sequence[ClaimedValue], content: Sequence[Word], sources: Sources
) -> tuple[list[tuple[ClaimedValue, Finding]], list[Finding], dict[str, float]]:
    """Values of a claim that stand nowhere, those that stand elsewhere, and the widest margin of each kind."""
    missing, displaced, margins = [], [], dict[str, float]()
    for value in values:
        found = value.anywhere(sources)
        if not found and value.certain:
            missing.append((value, Finding(value.kind, value.text)))
        margin = _margin(value, content, sources, found)
        margins[value.kind] = max(margins.get(value.kind, 0.0), margin)
        if margin >= DISPLACED_FROM and found:
            displaced.append(Finding(value.kind, value.text, elsewhere=True))
    return missing, displaced, margins


def _margin(value: ClaimedValue, content: Sequence[Word], sources: Sources, found: bool) -> float:
    """How much more of the words around a value a place has that lacks the value than any that has it, 0 to 1."""
    around = _around(*value.span, content)
    if len(around) < FEWEST_AROUND or not sources.places:
        return 0.0
    shares = [(place.coverage(around, sources.weights), place) for place in sources.places]
    ranked = sorted(shares, key=lambda pair: -pair[0])
    own = next((share for share, place in ranked if value.stands_in(place, sources)), 0.0) if found else 0.0
    return ranked[0][0] - own


def _around(start: int, end: int, content: Sequence[Word]) -> frozenset[str]:
    """The content words nearest to a value, which say what it is the value of."""
    before = [word.stem for word in content if word.end <= start][-AROUND:]
    after = [word.stem for word in content if word.start >= end][:AROUND]
    return frozenset(before + after)
