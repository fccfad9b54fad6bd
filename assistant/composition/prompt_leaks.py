"""Traces of the prompt in what a model writes: the mark around the excerpts, and words made like the sentinel.

Models copy `=== 43ac9012 ===`, cite `[43ac9012]` and answer "YES_SOURCE": none of it means anything to a reader.
"""

from __future__ import annotations

import re

from ..language.folding import CAPITAL
from ..language.lexicon import one_of, words_anywhere

LONGEST = 48
"""Characters of a trace."""
SENTINEL = "NO_SOURCE"
"""What every form of the refusal becomes."""
_SENTINELS = words_anywhere("markers", "sentinels")
_SENTINEL = re.compile(
    rf"(?<![^\W_])((?i:{one_of(_SENTINELS)})|[{CAPITAL}]{{2,12}})\\?_(?i:sources?)(?![^\W_])[.:]?"
)
_LAST_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{1,6}\\?(?:_[a-zA-Z]{0,7})?$")
_BEGINNINGS = tuple(f"{word}_sources" for word in _SENTINELS)
_UPPER_TAIL = re.compile(rf"(?<![^\W_])[{CAPITAL}]{{1,12}}(?:\\?_?[SOURCE]{{0,7}})[.:]?$")
_RULE = re.compile(r"(?m)^[ \t]{0,8}={3,20}[ \t]{0,8}$")
_RULE_TAIL = re.compile(r"={1,20}[ \t]{0,8}$")


class TraceFilter:
    """Takes a reply piece by piece and gives it back without traces; holds back what may become one."""

    def __init__(self, mark: str = "") -> None:
        self._key = re.sub(r"[^0-9a-f]", "", mark)
        key = re.escape(self._key) or "(?!)"
        self._mark = re.compile(rf"[ \t]{{0,4}}[=\[(]{{0,6}}[ \t]{{0,4}}{key}(?:[ \t]{{0,4}}[=\])]{{1,6}})?")
        self._tail = re.compile(r"[=\[(]{0,6}[ \t]{0,4}([0-9a-f]{0,8})[ \t]{0,4}[=\])]{0,6}$")
        self._pending = ""
        self._before = ""
        """The last character that was given: a sentinel begins no word in the middle."""

    def feed(self, text: str, final: bool = False) -> str:
        """The text that can be given now."""
        self._pending += text
        cut = len(self._pending) if final else self._held_from()
        ready, self._pending = self._pending[:cut], self._pending[cut:]
        return self._clean(ready)

    def _held_from(self) -> int:
        start = max(0, len(self._pending) - LONGEST)
        end = self._pending[start:]
        places = [len(end)]
        for found in (_UPPER_TAIL.search(end), _begun_refusal(end), _RULE_TAIL.search(end)):
            if found is not None:
                places.append(found.start())
        tail = self._tail.search(end)
        if tail is not None and tail[0].strip() and self._key and self._key.startswith(tail[1]):
            places.append(tail.start())
        return start + min(places)

    def _clean(self, text: str) -> str:
        before, self._before = self._before, (text or self._before)[-1:]

        def replaced(found: re.Match[str]) -> str:
            if found.start() < len(before):
                return found[0]
            return SENTINEL if found[1].lower() in _SENTINELS else ""

        text = _SENTINEL.sub(replaced, before + text)[len(before) :]
        return _RULE.sub("", self._mark.sub("", text))


def _begun_refusal(text: str) -> re.Match[str] | None:
    """The last word, where it may go on to the sentinel, in capitals or not."""
    found = _LAST_WORD.search(text)
    word = found[0].replace("\\", "").lower() if found else ""
    return found if word and any(whole.startswith(word) for whole in _BEGINNINGS) else None
