"""The checks that compare a claim with the place that has most of it, and how strongly each speaks.

A check says whether two sentences of one language contradict each other in one way. What weight it has is fitted
(`proof/fit.json`); a check that gets none is taken out. A new one is a function and an entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from assistant.language.pack import languages
from assistant.proof.analysed import Analysed, analysed
from assistant.proof.checks.attribution import swapped_speaker
from assistant.proof.checks.polarity import generalised, opposites, reversals
from assistant.proof.checks.reasons import Finding
from assistant.proof.checks.roles import exchanged_names, exchanged_sides
from assistant.proof.checks.rows import of_another
from assistant.proof.checks.substituted import substituted
from assistant.proof.checks.substitution import replacements

LANGUAGES = frozenset(languages())
"""Whose grammar the checks know, those that have a pack; elsewhere a claim is proved by its source's own words alone."""


class Check(NamedTuple):
    """One way in which a sentence may contradict its source; `run(claim, source)` gives findings."""

    name: str
    """Of its signal and of its penalty in `fit.json`."""
    run: Callable[[Analysed, Analysed], Iterable[Finding]]


def _negation(claim: Analysed, source: Analysed) -> Iterable[Finding]:
    for reversal in reversals(claim, source):
        if reversal.added:
            yield Finding("negation", reversal.word)
    every = generalised(claim, source)
    if every:
        yield Finding("negation", every)
    for part in replacements(claim, source):
        old = analysed(source.text[part.source_start : part.source_end], source.language)
        new = analysed(claim.text[part.start : part.end], claim.language)
        yield from (Finding("negation", word) for word in opposites(new, old))


def _negation_lost(claim: Analysed, source: Analysed) -> Iterable[Finding]:
    for reversal in reversals(claim, source):
        if not reversal.added:
            yield Finding("negation_lost", reversal.word)


def _roles(claim: Analysed, source: Analysed) -> Iterable[Finding]:
    both = exchanged_names(claim, source)
    exchanged = tuple(name.text for name in both) if both else exchanged_sides(claim, source)
    if exchanged:
        yield Finding("roles", " / ".join(exchanged))


def _speaker(claim: Analysed, source: Analysed) -> Iterable[Finding]:
    other = swapped_speaker(claim, source)
    if other:
        yield Finding("speaker", other.text)


CHECKS = (
    Check("negation", _negation),
    Check("negation_lost", _negation_lost),
    Check("roles", _roles),
    Check("speaker", _speaker),
    Check("substituted", substituted),
    Check("row", of_another),
)


def contradictions(claim: Analysed, source: Analysed) -> dict[str, list[Finding]]:
    """What in `claim` contradicts one sentence of a source, both in one language, by the check that found it."""
    if claim.language not in LANGUAGES:
        return {}
    return {check.name: list(check.run(claim, source)) for check in CHECKS}
