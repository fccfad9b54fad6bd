"""The index of words, made with tantivy from `passages.db`: one index a language, filled with stems, ranked by BM25.

Filters are fields of it: a period costs a question nothing. Where it is missing or behind, `lexical` answers.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import StoreDamaged
from .engine_files import checksum, files_below, out_of_room

if TYPE_CHECKING:
    import tantivy

    from ..types import Filters

FOLDER = "words"
WORDS = "words"
"""Kind of what waits for the index, in the table `pending`: rows of passages."""
FIELDS = 1
"""Version of the fields below."""
HEAP = 50_000_000  # bytes that a writer holds before it writes a segment
LOCKS = ".tantivy-"
UNDATED = 0
LEAST = 1e-6  # SQLite's least weight of a word


class IndexedPassage(NamedTuple):
    """A passage as the index of words takes it up."""

    row: int
    language: str
    article: str
    published: date | None
    stems: Sequence[str]


class WordIndex:
    """The passages of one language by their words."""

    def __init__(self, folder: Path, language: str, *, writing: bool = False) -> None:
        """Open the index of that language below `folder`; with `writing` it is made where there is none."""
        import tantivy

        self.path = folder / index_name(language)
        with explained(folder):
            if writing:
                self.path.mkdir(parents=True, exist_ok=True)
                self._index = tantivy.Index(_schema(), str(self.path))
                self._writer = self._index.writer(HEAP, 1)
            else:
                self._index = tantivy.Index.open(str(self.path))
                self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return self._searcher.num_docs

    # ---------------------------------------------------------------- reading

    def search(self, stems: Sequence[str], k: int, filters: Filters) -> list[tuple[int, float]]:
        """Rows and BM25 of the k best passages that have one of `stems` and that `filters` admit."""
        from tantivy import Occur, Query

        if k < 1 or not stems:
            return []
        schema = _schema()
        with explained(self.path.parent):
            terms = [Query.term_query(schema, "stems", stem, "freq") for stem in stems]
            weights = [self._weight(stem) for stem in stems]
            weighted = [Query.boost_query(*pair) for pair in zip(terms, weights, strict=True)]
            parts = [(Occur.Must, Query.boolean_query([(Occur.Should, one) for one in weighted]))]
            for condition in _conditions(filters):
                parts.append((Occur.Must, Query.const_score_query(condition, 0.0)))
            query = parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)
            hits = self._searcher.search(query, k, count=False).hits
            rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return [(int(row or 0), score) for row, (score, _) in zip(rows, hits, strict=True)]

    def _weight(self, stem: str) -> float:
        """What tantivy's inverse document frequency is multiplied with to be that of SQLite's BM25.

        ln((N - n + .5) / (n + .5)), next to nothing for a word that half of the passages have, in place of
        ln(1 + (N - n + .5) / (n + .5)): with the latter French questions found English posts less well (nDCG@10
        .875 in place of .901).
        """
        n = self._searcher.doc_freq("stems", stem)
        odds = max(0.0, len(self) - n + 0.5) / (n + 0.5)
        return max(math.log(max(odds, LEAST)), LEAST) / math.log(1 + odds + LEAST)

    def frequencies(self, stems: Iterable[str]) -> dict[str, int]:
        """How many passages have each stem; those that were deleted count until the index is made anew."""
        with explained(self.path.parent):
            return {stem: self._searcher.doc_freq("stems", stem) for stem in stems}

    def rows(self) -> set[int]:
        """Rows of all passages."""
        from tantivy import Query

        with explained(self.path.parent):
            found = self._searcher.search(Query.all_query(), max(1, len(self)), count=False).hits
            rows = self._searcher.fast_field_values("row", [address for _, address in found])
        return {int(row or 0) for row in rows}

    # ---------------------------------------------------------------- writing

    def add(self, passages: Iterable[IndexedPassage]) -> None:
        """Passages that it does not hold."""
        import tantivy

        with explained(self.path.parent):
            for passage in passages:
                document = tantivy.Document()
                document.add_unsigned("row", passage.row)
                document.add_text("stems", " ".join(passage.stems))
                document.add_unsigned("day", _day(passage.published) if passage.published else UNDATED)
                document.add_text("article", passage.article)
                for folder in _folders(passage.article):
                    document.add_text("folder", folder)
                self._writer.add_document(document)

    def delete(self, rows: Sequence[int]) -> None:
        """Of `rows` those that it holds."""
        from tantivy import Query

        with explained(self.path.parent):
            self._writer.delete_documents_by_query(Query.term_set_query(_schema(), "row", list(rows)))

    def commit(self) -> None:
        """Write everything, at once or not at all; the index is closed then."""
        with explained(self.path.parent):
            self._writer.commit()
            self._writer.wait_merging_threads()


@cache
def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("day", fast=True)
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("folder", tokenizer_name="raw", index_option="basic")
    return builder.build()


def _conditions(filters: Filters) -> Iterator[tantivy.Query]:
    from tantivy import FieldType, Query

    if filters.since or filters.until:
        first = _day(filters.since) if filters.since else UNDATED + 1
        last = _day(filters.until) if filters.until else _day(date.max)
        yield Query.range_query(_schema(), "day", FieldType.Unsigned, first, last)
    if filters.folder:
        yield Query.term_query(_schema(), "folder", filters.folder.strip("/"), "basic")
    if filters.articles:
        yield Query.term_set_query(_schema(), "article", list(filters.articles))


def _day(day: date) -> int:
    """2025-03-18 as 20250318."""
    return day.year * 10_000 + day.month * 100 + day.day


def _folders(article: str) -> list[str]:
    """Every folder that an article lies in: "a/b/c.md" in "a" and in "a/b"."""
    parts = article.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def index_name(language: str) -> str:
    """Folder of the index of that language; anything but a plain code shares the one of the unknown."""
    return language if re.fullmatch(r"[a-z]{2,3}", language) else "und"


def indexes(folder: Path) -> list[str]:
    """Names of the indexes that are there."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def made_with() -> str:
    """Version of tantivy and of our fields: an index of another one is made anew."""
    return f"{version('tantivy')}/{FIELDS}"


# --------------------------------------------------------------------------- what can be wrong


def file_checksums(folder: Path) -> str:
    """Sizes and checksums of the files, to be compared by `is_intact`."""
    return json.dumps({name: [path.stat().st_size, checksum(path)] for name, path in _files(folder).items()})


def is_intact(folder: Path, recorded: str) -> bool:
    """Whether the files are those whose checksums were recorded."""
    try:
        sealed: Mapping[str, tuple[int, int]] = json.loads(recorded)
        files = _files(folder)
        return sealed.keys() == files.keys() and all(
            files[name].stat().st_size == size and checksum(files[name]) == expected
            for name, (size, expected) in sealed.items()
        )
    except (OSError, ValueError, TypeError, AttributeError):  # files that go meanwhile, a damaged manifest
        return False


def _files(folder: Path) -> dict[str, Path]:
    """Locks are files too, made by whoever opens an index."""
    found = (path for path in files_below(folder) if not path.name.startswith(LOCKS))
    return {path.relative_to(folder).as_posix(): path for path in found}


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what tantivy raises into the program's own error, with what to do."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise _damaged(folder, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of its Rust core; it has no importable name
            raise
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: BaseException) -> StoreDamaged:
    place = repr(str(folder))
    if folder.exists() and not os.access(folder, os.W_OK):
        return StoreDamaged(
            f"The index of words {place} cannot be opened where nothing may be written: words are searched in "
            "`passages.db`, slower and as right. Give yourself the right to write there."
        )
    if out_of_room(error):
        return StoreDamaged(
            f"The index of words {place} could not be read or written ({error}): is the disk full? "
            "Free some space and run `assistant index` again; the articles are stored."
        )
    return StoreDamaged(
        f"The index of words {place} cannot be used ({error}). Run `assistant rebuild`: it makes it anew."
    )
