"""Checksums of what is stored: an article with its passages, a vector, a language's statistics.

SQLite finds a torn page, not a flipped digit. A sealed row is compared whenever it is read for an answer, and
`verify` and `index` compare all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

ARTICLE = "name, text, title, language, digest, published, details, sentences, title_vector"
STAMPS = "typeof(size) || typeof(mtime_ns) || typeof(checked_ns) || typeof(signature) = 'integerintegerintegerblob'"
"""They change with the file and are not sealed."""
PASSAGE = 'name, position, start, "end", section, page, language, vector'


def checksum(*values: Any) -> bytes:
    """Checksum of the values of a row, with their types."""
    total = blake2b(digest_size=8)
    for value in values:
        kind = type(value).__name__
        data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        total.update(f"{kind} {len(data)}\n".encode() + data)
    return total.digest()


def passages_of(connection: sqlite3.Connection, article: int) -> list[tuple[Any, ...]]:
    """Rows of the passages of an article, in order."""
    query = f"SELECT {PASSAGE} FROM passages WHERE article = ? ORDER BY position, id"
    return list(connection.execute(query, (article,)))


def of_article(article: Iterable[Any], passages: Sequence[tuple[Any, ...]]) -> bytes:
    """Seal of the columns `ARTICLE` and the rows of `passages_of`."""
    return checksum(*article, *(value for passage in passages for value in passage))


def write_checksum(connection: sqlite3.Connection, article: int) -> None:
    row = connection.execute(f"SELECT {ARTICLE} FROM articles WHERE id = ?", (article,)).fetchone()
    value = of_article(row, passages_of(connection, article))
    connection.execute("UPDATE articles SET seal = ? WHERE id = ?", (value, article))


def damaged_articles(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """(row, name) of the articles that are not as they were stored, or whose vectors are not."""
    vectors = damaged_vectors(connection)
    found = []
    query = f"SELECT id, {STAMPS}, seal, {ARTICLE} FROM articles ORDER BY name"
    for row, stamped, kept, *article in connection.execute(query):
        passages = passages_of(connection, row)
        used = {article[-1], *(passage[-1] for passage in passages)}
        if not stamped or of_article(article, passages) != kept or not used.isdisjoint(vectors):
            found.append((row, str(article[0])))
    return found


def damaged_vectors(connection: sqlite3.Connection) -> set[int]:
    """Rows of the vectors that are not as they were stored."""
    rows = connection.execute("SELECT id, digest, vector, seal FROM vectors")
    return {row for row, *values, kept in rows if checksum(row, *values) != kept}


def damaged_statistics(connection: sqlite3.Connection) -> list[str]:
    """Languages whose statistics are not as they were stored."""
    rows = connection.execute("SELECT language, n, total, products, seal FROM statistics")
    return [str(values[0]) for *values, kept in rows if checksum(*values) != kept]


def add_checksums(connection: sqlite3.Connection) -> None:
    """Carry tables without seals over: what they hold is taken for right."""
    for table in ("articles", "vectors"):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN seal BLOB")
    for (row,) in connection.execute("SELECT id FROM articles").fetchall():
        write_checksum(connection, row)
    for (row,) in connection.execute("SELECT id FROM vectors").fetchall():
        values = connection.execute("SELECT id, digest, vector FROM vectors WHERE id = ?", (row,)).fetchone()
        connection.execute("UPDATE vectors SET seal = ? WHERE id = ?", (checksum(*values), row))
