"""Finds the tables of words of a language that stand in code: they belong into `assistant/language/packs`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from assistant.language.folding import fold
from assistant.reading.words import STOP_WORDS

ACCENTED = re.compile(r"[à-öø-ÿœ]{1}", re.IGNORECASE)
FRENCH = frozenset(word for word in STOP_WORDS["fr"] - STOP_WORDS["en"] if len(word) > 2) - {
    "par", "plus", "sans", "sous", "son", "est", "car", "fait", "main", "pour", "tous",
}  # fmt: skip
"""Words of French that no English sentence and no technical name has."""
FEWEST = 2
"""Different French words from which a string, or a list of strings, is a table of words."""


def word_tables(source: str) -> list[int]:
    """Lines of strings with accents, of lists and patterns of French words, and of tables by language."""
    tree = ast.parse(source)
    documentation = set(_docstrings(tree))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            if {"fr", "en"} <= keys:
                found.add(node.lineno)
        strings = [one for one in _strings(node) if one not in documentation]
        texts = [str(one.value) for one in strings]
        french = FRENCH & set(re.findall(r"[a-z]+", fold(" ".join(texts))))
        if any(map(ACCENTED.search, texts)) or len(french) >= FEWEST:
            found.add(strings[0].lineno)
    return sorted(found)


def _strings(node: ast.AST) -> list[ast.Constant]:
    """A string by itself, or those of a list, a tuple or a set."""
    nodes = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node]
    return [one for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        for statement in (
            getattr(node, "body", None) or [] if not isinstance(node, ast.Lambda | ast.IfExp) else []
        ):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.value
