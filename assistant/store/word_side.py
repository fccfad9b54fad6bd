"""How the index of words follows `passages.db`: `take_up` gives it what it lacks and takes away what is gone.

The manifest says where it stands: "ready", "writing" (a writer is at it, or died there), "stale" (to be made anew).
A passage never changes under its row, so that a row is added once and deleted once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import StoreDamaged
from . import engine_files, word_index
from .report import Report
from .word_index import FOLDER, WORDS, IndexedPassage, WordIndex
from .writer import Writer

BATCH = 2000
WORN = 5
"""What was deleted counts in the frequencies of words: at one in `WORN` the index is made anew."""
SMALL = 1000
"""Passages up to which it is made anew at each deletion: that takes a second."""


def take_up(writer: Writer, report: Report = lambda done, total: None, anew: bool = False) -> None:
    """Make the index of words hold exactly what `passages.db` holds.

    Where `report` raises KeyboardInterrupt, what was taken up is kept, and the rest goes on pending.
    """
    folder = writer.path.parent / FOLDER
    manifest = writer.manifest()
    if anew or not _whole(manifest, folder) or _worn(writer, manifest):
        _start_anew(writer, folder)
    elif not writer.pending_count(WORDS):
        return
    _apply(writer, folder, report)


def _whole(manifest: Mapping[str, str], folder: Path) -> bool:
    return (
        manifest.get("words_index") == "ready"
        and manifest.get("words_made_with") == word_index.made_with()
        and word_index.is_intact(folder, manifest.get("words_seal", ""))
    )


def _worn(writer: Writer, manifest: Mapping[str, str]) -> bool:
    gone, size = writer.gone_count(), writer.size()
    deleted = gone + int(manifest.get("words_deleted", 0))
    return gone > 0 and (size <= SMALL or deleted > size / WORN)


def _start_anew(writer: Writer, folder: Path) -> None:
    writer.pend_words()
    engine_files.remove(folder)


def _apply(writer: Writer, folder: Path, report: Report) -> None:
    """Killed before `settle`, the index is "writing" and is made anew."""
    writer.set_manifest(words_index="writing")
    waiting, done, stopped = writer.pending(WORDS), 0, False
    opened: dict[str, WordIndex] = {}
    deleted = 0
    try:
        for part in _parts(waiting):
            passages = writer.indexed(part)
            _add(opened, folder, passages)
            gone = sorted(set(part) - {passage.row for passage in passages})
            for name in word_index.indexes(folder) if gone else ():
                _open(opened, folder, name).delete(gone)
            deleted += len(gone)
            done += len(part)
            report(done, len(waiting))
    except KeyboardInterrupt:
        stopped = True
    for index in opened.values():
        index.commit()
    if not stopped and (held := _count(folder)) != writer.size():
        raise StoreDamaged(
            f"The index of words holds {held} passages, not those of `passages.db`. Run `assistant rebuild`."
        )
    manifest = writer.manifest()
    writer.settle(
        {WORDS: waiting[:done]},
        words_index="ready",
        words_generation=int(manifest.get("words_generation", 0)) + 1,
        words_deleted=int(manifest.get("words_deleted", 0)) + deleted,
        words_made_with=word_index.made_with(),
        words_seal=word_index.file_checksums(folder),
    )
    if stopped:
        raise KeyboardInterrupt


def _parts(waiting: Sequence[str]) -> Iterator[list[int]]:
    for first in range(0, len(waiting), BATCH):
        yield [int(row) for row in waiting[first : first + BATCH]]


def _add(opened: dict[str, WordIndex], folder: Path, passages: Sequence[IndexedPassage]) -> None:
    by_index: dict[str, list[IndexedPassage]] = {}
    for passage in passages:
        by_index.setdefault(word_index.index_name(passage.language), []).append(passage)
    for name, those in by_index.items():
        _open(opened, folder, name).add(those)


def _open(opened: dict[str, WordIndex], folder: Path, name: str) -> WordIndex:
    if name not in opened:
        opened[name] = WordIndex(folder, name, writing=True)
    return opened[name]


def _count(folder: Path) -> int:
    return sum(len(WordIndex(folder, name)) for name in word_index.indexes(folder))
