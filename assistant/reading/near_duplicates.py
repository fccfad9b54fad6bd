"""Articles that say nearly the same: MinHash over shingles of five words (Broder 1997), then the names and numbers.

Jaccard similarity = shared shingles / all shingles of both. It is estimated from `PERMUTATIONS` minima, with a
standard error of at most 1 / (2 * sqrt(PERMUTATIONS)); candidates come from equal bands of the signature. Two texts
that are alike still differ where one names another person, figure or date: fact sheets and minutes that are
written from one template are alike and tell of different things.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from ..language.folding import fold
from ..language.number_words import small_numbers
from ..language.pack import languages
from .sentences import sentence_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.uint64]

PERMUTATIONS = 256
SHINGLE = 5
_BAND = 8
"""Rows of a band: two texts of Jaccard .8 share none of the 32 bands once in 400 times."""
_LARGEST_BUCKET = 200


Same = Callable[[str, str], bool]
"""Whether the articles of two names tell the same."""


def signature(text: str) -> bytes:
    """MinHash signature, `PERMUTATIONS` little-endian uint32; empty for a text without words."""
    import numpy as np

    found = shingles(text)
    if not len(found):
        return b""
    factors, offsets = _permutations()
    minima = np.full(PERMUTATIONS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(found), 4096):  # bounds the memory of a very long article
        hashed = found[start : start + 4096, None] * factors + offsets  # modulo 2^64, its high half is random
        np.minimum(minima, hashed.min(axis=0), out=minima)
    return (minima >> np.uint64(32)).astype("<u4").tobytes()


def shingles(text: str) -> Integers:
    """Distinct 64-bit hashes of the runs of `SHINGLE` words; one of all words where there are fewer."""
    import numpy as np

    words = np.array([crc32(word.encode()) for word in _words(text)], dtype=np.uint64)
    if not len(words):
        return words
    length = min(SHINGLE, len(words))
    mixed = np.zeros(len(words) - length + 1, dtype=np.uint64)
    for place in range(length):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + words[place : place + len(mixed)]
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


@cache
def _permutations() -> tuple[Integers, Integers]:
    import numpy as np

    random = np.random.default_rng(20261123)
    draw = random.integers(0, 2**63, size=(2, PERMUTATIONS), dtype=np.uint64)
    return draw[0] * np.uint64(2) + np.uint64(1), draw[1]


def bands(signed: bytes) -> list[int]:
    """64-bit keys of the bands of a signature: texts that are likely to be similar share one."""
    width = _BAND * 4
    parts = (
        bytes([start // width]) + signed[start : start + width] for start in range(0, len(signed), width)
    )
    return [int.from_bytes(blake2b(part, digest_size=8).digest(), "big", signed=True) for part in parts]


def similarity(first: bytes, second: bytes) -> float:
    """Estimated Jaccard similarity of two signed texts, 0 to 1."""
    import numpy as np

    if not first or len(first) != len(second) or len(first) % 4:
        return 0.0
    return float(np.mean(np.frombuffer(first, "<u4") == np.frombuffer(second, "<u4")))


def groups(signatures: Mapping[str, bytes], same: Same, threshold: float = 0.8) -> list[set[str]]:
    """Groups of at least two names linked by an estimated similarity of `threshold` or more and by `same`."""
    parents = {name: name for name in signatures}

    def root(name: str) -> str:
        while parents[name] != name:
            parents[name] = name = parents[parents[name]]
        return name

    for one, other in candidates(signatures):
        alike = root(one) != root(other) and similarity(signatures[one], signatures[other]) >= threshold
        if alike and same(one, other):
            parents[root(one)] = root(other)
    members = defaultdict(set)
    for name in signatures:
        members[root(name)].add(name)
    return [group for group in members.values() if len(group) > 1]


def candidates(signatures: Mapping[str, bytes]) -> Iterable[tuple[str, str]]:
    """Pairs that share a band: all that are likely to be similar, and few others."""
    width = _BAND * 4
    for start in range(0, PERMUTATIONS * 4, width):
        buckets = defaultdict(list)
        for name, signed in signatures.items():
            if signed:
                buckets[signed[start : start + width]].append(name)
        for names in buckets.values():
            if len(names) <= _LARGEST_BUCKET:
                yield from combinations(names, 2)
            else:  # many copies of one text: each linked to the first
                yield from ((names[0], name) for name in names[1:])


# --------------------------------------------------------------------------- what must not differ


class _Facts(NamedTuple):
    """The words of a text, and which of them tell something that a template is filled in with."""

    words: list[str]
    counted: list[bool]
    """A number, or a word beside one: the month of a day, the unit of an amount."""
    names: frozenset[str]
    """Words with a capital inside a sentence."""
    capital: frozenset[str]
    small: frozenset[str]


_BESIDE = frozenset((" ", "\u00a0", "\u202f", "-", " %", ". "))
"""What may stand between a number and its month or unit."""
_OPENING = re.compile(r"(?:^|[.!?…:;\n«“\"(\[|])[\s*•–—-]{0,8}$")


def same_facts(one: str, other: str) -> bool:
    """Whether two texts have the same names, numbers and dates, in the same order."""
    if one == other:
        return True
    first, second = _told(one), _told(other)
    # "Belmont" may open each of its sentences: a word that is never written small is a name, too.
    names = first.names | second.names | ((first.capital | second.capital) - first.small - second.small)
    return _facts(first, names) == _facts(second, names)


def titled(title: str, origin: str | None, text: str) -> str:
    """What an article says: its text, under the title that it was given where the text does not open with it."""
    return text if origin == "file name" or text.startswith(title) else f"{title}\n{text}"


def _facts(told: _Facts, names: frozenset[str]) -> list[str]:
    return [word for word, counted in zip(told.words, told.counted, strict=True) if counted or word in names]


@lru_cache(maxsize=64)
def _told(text: str) -> _Facts:
    found = list(re.finditer(r"[^\W_]+", text))
    words = [fold(match[0]) for match in found]
    numbers = [any(map(str.isdecimal, word)) or word in _spelled_numbers() for word in words]
    joined = [text[one.end() : other.start()] in _BESIDE for one, other in pairwise(found)]
    counted = [
        numbers[place]
        or (place > 0 and numbers[place - 1] and joined[place - 1])
        or (place + 1 < len(words) and numbers[place + 1] and joined[place])
        for place in range(len(words))
    ]
    pairs = list(zip(found, words, strict=True))
    capital = [(match.start(), word) for match, word in pairs if not match[0].islower()]
    inside = {word for start, word in capital if not _OPENING.search(text[max(0, start - 8) : start])}
    small = {word for match, word in pairs if match[0].islower()}
    return _Facts(words, counted, frozenset(inside), frozenset(word for _, word in capital), frozenset(small))


@cache
def _spelled_numbers() -> frozenset[str]:
    """Two to ten; one is an article as well."""
    return frozenset(
        word for language in languages() for word, value in small_numbers(language).items() if value > 1
    )


def holds(text: str, passage: str, language: str) -> bool:
    """Whether `text` has every sentence of `passage`, word for word."""
    whole = _run(text)
    spans = sentence_spans(passage, language)
    return all(" ".join(["", *_words(passage[start:end]), ""]) in whole for start, end in spans)


@lru_cache(maxsize=16)
def _run(text: str) -> str:
    return " ".join(["", *_words(text), ""])
