"""One writer at a time: the store's lock says who holds it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreError, StoreLocked

FILE = ".lock"
HOLDER = ".writer"
OPENING = ".opening"


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the store in `folder`; raises `StoreLocked` at once where another process does.

    The operating system frees the lock of a process that dies.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / FILE, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise StoreLocked(
            f"The store {str(folder)!r} is being written by {_holder(folder)}. Wait until it has finished, then try again."
        ) from error
    except OSError as error:
        raise StoreError(
            f"The store {str(folder)!r} cannot be written ({error.strerror or error}). "
            "Check the rights and the disk of that folder, or name another with --store."
        ) from error
    try:
        with contextlib.suppress(OSError):  # a full disk must not hide behind a note
            (folder / HOLDER).write_text(str(os.getpid()), "ascii")
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


@contextlib.contextmanager
def opening(folder: Path) -> Iterator[None]:
    """Held while Chroma's files are loaded, and while a writer says that it is about to change them.

    Raises `StoreLocked` after a minute. Where the folder cannot be written, nobody writes it: nothing is held.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / OPENING, timeout=60)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreLocked(
            f"The vectors of {str(folder)!r} are held by another process. Try again later."
        ) from error
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _holder(folder: Path) -> str:
    try:
        return f"process {int((folder / HOLDER).read_text('ascii'))}"
    except (OSError, ValueError):
        return "another process"
