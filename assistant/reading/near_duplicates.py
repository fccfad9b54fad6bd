"""Articles that say nearly the same, by MinHash over shingles of five words (Broder 1997).

Jaccard similarity = shared shingles / all shingles of both. It is estimated from `PERMUTATIONS` minima, with a
standard error of at most 1 / (2 * sqrt(PERMUTATIONS)); candidates come from equal bands of the signature.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from itertools import combinations
from typing import TYPE_CHECKING
from zlib import crc32

from .words import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.uint64]

PERMUTATIONS = 256
SHINGLE = 5
_BAND = 8
"""Rows of a band: two texts of Jaccard .8 share none of the 32 bands once in 400 times."""
_LARGEST_BUCKET = 200


def near_duplicates(texts: Mapping[str, str], threshold: float = 0.8) -> list[set[str]]:
    """Groups of at least two names whose texts are linked by a Jaccard similarity of `threshold` or more."""
    return groups({name: signature(text) for name, text in texts.items()}, threshold)


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
    import re

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


def groups(signatures: Mapping[str, bytes], threshold: float = 0.8) -> list[set[str]]:
    """Groups of at least two names linked by an estimated similarity of `threshold` or more."""
    parents = {name: name for name in signatures}

    def root(name: str) -> str:
        while parents[name] != name:
            parents[name] = name = parents[parents[name]]
        return name

    for one, other in candidates(signatures):
        if root(one) != root(other) and similarity(signatures[one], signatures[other]) >= threshold:
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
