"""A comparison: a table each cell of which is a sentence with its citation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..composition.prompts import Prompt, Source, chosen_sentences
from ..types import Event, Proof, Quote
from .answer import answer
from .cells import Cells
from .prompts import request_prompt
from .reply import Reply
from .sides import compared
from .subject import quoted

SHOWN = 6
"""Sentences that are shown before the table is written."""


def compare(reply: Reply) -> Iterator[Event]:
    """Set sides beside each other; what is not found is an empty cell that says so."""
    sides, aspects = compared(reply.query.text, reply.query.language, reply.query.as_of)
    if len(sides) < 2:  # nothing to set beside each other: what there is of it
        from .listing import listing
        from .overview import overview

        yield from (overview if quoted(reply.query.text) else listing)(reply)
        return
    cells = Cells(reply, sides)
    by_meaning = not any(map(cells.is_named, sides))
    if by_meaning:
        aspects = []
    rows = cells.rows(aspects) if aspects else []
    columns = zip(zip(*rows, strict=True), sides, strict=False)
    if not rows or not all(any(column) for column, side in columns if cells.is_known(side)):
        rows += cells.rows([])  # what is told of them all the same
    found = [quote for row in rows for quote in row if quote is not None]
    unknown = [side.name for side in sides if not cells.is_known(side)]
    loose = by_meaning or all(side.period is not None for side in sides)
    if not found or (loose and len(found) < len(sides)):  # what was found may answer all the same
        yield from answer(reply)
        return
    yield reply.found(cells.hits)
    yield reply.shown(found[:SHOWN])
    yield from _table(reply, [side.name for side in sides], aspects, rows)
    for name in unknown:
        yield reply.tell(reply.pack.say("nothing_on", subject=name), before="\n\n")
    if not unknown and 2 * len(found) > len(rows) * len(
        sides
    ):  # of half an empty table a model invents the rest
        yield from _in_words(reply, found, [side.name for side in sides])
    yield reply.finish()


def _table(
    reply: Reply, sides: Sequence[str], aspects: Sequence[str], rows: Sequence[Sequence[Quote | None]]
) -> Iterator[Event]:
    names = " | ".join(map(_cell, sides))
    rules = "|".join(["---"] * (len(sides) + bool(aspects)))
    lead = "|  | " if aspects else "| "
    yield reply.tell(f"{lead}{names} |\n|{rules}|", before="\n\n")
    for number, row in enumerate(rows):
        aspect = _cell(aspects[number]) if number < len(aspects) else ""
        before = f"\n| {aspect} | " if aspects else "\n| "
        for place, quote in enumerate(row, start=1):
            end = " |" if place == len(row) else ""
            if quote is None:
                yield reply.tell(reply.pack.say("not_found_cell") + end, before=before)
            else:
                text = " ".join(quote.text.replace("|", "/").lstrip("-•* ").split())
                yield reply.composition.append(text + end, Proof("supported", (quote,)), before=before)
            before = " | "


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _in_words(reply: Reply, quotes: Sequence[Quote], sides: Sequence[str]) -> Iterator[Event]:
    def asks_for(sources: Sequence[Source], mark: str) -> Prompt:
        task = reply.pack.prompt("compare", members=", ".join(sides))
        return request_prompt(reply.pack, reply.query.text, task, sources, mark)

    if reply.sums_up():
        yield reply.tell(reply.pack.say("on_the_whole"), before="\n\n")
        yield from reply.worded(chosen_sentences(quotes, reply.hits), asks_for)
