"""Whether a source has the proper names of a claim: accents, initials, acronyms, names in the other language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import pairwise

from assistant.language.folding import fold
from assistant.language.lexicon import words_in
from assistant.proof.analysed import Analysed, kept
from assistant.proof.checks.exonyms import groups_in
from assistant.proof.proper_names import Name, compact, particles_in, token_of


class NameSource:
    """What a source offers to confirm names: its words, acronyms, initials and names in the other language."""

    def __init__(self, text: Analysed) -> None:
        self._text = text
        self.text = text.text
        self.language = text.language

    @property
    def names(self) -> tuple[Name, ...]:
        return self._text.names

    @cached_property
    def tokens(self) -> frozenset[str]:
        found = set(self._text.all_stems)
        for folded in self._text.folded_words:
            token = token_of(folded)
            found.update((token, *token.split("'")))
        return frozenset(found)

    @cached_property
    def known(self) -> tuple[tuple[int, int, int], ...]:
        """Group, start and end of each country, city and organisation that has names in several languages."""
        return groups_in(self.text)

    @cached_property
    def groups(self) -> frozenset[int]:
        return frozenset(group for group, _, _ in self.known)

    @cached_property
    def initials(self) -> tuple[str, str]:
        """First letters of all words, and of all but the small ones; in capitals where the word has one."""
        found = [word.text for word in self._text.words if word.text[0].isalpha()]
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

    def has(self, token: str, cognates: bool = False) -> bool:
        """Whether the source has this word of a name, in any case; `cognates`: in the spelling of another language."""
        if token in self.tokens or _singular(token) in self.tokens:
            return True
        return cognates and any(_cognate(token, other) for other in self.tokens)

    @cached_property
    def codes(self) -> frozenset[str]:
        """Names with digits, written in any way: "GPT-4", "GPT 4"."""
        parts = re.findall(r"(?<![\w.,‑-])[\w.,‑-]*\w", self.text)
        joined = {compact(a + b) for a, b in pairwise(parts) if b[0].isdigit()}
        return frozenset(joined | {compact(part) for part in parts})


def _singular(token: str) -> str:
    return token[:-1] if len(token) > 3 and token.endswith("s") else token


@lru_cache(maxsize=65536)
def _cognate(a: str, b: str) -> bool:
    if min(len(a), len(b)) < 4 or a[:3] != b[:3]:
        return False
    return SequenceMatcher(None, a, b).ratio() >= 0.75


@kept
def source_names(text: Analysed) -> NameSource:
    """What a text offers to confirm names."""
    return NameSource(text)


def missing_tokens(
    name: Name, claim: Analysed, sources: Sequence[NameSource], cognates: bool = False
) -> tuple[str, ...]:
    """The words of a name of `claim` that none of the sources has, in any form."""
    if name.identifier:
        return () if any(name.tokens[0] in source.codes for source in sources) else name.tokens
    missing = [
        token
        for token in name.tokens
        if not any(source.has(token, cognates) for source in sources)
        and not _is_initial(token, name, sources)
    ]
    if missing:
        covered = _covered_by_groups(name, claim, sources)
        missing = [token for token in missing if token not in covered]
    if missing and _abbreviated(name, sources, claim.language):
        return ()
    return tuple(missing)


def _covered_by_groups(name: Name, claim: Analysed, sources: Sequence[NameSource]) -> frozenset[str]:
    """Words of the name that belong to a country, city or organisation that a source has under another name."""
    covered: set[str] = set()
    for group, start, end in source_names(claim).known:
        if start < name.end and name.start < end and any(group in source.groups for source in sources):
            written = claim.text[start:end]
            covered.update(fold(word) for word in re.findall(r"\w+", written))
            covered.add(fold(written))
    return frozenset(covered)


def is_translatable(name: Name, missing: Sequence[str], language: str) -> bool:
    """A title, an office or an institution, which another language calls by other words."""
    parts = name.text.split()
    return (
        len(missing) < len(name.tokens)
        or any(token in words_in(language, "names", "generic") for token in name.tokens)
        or any(part.islower() for part in parts)
        or (name.acronym and not name.identifier)
    )


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
