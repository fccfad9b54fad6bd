"""Reading in a process of its own, for files whose readers may crash, hang or eat the memory."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import NamedTuple

from ..errors import ArticleRejected, ReaderMissing
from ..language.remarks import Remark
from ..types import Article
from . import recognition
from .articles import ArticleFile, read_article

HARMLESS = frozenset((".md", ".markdown", ".mdx", ".txt"))
"""Suffixes of files that are read in this process where they are small."""
SMALL = 200_000
"""Bytes."""
PATIENCE = 3
"""Times the limit on processor time that is waited for a file: other programs may be busy."""
MEMORY = 3_000_000_000
"""Bytes of address space of the child process."""

Progress = Callable[[int, int], None]
"""Is told the page that is being recognised, from 1, and how many there are."""


class _Reached(NamedTuple):
    """A page that the child has come to: it may go on for as long again."""

    page: int
    pages: int


Outcome = Article | Remark | None
"""An article, why it was rejected, or None for a file that asks to be left out."""


def read_article_safely(file: ArticleFile, progress: Progress | None = None) -> Article | None:
    """Like `read_article`, but whatever may take long is read in a child process with limits on time and memory.

    The child is started once and again after it died; it ends with this process. Raises `ArticleRejected`.
    """
    if not _is_risky(file):
        return read_article(file)
    with _lock:
        return _child.read(file, seconds_for(file.size), progress)


def expect(files: Iterable[ArticleFile]) -> None:
    """Start the child, without waiting for it, where one of `files` will need it."""
    if any(map(_is_risky, files)):
        with _lock:
            _child.begin()


def _is_risky(file: ArticleFile) -> bool:
    return file.path.suffix.lower() not in HARMLESS or file.size > SMALL


def seconds_for(size: int) -> float:
    """Limit on the processor time for a file of `size` bytes: 15 s, 6 s more for each megabyte, at most 90 s."""
    return min(90.0, 15.0 + 6 * size / 1e6)


class _Child:
    """The one process that reads, started when first needed. It answers each file with an `Outcome`."""

    STARTING = 120.0
    """Seconds."""

    def __init__(self) -> None:
        self.process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._ready = False

    def read(self, file: ArticleFile, seconds: float, progress: Progress | None = None) -> Article | None:
        connection = self._started()
        outcome: Outcome | _Reached = _Reached(0, 0)
        try:
            connection.send((file, seconds))
            while isinstance(outcome, _Reached):
                if outcome.page and progress is not None:
                    progress(*outcome)
                if not connection.poll(PATIENCE * seconds + (recognition.PATIENCE if outcome.page else 0)):
                    self.stop()
                    raise ArticleRejected(file.name, _too_long(seconds))
                outcome = connection.recv()
        except (EOFError, OSError):
            raise ArticleRejected(file.name, _cause_of_death(self.stop(), seconds)) from None
        if isinstance(outcome, Remark):
            raise ArticleRejected(file.name, outcome)
        return outcome

    def begin(self) -> Connection:
        """Start the process where there is none."""
        if self.process is not None and not self.process.is_alive():
            self.stop()  # it died since the last file, through no fault of the next
        if self._connection is None:
            context = get_context("spawn")
            self._connection, far_end = context.Pipe()
            self.process = context.Process(target=_serve, args=(far_end,), daemon=True, name="reader")
            self.process.start()
            far_end.close()
        return self._connection

    def _started(self) -> Connection:
        connection = self.begin()
        if not self._ready:
            try:
                self._ready = connection.poll(self.STARTING) and bool(connection.recv())
            except (EOFError, OSError):
                self._ready = False
            if not self._ready:
                self.stop()
                raise ReaderMissing(
                    "The process that reads articles did not start. Try again; if it stays so, run `assistant doctor`."
                )
        return connection

    def stop(self) -> int | None:
        """Kill the process; the next file starts another. Return how it ended, where it had ended by itself."""
        if self.process is None or self._connection is None:
            return None
        self.process.join(0.5)
        ended = self.process.exitcode
        self.process.kill()
        self.process.join()
        self.process.close()
        self._connection.close()
        self.process = self._connection = None
        self._ready = False
        return ended


def _too_long(seconds: float) -> Remark:
    return Remark("too_long", seconds=round(seconds))


def _cause_of_death(exit_code: int | None, seconds: float) -> Remark:
    """What is to be said of a file whose reader ended with `exit_code` (negative: the signal that killed it)."""
    if exit_code == -signal.SIGXCPU:
        return _too_long(seconds)
    if exit_code == -signal.SIGKILL:
        return Remark("killed")
    if exit_code is not None and exit_code < 0:
        return Remark("crashed_with", signal=-exit_code)
    return Remark("crashed")


_child = _Child()
_lock = threading.Lock()


# --------------------------------------------------------------------------- in the child


def _serve(connection: Connection) -> None:
    """Answer each file until the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    _limit_memory()
    import mammoth  # noqa: F401
    import pypdfium2  # noqa: F401
    import trafilatura  # noqa: F401

    connection.send(True)
    while True:
        try:
            file, seconds = connection.recv()
            _limit_time(seconds)
            recognition.reached.set(partial(_reach, connection, seconds))
            connection.send(_attempt(file))
        except (EOFError, OSError):
            os._exit(0)  # the parent is gone


def _reach(connection: Connection, seconds: float, page: int, pages: int) -> None:
    """Tell the parent the page that is to be recognised, and give it as much time as a file has."""
    connection.send(_Reached(page, pages))
    _limit_time(seconds)


def _attempt(file: ArticleFile) -> Outcome:
    try:
        return read_article(file)
    except ArticleRejected as rejected:
        return rejected.reason
    except MemoryError:
        return Remark("too_much_memory")
    except Exception as error:  # noqa: BLE001 - whatever a reader of a strange file raises is a rejection
        return Remark("damaged", why=f"{type(error).__name__}: {str(error)[:200]}")


def _limit_memory() -> None:
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _limit_time(seconds: float) -> None:
    """End this process where the file takes more than `seconds` of processor time."""
    with suppress(ImportError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
