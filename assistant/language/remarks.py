"""What is said of a file that was read or rejected: a key of `[remarks]` in the packs, with its values.

The text of a remark is the English one, for the command line and JSON; the page says it in its reader's language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from string import Template
from typing import Any, Self

from .calendars import FALLBACK, decimal_sign
from .pack import pack

Value = str | int | float
_NUMBER = re.compile(r"\[([^][|]*)\|([^][|]*)\]")
"""What is written where `$count` is one, and where it is not: "$count [word|words]"."""
_PACKED = '{"remark": '


class Remark(str):
    """A remark: its English text, with the key and the values that it was made of."""

    key: str
    values: Mapping[str, Value]

    def __new__(cls, key: str, **values: Value) -> Self:
        made = super().__new__(cls, _filled(key, values, FALLBACK))
        made.key, made.values = key, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Value]]:
        return (self.key,), dict(self.values)


def said(remark: str, language: str) -> str:
    """A remark in a language that has a pack; any other text as it is."""
    return _filled(remark.key, remark.values, language) if isinstance(remark, Remark) else remark


def packed(remark: str) -> str:
    """A remark as it is stored: JSON of its key and its values; any other text as it is."""
    return json.dumps(_plain(remark), ensure_ascii=False) if isinstance(remark, Remark) else remark


def unpacked(stored: str) -> str:
    """What was stored: a remark, or the text that an earlier version kept."""
    if not stored.startswith(_PACKED):
        return stored
    try:
        return _made(json.loads(stored))
    except (ValueError, KeyError, TypeError):
        return stored  # of another version, or damaged: `verify` tells


def _filled(key: str, values: Mapping[str, Value], language: str) -> str:
    known = pack(language)
    text = _NUMBER.sub(r"\1" if values.get("count") == 1 else r"\2", known.remarks[key])
    return Template(text).substitute({name: _written(value, language) for name, value in values.items()})


def _written(value: Value, language: str) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", decimal_sign(language))
    return said(value, language) if isinstance(value, str) else str(value)


def _plain(value: Value) -> Any:
    if not isinstance(value, Remark):
        return value
    return {"remark": value.key, **{name: _plain(each) for name, each in value.values.items()}}


def _made(known: dict[str, Any]) -> Remark:
    values = {name: _made(each) if isinstance(each, dict) else each for name, each in known.items()}
    return Remark(values.pop("remark"), **values)
