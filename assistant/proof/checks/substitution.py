"""Small places where a claim has one thing and the source, in the same surroundings, another.

"12 milliards en 2003" beside "14,2 milliards en 2003 et 12 milliards en 2019": every number of the claim is in
the source, and it is wrong all the same. The two texts are aligned word by word; only short replacements
between words that agree are looked at, so that a free paraphrase gives none.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from assistant.proof.analysed import Analysed

LONGEST_REPLACEMENT = 5
"""Words on either side of a replacement."""
FEWEST_AGREEING = 3
"""Words in a row that must agree before and after a replacement, together."""
BORDER = 1
"""What the beginning or the end of the claim counts as."""


class Replacement(NamedTuple):
    """`claim[start:end]` stands where the source has `source[source_start:source_end]`."""

    start: int
    end: int
    source_start: int
    source_end: int


def replacements(claim: Analysed, source: Analysed) -> Iterator[Replacement]:
    """Short stretches of the claim that stand for other words of the source; both in one language."""
    left, right = claim.words, source.words
    matcher = SequenceMatcher(None, [w.stem for w in left], [w.stem for w in right], autojunk=False)
    steps = matcher.get_opcodes()
    for index, (tag, a, b, c, d) in enumerate(steps):
        if tag != "replace":
            continue
        if (
            index == 0
        ):  # a claim begins in the midst of a longer sentence: only the words next to what agrees count
            c = max(c, d - (b - a) - 1)
        if max(b - a, d - c) > LONGEST_REPLACEMENT:
            continue
        before = steps[index - 1][2] - steps[index - 1][1] if index else BORDER
        after = steps[index + 1][2] - steps[index + 1][1] if index + 1 < len(steps) else BORDER
        if before + after >= FEWEST_AGREEING and min(before, after) > 0:
            yield Replacement(left[a].start, left[b - 1].end, right[c].start, right[d - 1].end)
