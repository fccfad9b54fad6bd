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
