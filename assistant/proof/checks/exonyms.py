"""Countries, cities and organisations under their French, English and Spanish names, as groups of equal names."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
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
def _longest() -> int:
    return max(map(len, _phrases()))


@lru_cache(maxsize=8192)
def groups_in(text: str) -> tuple[tuple[int, int, int], ...]:
    """Group, start and end of every known name in the text; the longest name wins."""
    found = []
    matches = list(_WORD.finditer(text))
    folded = [fold(match.group()) for match in matches]
    position = 0
    while position < len(matches):
        taken = 1
        for size in range(min(_longest(), len(matches) - position), 0, -1):
            entry = _phrases().get(tuple(folded[position : position + size]))
            start, end = matches[position].start(), matches[position + size - 1].end()
            if entry and (not entry[1] or text[start:end].isupper()):
                found.append((entry[0], start, end))
                taken = size
                break
        position += taken
    return tuple(found)
