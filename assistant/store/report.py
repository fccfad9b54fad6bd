"""What a sync says while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..types import Json

Report = Callable[[int, int], None]
"""Told how many passages of how many are taken up."""


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

    def as_json(self) -> Json:
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
