"""Printing that no text can abuse: whatever an article, a file name or a server says, a terminal only shows it."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

import click

MARKS = {"present": "✓", "done": "✓", "missing": "✗", "failed": "✗", "ok": "✓", "warning": "!"}
"""Signs for the states of a step of the set-up, and of what `doctor` looks at."""

_KEPT = frozenset("\n\t")
_DIRECTIONS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
)


def harmless(text: str) -> str:
    """A text whose control signs, direction signs and undecodable bytes stand as escapes: "\\x1b", "\\u202e"."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(_escaped(sign) if _acts(sign) else sign for sign in text)


def _acts(sign: str) -> bool:
    return (
        (sign < " " and sign not in _KEPT)
        or "\x7f" <= sign <= "\x9f"
        or sign in _DIRECTIONS
        or _is_half(sign)
    )


def _is_half(sign: str) -> bool:
    """Half of a character: a byte of a file name or an argument that is no UTF-8."""
    return "\ud800" <= sign <= "\udfff"


def _escaped(sign: str) -> str:
    if "\udc80" <= sign <= "\udcff":  # how Python keeps such a byte
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return sign.encode("unicode_escape").decode("ascii") if not _is_half(sign) else f"\\u{ord(sign):04x}"


def typed(argument: str) -> str:
    """An argument as text: bytes that are no UTF-8 are read as Windows-1252, what an old terminal sends."""
    if not any(map(_is_half, argument)):
        return argument
    return argument.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def echo(message: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a text for people, made harmless."""
    click.echo(harmless(str(message)), err=err, nl=nl)


def echo_json(value: Any, *, indent: int | None = None) -> None:
    """Print JSON: signs that act on a terminal, and those that its encoding lacks, as JSON's own escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    text = "".join(f"\\u{ord(sign):04x}" if _acts(sign) else sign for sign in text)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=indent)
    click.echo(text)


def make_printable(*streams: TextIO | Any) -> None:
    """Let a stream write a sign that stands for each one that its encoding lacks, instead of ending the command."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
