"""How Chroma follows `passages.db`: `take_up` gives it what it lacks and takes away what is gone.

The manifest says where it stands: "ready", "writing" (a writer is at it, or died there), "stale" (to be made anew).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import StoreDamaged
from . import lock, vectors
from .report import SyncProgress
from .vectors import VectorIndex
from .writer import Writer

WORN = 3
"""Chroma keeps the room of what was deleted: after so many times its size in writes it is made anew."""

Report = Callable[[int, int], None]


def take_up(writer: Writer, report: Report = lambda done, total: None, anew: bool = False) -> None:
    """Make Chroma hold exactly the passages of `passages.db`; without the embedder."""
    folder = writer.path.parent / vectors.FOLDER
    manifest = writer.manifest()
    if not anew and _whole(manifest, folder):
        if not writer.pending(1):
            return
        if not vectors.is_sealed(folder, manifest.get("chroma_seal", "")):
            _start_anew(writer, folder)
    else:
        _start_anew(writer, folder)
    try:
        _apply(writer, folder, report)
    except StoreDamaged:
        _start_anew(writer, folder)
        _apply(writer, folder, report)


def _whole(manifest: Mapping[str, str], folder: Path) -> bool:
    written, count = int(manifest.get("chroma_written", 0)), int(manifest.get("chroma_count", 0))
    if manifest.get("chroma") != "ready" or written > WORN * count + 10_000:
        return False
    return vectors.is_sealed(folder, manifest.get("chroma_seal", ""), contents=False)


def _start_anew(writer: Writer, folder: Path) -> None:
    writer.pend_all()
    with lock.opening(folder.parent):
        writer.set_manifest(chroma="stale", chroma_written=0)
    vectors.remove(folder)


def _apply(writer: Writer, folder: Path, report: Report) -> None:
    """Deletions and additions first, then the note that they are done: killed between, they are done again."""
    pending = writer.pending()
    manifest = writer.manifest()
    with lock.opening(folder.parent):  # no reader loads the files from now on
        writer.set_manifest(chroma="writing")
    wanted = writer.in_order(pending)
    if folder.exists():
        count = _change(writer, folder, wanted, sorted(set(pending) - set(wanted)), report)
    else:
        count = _fill(writer, folder, wanted, report)
    if count != writer.size():
        raise StoreDamaged(
            f"Chroma holds {count} passages instead of {writer.size()}. Run `assistant rebuild`."
        )
    writer.settle(
        pending,
        chroma="ready",
        chroma_generation=int(manifest.get("chroma_generation", 0)) + 1,
        chroma_written=int(manifest.get("chroma_written", 0)) + len(pending),
        chroma_count=count,
        chroma_seal=vectors.seal(folder),
    )


def _change(writer: Writer, folder: Path, wanted: Sequence[str], gone: Sequence[str], report: Report) -> int:
    """Passages that Chroma holds then."""
    with contextlib.closing(VectorIndex(folder)) as index:
        index.delete(gone)
        for part in _reported(wanted, report):
            index.upsert(writer.vectors_of(part), writer.metadata_of(part))
        return index.count()


def _fill(writer: Writer, folder: Path, wanted: Sequence[str], report: Report) -> int:
    """The same where there is nothing yet."""
    first = writer.metadata_of(wanted[:1])  # Chroma's schema names the keys that it has seen itself
    rest = (writer.metadata_of(part) for part in vectors.batches(wanted[1:]))
    with vectors.filling(folder, rest) as index:
        for part in _reported(wanted, report):
            index.upsert(writer.vectors_of(part), first)
        return index.count()


def _reported(wanted: Sequence[str], report: Report) -> Iterator[Sequence[str]]:
    """Batch by batch; each is reported when it is done."""
    done = 0
    for part in vectors.batches(wanted):
        yield part
        done += len(part)
        report(done, len(wanted))


def reporting(
    progress: Callable[[SyncProgress], None] | None, interrupted: Callable[[], bool] = lambda: False
) -> Report:
    """A report of this module as a progress of `sync`; raises KeyboardInterrupt where that was asked to stop."""

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(SyncProgress("vectors", done, total, "", 0, 0.0))
        if done < total and interrupted():
            raise KeyboardInterrupt

    return report
