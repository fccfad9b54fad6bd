"""A comparison: one search a side and aspect, and a table each cell of which is a sentence with its citation."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..composition.answer_type import answer_type_of
from ..composition.evidence import is_prose, quote_of
from ..composition.prompts import Prompt, Source, chosen_sentences
from ..language.folding import fold
from ..language.pack import pack
from ..proof.places import SourceSentence, all_sentences, matching_stems, stems_of
from ..reading.words import Word, words
from ..types import Event, Hit, Proof, Quote
from .extract import can_stand_alone, extract
from .prompts import request_prompt
from .reply import Reply
from .scope import is_in_collection, scope_of, searched
from .subject import Part, parts_of, quoted

MOST_SIDES, MOST_ASPECTS = 4, 4
ROWS = 3
"""Sentences of each side where no aspect is named."""
SEARCHED = 6
ALONE, WORDS, LEAST = 1.5, 3.0, 2.5
"""Of a cell: the weight of a sentence's nearness to the aspect alone beside that to the aspect of this side (standard
deviations among the sentences of the side), the weight of the aspect's own words, and the least nearness without any."""
OF_THIS_SIDE, OF_ANOTHER_SIDE = 2.0, 6.0
FEWEST = 3
"""Sentences of which one can lie apart."""


def compare(reply: Reply) -> Iterator[Event]:
    """Set sides beside each other; what is not found is an empty cell that says so."""
    sides, aspects = read_sides(reply.query.text, reply.query.language)
    if len(sides) < 2:  # nothing to set beside each other: what there is of it
        from .listing import listing
        from .overview import overview

        yield from (overview if quoted(reply.query.text) else listing)(reply)
        return
    hits: list[Hit] = []
    cells = [_cells(reply, sides, place, aspects, hits) for place in range(len(sides))]
    yield reply.found(hits)
    found = [quote for column in cells for quote in column if quote is not None]
    yield reply.shown(found[:6])
    if not found:
        yield reply.tell(reply.pack.say("nothing_on", subject=", ".join(sides)))
        yield reply.finish("evidence", abstained=True)
        return
    yield from _table(reply, sides, aspects, cells)
    unknown = [side for side in sides if not is_in_collection(reply.library, side, reply.query.language)]
    for side in unknown:
        yield reply.tell(reply.pack.say("nothing_on", subject=side), before="\n\n")
    told = sum(quote is not None for column in cells for quote in column)
    if not unknown and 2 * told > sum(map(len, cells)):  # of half an empty table a model invents the rest
        yield from _in_words(reply, found, sides)
    yield reply.finish()


def _table(
    reply: Reply, sides: Sequence[str], aspects: Sequence[str], cells: Sequence[Sequence[Quote | None]]
) -> Iterator[Event]:
    names = " | ".join(map(_cell, sides))
    rules = "|".join(["---"] * (len(sides) + bool(aspects)))
    lead = "|  | " if aspects else "| "
    yield reply.tell(f"{lead}{names} |\n|{rules}|", before="\n\n")
    for row in range(max(map(len, cells))):
        before = f"\n| {_cell(aspects[row])} | " if aspects else "\n| "
        for number, column in enumerate(cells, start=1):
            quote = column[row] if row < len(column) else None
            end = " |" if number == len(cells) else ""
            if quote is None:
                yield reply.tell(reply.pack.say("not_found_cell") + end, before=before)
            else:
                text = " ".join(quote.text.replace("|", "/").lstrip("-•* ").split())
                yield reply.composition.append(text + end, Proof("supported", (quote,)), before=before)
            before = " | "


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


# --------------------------------------------------------------------------- sides and aspects


def read_sides(message: str, language: str) -> tuple[list[str], list[str]]:
    """What is compared, and in what respects: the last things that "and", "or" or "vs" joins, and the other ones."""
    parts = _parts(message, language)
    last = [index for index, part in enumerate(parts) if part.joined and not part.aspect]
    if not last:
        plain = [part for part in parts if not part.aspect]
        return [part.text for part in plain[:2]], [part.text for part in parts if part.aspect]
    end = last[-1]
    start = end - 1
    while start > 0 and (parts[start].joined or _same_kind(parts[start - 1 : start + 1], message)):
        start -= 1
    sides = list(parts[start : end + 1])
    aspects = [part.text for part in (*parts[:start], *parts[end + 1 :])]
    head, first = _shared_head(sides, message, language)
    texts = [first, *(part.text for part in sides[1:])]
    return texts[:MOST_SIDES], ([head] if head else [])[:1] + aspects[:MOST_ASPECTS]


def _parts(message: str, language: str) -> list[Part]:
    """The parts of a message; of two that begin alike ("programme Alpha", "programme Gamma") none is cut."""
    parts = parts_of(message, language)
    openings = Counter(fold(part.text.split()[0]) for part in parts)
    return [
        piece
        for part in parts
        for piece in (_at_names(part, language) if openings[fold(part.text.split()[0])] == 1 else [part])
    ]


def _at_names(part: Part, language: str) -> list[Part]:
    """ "taille de DeepSeek-R1" is an aspect and a side: cut where a name follows other words."""
    if part.joined:
        return [part]
    found = [word for word in words(part.text, language) if not word.is_stop]
    for before, after in itertools.pairwise(found):
        if (
            before.text[0].islower()
            and after.text[0].isupper()
            and " " in part.text[before.end : after.start]
        ):
            start = part.start
            return [
                replace(part, end=start + before.end, text=part.text[: before.end]),
                Part(start + after.start, part.end, part.text[after.start :], part.aspect),
            ]
    return [part]


def _same_kind(pair: Sequence[Part], message: str) -> bool:
    """Whether two parts with a comma between them are two names."""
    one, other = pair
    between = message[one.end : other.start]
    named = all(part.text[0].isupper() or any(map(str.isdigit, part.text)) for part in pair)
    return "," in between and named and not one.aspect


def _shared_head(sides: Sequence[Part], message: str, language: str) -> tuple[str, str]:
    """ "prix du bac" beside "de la piscine": the head is what is compared. Empty where there is none."""
    genitive = {fold(word) for word in pack(language).words["genitive"]}
    first, second = sides[0], sides[1]

    def has(found: Sequence[Word]) -> bool:
        return any(fold(word.text) in genitive for word in found)

    inside = words(first.text, language)
    if not has(inside) or has(words(second.text, language)):
        return "", first.text
    index = max(place for place, word in enumerate(inside) if fold(word.text) in genitive)
    content = next((word for word in inside[index + 1 :] if not word.is_stop), None)
    head = [word for word in inside[:index] if not word.is_stop]
    if content is None or not head:
        return "", first.text
    return first.text[head[0].start : head[-1].end], first.text[content.start :]


# --------------------------------------------------------------------------- cells


def _cells(
    reply: Reply, sides: Sequence[str], place: int, aspects: Sequence[str], hits: list[Hit]
) -> list[Quote | None]:
    """The sentences that tell of one side: one an aspect, or a few; their hits are added to `hits`."""
    side, others = sides[place], [*sides[:place], *sides[place + 1 :]]
    if not is_in_collection(reply.library, side, reply.query.language):
        return [None for _ in aspects or range(1)]
    if not aspects:
        telling, offset = _speaking(reply, side, ""), len(hits)
        hits += _ranked(telling, offset)
        quotes = _about(telling, side) if telling else []
        return [replace(quote, hit=quote.hit + offset) for quote in quotes] or [None]
    column: list[Quote | None] = []
    for aspect in aspects:
        telling, offset = _speaking(reply, side, aspect), len(hits)
        hits += _ranked(telling, offset)
        quotes = _telling(reply, telling, aspect, side, others)
        column.append(replace(quotes[0], hit=quotes[0].hit + offset) if quotes else None)
    return column


def _about(hits: Sequence[Hit], side: str) -> list[Quote]:
    """What the article says whose title names the side; else the sentences of any article that name it."""
    lead = hits[0].passage.article
    if not _is_named(hits[0].title, side, hits[0].language):
        naming = [
            one
            for one in all_sentences(hits)
            if is_prose(one) and can_stand_alone(one.text) and _is_named(one.text, side, one.language)
        ]
        if naming:
            return [quote_of(one) for one in naming[:ROWS]]
    return extract(hits, lead, side, ROWS)


def _ranked(hits: Sequence[Hit], offset: int) -> list[Hit]:
    return [replace(hit, rank=offset + rank) for rank, hit in enumerate(hits, start=1)]


def _speaking(reply: Reply, side: str, aspect: str) -> list[Hit]:
    """Hits that speak of a side, those in the language of the message where there are any."""
    scope = replace(scope_of(reply), subject=side)
    found = searched(reply, f"{aspect} {side}".strip(), SEARCHED, scope)
    telling = [hit for hit in found if _names(hit, side)]
    return [hit for hit in telling if hit.language == reply.query.language] or telling


def _names(hit: Hit, side: str) -> bool:
    asked = stems_of(side, hit.language)
    told = stems_of(f"{hit.title} {hit.context_text or hit.text}", hit.language)
    return bool(asked) and 3 * len(matching_stems(asked, told)) >= 2 * len(asked)


def _telling(reply: Reply, hits: Sequence[Hit], aspect: str, side: str, others: Sequence[str]) -> list[Quote]:
    """The sentence that tells of an aspect: by its words, else by standing out in nearness to it; empty for none.

    Cosines lie close together whatever is asked, so a sentence has to lie apart from the others of its side.
    """
    sentences = [one for one in all_sentences(hits) if is_prose(one) and not _heads_a_table(one)]
    if _asks_for_a_number(aspect):
        sentences = [one for one in sentences if any(map(str.isdigit, one.text))]
    if not sentences:
        return []
    shared = [_share(aspect, one) for one in sentences]
    alone, beside = _apart(reply, aspect, sentences), _apart(reply, f"{aspect} {side}", sentences)
    near = [ALONE * one + other for one, other in zip(alone, beside, strict=True)]
    told = [_gives_a_value(one, f"{aspect} {side}") + _belongs(one, side, others) for one in sentences]
    best = max(range(len(sentences)), key=lambda place: near[place] + WORDS * shared[place] + told[place])
    return [quote_of(sentences[best])] if shared[best] or near[best] >= LEAST else []


def _belongs(one: SourceSentence, side: str, others: Sequence[str]) -> float:
    """More where the sentence or its title names the side, less where the sentence names another one alone."""

    if _is_named(one.text, side, one.language):
        return OF_THIS_SIDE
    if any(_is_named(one.text, other, one.language) for other in others):
        return -OF_ANOTHER_SIDE
    return OF_THIS_SIDE if _is_named(one.title, side, one.language) else 0.0


def _is_named(text: str, side: str, language: str) -> bool:
    """Whether a text has every word of a side."""
    asked = stems_of(side, language)
    return asked <= matching_stems(asked, stems_of(text, language))


def _heads_a_table(one: SourceSentence) -> bool:
    return "|" in one.text and not any(map(str.isdigit, one.text))


def _gives_a_value(one: SourceSentence, asked: str) -> bool:
    """Whether a sentence has a number or a name that was not asked with: "Apache 2.0" for a licence."""
    names = one.analysed.names
    known = fold(asked)
    return any(map(str.isdigit, one.text)) or any(
        not name.opening and fold(name.text) not in known for name in names
    )


def _asks_for_a_number(aspect: str) -> bool:
    return any(
        answer_type_of(f"{opening} {aspect}", "").kind == "number"
        for opening in ("quel est le", "what is the")
    )


def _share(aspect: str, one: SourceSentence) -> float:
    asked = stems_of(aspect, one.language)
    return len(matching_stems(asked, one.stems)) / len(asked) if asked else 0.0


def _apart(reply: Reply, asked: str, sentences: Sequence[SourceSentence]) -> list[float]:
    """How many standard deviations nearer than the mean each sentence lies to what is asked."""
    embedder = reply.tools.embedder
    if embedder is None or len(sentences) < FEWEST:
        return [0.0] * len(sentences)
    cosines = embedder.embed_passages([one.text for one in sentences]) @ embedder.embed_query(asked)
    spread = float(cosines.std()) or 1.0
    return [float(value) for value in (cosines - cosines.mean()) / spread]


def _in_words(reply: Reply, quotes: Sequence[Quote], sides: Sequence[str]) -> Iterator[Event]:
    def asks_for(sources: Sequence[Source], mark: str) -> Prompt:
        task = reply.pack.prompt("compare", members=", ".join(sides))
        return request_prompt(reply.pack, reply.query.text, task, sources, mark)

    if reply.sums_up():
        yield reply.tell(reply.pack.say("on_the_whole"), before="\n\n")
        yield from reply.worded(chosen_sentences(quotes, reply.hits), asks_for)
