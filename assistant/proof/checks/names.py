"""Proper names of a text, and whether a source has them: accents, initials, acronyms, names in the other language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property, lru_cache
from itertools import pairwise

from assistant.language.dates import date_spans, find_dates
from assistant.language.folding import fold
from assistant.language.lexicon import month_numbers, weekday_numbers, words_in
from assistant.language.numbers import identifiers
from assistant.language.pack import pack
from assistant.proof.checks.exonyms import groups_in
from assistant.reading.words import STOP_WORDS, Word, words

_OPENS = re.compile(r"(?:^|[.!?…:;]|[«“\"(\[•*–—#>|-]|\n)[\s«“\"'‘(\[*_#>¿¡-]{0,40}$")
_LINK = re.compile(r"[ \u00a0\u202f]?[-‑'’.&]?[ \u00a0\u202f]?$|^$")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words; `opening`: its first word has a capital anyway, as the first of a sentence."""

    start: int
    end: int
    text: str
    tokens: tuple[str, ...]
    """The words that carry it, in lower case without accents."""
    opening: bool
    identifier: bool = False
    """A name with digits in it: "GPT-4", "gpt-oss-120b"."""

    @property
    def acronym(self) -> bool:
        return len(self.tokens) == 1 and bool(re.fullmatch(r"(?:[^\W\d_a-z]\.?){2,7}s?", self.text))


@cache
def particles_in(language: str) -> frozenset[str]:
    """Small words that stand inside a name: "de", "of", "von"."""
    return frozenset(words_in(language, "names", "particles"))


@cache
def _not_names(language: str) -> frozenset[str]:
    """Words that have a capital beside a name or in place of one, and are none."""
    listed = (words_in(language, "names", key) for key in ("before", "honorifics", "not_names"))
    months = {name for name in month_numbers(language) if len(name) > 3}
    return frozenset(word for words in listed for word in words) | months | weekday_numbers(language).keys()


@lru_cache(maxsize=8192)
def find_names(text: str, language: str) -> tuple[Name, ...]:
    """Names of a text, in order."""
    coded = identifiers(text)
    hidden = [*coded, *date_spans(find_dates(text, language))]
    found = [_identifier(text, start, end) for start, end in coded]
    run: list[Word] = []
    for word in words(text, language):
        inside = any(start < word.end and word.start < end for start, end in hidden)
        if run and (inside or not _continues(text, run, word, language)):
            found += _closed(text, run, language)
            run = []
        if not inside and (_capital(word) or (run and fold(word.text) in particles_in(language))):
            run.append(word)
    found += _closed(text, run, language)
    return tuple(sorted(found, key=lambda name: name.start))


def _identifier(text: str, start: int, end: int) -> Name:
    return Name(start, end, text[start:end], (_compact(text[start:end]),), opening=False, identifier=True)


def _compact(text: str) -> str:
    return re.sub(r"[\s\-‑.]", "", fold(text))


def _capital(word: Word) -> bool:
    return word.text[0].isupper()


def _continues(text: str, run: Sequence[Word], word: Word, language: str) -> bool:
    between = text[run[-1].end : word.start]
    if not _LINK.match(between) or len(between) > 3 or ("." in between and len(run[-1].text) > 1):
        return False
    return _capital(word) or fold(word.text) in particles_in(language)


def _closed(text: str, run: Sequence[Word], language: str) -> list[Name]:
    """The run as one name, without the particles and small words at its ends."""
    kept = list(run)
    stops = STOP_WORDS.get(language, frozenset())
    opening = bool(kept) and bool(_OPENS.search(text[: kept[0].start]))
    endings = tuple(pack(language).names["verb_endings"])
    if opening and len(kept) == 1 and endings and kept[0].text.endswith(endings):
        return []
    while kept and _is_small(kept[0], stops, language):
        # "The White House": the article had the capital of the sentence, the name has its own
        opening = False
        kept.pop(0)
    while kept and (_is_small(kept[-1], stops, language) or not _capital(kept[-1])):
        kept.pop()
    tokens = tuple(_token(word) for word in kept if _capital(word) and not _is_small(word, stops, language))
    if not tokens:
        return []
    start, end = kept[0].start, kept[-1].end
    return [Name(start, end, text[start:end], tokens, opening and not _many_capitals(kept[0]))]


def _is_small(word: Word, stops: Iterable[str], language: str) -> bool:
    folded, particles = fold(word.text), particles_in(language)
    if len(word.text) > 1 and word.text.isupper() and word.text.isalpha() and folded not in particles:
        return False
    return folded in _not_names(language) or folded in stops or folded in particles


def _token(word: Word) -> str:
    return re.sub(r"['’]s?$", "", fold(word.text))


def _many_capitals(word: Word) -> bool:
    return sum(letter.isupper() for letter in word.text) >= 2


class NameSource:
    """What a source offers to confirm names: its words, acronyms, initials and names in the other language."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language

    @cached_property
    def names(self) -> tuple[Name, ...]:
        return find_names(self.text, self.language)

    @cached_property
    def tokens(self) -> frozenset[str]:
        found: set[str] = set()
        for word in words(self.text, self.language):
            token = _token(word)
            found.update((token, word.stem, *token.split("'")))
        return frozenset(found)

    @cached_property
    def groups(self) -> frozenset[int]:
        return frozenset(group for group, _, _ in groups_in(self.text))

    @cached_property
    def compact(self) -> str:
        return _compact(self.text)

    @cached_property
    def initials(self) -> tuple[str, str]:
        """First letters of all words, and of all but the small ones; in capitals where the word has one."""
        found = [word.text for word in words(self.text, self.language) if word.text[0].isalpha()]
        letters = [
            (fold(text)[0].upper() if text[0].isupper() else fold(text)[0], fold(text)) for text in found
        ]
        particles = particles_in(self.language)
        return "".join(a for a, _ in letters), "".join(a for a, text in letters if text not in particles)

    def spells(self, letters: str) -> bool:
        """Whether words in a row, the first with a capital, begin with these letters."""
        pattern = re.compile(
            letters[0].upper() + "".join(f"(?i:{re.escape(letter)})" for letter in letters[1:])
        )
        return any(pattern.search(row) for row in self.initials)

    def has(self, token: str, language: str, cognates: bool = False) -> bool:
        """Whether the source has this word of a name, in any case; `cognates`: in the spelling of another language."""
        if token in self.tokens or _singular(token) in self.tokens:
            return True
        return cognates and any(_cognate(token, other) for other in self.tokens)

    @cached_property
    def codes(self) -> frozenset[str]:
        """Names with digits, written in any way: "GPT-4", "GPT 4"."""
        parts = re.findall(r"(?<![\w.,‑-])[\w.,‑-]*\w", self.text)
        joined = {_compact(a + b) for a, b in pairwise(parts) if b[0].isdigit()}
        return frozenset(joined | {_compact(part) for part in parts})


def _singular(token: str) -> str:
    return token[:-1] if len(token) > 3 and token.endswith("s") else token


@lru_cache(maxsize=65536)
def _cognate(a: str, b: str) -> bool:
    if min(len(a), len(b)) < 4 or a[:3] != b[:3]:
        return False
    return SequenceMatcher(None, a, b).ratio() >= 0.75


@lru_cache(maxsize=2048)
def source_names(text: str, language: str) -> NameSource:
    return NameSource(text, language)


def missing_tokens(
    name: Name, claim: str, language: str, sources: Sequence[NameSource], cognates: bool = False
) -> tuple[str, ...]:
    """The words of a name of `claim` that none of the sources has, in any form."""
    if name.identifier:
        return () if any(name.tokens[0] in source.codes for source in sources) else name.tokens
    known = {group for source in sources for group in source.groups}
    covered = _covered_by_groups(name, claim, known)
    missing = [
        token
        for token in name.tokens
        if token not in covered
        and not any(source.has(token, language, cognates) for source in sources)
        and not _is_initial(token, name, sources)
    ]
    if missing and _abbreviated(name, sources, language):
        return ()
    return tuple(missing)


def _covered_by_groups(name: Name, claim: str, known: set[int]) -> frozenset[str]:
    """Words of the name that belong to a country, city or organisation that a source has under another name."""
    covered: set[str] = set()
    for group, start, end in groups_in(claim):
        if group in known and start < name.end and name.start < end:
            covered.update(fold(word) for word in re.findall(r"\w+", claim[start:end]))
            covered.add(fold(claim[start:end]))
    return frozenset(covered)


def _is_initial(token: str, name: Name, sources: Sequence[NameSource]) -> bool:
    """ "S. Altman" for "Sam Altman"."""
    if len(token) > 1 or len(name.tokens) < 2:
        return False
    return any(other[0] == token for source in sources for found in source.names for other in found.tokens)


def _abbreviated(name: Name, sources: Sequence[NameSource], language: str) -> bool:
    """An acronym whose words the source has, or words whose acronym it has."""
    if name.acronym:
        letters = re.sub(r"\W", "", fold(name.text))
        shorter = letters[:-1] if len(letters) > 2 and letters.endswith("s") else letters
        return any(source.spells(letters) or source.spells(shorter) for source in sources)
    parts = [fold(part) for part in re.findall(r"[^\W\d_]+", name.text)]
    forms = {"".join(p[0] for p in parts), "".join(p[0] for p in parts if p not in particles_in(language))}
    return any(
        other.acronym and re.sub(r"\W", "", fold(other.text)) in forms and len(other.text) >= 3
        for source in sources
        for other in source.names
    )
