"""Which article replaces which: a later version of the same, not merely a later article.

Being older is no evidence. What counts is a title that is the same but for a mark of its version ("version 2",
"mise à jour", "corrected"), or the same title over much the same text; both of one publisher and one language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.language.folding import fold
from assistant.reading.near_duplicates import signature, similarity
from assistant.types import Hit

SAME_TEXT = 0.5
"""Jaccard similarity of two passages from which an article of the same title is a version of the other."""
FEWEST_WORDS = 2
"""Of a title without its mark: "Version 2" alone tells nothing."""
_NUMBERED = re.compile(
    r"\b(?:version|v|edition|ed|revision|rev|release)\s{0,4}\.?\s{0,4}(?:n°\s{0,4})?(\d{1,9}(?:\.\d{1,9}){0,9})\b"
)
_COUNTED = re.compile(
    r"\b(\d+)(?:st|nd|rd|th|e|eme|re|ere)\s+(?:edition|version)\b|"
    r"\b(premiere|first|deuxieme|seconde|second|troisieme|third)\s+(?:edition|version)\b"
)
_COUNTING = {"premiere": 1, "first": 1, "deuxieme": 2, "seconde": 2, "second": 2, "troisieme": 3, "third": 3}
_RENEWED = re.compile(
    r"\b(?:mis(?:e)? a jour|actualisee?|corrigee?|rectifiee?|revisee?|version (?:consolidee|corrigee|revisee)|"
    r"updated|corrected|revised|amended|consolidated(?: version)?|new version|nouvelle version)\b"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@lru_cache(maxsize=1024)
def _versioned(title: str) -> tuple[str, tuple[int, ...]]:
    """A title without the marks of its version, and the version: () where it has no mark, (0,) for "updated"."""
    folded = fold(title)
    version: tuple[int, ...] = ()
    if _RENEWED.search(folded):
        version = (0,)
    if match := _NUMBERED.search(folded):
        version = tuple(map(int, match[1].split(".")))
    elif match := _COUNTED.search(folded):
        version = (int(match[1]) if match[1] else _COUNTING[match[2]],)
    for pattern in (_NUMBERED, _COUNTED, _RENEWED, _YEAR):
        folded = pattern.sub(" ", folded)
    return " ".join(re.findall(r"\w+", folded)), version


def replaces(newer: Hit, older: Hit, *, disagree: bool = False) -> bool:
    """Whether the article of `newer` is a later version of the one of `older`; `disagree`: on a value of theirs."""
    if newer.passage.article == older.passage.article or newer.language != older.language:
        return False
    if newer.published is None or older.published is None or newer.published <= older.published:
        return False
    if fold(newer.publisher or "") != fold(older.publisher or ""):
        return False  # others may tell the same without replacing anybody's words
    bare, version = _versioned(newer.title)
    before, former = _versioned(older.title)
    if bare != before or len(bare.split()) < FEWEST_WORDS:
        return False
    if version != former:
        return _is_later(version, former)
    return (disagree and fold(newer.title) == fold(older.title)) or _much_the_same(newer, older)


def _is_later(version: tuple[int, ...], former: tuple[int, ...]) -> bool:
    """A mark where there was none, or a higher number; "updated" and a number cannot be compared."""
    if not former:
        return True
    return bool(version) and (0,) not in (version, former) and version > former


def _much_the_same(newer: Hit, older: Hit) -> bool:
    return similarity(_signed(newer.text), _signed(older.text)) >= SAME_TEXT


@lru_cache(maxsize=256)
def _signed(text: str) -> bytes:
    return signature(text)


def latest_version(older: int, hits: Sequence[Hit], *, disagreeing: Sequence[int] = ()) -> int | None:
    """The index of the hit whose article replaces that of `hits[older]`, the newest of several; None for none."""
    newer = [
        index
        for index, hit in enumerate(hits)
        if replaces(hit, hits[older], disagree=older in disagreeing and index in disagreeing)
    ]
    return max(newer, key=lambda index: (str(hits[index].published), -index), default=None)
