"""How Chroma follows `passages.db`: `take_up` gives it what it lacks and takes away what is gone.

The manifest says where it stands: "ready", "writing" (a writer is at it, or died there), "stale" (to be made anew).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import StoreDamaged
from . import engine_files, lock, vectors
from .report import Report
from .vectors import KINDS, Chroma, collection
from .writer import Writer

WORN = 3
"""Chroma keeps the room of what was deleted: after so many times its size in writes it is made anew."""


def take_up(writer: Writer, report: Report = lambda done, total: None, anew: bool = False) -> None:
    """Make Chroma hold exactly what `passages.db` holds; without the embedder.

    Where `report` raises KeyboardInterrupt, what was taken up is kept, and the rest goes on pending.
    """
    folder = writer.path.parent / vectors.FOLDER
    manifest = writer.manifest()
    if not anew and _whole(manifest, folder):
        if not any(writer.pending_count(kind) for kind in KINDS):
            return
        if not vectors.is_intact(folder, manifest.get("chroma_seal", "")):
            _start_anew(writer, folder)
    else:
        _start_anew(writer, folder)
    _apply(writer, folder, report)


def _whole(manifest: Mapping[str, str], folder: Path) -> bool:
    written, count = int(manifest.get("chroma_written", 0)), int(manifest.get("chroma_count", 0))
    if manifest.get("chroma") != "ready" or manifest.get("chroma_made_with") != vectors.made_with():
        return False
    if written > WORN * count + 10_000:
        return False
    return vectors.is_intact(folder, manifest.get("chroma_seal", ""), contents=False)


def _start_anew(writer: Writer, folder: Path) -> None:
    writer.mark_all_pending()
    # nothing of an open one is true any more
    generation = int(writer.manifest().get("chroma_generation", 0)) + 1
    with lock.opening(folder.parent):
        writer.set_manifest(chroma="stale", chroma_written=0, chroma_generation=generation)
    engine_files.remove(folder)


def _apply(writer: Writer, folder: Path, report: Report) -> None:
    """Deletions and additions first, then the note that they are done: killed between, they are done again."""
    with lock.opening(folder.parent):  # no reader loads the files from now on
        writer.set_manifest(chroma="writing")
    total, stopped = sum(map(writer.pending_count, KINDS)), False
    done: dict[str, list[str]] = {kind: [] for kind in KINDS}
    with contextlib.closing(Chroma(folder)) as chroma:
        try:
            for kind in KINDS:
                for part in vectors.batches(writer.pending(kind)):
                    _move(writer, chroma, kind, part)
                    done[kind] += part
                    report(sum(map(len, done.values())), total)
        except KeyboardInterrupt:
            stopped = True
        count = sum(map(chroma.count, chroma.names()))
    if not stopped and count != writer.size() + writer.articles():
        raise StoreDamaged(
            f"Chroma holds {count} vectors, not those of `passages.db`. Run `assistant rebuild`."
        )
    manifest = writer.manifest()
    writer.settle(
        done,
        chroma="ready",
        chroma_generation=int(manifest.get("chroma_generation", 0)) + 1,
        chroma_written=int(manifest.get("chroma_written", 0)) + sum(map(len, done.values())),
        chroma_count=count,
        chroma_made_with=vectors.made_with(),
        chroma_seal=vectors.file_checksums(folder),
    )
    if stopped:
        raise KeyboardInterrupt


def _move(writer: Writer, chroma: Chroma, kind: str, names: Sequence[str]) -> None:
    """Have each of `names` in the collection of its language, and in no other; one that is gone in none."""
    wanted: dict[str, list[str]] = {}
    for name, language in writer.languages_of(kind, names).items():
        wanted.setdefault(collection(kind, language), []).append(name)
    for other in chroma.names():
        if other.startswith(kind):
            chroma.delete(other, sorted(set(names) - set(wanted.get(other, ()))))
    for into, ids in wanted.items():
        chroma.upsert(
            into, writer.vectors_of(kind, ids), writer.metadata_of(ids) if kind == vectors.PASSAGES else {}
        )
