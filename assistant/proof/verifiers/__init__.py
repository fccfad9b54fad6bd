"""Second opinions on a sentence: models that read the passages and say how likely these support it.

They are asked only where the proof itself is undecided, and the fit decides what their word is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from ...types import Hit
from ..places import without_orders


class Word(NamedTuple):
    """A verifier's word on one claim."""

    claim: int
    """Its index among those asked about."""
    probability: float | None
    """That the premise supports it, 0 to 1; None where the verifier could not say."""


class Verifier(Protocol):
    """Says how likely a premise supports claims."""

    @property
    def name(self) -> str: ...

    def entailed(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        """A probability for each claim; None where it could not say. `premise` is made by `premise_of`."""
        ...

    def words(self, premise: str, claims: Sequence[str]) -> Iterator[Word | None]:
        """The same, one by one; None now and then while it is at work. Closing the iterator stops it."""
        ...


def premise_of(hits: Sequence[Hit]) -> str:
    """The passages, numbered from 1, each under its title; orders to an assistant are left out."""
    return "\n\n".join(
        f"[{number}] {' '.join(hit.title.split())}\n{without_orders(hit)}"
        for number, hit in enumerate(hits, start=1)
    )
