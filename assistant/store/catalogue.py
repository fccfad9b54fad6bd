"""The list of what was read and what was not, and how far the store is behind the files on disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from ..language.remarks import unpacked
from ..library import Behind, CatalogueEntry
from ..reading.articles import ArticleFile
from .database import unpack_stated


def entries(connection: sqlite3.Connection) -> list[CatalogueEntry]:
    """Every article and every file that was rejected, by name."""
    articles = connection.execute(
        "SELECT a.name, title, published, a.language, details, front, count(p.id) FROM articles a "
        "LEFT JOIN passages p ON p.article = a.id GROUP BY a.id"
    )
    found = [_entry(*row) for row in articles]
    rejected = connection.execute("SELECT name, reason FROM left_out WHERE reason IS NOT NULL")
    found += [
        CatalogueEntry(name, name.rsplit("/", 1)[-1], reason=unpacked(reason)) for name, reason in rejected
    ]
    return sorted(found, key=lambda entry: entry.name)


def _entry(
    name: str,
    title: str,
    published: str | None,
    language: str,
    details: str,
    front: str | None,
    passages: int,
) -> CatalogueEntry:
    told = {}
    with suppress(TypeError, ValueError):  # `verify` tells what is damaged; the list stays
        told = json.loads(details)
    day = None
    with suppress(TypeError, ValueError):
        day = date.fromisoformat(published) if published else None
    return CatalogueEntry(
        name,
        title,
        day,
        language,
        told.get("publisher"),
        passages,
        tuple(unpacked(str(warning)) for warning in told.get("warnings") or ()),
        bool(told.get("flagged")),
        front if front != name else None,
        stated={field: stated.value for field, stated in unpack_stated(told.get("stated", {})).items()},
    )


def behind(connection: sqlite3.Connection, files: Iterable[ArticleFile]) -> Behind:
    """What `sync` would find new, changed and gone, told from sizes and times alone: no file is opened."""
    known = {
        name: place
        for table in ("left_out", "articles")
        for name, *place in connection.execute(f"SELECT name, size, mtime_ns FROM {table}")
    }
    new, changed = [], []
    for file in files:
        before = known.pop(file.name, None)
        if before is None:
            new.append(file.name)
        elif before != [file.size, file.mtime_ns]:
            changed.append(file.name)
    return Behind(new, changed, sorted(known))
