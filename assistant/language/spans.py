"""Parts of a text blanked out, every other character at its place."""

from __future__ import annotations

from collections.abc import Iterable


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these spans blanked out, every other character at its place."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = "\x00" * (end - start)
    return "".join(letters)
