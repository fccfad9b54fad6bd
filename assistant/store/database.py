"""The SQLite side of the store as readers see it: articles, passages, vectors, words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import StoreDamaged
from ..language.remarks import packed, unpacked
from ..library import ALL, ArticleSummary, LanguageStatistics, Place
from ..reading.words import content_stems
from ..types import Article, Filters, Heading, Passage, Span, Stated
from . import full_text, schema
from .checksums import ARTICLE, checksum, of_article, passages_of
from .statistics import Moments
from .vectors import PASSAGES, TITLES, Metadata, metadata
from .word_index import IndexedPassage

if TYPE_CHECKING:
    pass

SOURCES = {
    PASSAGES: "passages n JOIN vectors v ON v.id = n.vector",
    TITLES: "articles n JOIN vectors v ON v.id = n.title_vector",
}
TABLES = {PASSAGES: "passages", TITLES: "articles"}
NUMBERS = {
    "generation", "dimension", "min_tokens", "max_tokens", "updated", "created",
    "chroma_generation", "chroma_count", "chroma_written", "words_generation", "words_deleted",
}  # fmt: skip
"""Keys of the manifest whose values are numbers."""
SLICE = 500  # values in one SQL list; SQLite takes 32,766


TEXT = "SELECT text FROM articles WHERE id = ?"


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
        query = "SELECT language, n, total, products, seal FROM statistics ORDER BY language"
        for language, n, total, products, kept in self.connection.execute(query):
            if checksum(language, n, total, products) != kept:
                raise StoreDamaged(f"What is counted of language {language!r} {self._mended}")
            found[language] = Moments.unpacked(n, total, products).described()
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
        return [(name, unpacked(reason)) for name, reason in self.connection.execute(query)]

    def flagged(self) -> list[str]:
        """Names of the articles that give orders to an assistant."""
        query = "SELECT name FROM articles WHERE json_array_length(details, '$.flagged') > 0 ORDER BY name"
        return [name for (name,) in self.connection.execute(query)]

    # ---------------------------------------------------------------- passages

    def places(self, ids: Sequence[str]) -> dict[str, Place]:
        query = (
            'SELECT p.name, a.name, start, "end", section, page, published FROM passages p '
            "JOIN articles a ON a.id = p.article WHERE p.name IN "
        )
        rows = self._among(query, ids)
        return {name: Place(Passage(name, *place), _date(day)) for name, *place, day in rows}

    def openings(self, names: Sequence[str]) -> list[str]:
        """Ids of the first passages of these articles."""
        query = "SELECT p.name FROM passages p JOIN articles a ON a.id = p.article WHERE position = 0 AND a.name IN "
        return [name for (name,) in self._among(query, names)]

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
                (text,) = self.connection.execute(TEXT, (row,)).fetchone()
                held = row
            passage = Passage(*place)
            words = text[passage.start : passage.end]
            found[passage.id] = metadata(passage, words, title, published, language)
        return found

    def _check_vector(self, kept: bytes, values: Sequence[Any], name: str) -> None:
        if checksum(*values) != kept:
            raise StoreDamaged(f"The vector of {name!r} {self._mended}")

    def articles(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM articles").fetchone()[0])

    # ---------------------------------------------------------------- passages and titles, by kind

    def packed(
        self, kind: str, language: str, filters: Filters = ALL, *, pending: bool = False
    ) -> Iterator[tuple[str, bytes]]:
        """(name, vector) of those of a language; with `pending` of those that Chroma has not taken up."""
        where, values = _admitted(kind, filters)
        if pending:
            where += f" AND n.name IN (SELECT name FROM pending WHERE kind = '{kind}')"
        query = f"SELECT n.name, v.vector FROM {SOURCES[kind]} WHERE n.language = ?{where} ORDER BY n.id"
        size = 0
        for name, vector in self.connection.execute(query, (language, *values)):
            size = size or len(vector)
            if not isinstance(vector, bytes) or len(vector) != size or size % 4:
                raise StoreDamaged(f"The vector of {name!r} {self._mended}")
            yield name, vector

    def count(self, kind: str, language: str, filters: Filters = ALL) -> int:
        where, values = _admitted(kind, filters)
        query = f"SELECT count(*) FROM {TABLES[kind]} n WHERE n.language = ?{where}"
        return int(self.connection.execute(query, (language, *values)).fetchone()[0])

    def settled(self, kind: str, language: str, names: Sequence[str], filters: Filters = ALL) -> list[str]:
        """Those of `names` that are there, of that language and in Chroma as they are here."""
        where, values = _admitted(kind, filters)
        query = (
            f"SELECT n.name FROM {TABLES[kind]} n WHERE n.language = ?{where} "
            f"AND NOT EXISTS (SELECT 1 FROM pending d WHERE d.kind = '{kind}' AND d.name = n.name) AND n.name IN "
        )
        return [name for (name,) in self._among(query, names, (language, *values))]

    def title_vectors(self, names: Sequence[str]) -> dict[str, bytes]:
        query = f"SELECT n.name, v.vector FROM {SOURCES[TITLES]} WHERE n.name IN "
        return dict(self._among(query, names))

    def languages_of(self, kind: str, names: Sequence[str]) -> dict[str, str]:
        """Language of those of `names` that are there, article by article."""
        rows = self._among(f"SELECT n.id, n.name, n.language FROM {SOURCES[kind]} WHERE n.name IN ", names)
        return {name: language for _, name, language in sorted(rows)}

    def pending(self, kind: str) -> list[str]:
        """Names of those that Chroma must still take up or lose."""
        query = "SELECT name FROM pending WHERE kind = ? ORDER BY name"
        return [name for (name,) in self.connection.execute(query, (kind,))]

    def pending_count(self, kind: str) -> int:
        query = "SELECT count(*) FROM pending WHERE kind = ?"
        return int(self.connection.execute(query, (kind,)).fetchone()[0])

    # ---------------------------------------------------------------- words

    def lexical(
        self, stems: Sequence[str], k: int, language: str, filters: Filters = ALL
    ) -> list[tuple[str, float]]:
        """Ids and BM25 of the k best passages that have one of `stems`, best first."""
        return full_text.search(self.connection, stems, k, language, _admitted(PASSAGES, filters))

    def document_frequency(self, stems: Sequence[str], language: str) -> dict[str, int]:
        return full_text.frequencies(self.connection, stems, language)

    def names(self, rows: Sequence[int]) -> dict[int, str]:
        """Ids of passages by their rows; of those that are there."""
        return dict(self._among("SELECT id, name FROM passages WHERE id IN ", rows))

    def indexed(self, rows: Sequence[int]) -> list[IndexedPassage]:
        """What the index of words takes up of passages, by their rows; of those that are there."""
        query = (
            'SELECT p.article, p.id, section, start, "end", p.language, a.name, published, title '
            "FROM passages p JOIN articles a ON a.id = p.article WHERE p.id IN "
        )
        held, text, found = -1, "", []
        for article, row, section, start, end, language, name, day, title in sorted(self._among(query, rows)):
            if article != held:
                (text,) = self.connection.execute(TEXT, (article,)).fetchone()
                held = article
            stems = content_stems(findable(title, section, text[start:end]), language)
            found.append(IndexedPassage(row, language, name, _date(day), stems))
        return found

    def _among(
        self, query: str, values: Sequence[Any], before: Sequence[Any] = ()
    ) -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(values), SLICE):
            part = values[first : first + SLICE]
            yield from self.connection.execute(f"{query}({','.join('?' * len(part))})", (*before, *part))


def findable(title: str, section: str, text: str) -> str:
    """The text whose words find a passage: with its title and heading, which it need not repeat."""
    return f"{title}\n{section}\n{text}"


def _admitted(kind: str, filters: Filters) -> tuple[str, list[str]]:
    """The condition of `filters` on the articles, and its values."""
    found: list[tuple[str, Sequence[str]]] = []
    if filters.since is not None:
        found.append(("published >= ?", [filters.since.isoformat()]))
    if filters.until is not None:
        found.append(("published <= ?", [filters.until.isoformat()]))
    if filters.folder:
        folder = f"{filters.folder.strip('/')}/"
        found.append(("substr(name, 1, ?) = ?", [str(len(folder)), folder]))
    if filters.articles:
        found.append((f"name IN ({','.join('?' * len(filters.articles))})", filters.articles))
    if not found:
        return "", []
    row = "n.article" if kind == PASSAGES else "n.id"
    conditions = " AND ".join(condition for condition, _ in found)
    values = [value for _, given in found for value in given]
    return f" AND {row} IN (SELECT id FROM articles WHERE {conditions})", values


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
        warnings=tuple(map(unpacked, known["warnings"])),
        stated=unpack_stated(known.get("stated", {})),
    )


def details(article: Article) -> str:
    """The fields of an article that have no column of their own, as JSON."""
    names = ("publisher", "author", "url", "published_confidence", "headings", "pages", "flagged")
    known = {name: getattr(article, name) for name in names}
    known["warnings"] = [*map(packed, article.warnings)]
    known["origins"] = dict(article.origins)
    if article.stated:  # a store of an earlier version has no such key
        known["stated"] = {
            name: stated._replace(warnings=tuple(map(packed, stated.warnings)))
            for name, stated in article.stated.items()
        }
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))


def unpack_stated(known: Mapping[str, Sequence[Any]]) -> dict[str, Stated]:
    """What the files say of corrected facts, from JSON."""
    return {
        name: Stated(value, origin, sure, tuple(map(unpacked, doubts)))
        for name, (value, origin, sure, doubts) in known.items()
    }


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
