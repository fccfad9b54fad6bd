"""What a model streams becomes text, named sources and thoughts.

Models write citations in many shapes: `[1]`, `[1, 2]`, `[1][2]`, `【1†L3】`, `(source 1)`, `[^1]`, or none.
All become `Named`; an id that was never offered disappears and is counted. A trailing list of
sources is dropped, `<think>` becomes a thought, special tokens vanish. Text is held back only from an
opening bracket to its close, and at the start of a line that may turn out to be a list of sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_MARKER = 28
SENTINELS = ("AUCUNE_SOURCE", "NO_SOURCE")

_WORD = r"(?:(?:sources?|extraits?|excerpts?|passages?|documents?|docs?|articles?|refs?|réfs?|n°|no\.?|voir|see|cf\.?|#)[\s.:#]*)"
_IDS = r"(\d{1,4}(?:\s*(?:,|;|-|–|&|et|and)\s*" + _WORD + r"?\d{1,4})*)"
_SQUARE = re.compile(rf"\[\[?\s*\^?{_WORD}{{0,2}}{_IDS}(?:[†:|][^\]】]*)?\s*\]?\]", re.IGNORECASE)
_LENTICULAR = re.compile(rf"【\s*{_WORD}{{0,2}}{_IDS}[^】]*】", re.IGNORECASE)
_ROUND = re.compile(rf"\(\s*{_WORD}{{1,2}}\[?{_IDS}\]?\s*\)", re.IGNORECASE)
_MARKERS = {"[": (_SQUARE, "]"), "【": (_LENTICULAR, "】"), "(": (_ROUND, ")")}
_SPECIAL = re.compile(r"<\|[^|<>\n]{0,30}\|>")
_LIST_NAMES = (
    "sources",
    "source",
    "references",
    "reference",
    "références",
    "référence",
    "citations",
    "notes",
)
_INTERESTING = re.compile(r"[\[【(<`]|\n")


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """Sources the model named, by the numbers they were offered under (from 1)."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Thinking:
    text: str


Piece = Text | Named | Thinking


class StreamFilter:
    """A state machine over the pieces of one reply; `offered` ids run from 1."""

    def __init__(self, offered: int) -> None:
        self.offered = offered
        self.invalid = 0
        """Ids that were named and never offered."""
        self.refused = False
        """The model wrote the sentinel for "not in the sources"."""
        self._buffer = ""
        self._thinking = False
        self._listing = False
        self._line_start = True
        self._wrote = False
        self._code = False

    def feed(self, text: str) -> list[Piece]:
        """Take the next piece of the reply; return what can be shown now."""
        self._buffer += text
        return list(self._drain(final=False))

    def close(self) -> list[Piece]:
        """The reply is over: return what was held back."""
        return list(self._drain(final=True))

    def _drain(self, final: bool) -> Iterator[Piece]:
        while self._buffer:
            before = len(self._buffer)
            piece = self._step(final)
            if piece is not None:
                yield piece
            if len(self._buffer) == before:
                return

    def _step(self, final: bool) -> Piece | None:
        if self._thinking:
            return self._think(final)
        if self._listing:
            self._buffer = ""
            return None
        if (self._line_start and self._held_at_line_start(final)) or self._swallow_sentinel():
            return None
        found = _INTERESTING.search(self._buffer)
        stop = min(found.start() if found else len(self._buffer), self._sentinel_start(final))
        if stop:
            return self._emit(stop)
        return self._special(final) if found and found.start() == 0 else None

    def _emit(self, length: int) -> Piece:
        text, self._buffer = self._buffer[:length], self._buffer[length:]
        self._line_start = False
        self._wrote = self._wrote or bool(text.strip())
        return Text(text)

    def _swallow_sentinel(self) -> bool:
        for sentinel in SENTINELS:
            if self._buffer.startswith(sentinel):
                self._buffer = self._buffer[len(sentinel) :]
                self.refused = True
                return True
        return False

    def _sentinel_start(self, final: bool) -> int:
        """Where a sentinel begins in the buffer, or may begin at its end; the buffer's length otherwise."""
        starts = [found for sentinel in SENTINELS if (found := self._buffer.find(sentinel)) >= 0]
        if starts or final:
            return min(starts, default=len(self._buffer))
        longest = max(map(len, SENTINELS)) - 1
        for start in range(max(0, len(self._buffer) - longest), len(self._buffer)):
            if any(sentinel.startswith(self._buffer[start:]) for sentinel in SENTINELS):
                return start
        return len(self._buffer)

    def _special(self, final: bool) -> Piece | None:
        """The buffer begins with a character that may open something."""
        first = self._buffer[0]
        if first == "\n":
            self._buffer = self._buffer[1:]
            self._line_start = True
            return Text("\n")
        if first == "`":
            return self._fence(final)
        if first == "<":
            return self._tag(final)
        return self._marker(final)

    def _fence(self, final: bool) -> Piece | None:
        if not final and len(self._buffer) < 3 and set(self._buffer) == {"`"}:
            return None
        run = len(self._buffer) - len(self._buffer.lstrip("`"))
        self._code = not self._code
        return self._emit(run)

    def _tag(self, final: bool) -> Piece | None:
        for tag, thinking in (
            ("<think>", True),
            ("<thinking>", True),
            ("</think>", False),
            ("</thinking>", False),
        ):
            if self._buffer.startswith(tag):
                self._buffer = self._buffer[len(tag) :]
                self._thinking = thinking
                return None
            if not final and tag.startswith(self._buffer):
                return None
        special = _SPECIAL.match(self._buffer)
        if special:
            self._buffer = self._buffer[special.end() :]
            return None
        if (
            not final
            and re.fullmatch(r"<\|?[^|<>\n]{0,30}\|?", self._buffer)
            and self._buffer[:2] in ("<", "<|")
        ):
            return None
        return self._emit(1)

    def _think(self, final: bool) -> Piece | None:
        match = re.search(r"</think(?:ing)?>", self._buffer)
        if match:
            text, self._buffer = self._buffer[: match.start()], self._buffer[match.end() :]
            self._thinking = False
            return Thinking(text) if text else None
        held = 0
        if not final:
            tail = re.search(r"<(?:/[a-z]*)?$", self._buffer)
            held = len(tail.group()) if tail else 0
        text = self._buffer[: len(self._buffer) - held]
        self._buffer = self._buffer[len(text) :]
        return Thinking(text) if text else None

    def _marker(self, final: bool) -> Piece | None:
        pattern, close = _MARKERS[self._buffer[0]]
        match = pattern.match(self._buffer)
        end = self._buffer.find(close, 1)
        if (
            match
            and not final
            and self._buffer.startswith("[[")
            and match.end() == len(self._buffer)
            and self._buffer[-2:-1] != "]"
        ):
            return None  # "[[1]" may go on with "]"
        if match:
            return self._named(match)
        open_ended = end < 0 and len(self._buffer) < LONGEST_MARKER and "\n" not in self._buffer
        if open_ended and not final:
            return None
        return self._emit(1)

    def _named(self, match: re.Match[str]) -> Piece | None:
        marker = match.group()
        self._buffer = self._buffer[match.end() :]
        if self._code:  # an index in a program is no citation, and must not look like one
            return Text(re.sub(r"\[\s*(\d+)\s*\]", r"[ \1 ]", marker))
        ids = _read_ids(match.group(1))
        valid = tuple(number for number in ids if 1 <= number <= self.offered)
        self.invalid += len(ids) - len(valid)
        return Named(valid) if valid else None

    def _held_at_line_start(self, final: bool) -> bool:
        """True where the line is the heading of a list of sources, or may still turn out to be one."""
        line, newline, _ = self._buffer.partition("\n")
        core = line.lstrip(" \t*#_>-–•").lower()
        if self._wrote and _is_list_heading(core, ended=bool(newline) or final):
            self._listing = True
            self._buffer = ""
            return True
        could_be = not core or any(
            name.startswith(core) or (core.startswith(name) and not core[len(name) :].strip(" *_:"))
            for name in _LIST_NAMES
        )
        if self._wrote and could_be and not newline and not final and len(line) < LONGEST_MARKER:
            return True
        if line:
            self._line_start = False
        return False


def _is_list_heading(core: str, ended: bool) -> bool:
    for name in _LIST_NAMES:
        if core.startswith(name):
            rest = core[len(name) :].lstrip(" *_\u00a0\u202f")
            return rest.startswith(":") or (ended and not rest)
    return False


def _read_ids(text: str) -> list[int]:
    """`1, 2` gives 1 and 2; `2-4` gives 2, 3 and 4 (at most ten)."""
    ids: list[int] = []
    for part in re.split(r"\s*(?:,|;|&|et|and)\s*", text):
        numbers = [int(number) for number in re.findall(r"\d+", part)]
        if len(numbers) == 2 and 0 < numbers[1] - numbers[0] <= 10:
            ids.extend(range(numbers[0], numbers[1] + 1))
        else:
            ids.extend(numbers)
    return list(dict.fromkeys(ids))
