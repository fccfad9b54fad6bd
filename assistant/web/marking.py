"""Words that a reader selected in an opened article, found again in its text."""

from __future__ import annotations

import re

from ..types import Span

BETWEEN = r"[\s|•‣*\-]{1,40}"
"""What stands between two words in the text and may be drawn as something else: line ends, bullets, bars."""
MOST_WORDS = 400


def place_of(text: str, words: str, near: int) -> Span | None:
    """Where `words` stand in `text`, the place nearest to `near`; None where they do not."""
    parts = words.split()
    if not 0 < len(parts) <= MOST_WORDS:
        return None
    pattern = re.compile(BETWEEN.join(map(re.escape, parts)))
    found = [match.span() for match in pattern.finditer(text)]
    return Span(*min(found, key=lambda span: abs(span[0] - near))) if found else None
