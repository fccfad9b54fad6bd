"""RTF through striprtf: what is struck out or hidden goes first, raised signs, notes and list numbers are kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..errors import ArticleRejected
from ..language.remarks import Remark
from .drafts import FIRST_YEAR, Block, Draft, Fact, words_removed
from .superscripts import written_apart

_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'[0-9a-f]{2}|\\[^a-z]|[{}]|[\r\n]+|[^\\{}\r\n]+", re.IGNORECASE
)
_RAISED, _LOWERED, _NOTE, _END = "\ue000", "\ue001", "\ue002", "\ue003"
"""Stand in the text for where a superscript, a subscript or a note begins, and where it ends."""
_MARKED = re.compile(f"([{_RAISED}{_LOWERED}])([^{_RAISED}{_LOWERED}{_NOTE}{_END}]*){_END}")
_NOTES = re.compile(f"{_NOTE}([^{_NOTE}{_END}]*){_END}")
_PICTURES = frozenset(("pict", "objdata", "themedata", "colorschememapping", "datastore"))
_WRITTEN = frozenset(("pntext", "listtext"))
"""Destinations that hold the number of a list item as it is shown."""
_DATE = re.compile(r"\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_INFO = {"title": "title", "author": "author", "company": "publisher"}


class _State(NamedTuple):
    """How the text at a place is shown."""

    struck: bool = False
    hidden: bool = False
    place: str = ""
    """`_RAISED`, `_LOWERED`, or neither."""
    in_table: bool = False
    note: bool = False
    """Whether the group is a note."""


def read_rtf(data: bytes, name: str) -> Draft:
    """An RTF document. Raises `ArticleRejected` for what is none."""
    source = data.decode("cp1252", "replace").lstrip("\ufeff \r\n")
    if not source.startswith("{\\rtf"):
        raise ArticleRejected(name, Remark("no_rtf"))
    shown = _Shown(source)
    text = "".join(shown.pieces)
    try:
        plain = _plain(text)
    except (ValueError, LookupError, IndexError) as error:
        raise ArticleRejected(name, Remark("no_rtf")) from error
    notes: list[str] = []

    def noted(match: re.Match[str]) -> str:
        notes.append(match[1].strip())
        return f" [{len(notes)}]"

    plain = _NOTES.sub(noted, _set_apart(plain))
    blocks = [Block(block) for part in re.split(r"\n\s*\n", plain) if (block := _rows(part))]
    blocks += [Block(f"[{number}] {note}") for number, note in enumerate(notes, start=1) if note]
    return Draft(blocks, list(_facts(source)), words_removed(hidden=shown.hidden, struck=shown.struck))


def _set_apart(plain: str) -> str:
    """The text with its raised and lowered signs written apart from the numbers before them."""
    pieces, place = [], 0
    for match in _MARKED.finditer(plain):
        before = plain[place : match.start()]
        pieces.append(before)
        last, sign = "".join(pieces[-2:]), match[2].strip()
        if match[1] == _LOWERED:
            pieces.append(f"_{sign}" if sign.isdigit() and last[-1:].isdigit() else sign)
        else:
            pieces.append(written_apart(last, sign))
        place = match.end()
    return "".join([*pieces, plain[place:]])


def _rows(part: str) -> str:
    """A paragraph; the cells of each row of a table parted by " | "."""
    lines = [line.strip() for line in part.strip().split("\n")]
    return "\n".join(
        " | ".join(cell.strip() for cell in line[:-1].split("|"))
        if line.endswith("|")
        else " ".join(line.split())
        for line in lines
    ).strip()


class _Shown:
    """The source of a document without what it does not show; paragraphs end with an empty line."""

    def __init__(self, source: str) -> None:
        self.pieces: list[str] = []
        self.hidden = self.struck = 0
        """Words left out."""
        self._state = _State()
        self._stack: list[_State] = []
        self._begun = ""
        """The mark of the raised or lowered text that has begun."""
        self._walk(source)

    def _walk(self, source: str) -> None:
        skipped = place = 0
        while token := _TOKEN.match(source, place):
            place = token.end()
            if token[1] == "bin":
                place += max(0, int(token[2] or 0))
            elif token[0] in "{}":
                skipped += (1 if token[0] == "{" else -1) if skipped else 0
                if not skipped:
                    self._brace(token[0])
            elif not skipped and token[1] in _PICTURES:
                skipped = 1
            elif not skipped:
                self._token(token)
            if skipped == 0 and token[0] == "}" and not self._stack:
                return

    def _brace(self, brace: str) -> None:
        if brace == "{":
            self._stack.append(self._state)
            self._state = self._state._replace(note=False)
        elif self._stack:
            self._mark("")
            if self._state.note:
                self._write(_END)
            self._state = self._stack.pop()
        self.pieces.append(brace)

    def _token(self, token: re.Match[str]) -> None:
        word = token[1]
        if word is None:
            self._text(token[0])
        elif word == "footnote":
            self._state = self._state._replace(note=True, place="")
            self._write(_NOTE)
        elif word == "par":
            self.pieces.append(" " if self._state.in_table else "\\par\\par ")
        elif word not in _WRITTEN:
            self._state = _changed(self._state, word, token[2])
            self.pieces.append(token[0])

    def _text(self, text: str) -> None:
        if self._state.hidden or self._state.struck:
            words = len(text.split())
            self.hidden += words if self._state.hidden else 0
            self.struck += 0 if self._state.hidden else words
            return
        if not text.isspace() and text != "\\*":
            self._mark(self._state.place)
        self.pieces.append(text)

    def _mark(self, place: str) -> None:
        """Begin and end raised and lowered text."""
        if place != self._begun:
            if self._begun:
                self._write(_END)
            if place:
                self._write(place)
            self._begun = place

    def _write(self, sign: str) -> None:
        self.pieces.append(f"\\uc1\\u{ord(sign) - 0x10000}?")


def _changed(state: _State, word: str, value: str | None) -> _State:
    on = value != "0"
    if word == "plain":
        return _State(in_table=state.in_table, note=state.note)
    if word in ("strike", "striked", "deleted"):
        return state._replace(struck=on)
    if word == "v":
        return state._replace(hidden=on)
    if word in ("super", "up"):
        return state._replace(place=_RAISED if on else "")
    if word in ("sub", "dn"):
        return state._replace(place=_LOWERED if on else "")
    if word == "nosupersub":
        return state._replace(place="")
    if word in ("intbl", "pard"):
        return state._replace(in_table=word == "intbl")
    return state


def _plain(source: str) -> str:
    from striprtf import striprtf

    convert: Callable[..., str] = striprtf.rtf_to_text
    return convert(source, errors="replace")


def _facts(source: str) -> Iterator[Fact]:
    start = source[:200_000]
    head = "".join(re.findall(r"\\ansicpg\d+", start[:500])[:1])
    for word, field in _INFO.items():
        found = re.search(rf"\{{\\{word}\s((?:[^{{}}]|\\[{{}}])*)\}}", start)
        value = _plain(f"{{\\rtf1\\ansi{head} {found[1]}}}").strip() if found else ""
        if value:
            yield Fact(field, value, "RTF information", 0.9)
    day = _DATE.search(start)
    if day and day[1] >= FIRST_YEAR:
        yield Fact("published", f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}", "RTF information", 0.5)
