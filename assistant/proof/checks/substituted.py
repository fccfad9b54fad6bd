"""Another value in the place of the source's: "14,2 milliards" where the source, in the same words, has 12.

Both numbers may stand in the source. Only near-verbatim sentences are aligned, so that a free paraphrase gives none.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.proof.analysed import Analysed, Values, analysed
from assistant.proof.checks.dates import missing_dates
from assistant.proof.checks.names import missing_tokens, source_names
from assistant.proof.checks.numbers import missing_quantities
from assistant.proof.checks.reasons import Finding
from assistant.proof.checks.substitution import replacements
from assistant.proof.proper_names import Name


def substituted(claim: Analysed, source: Analysed) -> Iterator[Finding]:
    """Numbers, dates and names of `claim` that stand where one sentence of a source has others."""
    claimed, given = claim.values(), source.values()
    for part in replacements(claim, source):
        ours = _within(claimed, part.start, part.end)
        theirs = _within(given, part.source_start, part.source_end)
        if theirs.quantities and missing_quantities(theirs.quantities, claimed.quantities):
            missing = missing_quantities(ours.quantities, theirs.quantities)
            yield from (Finding("number", quantity.text, elsewhere=True) for quantity in missing)
        yield from _other_ordinals(ours, theirs)
        yield from _other_kind(ours, theirs)
        if theirs.dates and missing_dates(theirs.dates, claimed.dates, None):
            missing_expressions = missing_dates(ours.dates, theirs.dates, None)
            yield from (
                Finding("date", expression.text, elsewhere=True) for expression in missing_expressions
            )
        yield from (Finding("name", name.text, elsewhere=True) for name in _other_names(ours, theirs, claim))


def _other_kind(ours: Values, theirs: Values) -> Iterator[Finding]:
    """A year in the place of a number, or a number in the place of a date."""
    if ours.dates and not ours.quantities and theirs.quantities and not theirs.dates:
        yield Finding("date", ours.dates[0].text, elsewhere=True)
    numbers = [quantity for quantity in ours.quantities if not quantity.loose]
    if numbers and not ours.dates and theirs.dates and not theirs.quantities:
        yield Finding("number", numbers[0].text, elsewhere=True)


def _other_ordinals(ours: Values, theirs: Values) -> Iterator[Finding]:
    """ "First" in the place of "second": loose words, which no source must have, but here one has another."""
    both = (*ours.quantities, *theirs.quantities)
    told = ours.quantities and theirs.quantities and all(quantity.ordinal for quantity in both)
    if told and set(ours.quantities[0].values).isdisjoint(theirs.quantities[0].values):
        yield Finding("number", ours.quantities[0].text, elsewhere=True)


def _within(values: Values, start: int, end: int) -> Values:
    """The values that lie in [start, end), at least in part."""
    return Values(
        tuple(m for m in values.dates if m.start < end and start < m.end),
        tuple(q for q in values.quantities if q.start < end and start < q.end),
        tuple(n for n in values.names if n.start < end and start < n.end),
    )


def _other_names(ours: Values, theirs: Values, claim: Analysed) -> list[Name]:
    """Names of the claim in the place of other names of the source."""
    replaced = analysed(" ; ".join(name.text for name in theirs.names), claim.language)
    whole = source_names(claim)
    certain = [name for name in theirs.names if not name.opening or len(name.tokens) > 1 or name.acronym]
    if not certain or all(not missing_tokens(name, replaced, [whole]) for name in certain):
        return []
    offered = [source_names(replaced)]
    return [
        name
        for name in ours.names
        if len(missing_tokens(name, claim, offered)) == len(name.tokens)
        and (not name.opening or len(name.tokens) > 1 or name.acronym)
    ]
