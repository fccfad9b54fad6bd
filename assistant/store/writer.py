"""The SQLite side of the store as the one writer sees it. Every method is one transaction: all or nothing."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import StoreDamaged, StoreMismatch
from ..language.remarks import packed
from ..reading import near_duplicates
from ..reading.corpus import ArticleFile
from ..types import Article, Passage
from . import checksums, full_text, schema
from .database import SOURCES, Database, details, findable, pack_spans
from .statistics import Moments
from .vectors import GROUPS, PASSAGES, TITLES
from .word_index import WORDS

if TYPE_CHECKING:
    from ..types import Vector

ALIKE = 0.8
"""Jaccard similarity from which articles are near-duplicates."""


class Known(NamedTuple):
    """What the store remembers of a file, to tell whether it changed."""

    size: int
    mtime_ns: int
    checked_ns: int
    digest: str
    left_out: bool


class ReadArticle(NamedTuple):
    """An article that is ready to be stored once its vectors are."""

    file: ArticleFile
    article: Article
    passages: Sequence[Passage]
    keys: Sequence[bytes]
    """For each passage the digest of the text that is embedded."""
    signature: bytes
    """For the search of near-duplicates."""
    checked_ns: int


def digest(text: str) -> bytes:
    """Key of a text among the vectors."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def replace_database(source: Writer, store: Path) -> None:
    """Put the content of `source` in the place of the store's database, in one transaction of its readers' view.

    Chroma and the index of words do not belong to it: they are marked as stale.
    """
    target = store / schema.FILE
    manifest: dict[str, str] = {}
    try:
        with schema.explained(store), contextlib.closing(Writer(target)) as old:
            manifest = old.manifest()
            source.supersede(manifest)
            source.connection.backup(old.connection)
    except (StoreDamaged, StoreMismatch):  # nothing to save there
        source.supersede(manifest)
        source.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in ("-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        fresh = target.with_suffix(".fresh")
        with contextlib.closing(sqlite3.connect(fresh)) as copy:
            source.connection.backup(copy)
        fresh.replace(target)


class Writer(Database):
    """`passages.db`, opened to be written; made where there is none. The caller holds the store's lock."""

    def __init__(self, path: Path) -> None:
        with schema.explained(path.parent):
            super().__init__(schema.open_to_write(path), path)

    def set_manifest(self, **values: object) -> None:
        with schema.transaction(self.connection):
            self._manifest(values)

    def _manifest(self, values: Mapping[str, object]) -> None:
        rows = [(key, str(value)) for key, value in values.items()]
        self.connection.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", rows)

    def _begun(self) -> None:
        """Mark that a sync is under way: until `finish`, the last steps are owed."""
        generation = int(self.manifest().get("generation", 0)) + 1
        self._manifest({"unfinished": 1, "generation": generation})

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """One transaction that changes articles, and with them the statistics of their languages."""
        self._moments: dict[str, Moments] = {}
        with schema.transaction(self.connection):
            self._begun()
            yield
            for language, moments in self._moments.items():
                schema.keep_moments(self.connection, language, moments)

    def _count(self, article: int, language: str, sign: int) -> None:
        """Count the vectors of an article among those of its language, or no more."""
        query = "SELECT v.vector FROM passages p JOIN vectors v ON v.id = p.vector WHERE p.article = ?"
        packed = [vector for (vector,) in self.connection.execute(query, (article,))]
        if not packed:
            return
        if language not in self._moments:
            query = "SELECT n, total, products FROM statistics WHERE language = ?"
            row = self.connection.execute(query, (language,)).fetchone()
            self._moments[language] = Moments.unpacked(*row) if row else Moments.none(len(packed[0]) // 4)
        self._moments[language].shift(packed, sign)

    # ---------------------------------------------------------------- files

    def known_files(self) -> dict[str, Known]:
        query = "SELECT name, size, mtime_ns, checked_ns, digest, {} FROM {}"
        articles = self.connection.execute(query.format(0, "articles"))
        left_out = self.connection.execute(query.format(1, "left_out"))
        known = {name: Known(*rest) for name, *rest in (*left_out, *articles)}
        # what is damaged counts as unknown: the file is read again
        return {name: each for name, each in known.items() if all(isinstance(n, int) for n in each[:3])}

    def touch(self, files: Iterable[tuple[ArticleFile, int]]) -> None:
        """Remember new times of files whose bytes are the same: (file, when they were read)."""
        rows = [(file.size, file.mtime_ns, checked, file.name) for file, checked in files]
        with schema.transaction(self.connection):
            for name in ("articles", "left_out"):
                self.connection.executemany(
                    f"UPDATE {name} SET size = ?, mtime_ns = ?, checked_ns = ? WHERE name = ?", rows
                )

    def leave_out(self, file: ArticleFile, file_digest: str, reason: str | None, checked_ns: int) -> None:
        """Remember a file that is not an article, and drop the article it was before."""
        with self._changing():
            self._forget([file.name])
            kept = packed(reason) if reason else None
            row = (file.name, file.size, file.mtime_ns, checked_ns, file_digest, kept)
            self.connection.execute("INSERT INTO left_out VALUES (?, ?, ?, ?, ?, ?)", row)

    def forget(self, names: Sequence[str]) -> None:
        """Drop articles, and files that were left out."""
        with self._changing():
            self._forget(names)

    # ---------------------------------------------------------------- articles and vectors

    def correctable(self, named: Collection[str]) -> Iterator[Article]:
        """Articles that were corrected, or are in `named`; those that are damaged are left out."""
        query = "SELECT name FROM articles WHERE json_extract(details, '$.stated') IS NOT NULL"
        names = {name for (name,) in self.connection.execute(query)}
        for name in sorted(names | set(named)):
            with contextlib.suppress(StoreDamaged):
                if (stored := self.article(name)) is not None:
                    yield stored.article

    def file_of(self, name: str) -> tuple[ArticleFile, int]:
        """The file of an article as it was when it was read, and when that was."""
        query = "SELECT size, mtime_ns, checked_ns FROM articles WHERE name = ?"
        size, changed, checked = self.connection.execute(query, (name,)).fetchone()
        return ArticleFile(name, Path(name), size, changed), checked

    def missing_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        known = {key for (key,) in self._among("SELECT digest FROM vectors WHERE digest IN ", keys)}
        return set(keys) - known

    def add_vectors(self, keys: Sequence[bytes], vectors: Vector) -> None:
        """Keep embeddings as soon as they are made: nothing that was committed is ever embedded again."""
        with schema.transaction(self.connection):
            self._begun()
            (first,) = self.connection.execute("SELECT ifnull(max(id), 0) + 1 FROM vectors").fetchone()
            pairs = enumerate(zip(keys, vectors, strict=True), first)
            new = [(row, key, vector.astype("<f4").tobytes()) for row, (key, vector) in pairs]
            rows = [(*values, checksums.checksum(*values)) for values in new]
            self.connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", rows)

    def put(self, articles: Sequence[ReadArticle]) -> None:
        """Store articles, in the place of what was stored under their names. Their vectors are there."""
        with self._changing():
            self._forget([read.article.name for read in articles])
            for read in articles:
                self._insert(read)

    def _insert(self, read: ReadArticle) -> None:
        article, file = read.article, read.file
        cursor = self.connection.execute(
            "INSERT INTO articles (name, size, mtime_ns, checked_ns, digest, title, language, published, "
            "details, text, sentences, signature, title_vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "(SELECT id FROM vectors WHERE digest = ?))",
            (
                article.name, file.size, file.mtime_ns, read.checked_ns, article.digest, article.title, article.language,
                article.published and article.published.isoformat(),
                details(article), article.text, pack_spans(article.sentences), read.signature, digest(article.title),
            ),
        )  # fmt: skip
        rows = [
            (p.id, cursor.lastrowid, position, p.start, p.end, p.section, p.page, article.language, key)
            for position, (p, key) in enumerate(zip(read.passages, read.keys, strict=True))
        ]
        self.connection.executemany(
            'INSERT INTO passages (name, article, position, start, "end", section, page, language, vector) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM vectors WHERE digest = ?))",
            rows,
        )
        checksums.write_checksum(self.connection, cursor.lastrowid or 0)
        self._count(cursor.lastrowid or 0, article.language, 1)
        found_by = self._words(cursor.lastrowid or 0)
        full_text.add(self.connection, article.language, found_by)
        self._pend(WORDS, [str(row) for row, _ in found_by])
        self._pend(PASSAGES, [passage.id for passage in read.passages])
        self._pend(TITLES, [article.name])
        self._pend(GROUPS, [article.name])
        schema.add_bands(self.connection, cursor.lastrowid or 0, read.signature)

    def _words(self, article: int) -> list[tuple[int, str]]:
        """(row of the passage, text whose words find it): its title and headings too, which it need not repeat."""
        query = "SELECT title, text FROM articles WHERE id = ?"
        title, text = self.connection.execute(query, (article,)).fetchone()
        query = 'SELECT id, section, start, "end" FROM passages WHERE article = ? ORDER BY id'
        rows = self.connection.execute(query, (article,))
        return [(row, findable(title, section, text[start:end])) for row, section, start, end in rows]

    def _forget(self, names: Sequence[str]) -> None:
        for name in names:
            row = self.connection.execute(
                "SELECT id, language FROM articles WHERE name = ?", (name,)
            ).fetchone()
            if row is not None:
                self._forget_passages(*row)
        self._pend(TITLES, names)
        for table in ("articles", "left_out"):
            self.connection.executemany(f"DELETE FROM {table} WHERE name = ?", [(name,) for name in names])

    def _forget_passages(self, article: int, language: str) -> None:
        words = self._words(article)
        if words:
            full_text.remove(self.connection, language, words)
        self._count(article, language, -1)
        self._drop_passages(article)

    def _drop_passages(self, article: int) -> None:
        query = "SELECT id, name FROM passages WHERE article = ?"
        dropped = self.connection.execute(query, (article,)).fetchall()
        self._pend(PASSAGES, [name for _, name in dropped])
        self._pend(WORDS, [str(row) for row, _ in dropped])
        self.connection.execute("DELETE FROM passages WHERE article = ?", (article,))
        self.connection.execute("DELETE FROM bands WHERE article = ?", (article,))
        query = "SELECT name FROM articles WHERE front = (SELECT front FROM articles WHERE id = ?)"
        self._pend(GROUPS, [name for (name,) in self.connection.execute(query, (article,))])

    def analyse_words(self) -> None:
        """Make the full-text index anew: the way words are analysed has changed."""
        with schema.transaction(self.connection):
            self._begun()
            self._analyse_words()

    def _analyse_words(self) -> None:
        self._manifest({"words_index": "stale"})
        full_text.clear(self.connection)
        for article, language in self.connection.execute("SELECT id, language FROM articles").fetchall():
            full_text.add(self.connection, language, self._words(article))

    def mend(self) -> list[str]:
        """Drop what is not as it was stored, to be read and embedded again; names of the articles that lack then."""
        articles = checksums.damaged_articles(self.connection)
        vectors = checksums.damaged_vectors(self.connection)
        if not articles and not vectors and not checksums.damaged_statistics(self.connection):
            return []
        with schema.transaction(self.connection):
            self._begun()
            self._pend(TITLES, [name for _, name in articles])
            for row, _ in articles:
                self._drop_passages(row)
                self.connection.execute("DELETE FROM articles WHERE id = ?", (row,))
            self.connection.executemany("DELETE FROM vectors WHERE id = ?", [(row,) for row in vectors])
            self._analyse_words()  # what is damaged cannot be taken out of them
            schema.count_moments(self.connection)
        return [name for _, name in articles]

    def _pend(self, kind: str, names: Iterable[str]) -> None:
        rows = [(kind, name) for name in names]
        self.connection.executemany("INSERT OR IGNORE INTO pending VALUES (?, ?)", rows)

    def vectors_of(self, kind: str, names: Sequence[str]) -> dict[str, Vector]:
        """By name, in the order of `names`."""
        query = f"SELECT n.name, v.vector FROM {SOURCES[kind]} WHERE n.name IN "
        packed = dict(self._among(query, names))
        return {name: np.frombuffer(packed[name], np.float32) for name in names}

    # ---------------------------------------------------------------- last steps of a sync

    def regroup(self) -> None:
        """Settle which article stands for its near-duplicates, for those that came and those that lost one."""
        with schema.transaction(self.connection):
            settled: set[str] = set()
            for name in self.pending(GROUPS):
                alike = [] if name in settled else self._alike(name)
                settled.update(alike)
                front = alike[0] if len(alike) > 1 else None
                rows = [(front, other, front) for other in alike]
                self.connection.executemany(
                    "UPDATE articles SET front = ? WHERE name = ? AND front IS NOT ?", rows
                )
            self.connection.execute("DELETE FROM pending WHERE kind = ?", (GROUPS,))

    def _alike(self, name: str) -> list[str]:
        """The article and all that a chain of near-duplicates links to it, the earliest first."""
        columns = "id, published IS NULL, published, name, signature"
        start = self.connection.execute(f"SELECT {columns} FROM articles WHERE name = ?", (name,)).fetchall()
        found, waiting = {row[0]: row for row in start}, [*start]
        query = (
            f"SELECT {columns} FROM articles WHERE id IN "
            "(SELECT b.article FROM bands a JOIN bands b ON b.band = a.band WHERE a.article = ?)"
        )
        while waiting:
            one = waiting.pop()
            for other in self.connection.execute(query, (one[0],)).fetchall():
                alike = other[0] not in found and near_duplicates.similarity(one[-1], other[-1]) >= ALIKE
                if alike and near_duplicates.same_facts(self._titled(one[0]), self._titled(other[0])):
                    found[other[0]] = other
                    waiting.append(other)
        ordered = sorted(found.values(), key=lambda row: (row[1], row[2] or "", row[3]))
        return [row[3] for row in ordered]

    def _titled(self, article: int) -> str:
        """What an article says: its text, under the title that it was given."""
        query = "SELECT title, json_extract(details, '$.origins.title'), text FROM articles WHERE id = ?"
        return near_duplicates.titled(*self.connection.execute(query, (article,)).fetchone())

    def drop_unused_vectors(self) -> None:
        used = "SELECT vector FROM passages UNION SELECT title_vector FROM articles WHERE title_vector IS NOT NULL"
        with schema.transaction(self.connection):
            self.connection.execute(f"DELETE FROM vectors WHERE id NOT IN ({used})")

    def mark_all_pending(self) -> None:
        """Chroma is empty: it must take up every passage."""
        with schema.transaction(self.connection):
            schema.mark_all_pending(self.connection)

    def pend_words(self) -> None:
        """The index of words is empty: it must take up every passage."""
        with schema.transaction(self.connection):
            self.connection.execute("DELETE FROM pending WHERE kind = ?", (WORDS,))
            self.connection.execute("INSERT INTO pending SELECT ?, id FROM passages", (WORDS,))
            self._manifest({"words_index": "stale", "words_deleted": 0})

    def gone_count(self) -> int:
        """How many rows the index of words must lose."""
        query = (
            "SELECT count(*) FROM pending d WHERE kind = ? "
            "AND NOT EXISTS (SELECT 1 FROM passages p WHERE p.id = CAST(d.name AS INTEGER))"
        )
        return int(self.connection.execute(query, (WORDS,)).fetchone()[0])

    def supersede(self, old: Mapping[str, str]) -> None:
        """Be newer than the store of that manifest, which this one replaces; what is derived is made from this one."""
        self.mark_all_pending()
        self.pend_words()
        mine = int(self.manifest().get("generation", 0))
        self.set_manifest(
            generation=max(mine, int(old.get("generation", 0))) + 1,
            chroma="stale",
            chroma_generation=int(old.get("chroma_generation", 0)) + 1,
            words_generation=int(old.get("words_generation", 0)) + 1,
        )

    def dimension(self) -> int:
        row = self.connection.execute("SELECT length(vector) FROM vectors LIMIT 1").fetchone()
        return int(row[0]) // 4 if row else 0

    def duplicates(self) -> dict[str, str]:
        """Near-duplicate -> the article that stands for it."""
        query = "SELECT name, front FROM articles WHERE front IS NOT NULL AND front <> name ORDER BY name"
        return dict(self.connection.execute(query))

    def settle(self, done: Mapping[str, Sequence[str]], **manifest: object) -> None:
        """Chroma has taken up or lost these, by kind."""
        rows = [(kind, name) for kind, names in done.items() for name in names]
        with schema.transaction(self.connection):
            self.connection.executemany("DELETE FROM pending WHERE kind = ? AND name = ?", rows)
            self._manifest(manifest)

    def finish(self, **manifest: object) -> None:
        """Nothing is owed any more."""
        with schema.transaction(self.connection):
            self.connection.execute("DELETE FROM manifest WHERE key = 'unfinished'")
            self._manifest({**manifest, "updated": time.time()})
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
