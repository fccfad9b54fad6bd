"""Sentences that are set aside: what is left of an answer reads on without them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..answer_json import SentenceJson

_LINE_OPENING = re.compile(r"[ \t]{0,20}(?:(?:[-*+]|\d{1,3}[.)]|#{1,6}|>)[ \t]{1,20})?")


def is_aside(sentence: SentenceJson) -> bool:
    """Whether a sentence of ANSWER is kept out of the running text."""
    return sentence["verdict"] == "unsupported"


class Joiner:
    """Gives the white space before each sentence that is shown, in the order of the answer."""

    def __init__(self) -> None:
        self._left = ""
        """The beginning of a line that a sentence set aside has left: its break and its list marker."""
        self._begun = False

    def leave_out(self, before: str, text: str) -> None:
        """Note a sentence that is set aside, with what stands before it."""
        opening = _LINE_OPENING.match(text)
        self._left = self._joined(before) + (opening[0] if opening and opening[0].strip() else "")

    def before(self, before: str) -> str:
        """What stands before the next sentence shown: its own line, or the one that was left empty."""
        joined = self._joined(before)
        self._left, begun, self._begun = "", self._begun, True
        return joined if begun else joined.lstrip()

    def _joined(self, before: str) -> str:
        left = self._left
        if "\n" in before:
            return "\n\n" + before.lstrip("\n") if "\n\n" in left else before
        return left if "\n" in left or left.strip() else before
