"""Nothing stands in the packs that the program does not read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from assistant.language.pack import SECTIONS, pack

PROGRAM = Path(__file__).resolve().parents[2] / "assistant"
FEWEST_LETTERS = 3
"""That a composed name must have besides its parts; fewer would fit any key."""


@cache
def named() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The names that the program has as they are, and the forms of those that it composes, as f"part_{name}"."""
    words, forms = set[str](), list[re.Pattern[str]]()
    for file in PROGRAM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.Attribute):
                words.add(node.attr)
            elif isinstance(node, ast.JoinedStr):
                forms += composed(node)
    for file in (*PROGRAM.rglob("*.html"), *PROGRAM.rglob("*.js")):
        words.update(re.findall(r"\w+", file.read_text("utf-8")))
    return frozenset(words), tuple(forms)


def composed(name: ast.JoinedStr) -> Iterator[re.Pattern[str]]:
    parts = [part for value in name.values for part in alternatives(value)]
    if sum(map(str.isalpha, "".join(re.sub(r"\\w\+", "", part) for part in parts))) >= FEWEST_LETTERS:
        yield re.compile("".join(parts))


def alternatives(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield re.escape(text)
        case ast.FormattedValue(
            value=ast.IfExp(body=ast.Constant(value=one), orelse=ast.Constant(value=other))
        ):
            yield f"(?:{re.escape(str(one))}|{re.escape(str(other))})"
        case _:
            yield r"\w+"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_the_packs_has_a_reader(section: str) -> None:
    words, forms = named()
    keys = getattr(pack("en"), section)
    assert [key for key in keys if key not in words and not any(form.fullmatch(key) for form in forms)] == []
