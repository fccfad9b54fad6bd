"""Lines among a page's paragraphs that are no part of the article: pointers to others, credits, where it stops."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..language.reading_pack import line_beginnings
from ..language.remarks import Remark
from .drafts import Block

LONGEST = 250
"""Characters; what is longer is the article itself, whatever it says."""
LONGEST_CREDIT = 60
"""Characters of the line that names who took a picture; a longer one tells what it shows."""
_ASIDE = re.compile(rf"[\W_]{{0,5}}(?:©|{line_beginnings('asides')})", re.IGNORECASE)
_CREDIT = re.compile(rf"[\W_]{{0,3}}{line_beginnings('credits')}", re.IGNORECASE)
_PAYWALL = re.compile(line_beginnings("paywall"), re.IGNORECASE)


def without_asides(blocks: Sequence[Block]) -> tuple[list[Block], list[Remark]]:
    """The blocks of the article; a warning where the page stops showing it."""
    kept: list[Block] = []
    stops = False
    for block in blocks:
        if len(block.text) < LONGEST and _PAYWALL.match(block.text):
            stops = True
        elif not _is_aside(block.text):
            kept.append(block)
    return (kept, [Remark("paywall")] if stops else []) if kept else (list(blocks), [])


def _is_aside(text: str) -> bool:
    return (len(text) < LONGEST and _ASIDE.match(text) is not None) or (
        len(text) <= LONGEST_CREDIT and _CREDIT.match(text) is not None
    )
