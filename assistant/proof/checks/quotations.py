"""Words in quotation marks: the source must have them literally."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.language.folding import fold
from assistant.proof.analysed import Analysed, kept

FEWEST_WORDS = 3
"""Shorter quotations are titles, terms or irony."""
_QUOTED = re.compile(r"«([^«»]+)»|“([^“”]+)”|„([^„“”]+)[“”]|(?<!\w)\"([^\"]+)\"(?!\w)")
_GAP = re.compile(r"\[[^\]\[]*\]|\([.…]+\)|…|\.{3}")


class Quotation(NamedTuple):
    start: int
    end: int
    text: str


def find_quotations(text: str) -> list[Quotation]:
    """What stands in quotation marks and is long enough to be someone's words."""
    found = []
    for match in _QUOTED.finditer(text):
        inner = next(group for group in match.groups() if group is not None)
        if len(re.findall(r"\w+", inner)) >= FEWEST_WORDS:
            found.append(Quotation(match.start(), match.end(), inner.strip()))
    return found


def _plain(text: str) -> str:
    """Words and single spaces only: typography and case are no difference."""
    return " ".join(re.findall(r"\w+", fold(text)))


@kept
def _plain_text(text: Analysed) -> str:
    return f" {_plain(text.text)} "


def missing_quotations(claim: Analysed, sources: Sequence[Analysed]) -> list[Quotation]:
    """Quotations of a claim of which some part, between gaps, is in no source as it stands."""
    return [
        quotation
        for quotation in find_quotations(claim.text)
        if not any(_contains(_plain_text(source), quotation.text) for source in sources)
    ]


def _contains(source: str, quoted: str) -> bool:
    parts = [_plain(part) for part in _GAP.split(quoted)]
    return all(f" {part} " in source for part in parts if part)
