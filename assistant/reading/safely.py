"""Reading in a process of its own, for formats whose readers may crash, hang or eat the memory."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process

from ..errors import ArticleRejected
from ..types import Article
from .articles import ArticleFile, read_article

RISKY = frozenset((".pdf", ".docx", ".html", ".htm"))
MEMORY = 3_000_000_000
"""Bytes of address space of the child process."""


def read_article_safely(file: ArticleFile) -> Article | None:
    """Like `read_article`, but PDF, DOCX and HTML are read in a child process with limits on time and memory.

    The child is started once and again after it died; it ends with this process. Raises `ArticleRejected`.
    """
    if file.path.suffix.lower() not in RISKY:
        return read_article(file)
    with _lock:
        return _child.read(file, seconds_for(file.size))


def expect(files: Iterable[ArticleFile]) -> None:
    """Start the child, without waiting for it, where one of `files` will need it."""
    if any(file.path.suffix.lower() in RISKY for file in files):
        with _lock:
            _child.begin()


def seconds_for(size: int) -> float:
    """Time limit for a file of `size` bytes: 10 s, 4 s more for each megabyte, at most 60 s."""
    return min(60.0, 10.0 + 4 * size / 1e6)


class _Child:
    """The one process that reads, started when first needed."""

    def __init__(self) -> None:
        self.executor: ProcessPoolExecutor | None = None
        self.pid = 0
        self._begun: Future[int] = Future()

    def read(self, file: ArticleFile, seconds: float) -> Article | None:
        future = self._submitted(file)
        try:
            # The error is looked at rather than caught: whatever a reader of a strange file raises is a rejection.
            error = future.exception(timeout=seconds)
        except TimeoutError:
            self.stop()
            raise ArticleRejected(
                file.name, f"reading took more than {seconds:.0f} s. Simplify or split it."
            ) from None
        if error is None:
            return _article(file, future.result())
        if isinstance(error, BrokenProcessPool):
            self.stop()
            raise ArticleRejected(
                file.name, "its reader crashed. Save it again, or in another format."
            ) from error
        if isinstance(error, MemoryError):
            raise ArticleRejected(file.name, "reading it needs too much memory. Split it.") from error
        raise ArticleRejected(
            file.name,
            f"it is damaged ({type(error).__name__}: {str(error)[:200]}). Save it again, or in another format.",
        ) from error

    def _submitted(self, file: ArticleFile) -> Future[Article | str | None]:
        try:
            return self._started().submit(_attempt, file)
        except BrokenProcessPool:  # it died since the last file, through no fault of this one
            self.stop()
            return self._started().submit(_attempt, file)

    def begin(self) -> ProcessPoolExecutor:
        """Start the process where there is none."""
        if self.executor is None:
            self.executor = ProcessPoolExecutor(1, get_context("spawn"), initializer=_prepare)
            self._begun = self.executor.submit(os.getpid)
        return self.executor

    def _started(self) -> ProcessPoolExecutor:
        executor = self.begin()
        self.pid = self._begun.result()
        return executor

    def stop(self) -> None:
        """Kill the process; the next file starts another."""
        if self.executor is not None:
            if self.pid:  # 0, to the system, is this process with all of its group
                with suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
            self.executor.shutdown(wait=True, cancel_futures=True)
            self.executor, self.pid = None, 0


def _attempt(file: ArticleFile) -> Article | str | None:
    """In the child: the article, or why it was rejected."""
    try:
        return read_article(file)
    except ArticleRejected as rejected:
        return rejected.reason


def _article(file: ArticleFile, outcome: Article | str | None) -> Article | None:
    if isinstance(outcome, str):
        raise ArticleRejected(file.name, outcome)
    return outcome


_child = _Child()
_lock = threading.Lock()


def _prepare() -> None:
    """In the child: limit the memory, load the readers, leave Ctrl-C to the parent and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import mammoth  # noqa: F401
    import pypdfium2  # noqa: F401
    import trafilatura  # noqa: F401


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
