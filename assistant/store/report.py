"""What the store reports: how far a sync is and what it did, what is stored, what its maintenance found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypedDict

Report = Callable[[int, int], None]
"""Told how many passages of how many are taken up."""


class RejectedJson(TypedDict):
    """A file that could not be read."""

    article: str
    reason: str


class SyncJson(TypedDict):
    """What `index --json` prints."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    renamed: list[str]
    unchanged: int
    duplicates: list[str]
    rejected: list[RejectedJson]
    passages: int
    embedded: int
    seconds: float
    renamed_from: dict[str, str]
    duplicate_of: dict[str, str]


class SplitterJson(TypedDict):
    min_tokens: int
    max_tokens: int


class StatusJson(TypedDict):
    """What `status --json` prints."""

    store: str
    corpus: str | None
    format: int
    articles: int
    passages: int
    languages: dict[str, int]
    """Passages of each."""
    undated: int
    flagged: list[str]
    """Articles with planted orders."""
    rejected: list[RejectedJson]
    embedder: str | None
    embedder_fingerprint: str | None
    dimension: int | None
    splitter: SplitterJson
    updated: str | None
    age_s: int | None
    complete: bool
    vectors: str
    """`ready`, or why searching them is slow; as `words`."""
    words: str
    generation: int
    bytes: int


class VerifiedJson(TypedDict):
    """What `verify --json` prints."""

    ok: bool
    problems: list[str]
    articles: int
    passages: int


class MadeJson(TypedDict):
    """What `rebuild --json` and `restore --json` print."""

    store: str
    passages: int
    seconds: float


class BackupJson(TypedDict):
    """What `backup --json` prints."""

    backup: str
    passages: int
    bytes: int
    seconds: float


class SyncProgress(NamedTuple):
    """How far a sync is."""

    phase: str
    """"reading" (and embedding), then "words" (their index takes them up) and "vectors" (Chroma does)."""
    done: int
    """Bytes of changed articles read and embedded, or passages taken up."""
    total: int
    article: str
    embedded: int
    seconds: float


@dataclass
class SyncReport:
    """What a sync did."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    """New name -> old name."""
    unchanged: int = 0
    duplicates: dict[str, str] = field(default_factory=dict)
    """Near-duplicate -> the article that stands for it."""
    rejected: list[tuple[str, str]] = field(default_factory=list)
    passages: int = 0
    embedded: int = 0
    seconds: float = 0.0

    def as_json(self) -> SyncJson:
        return {
            "added": sorted(self.added),
            "changed": sorted(self.changed),
            "removed": sorted(self.removed),
            "renamed": sorted(self.renamed),
            "unchanged": self.unchanged,
            "duplicates": sorted(self.duplicates),
            "rejected": [{"article": name, "reason": reason} for name, reason in self.rejected],
            "passages": self.passages,
            "embedded": self.embedded,
            "seconds": round(self.seconds, 3),
            "renamed_from": self.renamed,
            "duplicate_of": self.duplicates,
        }
