"""What a model streams becomes text, named sources and thoughts.

Models write citations in many shapes: `[1]`, `[1, 2]`, `[1][2]`, `【1†L3】`, `(source 1)`, `[^1]`, `[[1]](#src)`,
`¹`, or none. All become `Named`; an id that was never offered disappears and is counted. A trailing list of sources
is dropped, `<think>` and the channels of gpt-oss become thoughts, special tokens vanish. Text is held back only from
an opening bracket to its close, and at the start of a line that may turn out to be a list of sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ..reading.hygiene import without_invisible
from . import markers
from .prompt_leaks import SENTINEL, TraceFilter

_SENTINEL_WORDS = ("aucune source", "no source")
TAIL = 24
"""Characters of the text before that decide what a raised digit is."""
LONGEST_REFUSAL = 40
LONGEST_ENTRY = 8
"""Characters that tell whether a line belongs to a list of sources."""

_INTERESTING = re.compile(rf"[{re.escape(markers.OPENING)}<`\n{markers.RAISED}]")
_OPENERS = {
    "<think>": "</think>", "<thinking>": "</thinking>", "<thought>": "</thought>", "<reasoning>": "</reasoning>",
    "[THINK]": "[/THINK]",
}  # fmt: skip
_CLOSERS = tuple(_OPENERS.values())
_MESSAGE = "<|message|>"
_CHANNEL_ENDS = ("<|end|>", "<|start|>", "<|channel|>", "<|return|>")
_SPECIAL = re.compile(
    r"<[|｜][^|｜<>\n]{0,30}[|｜]>|</?s>|<(?:start|end)_of_turn>|\[/?(?:INST|SYSTEM_PROMPT)\]"
)
_SPECIAL_OPEN = re.compile(r"<[|｜][^|｜<>\n]{0,30}[|｜]?")
_PLAIN_SPECIAL = (
    "<s>", "</s>", "<start_of_turn>", "<end_of_turn>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]",
)  # fmt: skip
_HEADERS = {
    "<|channel|>": ("analysis", "commentary", "final"),
    **dict.fromkeys(
        ("<|start|>", "<|im_start|>", "<|start_header_id|>", "<start_of_turn>"),
        ("assistant", "model", "user", "system", "developer", "tool"),
    ),
}
_OTHER_SPEAKERS = ("user", "system", "developer", "tool")
_RAISED_TAG = re.compile(
    r"<sup>\s{0,4}(?:[\[\^(]\s{0,4})?(\d{1,3}(?:\s{0,4},\s{0,4}\d{1,3}){0,12})\s{0,4}[\])]?\s{0,4}</sup>",
    re.IGNORECASE,
)
LONGEST_RAISED = 32
_INDEX_BEFORE = re.compile(r"[\w)\]]$")


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


@dataclass(frozen=True, slots=True)
class Retracted:
    """All text until now was thought aloud: `</think>` came, and its beginning stood in the prompt."""


Piece = Text | Named | Thinking | Retracted


class _Hold:
    """More text is needed to decide."""


HOLD: Final = _Hold()


class StreamFilter:
    """A state machine over the pieces of one reply; `offered` ids run from 1.

    What it gives depends on the reply alone, never on where it is cut.
    """

    def __init__(self, offered: int, mark: str = "") -> None:
        self.offered = offered
        self._traces = TraceFilter(mark)
        self.invalid = 0
        """Ids that were named and never offered."""
        self.refused = False
        """The model wrote the sentinel for "not in the sources"."""
        self._buffer = ""
        self._closer: tuple[str, ...] = ()
        """What ends the thought that is being read; empty outside of thoughts."""
        self._opens = False
        self._over = False
        self._listing = False
        self._list_ended = False
        self._list_lines = 0
        self._line_start = True
        self._wrote = False
        self._leads = self._enumerates = False
        """Whether the marker stood at the start of its line; whether the answer began so."""
        self._after_marker = False
        self._code = 0
        """Backticks that opened the code that is being read."""
        self._tail = ""
        self._said = ""

    def feed(self, text: str) -> list[Piece]:
        """Take the next piece of the reply; return what can be shown now."""
        self._buffer += self._traces.feed(without_invisible(text.replace("\r", "")))
        return list(self._drain(final=False))

    def close(self) -> list[Piece]:
        """The reply is over: return what was held back."""
        self._buffer += self._traces.feed("", final=True)
        pieces = list(self._drain(final=True))
        whole = " ".join(self._said.lower().strip(" .!*_[]\n").split())
        self.refused = self.refused or whole in _SENTINEL_WORDS
        return pieces

    def _drain(self, final: bool) -> Iterator[Piece]:
        while self._buffer:
            piece = self._step(final)
            if isinstance(piece, _Hold):
                return
            if piece is not None:
                yield piece

    def _step(self, final: bool) -> Piece | _Hold | None:
        """Take something from the buffer, or hold."""
        if self._over:
            self._buffer = ""
            return None
        if self._closer:
            return self._think(final)
        if self._listing:
            return self._list(final)
        if self._after_marker and (target := self._link_target(final)) is not False:
            return target
        if not self._wrote and self._buffer[0].isspace():
            self._buffer = self._buffer[1:]
            return None
        if self._line_start and not self._code and (heading := self._heading(final)) is not False:
            return heading
        return self._plain(final)

    def _plain(self, final: bool) -> Piece | _Hold | None:
        if self._swallow_sentinel():
            return None
        found = _INTERESTING.search(self._buffer)
        stop = min(found.start() if found else len(self._buffer), self._sentinel_start(final))
        if stop:
            return self._emit(stop)
        return self._special(final) if found and found.start() == 0 else HOLD

    def _emit(self, length: int) -> Piece:
        text, self._buffer = self._buffer[:length], self._buffer[length:]
        self._line_start = text.endswith("\n")
        self._wrote = self._wrote or bool(text.strip())
        self._tail = (self._tail + text)[-TAIL:]
        self._said = (self._said + text)[:LONGEST_REFUSAL]
        return Text(text)

    # ------------------------------------------------------------------ the sentinel

    def _swallow_sentinel(self) -> bool:
        if not self._buffer.startswith(SENTINEL):
            return False
        self._buffer = self._buffer[len(SENTINEL) :]
        self.refused = True
        return True

    def _sentinel_start(self, final: bool) -> int:
        """Where a sentinel begins in the buffer, or may begin at its end; the buffer's length otherwise."""
        start = self._buffer.find(SENTINEL)
        if start >= 0 or final:
            return start if start >= 0 else len(self._buffer)
        for start in range(max(0, len(self._buffer) - len(SENTINEL) + 1), len(self._buffer)):
            if SENTINEL.startswith(self._buffer[start:]):
                return start
        return len(self._buffer)

    # ------------------------------------------------------------------ what may open something

    def _special(self, final: bool) -> Piece | _Hold | None:
        """The buffer begins with a character that may open something."""
        first = self._buffer[0]
        if first == "\n":
            if self._code < 3:
                self._code = 0  # code in a line ends with it
            return self._emit(1)
        if first == "`":
            return self._fence(final)
        if first in markers.RAISED:
            return self._raised(final)
        if first in "<[":
            tag = self._tag(final)
            if tag is not False:
                return tag
        return self._emit(1) if first == "<" else self._marker(final)

    def _fence(self, final: bool) -> Piece | _Hold:
        run = len(self._buffer) - len(self._buffer.lstrip("`"))
        if run == len(self._buffer) and not final:
            return HOLD
        if not self._code:
            self._code = run
        elif run == self._code or run >= 3:
            self._code = 0
        return self._emit(run)

    def _raised(self, final: bool) -> Piece | _Hold | None:
        digits = self._buffer[: len(self._buffer) - len(self._buffer.lstrip(markers.RAISED))]
        if len(digits) == len(self._buffer) and not final:
            return HOLD
        ids = [] if self._code or len(digits) > 3 else markers.read_raised(digits, self._tail, self.offered)
        if not ids:
            return self._emit(len(digits))
        self._buffer = self._buffer[len(digits) :]
        return self._named(ids)

    def _tag(self, final: bool) -> Piece | _Hold | Literal[False] | None:
        """A thought, a special token or a raised number; False where it is something else."""
        lower = self._buffer[:24].lower()
        for opener, closer in _OPENERS.items():
            if lower.startswith(opener.lower()):
                self._buffer = self._buffer[len(opener) :]
                self._closer = (closer,)
                return None
            if lower.startswith(closer.lower()):
                return self._retract(len(closer))
        special = _SPECIAL.match(self._buffer)
        if special:
            return self._header(special.group(), special.end(), final)
        raised = _RAISED_TAG.match(self._buffer[:LONGEST_RAISED])
        if raised and not self._code:
            self._buffer = self._buffer[raised.end() :]
            return self._named(markers.read_ids(raised.group(1)))
        if not final and self._may_open():
            return HOLD
        return False

    def _may_open(self) -> bool:
        text, lower = self._buffer, self._buffer.lower()
        if any(word.lower().startswith(lower) for word in (*_OPENERS, *_CLOSERS, *_PLAIN_SPECIAL)):
            return True
        if "<sup>".startswith(lower) or (
            lower.startswith("<sup>") and len(lower) < LONGEST_RAISED and "</sup>" not in lower
        ):
            return "\n" not in text
        return _SPECIAL_OPEN.fullmatch(text) is not None

    def _retract(self, length: int) -> Piece:
        self._buffer = self._buffer[length:]
        self._line_start, self._wrote, self._tail, self._code, self._said = True, False, "", 0, ""
        self.refused = self._enumerates = self._after_marker = False
        return Retracted()

    def _header(self, token: str, end: int, final: bool) -> Piece | _Hold | None:
        """A special token, with the name of the speaker or channel that follows some of them."""
        names, rest = _HEADERS.get(token, ()), self._buffer[end:]
        name = next((name for name in names if rest.startswith(name)), "")
        if not name and not final and any(name.startswith(rest) for name in names):
            return HOLD
        self._buffer = rest[len(name) :]
        if name in _OTHER_SPEAKERS:
            self._over = True  # the model plays the other part of the conversation
        elif name in ("analysis", "commentary"):
            self._closer, self._opens = _CHANNEL_ENDS, True
        return None

    def _think(self, final: bool) -> Piece | _Hold | None:
        if self._opens:
            if self._buffer.startswith(_MESSAGE):
                self._buffer = self._buffer[len(_MESSAGE) :]
            elif _MESSAGE.startswith(self._buffer) and not final:
                return HOLD
            self._opens = False
            return None
        match = re.search("|".join(map(re.escape, self._closer)), self._buffer, re.IGNORECASE)
        if match:
            # a channel is ended by the head of the next one, which is still to be read
            end = match.start() if match.group() in _HEADERS else match.end()
            text, self._closer, self._buffer = self._buffer[: match.start()], (), self._buffer[end:]
            return Thinking(text) if text else None
        shown = len(self._buffer) - (0 if final else _held_tail(self._buffer, self._closer))
        text, self._buffer = self._buffer[:shown], self._buffer[shown:]
        return Thinking(text) if text else HOLD

    # ------------------------------------------------------------------ markers

    def _marker(self, final: bool) -> Piece | _Hold | None:
        match = markers.bracket(self._buffer, final)
        if isinstance(match, bool):
            return HOLD if match else self._emit(1)
        if self._code and (self._code >= 3 or _INDEX_BEFORE.search(self._tail)):
            return self._index(match)
        if self._line_start and self._wrote and not self._enumerates:
            rest = self._buffer[match.end() : match.end() + 2]
            if len(rest) < 2 and "\n" not in rest and not final:
                return HOLD
            if markers.DEFINITION.match(rest):  # the text of a footnote
                self._begin_list()
                return None
        self._leads = self._line_start
        self._buffer = self._buffer[match.end() :]
        named = self._named(markers.read_ids(match.group(1)))
        self._enumerates = self._enumerates or (self._leads and not self._wrote)
        return named

    def _index(self, match: re.Match[str]) -> Piece:
        """An index in a program is no citation, and must not look like one."""
        text = re.sub(r"\[\s*(\d+)\s*\]", r"[ \1 ]", match.group())
        self._buffer = text + self._buffer[match.end() :]
        return self._emit(len(text))

    def _named(self, ids: list[int]) -> Piece | None:
        valid = tuple(number for number in ids if 1 <= number <= self.offered)
        self.invalid += len(ids) - len(valid)
        self._line_start, self._after_marker = False, True
        return Named(valid) if valid else None

    def _link_target(self, final: bool) -> Piece | _Hold | Literal[False] | None:
        """What follows a marker: the target of a link vanishes; False where it is plain text."""
        if self._buffer[0] == "(":
            target = markers.LINK_TARGET.match(self._buffer[: markers.LONGEST_TARGET])
            if target:
                self._buffer = self._buffer[target.end() :]
                return None
            if (
                not final
                and len(self._buffer) < markers.LONGEST_TARGET
                and not re.search(r"[)\n]", self._buffer)
            ):
                return HOLD
        self._after_marker = False
        if self._buffer[0] == ":" and self._leads and self._enumerates:
            self._buffer = self._buffer[1:]
            return None
        return False

    # ------------------------------------------------------------------ lists of sources

    def _heading(self, final: bool) -> _Hold | Literal[False] | None:
        """The line is the heading of a list of sources (None) or may become one; False where it is not."""
        line, newline, _ = self._buffer.partition("\n")
        found = markers.list_heading(line, bool(newline) or final) if self._wrote else False
        if found is None:
            return HOLD
        if not found:
            return False
        self._begin_list()
        return None

    def _begin_list(self) -> None:
        self._listing, self._list_ended, self._list_lines = True, False, 0

    def _list(self, final: bool) -> Piece | _Hold | None:
        """Drop the next line of a list of sources; the answer goes on with the first other line after a blank one."""
        line, newline, rest = self._buffer.partition("\n")
        head = line.lstrip()
        if self._list_ended and head:
            if len(head) < LONGEST_ENTRY and not newline and not final:
                return HOLD
            if not markers.ENTRY.match(head):
                self._listing, self._line_start = False, True
                return None
        if not newline and not final:
            return HOLD
        self._list_ended = markers.may_end_list(line, self._list_lines)
        self._list_lines += bool(head)
        self._buffer = rest
        return None


def _held_tail(text: str, closers: tuple[str, ...]) -> int:
    """Characters at the end of `text` that may be the beginning of a closer."""
    longest = max(map(len, closers))
    for length in range(min(longest, len(text)), 0, -1):
        if any(closer.lower().startswith(text[-length:].lower()) for closer in closers):
            return length
    return 0
