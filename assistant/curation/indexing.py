"""Indexing in a process of its own, while the page answers: what is wanted, how far it is, how it ended."""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from typing import Literal

from ..errors import AssistantError
from ..store.report import SyncProgress
from ..types import Json

Names = frozenset[str] | None
"""Files to be looked at; None: all."""
Work = Callable[[Connection, Names], None]
"""What the process runs; `serve` is how it tells how far it is."""
Run = Callable[[Callable[[SyncProgress], None], Callable[[], bool]], Json]
"""Does the work, given what is told how far it is and what says whether it shall stop; returns the report."""

SECONDS_TO_GATHER = 1.0
"""Files that are added within so long are indexed together."""
SECONDS_TO_STOP = 20.0
"""The batch under way is finished and kept within this time, or the process is killed, which costs only that batch."""
SECONDS_ORPHANED = 3.0
"""So long a run goes on after the page has ended, to keep the batch under way."""
STOP = "stop"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    kind: Literal["done", "stopped", "failed"]
    names: Names = None
    report: Json | None = None
    """As `assistant index --json` prints it."""
    error: str = ""
    """Name of the class of the error."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class IndexingState:
    """What is going on."""

    running: bool = False
    stopping: bool = False
    step: SyncProgress | None = None
    """None while the process starts."""
    outcome: Outcome | None = None
    """Of the last run."""
    runs: int = 0
    """Runs that have ended."""


class Indexing:
    """One run at a time; what is wanted meanwhile is done by the next."""

    def __init__(
        self,
        work: Work,
        ended: Callable[[], None] = lambda: None,
        gather: float = SECONDS_TO_GATHER,
        quick: Callable[[Names], Run | None] = lambda names: None,
    ) -> None:
        """`quick` gives what does a small run at once in this process, or None where a process shall do it."""
        self.work = work
        self.quick = quick
        self.ended = ended
        self.gather = gather
        self._lock = threading.Lock()
        self._wanted: list[Names] = []
        self._state = IndexingState()
        self._connection: Connection | None = None
        self._stop = threading.Event()
        self._registered = False

    def state(self) -> IndexingState:
        return self._state

    def want(self, names: Collection[str] | None = None) -> None:
        """Index these files, or all, soon; return at once. No names: only corrections are applied."""
        with self._lock:
            self._wanted.append(None if names is None else frozenset(names))
            if self._state.running:
                return
            self._stop.clear()
            self._state = replace(self._state, running=True, stopping=False, step=None, outcome=None)
        if not self._registered:
            self._registered = True
            atexit.register(self.close)
        threading.Thread(target=self._run, name="indexing", daemon=True).start()

    def stop(self) -> None:
        """End the run: what was finished is kept, and the next one goes on from there."""
        with self._lock:
            self._wanted.clear()
            if not self._state.running:
                return
            self._state = replace(self._state, stopping=True)
            self._stop.set()
            self._tell()

    def close(self) -> None:
        """End the run and wait for it: the program ends."""
        self.stop()
        until = time.monotonic() + SECONDS_TO_STOP + 5
        while self._state.running and time.monotonic() < until:
            time.sleep(0.05)

    def _tell(self) -> None:
        if self._connection is not None:
            with suppress(OSError, ValueError):
                self._connection.send(STOP)

    def _run(self) -> None:
        while True:
            self._stop.wait(self.gather)
            with self._lock:
                wanted, self._wanted = self._wanted, []
            if wanted:
                names = None if None in wanted else frozenset().union(*(each or () for each in wanted))
                outcome = self._one(names)
            else:
                outcome = Outcome("stopped")
            with self._lock:
                again = bool(self._wanted)  # what was wanted before a stop is not there any more
                self._stop.clear()
                self._state = replace(
                    self._state,
                    running=again, stopping=False, step=None, outcome=outcome, runs=self._state.runs + 1,
                )  # fmt: skip
            with suppress(Exception):  # the page tells what it cannot load
                self.ended()
            if not again:
                return

    def _one(self, names: Names) -> Outcome:
        """Do a run here where it is small, else in a process."""
        run = self.quick(names)
        if run is not None:
            return replace(ended(run, self._told, self._stop.is_set), names=names)
        return self._elsewhere(names)

    def _told(self, step: SyncProgress) -> None:
        self._state = replace(self._state, step=step)

    def _elsewhere(self, names: Names) -> Outcome:
        """Run the process to its end."""
        context = get_context("spawn")
        mine, its = context.Pipe()
        process = context.Process(target=self.work, args=(its, names), name="indexing")
        try:
            process.start()
            its.close()
            with self._lock:
                self._connection = mine
                if self._stop.is_set():
                    self._tell()
            return self._heard(mine, names)
        finally:
            with self._lock:
                self._connection = None
            process.join(2)
            process.kill()
            process.join()
            mine.close()

    def _heard(self, connection: Connection, names: Names) -> Outcome:
        stopped_at = 0.0
        while True:
            try:
                if connection.poll(0.2):
                    told = connection.recv()
                    if isinstance(told, Outcome):
                        return replace(told, names=names)
                    self._state = replace(self._state, step=told)
            except (EOFError, OSError):
                return Outcome("stopped" if self._stop.is_set() else "failed", names, error="Died")
            if self._stop.is_set():
                stopped_at = stopped_at or time.monotonic()
                if time.monotonic() - stopped_at > SECONDS_TO_STOP:
                    return Outcome("stopped", names)


# --------------------------------------------------------------------------- in the process


def ended(run: Run, progress: Callable[[SyncProgress], None], interrupted: Callable[[], bool]) -> Outcome:
    """Do the work of a run; how it ended, whatever happens."""
    try:
        return Outcome("done", report=run(progress, interrupted))
    except KeyboardInterrupt:
        return Outcome("stopped")
    except AssistantError as error:
        return Outcome("failed", error=type(error).__name__, message=str(error))
    except Exception as error:  # noqa: BLE001 - told to who asked for it
        return Outcome("failed", error="Unexpected", message=f"{type(error).__name__}: {error}"[:300])


def _end_with_the_page() -> None:
    """End this process soon after the one that started it: the batch under way may take long, and is done again."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        time.sleep(SECONDS_ORPHANED)
        os._exit(1)


def serve(connection: Connection, run: Run) -> None:
    """Do the work of a run in the process that was started for it, and tell of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the page's; it says so
    threading.Thread(target=_end_with_the_page, name="page", daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)  # who asks meanwhile comes first
    told = 0.0

    def progress(step: SyncProgress) -> None:
        nonlocal told
        if time.monotonic() - told > 0.2:
            told = time.monotonic()
            with suppress(OSError):
                connection.send(step)

    def interrupted() -> bool:
        try:
            return bool(connection.poll()) and connection.recv() == STOP
        except (EOFError, OSError):
            return True  # the page is gone

    outcome = ended(run, progress, interrupted)
    with suppress(OSError):
        connection.send(outcome)
