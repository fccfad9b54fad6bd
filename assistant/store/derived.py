"""What is made from `passages.db`: the index of words and Chroma, each brought up to date."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import StoreDamaged
from . import chroma_side, word_side
from .report import Report, SyncProgress
from .writer import Writer


def take_up(
    writer: Writer,
    progress: Callable[[SyncProgress], None] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    anew: bool = False,
) -> None:
    """Make both hold exactly what `passages.db` holds, without the embedder; with `anew` from nothing.

    Raises KeyboardInterrupt where `interrupted` says True: what was taken up is kept, the rest goes on pending.
    """
    _take_up(word_side.take_up, writer, reporting(progress, interrupted, "words"), anew)
    _take_up(chroma_side.take_up, writer, reporting(progress, interrupted, "vectors"), anew)


def take_up_words(writer: Writer) -> None:
    """The same for the index of words alone."""
    _take_up(word_side.take_up, writer, lambda done, total: None)


def _take_up(
    side: Callable[[Writer, Report, bool], None], writer: Writer, report: Report, anew: bool = False
) -> None:
    """Bring one of them up to date; one that turns out to be damaged is made anew."""
    try:
        side(writer, report, anew)
    except StoreDamaged:
        side(writer, report, True)


def reporting(
    progress: Callable[[SyncProgress], None] | None,
    interrupted: Callable[[], bool],
    phase: str,
) -> Report:
    """Counts of passages taken up as a progress of `sync`; raises KeyboardInterrupt where that was asked to stop."""

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(SyncProgress(phase, done, total, "", 0, 0.0))
        if done < total and interrupted():
            raise KeyboardInterrupt

    return report
