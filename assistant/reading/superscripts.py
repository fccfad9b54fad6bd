"""Superscripts: a raised digit is never a digit of the number before it."""

from __future__ import annotations

import re

_POWER = re.compile(r"(?:(?<![^\W_])(?:10|[^\W\d_]{1,3})|[)\]])$")
"""What an exponent follows: ten, a unit, a variable, a bracket. After anything else a raised number is a note."""


def set_apart(before: str, raised: str) -> str:
    """How digits raised after `before` are written: "10^6" and "km^2", but "2019 [2]"."""
    if not before or not (before[-1].isalnum() or before[-1] in ")]"):
        return raised if not before or before[-1].isspace() else f" [{raised}]"
    return f"^{raised}" if _POWER.search(before[-5:]) else f" [{raised}]"


def written_apart(before: str, raised: str) -> str:
    """How digits or letters raised after `before` are written; what is no sign of its own stays as it is: "19e"."""
    if raised.isdigit():
        return set_apart(before, raised)
    return (raised_letters(before, raised) if before[-1:].isdigit() else None) or raised


_EXPONENTS = frozenset("nkxyzijpq")
_NUMBER = re.compile(r"(?:\d{1,3}(?:[., \u00a0\u202f]\d{3}){1,5}|\d{1,20})$")
_POWERS = re.compile(r"[\dnkxyzijpqm]{0,20}[nkxyzijpqm+−/-][\dnkxyzijpqm+−/-]{0,20}")
_NOTES = re.compile(r"(?=[^\d\s]{0,20}[\d\s])[\w.,;–\- ]{2,20}")


def raised_signs(before: str, raised: str) -> str | None:
    """How letters and digits raised after a number are written: "2^(n+1)", "2019 [note 2]"; else as `raised_letters`."""
    if len(raised) > 1 and _POWERS.fullmatch(raised):
        return f"^({raised})"
    return raised_letters(before, raised) or (f" [{raised}]" if _NOTES.fullmatch(raised) else None)


def raised_letters(before: str, raised: str) -> str | None:
    """How letters raised after a number are written: "2^n", "4,300 [a]"; None for ordinals, which stay: "19e"."""
    if raised in _EXPONENTS:
        return f"^{raised}"
    found = _NUMBER.search(before[-20:])
    large = found is not None and sum(map(str.isdigit, found[0])) > 2
    return f" [{raised}]" if large and re.fullmatch(r"[a-z](?:[ ,]{1,2}[a-z]){0,4}", raised) else None
