"""The SQLite side of the store as readers see it: articles, passages, vectors, words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import StoreDamaged
from ..types import Article, Heading, Passage, Span
from . import lexical, schema
from .seals import ARTICLE, of_article, passages_of, seal
from .vectors import Metadata, metadata

if TYPE_CHECKING:
    from ..types import Vector

NUMBERS = {
    "generation", "dimension", "min_tokens", "max_tokens", "updated", "created",
    "chroma_generation", "chroma_count", "chroma_written",
}  # fmt: skip
"""Keys of the manifest whose values are numbers."""
SLICE = 500  # values in one SQL list; SQLite takes 32,766


class ArticleSummary(NamedTuple):
    """One line of a list of articles."""

    name: str
    title: str
    published: date | None
    language: str
    passages: int


class LanguageStatistics(NamedTuple):
    """How the passage vectors of one language lie: needed to compare scores across languages."""

    n: int
    mean: Vector
    """float32[dimension]"""
    covariance: Vector
    """float32[dimension, dimension], divided by n."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its words and what is known of its article."""

    passage: Passage
    text: str
    title: str
    language: str
    position: int
    """Place among the passages of its article, from 0."""
    published: date | None
    published_origin: str | None
    publisher: str | None
    url: str | None
    sentences: tuple[Span, ...]
    """Sentence spans inside the passage (article offsets)."""
    flagged: tuple[Span, ...]
    """Places of the passage that give orders to an assistant."""
    group: str | None
    """Name of the article that stands for its near-duplicates; None: it has none."""
    also_in: tuple[str, ...]
    """The other articles of its group."""


class StoredArticle(NamedTuple):
    article: Article
    group: str | None
    passages: tuple[Passage, ...]


class Database:
    """What `passages.db` says. One connection; the caller sees to it that one thread at a time uses it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    @classmethod
    def open(cls, folder: Path) -> Database:
        """The database of the store in `folder`, read only; raises `NoIndex`, `StoreMismatch`, `StoreDamaged`."""
        path = folder / schema.FILE
        return cls(schema.open_to_read(path), path)

    def close(self) -> None:
        self.connection.close()

    # ---------------------------------------------------------------- manifest

    def manifest(self) -> dict[str, str]:
        found = dict(self.connection.execute("SELECT key, value FROM manifest"))
        for key in NUMBERS & found.keys():
            try:
                float(found[key])
            except (TypeError, ValueError) as error:
                raise schema.damaged(self.path.parent, f"its {key!r} is {found[key]!r}") from error
        return found

    def data_version(self) -> int:
        """Changes when another connection has written; costs microseconds."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def languages(self) -> dict[str, int]:
        """Passages of each language, the most frequent first."""
        query = "SELECT language, count(*) FROM passages GROUP BY language ORDER BY 2 DESC, 1"
        return dict(self.connection.execute(query))

    def size(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def statistics(self) -> dict[str, LanguageStatistics]:
        found = {}
        query = "SELECT language, n, mean, covariance, seal FROM statistics ORDER BY language"
        for language, n, mean, covariance, kept in self.connection.execute(query):
            if seal(language, n, mean, covariance) != kept:
                raise StoreDamaged(f"The statistics of language {language!r} {self._mended}")
            centre = np.frombuffer(mean, np.float32)
            spread = np.frombuffer(covariance, np.float32).reshape(len(centre), len(centre))
            found[language] = LanguageStatistics(n, centre, spread)
        return found

    # ---------------------------------------------------------------- articles

    def summaries(self) -> list[ArticleSummary]:
        rows = self.connection.execute(
            "SELECT a.name, title, published, a.language, count(p.id) FROM articles a "
            "LEFT JOIN passages p ON p.article = a.id GROUP BY a.id ORDER BY a.name"
        )
        return [
            ArticleSummary(name, title, _date(day), language, n) for name, title, day, language, n in rows
        ]

    def article(self, name: str) -> StoredArticle | None:
        """The article as it was stored; raises `StoreDamaged` where it is not any more."""
        query = f"SELECT id, seal, front, {ARTICLE} FROM articles WHERE name = ?"
        found = self.connection.execute(query, (name,)).fetchone()
        if found is None:
            return None
        row, kept, front, *values = found
        passages = passages_of(self.connection, row)
        if of_article(values, passages) != kept:
            raise StoreDamaged(f"What is stored of the article {name!r} {self._mended}")
        places = (Passage(passage, name, *place) for passage, _, *place, _, _ in passages)
        return StoredArticle(_article(values), front, tuple(places))

    @property
    def _mended(self) -> str:
        return (
            f"is damaged in {str(self.path.parent)!r}. Run `assistant index`: it reads again what is damaged."
        )

    def group(self, front: str) -> tuple[str, ...]:
        """Names of the near-duplicates that `front` stands for, itself included, earliest first."""
        rows = self.connection.execute(
            "SELECT name FROM articles WHERE front = ? ORDER BY name <> front, published IS NULL, published, name",
            (front,),
        )
        return tuple(name for (name,) in rows)

    def left_out(self) -> list[tuple[str, str]]:
        """Rejected files and why."""
        query = "SELECT name, reason FROM left_out WHERE reason IS NOT NULL ORDER BY name"
        return list(self.connection.execute(query))

    def flagged(self) -> list[str]:
        """Names of the articles that give orders to an assistant."""
        query = "SELECT name FROM articles WHERE json_array_length(details, '$.flagged') > 0 ORDER BY name"
        return [name for (name,) in self.connection.execute(query)]

    # ---------------------------------------------------------------- passages

    def places(self, ids: Sequence[str]) -> dict[str, tuple[Passage, int]]:
        """Passages of these ids and their positions; unknown ids are left out."""
        query = (
            'SELECT p.name, a.name, start, "end", section, page, position FROM passages p '
            "JOIN articles a ON a.id = p.article WHERE p.name IN "
        )
        return {row[0]: (Passage(*row[:6]), row[6]) for row in self._among(query, ids)}

    def present(self, ids: Sequence[str]) -> set[str]:
        return {name for (name,) in self._among("SELECT name FROM passages WHERE name IN ", ids)}

    def vectors(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Raises `StoreDamaged` where one is not as it was stored."""
        columns = "v.id, v.digest, v.vector"
        query = f"SELECT p.name, v.seal, {columns} FROM passages p JOIN vectors v ON v.id = p.vector WHERE p.name IN "
        found = {}
        for name, kept, *values in self._among(query, ids):
            self._check_vector(kept, values, name)
            found[name] = values[-1]
        return found

    def metadata_of(self, names: Sequence[str]) -> dict[str, Metadata]:
        """What Chroma keeps beside the vector, by passage."""
        query = (
            'SELECT p.article, p.name, a.name, start, "end", section, page, title, published, p.language '
            "FROM passages p JOIN articles a ON a.id = p.article WHERE p.name IN "
        )
        rows = sorted(self._among(query, names), key=itemgetter(0))
        held, text, found = -1, "", {}
        for row, *place, title, published, language in rows:
            if row != held:
                (text,) = self.connection.execute("SELECT text FROM articles WHERE id = ?", (row,)).fetchone()
                held = row
            passage = Passage(*place)
            words = text[passage.start : passage.end]
            found[passage.id] = metadata(passage, words, title, published, language)
        return found

    def rows(self, language: str | None = None) -> list[tuple[int, int]]:
        """(row of the passage, row of its vector) of the whole store, or of one language, in order."""
        if language is None:
            return list(self.connection.execute("SELECT id, vector FROM passages ORDER BY id"))
        return list(
            self.connection.execute(
                "SELECT id, vector FROM passages WHERE language = ? ORDER BY id", (language,)
            )
        )

    def titles(self, language: str) -> list[tuple[str, bytes]]:
        """(name, vector of the title) of the articles of one language."""
        query = (
            "SELECT a.name, v.seal, v.id, v.digest, v.vector FROM articles a JOIN vectors v ON v.id = a.title_vector "
            "WHERE a.language = ? ORDER BY a.id"
        )
        rows = self.connection.execute(query, (language,)).fetchall()
        for name, kept, *values in rows:
            self._check_vector(kept, values, name)
        return [(name, vector) for name, *_, vector in rows]

    def names_and_vectors(self, rows: Sequence[int]) -> Iterator[tuple[int, str, bytes]]:
        """(row, id, vector) of passages by row."""
        columns = "v.id, v.digest, v.vector"
        query = f"SELECT p.id, p.name, v.seal, {columns} FROM passages p JOIN vectors v ON v.id = p.vector WHERE p.id IN "
        for row, name, kept, *values in self._among(query, rows):
            self._check_vector(kept, values, name)
            yield row, name, values[-1]

    def _check_vector(self, kept: bytes, values: Sequence[Any], name: str) -> None:
        if seal(*values) != kept:
            raise StoreDamaged(f"The vector of {name!r} {self._mended}")

    def all_ids(self) -> set[str]:
        return {name for (name,) in self.connection.execute("SELECT name FROM passages")}

    def pending(self, limit: int | None = None) -> list[str]:
        """Ids of passages that Chroma must still take up or lose."""
        query = "SELECT name FROM pending ORDER BY name LIMIT ?"
        return [name for (name,) in self.connection.execute(query, (-1 if limit is None else limit,))]

    # ---------------------------------------------------------------- words

    def lexical(self, text: str, k: int, language: str, passages: int) -> list[tuple[str, float]]:
        return lexical.search(self.connection, text, k, language, passages)

    def document_frequency(self, stems: Sequence[str], language: str) -> dict[str, int]:
        return lexical.frequencies(self.connection, stems, language)

    def _among(self, query: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(values), SLICE):
            part = values[first : first + SLICE]
            yield from self.connection.execute(f"{query}({','.join('?' * len(part))})", part)


def _article(row: Sequence[Any]) -> Article:
    name, text, title, language, digest, published, details, sentences, _ = row  # as in `ARTICLE`
    known = json.loads(details)
    return Article(
        name=name,
        text=text,
        title=title,
        language=language,
        digest=digest,
        published=_date(published),
        publisher=known["publisher"],
        author=known["author"],
        url=known["url"],
        origins=known["origins"],
        published_confidence=known["published_confidence"],
        sentences=unpack_spans(sentences),
        headings=tuple(Heading(*heading) for heading in known["headings"]),
        pages=_spans(known["pages"]),
        flagged=_spans(known["flagged"]),
        warnings=tuple(known["warnings"]),
    )


def details(article: Article) -> str:
    """The fields of an article that have no column of their own, as JSON."""
    names = ("publisher", "author", "url", "published_confidence", "headings", "pages", "flagged", "warnings")
    known = {name: getattr(article, name) for name in names}
    return json.dumps({**known, "origins": dict(article.origins)}, ensure_ascii=False, separators=(",", ":"))


def pack_spans(spans: Iterable[Span]) -> bytes:
    return np.array([tuple(span) for span in spans], dtype="<i4").tobytes()


def unpack_spans(packed: bytes) -> tuple[Span, ...]:
    pairs = np.frombuffer(packed, "<i4").reshape(-1, 2).tolist()
    return tuple(Span(start, end) for start, end in pairs)


def _spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


def _date(text: str | None) -> date | None:
    """A stored day; None where it is damaged, which the seal of its article tells."""
    try:
        return date.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None
