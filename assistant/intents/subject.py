"""What a message is about: its words without those that only say what is wanted.

Those words are learned from the examples: all that stands outside of the brackets there ("résume", "article",
"list", "timeline"). They weigh nothing in a search, in a refusal or in what a follow-up carries.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ..language.dates import find_dates
from ..language.folding import fold
from ..language.number_words import small_numbers
from ..language.pack import languages, pack
from ..reading.words import Word, content_stems, words
from ..search.question import QUOTED
from ..types import Query
from .classifier import CONTENT, WRAPPED, Example, examples

KINDS_OF_FRAME = ("compare", "overview", "list", "timeline")
"""Kinds whose messages are about something in words that frame messages of other kinds."""
WEIGHTLESS = 6
"""Examples of other kinds in which a word stands, and in none of a question, from which it weighs nothing in one."""
_REST = re.compile(r"\w{0,40}")
"""The D of "Saw 3D", which is no word of its own."""
_GLUED = re.compile(r"[.@_]\w")
_BREAK = re.compile(r"[,;:()?!\n]|\.(?!\d)|\s[-–—/]\s")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of content words of a message, `message[start:end]`."""

    start: int
    end: int
    text: str
    aspect: bool = False
    """It stands behind a colon, or a word like "regarding": what is to be told of the others."""
    joined: bool = False
    """An "and", "or" or "vs" joins it to the one before."""
    contrasted: bool = False
    """A word of a comparison ("differs", "par rapport à") stands between it and the one before."""


@cache
def frame_stems(language: str) -> frozenset[str]:
    """Stems of the words that only say what is wanted, in examples of that language."""
    return frozenset(_counted(language)[0])


@cache
def frame_of(kind: str, language: str) -> frozenset[str]:
    """Those of them that only say what is wanted in a message of this kind: in its own examples, or those of two others.

    "Company" says so in "Which companies …?", and is what a comparison may be about.
    """
    around = {one: stems_around(one, language) for one in {_kind(example) for example in examples()}}
    others = Counter(
        stem
        for one, stems in around.items()
        if one not in (kind, "answer", "chat", "check")
        for stem in stems
    )
    shared = {stem for stem, kinds in others.items() if kinds > 1}
    polite = (around["chat"] | _wrapping(language)[0]) - _inside(language)
    return around[kind] | shared | polite if kind in KINDS_OF_FRAME else frame_stems(language)


def _kind(example: Example) -> str:
    return example.label.partition(".")[0]


@cache
def _inside(language: str) -> frozenset[str]:
    """Stems of what examples of any kind are about, and of the words of questions."""
    return frozenset(
        stem
        for example in examples()
        if example.language == language
        for text in ([example.text] if _kind(example) == "answer" else CONTENT.findall(example.text))
        for stem in content_stems(text, language)
    )


@cache
def stems_around(kind: str, language: str) -> frozenset[str]:
    """Stems of the words around what the examples of one kind are about: "difference" of those that compare."""
    return frozenset(
        stem
        for example in examples()
        if _kind(example) == kind and example.language == language
        for stem in content_stems(CONTENT.sub(" ", example.text), language)
    )


@cache
def weightless_stems(language: str) -> frozenset[str]:
    """Those of them that no question of the examples has, and many other messages have."""
    other, asked = _counted(language)
    names = {
        stem
        for code in languages()
        for name in _language_names(code)
        for stem in content_stems(name, language)
    }
    return frozenset(
        stem for stem, count in other.items() if count >= WEIGHTLESS and not asked[stem] and stem not in names
    )


def _language_names(code: str) -> list[str]:
    return [name for names in pack(code).words["languages"].values() for name in names]


@cache
def _counted(language: str) -> tuple[Counter[str], Counter[str]]:
    """In how many examples of other kinds, and of questions, each stem stands; checked texts say nothing."""
    other: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for example in examples():
        kind = _kind(example)
        if example.language == language and kind != "check":
            stems = set(content_stems(CONTENT.sub(" ", example.text), language))
            (asked if kind == "answer" and example.label != WRAPPED else other).update(stems)
    return other, asked


@cache
def _wrapping(language: str) -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    """Stems before a wrapped question ("Dis-moi …"), stop words right before it, and what stands behind ("… stp")."""
    pieces = [
        CONTENT.split(example.text)
        for example in examples()
        if example.label == WRAPPED and example.language == language
    ]
    before = frozenset(stem for first, *_ in pieces for stem in content_stems(first, language))
    last = [found[-1] for first, *_ in pieces if (found := words(first, language))]
    joining = frozenset(word.stem for word in last if word.is_stop)
    behind = {fold(rest).strip(" ?.!") for _, rest in pieces} - {""}
    return (
        before,
        joining,
        re.compile(rf"[\s,]{{1,4}}(?:{'|'.join(map(re.escape, behind)) or '(?!)'})(?=[\s?.!]{{0,4}}$)"),
    )


def unwrapped(question: str, language: str) -> str:
    """A question without the words around it that only ask for it; as it is where nothing would be left."""
    if language not in languages():
        return question
    before, joining, behind = _wrapping(language)
    folded = fold(question)
    closing = behind.search(folded) if len(folded) == len(question) else None
    text = question if closing is None else question[: closing.start()] + question[closing.end() :]
    found = words(text, language)
    start = 0
    for place, word in enumerate(found):
        if word.stem in before or (start and start == place and word.stem in joining):
            start = place + 1
        elif not word.is_stop:
            break
    if all(word.is_stop for word in found[start:]):
        return question
    return text[found[start].start :]


def quoted(message: str) -> str | None:
    """The longest run in quotation marks."""
    found = [next(filter(None, match.groups())).strip() for match in QUOTED.finditer(message)]
    return max(found, key=len, default=None)


@cache
def _listed(language: str, key: str) -> frozenset[str]:
    """A list of words of the language's pack, folded."""
    return frozenset(map(fold, pack(language).words[key]))


def parts_of(message: str, language: str, without: Sequence[str] = (), *, kind: str = "answer") -> list[Part]:
    """Runs of words that are about something, in order; `without`: places (a period) that are about nothing here.

    A run is ended by punctuation, by "and", "or" and the like, and by a word that only says what is wanted.
    """
    frame = frame_of(kind, language)
    message = _without_counts(_blanked(message, without), language, frame)
    joins, breaks, introduces = (_listed(language, key) for key in ("join", "break", "aspect"))
    runs, position, titles = _Runs(message), 0, _titles(message, language)
    inside: tuple[int, int] | None = None
    for word in words(message, language):
        between = message[position : word.start]
        position = word.end
        before, inside = inside, _title_at(titles, word.start)
        if inside is not None and inside == before:
            runs.run.append(word)
            continue
        if inside != before:
            runs.close()
        if between != "." and _BREAK.search(between):
            runs.close()
            runs.break_off(":" in between or "(" in between)
        folded = fold(word.text)
        if folded in joins or folded in breaks or folded in introduces:
            runs.close()
            runs.joined = folded in joins and bool(runs.parts)
            runs.aspect = folded in introduces and bool(runs.parts)
        elif folded in small_numbers(language) or (
            not runs.colon
            and _is_frame(message, word, language, frame)
            and not runs.completed_by(word, language)
        ):
            runs.close()
            # "differs from petrol", not "with different sites"
            behind = words(message[word.end :], language)[:1]
            links = bool(behind) and behind[0].is_stop
            runs.contrasted = links and bool(runs.parts) and word.stem in stems_around("compare", language)
        elif not word.is_stop and not _contracted(word, language):
            runs.run.append(word)
    runs.close()
    return runs.parts


@dataclass
class _Runs:
    """The parts read so far, the words of the next one, and how it will stand to those before."""

    message: str
    parts: list[Part] = field(default_factory=list)
    run: list[Word] = field(default_factory=list)
    aspect: bool = False
    colon: bool = False
    joined: bool = False
    contrasted: bool = False

    def close(self) -> None:
        """End the run, if there is one."""
        if not self.run:
            return
        start = self.run[0].start
        end = _REST.match(self.message, self.run[-1].end).end()  # type: ignore[union-attr]  # it matches nothing, too
        text, aspect = self.message[start:end], self.aspect or self.colon
        self.parts.append(Part(start, end, text, aspect, self.joined, self.contrasted))
        self.run.clear()
        self.joined = self.contrasted = False

    def completed_by(self, word: Word, language: str) -> bool:
        """Whether a word stands right behind the last one of the run and "of": "revenu de base" is one thing."""
        between = self.message[self.run[-1].end : word.start] if self.run else ""
        return fold(between.strip()) in _listed(language, "genitive")

    def break_off(self, introduces: bool) -> None:
        """Punctuation: nothing joins what follows; behind a colon or a bracket stand aspects."""
        self.aspect = self.joined = False
        self.colon = self.colon or (bool(self.parts) and introduces)


def _contracted(word: Word, language: str) -> bool:
    """Whether it is a stop word with a verb behind it ("you've"), or several written as one ("ya")."""
    head = re.split(r"['’]", word.text)[0]
    full = pack(language).asked["contractions"].get(fold(word.text)) if language in languages() else None
    return (head != word.text or full is not None) and all(
        one.is_stop for one in words(full or head, language)
    )


def _blanked(message: str, without: Sequence[str]) -> str:
    for place in without:
        message = message.replace(place, " " * len(place))
    return message


def _is_frame(message: str, word: Word, language: str, frame: frozenset[str]) -> bool:
    """Whether a word only says what is wanted, and is no part of a name ("data.gov")."""
    if word.stem not in frame or _is_written_as_name(message, word) or _GLUED.match(message, word.end):
        return False
    return len(word.text) >= _shortest_forms(language)[word.stem]


@cache
def _shortest_forms(language: str) -> Mapping[str, int]:
    """Letters of the shortest form in the examples of each stem: "france" is no form of "français"."""
    shortest: dict[str, int] = {}
    for example in examples():
        for word in words(CONTENT.sub(" ", example.text), language) if example.language == language else ():
            shortest[word.stem] = min(len(word.text), shortest.get(word.stem, len(word.text)))
    return shortest


def _without_counts(message: str, language: str, frame: frozenset[str]) -> str:
    """The message with blanks for numbers that say how much is wanted: "3 articles"; "EIG 3" is a name."""
    for word, following in itertools.pairwise(words(message, language)):
        if word.text.isdigit() and following.stem in frame:
            message = f"{message[: word.start]}{' ' * len(word.text)}{message[word.end :]}"
    return message


def _titles(message: str, language: str) -> list[tuple[int, int]]:
    """Where a message has what is one thing, whatever its commas and words: quotations, and terms like "open source"."""
    quotations = [match.span() for match in QUOTED.finditer(message)]
    terms = [match.span() for match in _terms(language).finditer(message)]
    return quotations + [term for term in terms if not any(a <= term[0] < b for a, b in quotations)]


@cache
def _terms(language: str) -> re.Pattern[str]:
    listed = "|".join(re.escape(term) for term in pack(language).words["terms"])
    return re.compile(rf"\b(?:{listed})\b", re.IGNORECASE)


def _title_at(titles: Sequence[tuple[int, int]], place: int) -> tuple[int, int] | None:
    return next((title for title in titles if title[0] <= place < title[1]), None)


def _is_written_as_name(message: str, word: Word) -> bool:
    """A capital inside a sentence, or a digit: part of a name whatever the word is."""
    inside = bool(message[: word.start].strip()) and message[: word.start].rstrip()[-1] not in ".?!:¿¡"
    return any(map(str.isdigit, word.text)) or (inside and word.text[0].isupper())


def subject_of(message: str, language: str, without: Sequence[str] = ()) -> str:
    """What a message is about, in its own words; empty where it is about nothing in particular."""
    title = quoted(message)
    if title is not None:
        return title
    return " ".join(part.text for part in parts_of(message, language, without))


def _written_out(text: str, language: str) -> str:
    """A question with its contractions in full, and days as most texts have them: "what is", "May 1" for "May 1st"."""
    if language not in languages():
        return text
    own = pack(language)
    for short, full in own.asked["contractions"].items():
        text = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", full, text, flags=re.IGNORECASE)
    endings = "|".join(map(re.escape, own.dates["day_endings"]))
    return re.sub(rf"(?<!\w)(\d{{1,2}})(?:{endings})(?!\w)", r"\1", text)


def lighter(query: Query) -> str:
    """The text of a question to search, without the words that weigh nothing; as it is where nothing would be left."""
    text = unwrapped(_written_out(query.search_text, query.language), query.language)
    weightless = weightless_stems(query.language)
    found = words(text, query.language)
    dropped = [
        word
        for word in found
        if word.stem in weightless and not word.is_stop and not _is_written_as_name(text, word)
    ]
    if not dropped or not any(not word.is_stop and word not in dropped for word in found):
        return text
    for word in reversed(dropped):
        text = f"{text[: word.start]}{text[word.end :]}"
    return " ".join(text.split())


def wanted_count(message: str, language: str, default: int, most: int = 10) -> int:
    """How many points or items a message asks for ("en trois points", "five reasons"); a date is no number of them."""
    named = small_numbers(language)
    message = _blanked(message, [date.text for date in find_dates(message, language)])
    before = ""
    for match in re.finditer(r"\w+", fold(message)):
        word, last, before = match[0], before, match[0]
        if word.isdigit() and 1 <= int(word) <= most:
            return int(word)
        # "en une phrase", "to one line", not "une chronologie"
        if word in named and (named[word] > 1 or last in ("en", "in", "to", "into")):
            return named[word]
    return default
