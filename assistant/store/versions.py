"""Which version of our own reading made a store: a hash of the code and the words, so that no one forgets to raise a number."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from .. import reading

ROOM = Path(reading.__file__).parent
LANGUAGE = ROOM.parent / "language"


@cache
def reading_version() -> str:
    """Of everything that turns a file into passages: where it changes, every article is read again."""
    return _hash(code_behind(ROOM.glob("*.py")))


@cache
def words_version() -> str:
    """Of the analysis of words: where it changes, the full-text index is made again."""
    return _hash(code_behind([ROOM / "words.py"]))


def code_behind(paths: Iterable[Path]) -> list[Path]:
    """These modules and those of reading and language that they import, and those import in turn."""
    found: set[Path] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path)
    return sorted(found)


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        for file in (folder.with_suffix(".py"), *(folder / f"{alias.name}.py" for alias in node.names)):
            if file.parent in (ROOM, LANGUAGE) and file.is_file():
                yield file


def _hash(code: list[Path]) -> str:
    total = sha256()
    for path in [*code, *sorted([*LANGUAGE.glob("packs/reading/*.toml"), *LANGUAGE.glob("packs/words/*")])]:
        total.update(path.relative_to(ROOM.parent).as_posix().encode() + b"\0" + path.read_bytes())
    total.update(json.dumps(pack_sections(code), sort_keys=True).encode())
    return total.hexdigest()[:16]


def pack_sections(code: Iterable[Path]) -> dict[str, object]:
    """The sections of the language packs that code of `language` names; what the page or a prompt says changes no article."""
    users = [path.read_text("utf-8") for path in code if path.parent == LANGUAGE and path.name != "pack.py"]
    return {
        f"{path.stem}.{section}": words
        for path in sorted(LANGUAGE.glob("packs/*.toml"))
        for section, words in tomllib.loads(path.read_text("utf-8")).items()
        if any(re.search(rf"[\".]{section}\b", text) for text in users)
    }
