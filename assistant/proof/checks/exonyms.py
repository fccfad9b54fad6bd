"""Countries, cities and organisations under their French, English and Spanish names, as groups of equal names."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from importlib import resources

from assistant.language.folding import fold

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+")


def _words(text: str) -> tuple[str, ...]:
    return tuple(fold(match.group()) for match in _WORD.finditer(text))


@cache
def _phrases() -> dict[tuple[str, ...], tuple[int, bool]]:
    """Each name's words, with the group and whether it must be in capitals ("OMS", "WHO")."""
    groups = json.loads(resources.files(__package__).joinpath("exonyms.json").read_text("utf-8"))
    return {_words(name): (number, name.isupper()) for number, names in enumerate(groups) for name in names}


@cache
def _sizes() -> dict[str, tuple[int, ...]]:
    """For the first word of each name how many words such names have, most first."""
    sizes: dict[str, set[int]] = defaultdict(set)
    for name in _phrases():
        sizes[name[0]].add(len(name))
    return {first: tuple(sorted(counts, reverse=True)) for first, counts in sizes.items()}


def groups_in(text: str) -> tuple[tuple[int, int, int], ...]:
    """Group, start and end of every known name in the text; the longest name wins."""
    found = []
    matches, sizes = list(_WORD.finditer(text)), _sizes()
    folded = [fold(match.group()) for match in matches]
    position = 0
    while position < len(matches):
        taken = 1
        for size in sizes.get(folded[position], ()):
            if position + size > len(matches):
                continue
            entry = _phrases().get(tuple(folded[position : position + size]))
            start, end = matches[position].start(), matches[position + size - 1].end()
            if entry and (not entry[1] or text[start:end].isupper()):
                found.append((entry[0], start, end))
                taken = size
                break
        position += taken
    return tuple(found)
