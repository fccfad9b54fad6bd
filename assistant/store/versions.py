"""Which version of our own reading made a store: a hash of the code, so that no one forgets to raise a number."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from .. import reading

ROOM = Path(reading.__file__).parent
LANGUAGE = ROOM.parent / "language"


@cache
def reading_version() -> str:
    """Of everything that turns a file into passages: where it changes, every article is read again."""
    data = [*LANGUAGE.glob("packs/reading/*.toml"), *LANGUAGE.glob("packs/words/*")]
    code = (LANGUAGE / f"{module}.py" for module in ("calendars", "folding", "reading_pack"))
    return _hash([*ROOM.glob("*.py"), *code, *data])


@cache
def words_version() -> str:
    """Of the analysis of words: where it changes, the full-text index is made again."""
    data = [*LANGUAGE.glob("packs/reading/*.toml"), *LANGUAGE.glob("packs/words/*")]
    return _hash([ROOM / "words.py", LANGUAGE / "folding.py", *data])


def _hash(paths: Iterable[Path]) -> str:
    total = sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]
