"""Rows of things, each with a value of its own: "A is under MIT since January, B under Apache 2.0 and C since May".

Every word of "C is under Apache 2.0" stands in that sentence, and it is wrong all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import NamedTuple

from assistant.language.dates import DateExpression
from assistant.language.lexicon import one_of, words_in
from assistant.language.numbers import Quantity
from assistant.proof.analysed import Analysed, analysed, kept
from assistant.proof.checks.dates import missing_dates
from assistant.proof.checks.names import missing_tokens, source_names
from assistant.proof.checks.numbers import missing_quantities
from assistant.proof.checks.reasons import Finding
from assistant.proof.proper_names import Name

_TOUCHING = 1
"""Characters between a name and a number that is part of it: "Llama 4"."""


class Member(NamedTuple):
    """One thing of a row: its name, and where the part of the sentence ends that speaks of it."""

    head: Name
    end: int


@cache
def _boundary_in(language: str) -> re.Pattern[str]:
    """What stands before the next thing of a row: a comma, "and", "but", and an article."""
    words = partial(words_in, language, "roles")
    article = "|".join(re.escape(word).replace("'", "['’]") for word in words("row_articles"))
    joins = one_of(words("row_and"))
    lists = one_of((*words("row_and"), *words("row_but")))
    return re.compile(rf"(?:[,;]\s*(?:{lists}\s+)?|\s{joins}\s+)(?:{article})?$", re.IGNORECASE)


@kept
def members(text: Analysed) -> list[Member]:
    """The things of a row, in order; none where fewer than two of them have a value."""
    source, names, boundary = text.text, text.names, _boundary_in(text.language)
    given = text.values()
    values: tuple[DateExpression | Quantity | Name, ...] = (*given.dates, *given.quantities, *names)
    heads = [
        name
        for name in names
        if boundary.search(source[: name.start])
        and source[name.end : name.end + 1] != ","  # "son frère, Paul,"
    ]
    if not heads:
        return []
    first = next((name for name in names if name.start < heads[0].start), None)
    heads = [first, *heads] if first else heads
    ends = [*(head.start for head in heads[1:]), len(source)]
    found = [Member(head, end) for head, end in zip(heads, ends, strict=True)]
    told = [any(_own(member, value, source) for value in values) for member in found]
    # what has nothing of its own before the row is said of all: "In France, Lyon has …, Lille …"
    return found[told.index(True) :] if sum(told) > 1 else []


def _own(member: Member, value: DateExpression | Quantity | Name, source: str) -> bool:
    """Whether a value stands in the part of a member, and is no part of its name nor the next of a list."""
    if not member.head.end + _TOUCHING < value.start < member.end:
        return False
    between = source[member.head.end : value.start]
    return any(map(str.isalpha, between)) if isinstance(value, Name) else bool(between.strip())


def member_of(claim: Analysed, row: Sequence[Member], source: Analysed) -> Member | None:
    """The one thing of a row that a claim speaks of."""
    offered, across = [source_names(claim)], claim.language != source.language
    named = [member for member in row if not missing_tokens(member.head, source, offered, across)]
    return named[0] if len(named) == 1 else None


def other_parts(row: Sequence[Member], own: Member, source: str) -> tuple[str, str]:
    """The words of a sentence that may speak of one member, and those that speak of the others."""
    ours = source[: row[0].head.start] + " ; " + source[own.head.start : own.end]
    theirs = " ; ".join(source[m.head.start : m.end] for m in row if m is not own)
    return ours, theirs


def of_another(claim: Analysed, source: Analysed) -> Iterator[Finding]:
    """Values that a sentence gives to another member of a row than the one that is claimed to have them."""
    row = members(source)
    own = member_of(claim, row, source) if row else None
    if own is None:
        return
    claimed = claim.values()
    parts = [analysed(part, source.language) for part in other_parts(row, own, source.text)]
    ours, theirs = (part.values() for part in parts)
    here, there = map(source_names, parts)
    for name in claimed.names:
        if missing_tokens(name, claim, [here]) and not missing_tokens(name, claim, [there]):
            yield Finding("name", name.text, elsewhere=True)
    # a number or date that only one has may be everyone's: "en 2019, Lyon comptait …, Lille …"
    for quantity in missing_quantities(claimed.quantities, ours.quantities) if ours.quantities else ():
        if not missing_quantities([quantity], theirs.quantities):
            yield Finding("number", quantity.text, elsewhere=True)
    for expression in missing_dates(claimed.dates, ours.dates, None) if ours.dates else ():
        if not missing_dates([expression], theirs.dates, None):
            yield Finding("date", expression.text, elsewhere=True)
