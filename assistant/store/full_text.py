"""Words within `passages.db`: one FTS5 table for each document language, filled with stems, ranked by BM25.

One table a language keeps its statistics apart: a French word is not rare because most articles are English.
The way out while the index of words cannot be asked (`matching`), and the oracle of its tests.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence

from ..reading.words import content_stems

# The stems come ready-made: FTS5 only cuts them at white space. Everything else is part of a token.
TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"


def table(language: str) -> str:
    """Name of the table of that language; anything but a plain code shares the table of the unknown."""
    return f"words_{language if re.fullmatch(r'[a-z]{2,3}', language) else 'und'}"


def exists(connection: sqlite3.Connection, language: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table(language),)
    )
    return found.fetchone() is not None


def add(connection: sqlite3.Connection, language: str, rows: Iterable[tuple[int, str]]) -> None:
    """Take up passages: (row of the passage, its text)."""
    add_stems(connection, language, ((row, content_stems(text, language)) for row, text in rows))


def add_stems(
    connection: sqlite3.Connection, language: str, rows: Iterable[tuple[int, Sequence[str]]]
) -> None:
    """Take up passages: (row of the passage, its stems)."""
    name = table(language)
    if not exists(connection, language):
        # Without content: the words are in the texts of the articles already.
        options = f"content = '', tokenize = \"{TOKENIZER}\""
        connection.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(stems, {options})")
        connection.execute(f"CREATE VIRTUAL TABLE {name}_terms USING fts5vocab({name}, 'row')")
    connection.executemany(
        f"INSERT INTO {name} (rowid, stems) VALUES (?, ?)", ((row, " ".join(stems)) for row, stems in rows)
    )


def remove(connection: sqlite3.Connection, language: str, rows: Iterable[tuple[int, str]]) -> None:
    """Let go of passages: (row, the text that was taken up, analysed as it was then)."""
    connection.executemany(
        f"INSERT INTO {table(language)} ({table(language)}, rowid, stems) VALUES ('delete', ?, ?)",
        ((row, " ".join(content_stems(text, language))) for row, text in rows),
    )


def clear(connection: sqlite3.Connection) -> None:
    """Drop the tables of every language."""
    query = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' ORDER BY name DESC"
    for (name,) in connection.execute(query).fetchall():  # the terms before the words they are made from
        connection.execute(f"DROP TABLE {name}")


def search(
    connection: sqlite3.Connection,
    stems: Sequence[str],
    k: int,
    language: str,
    admitted: tuple[str, Sequence[str]] = ("", ()),
) -> list[tuple[str, float]]:
    """Ids of the passages of that language that have one of `stems`, and their BM25, best first.

    Every match is scored: the time grows with the collection. `admitted`: a condition on the passages `n`, and its values.
    """
    if not stems or k < 1 or not exists(connection, language):
        return []
    name = table(language)
    condition, values = admitted
    # The plus keeps SQLite from asking the full-text index for one row after the other.
    among = f"AND +rowid IN (SELECT n.id FROM passages n WHERE true{condition}) " if condition else ""
    found = connection.execute(
        f"SELECT p.name, -w.score FROM (SELECT rowid, rank AS score FROM {name} WHERE {name} MATCH ? {among}"
        "ORDER BY rank LIMIT ?) w JOIN passages p ON p.id = w.rowid ORDER BY w.score, p.name",
        (" OR ".join(map(_quoted, stems)), *values, k),
    )
    return [(passage, score) for passage, score in found if score > 0]


def frequencies(connection: sqlite3.Connection, stems: Sequence[str], language: str) -> dict[str, int]:
    """How many passages of that language contain each stem."""
    if not exists(connection, language):
        return dict.fromkeys(stems, 0)
    query = f"SELECT doc FROM {table(language)}_terms WHERE term = ?"
    found = {stem: connection.execute(query, (stem,)).fetchone() for stem in stems}
    return {stem: row[0] if row else 0 for stem, row in found.items()}


def count(connection: sqlite3.Connection, language: str) -> int:
    """How many passages the table of that language holds."""
    if not exists(connection, language):
        return 0
    return int(connection.execute(f"SELECT count(*) FROM {table(language)}_docsize").fetchone()[0])


def _quoted(stem: str) -> str:
    return '"' + stem.replace('"', '""') + '"'
