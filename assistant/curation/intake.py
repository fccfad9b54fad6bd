"""The folder of added articles: a file comes in piece by piece, stands there whole or not at all, and may be removed."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from ..errors import FileRefused
from ..files import make_private
from .names import HEAD, check_head, check_whole, safe_name

ROOM = 50_000_000
"""Bytes of the disk that are left free."""
MOST_OF_ONE_NAME = 1000
PART = ".part"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class Added(NamedTuple):
    """A file that was added."""

    name: str
    """In the folder."""
    already: bool
    """The same bytes stood there under that name."""


class Intake:
    """The folder of added articles."""

    def __init__(self, folder: Path, suffixes: Container[str], largest: int) -> None:
        self.folder = folder
        self.suffixes = suffixes
        self.largest = largest

    def receive(self, name: str, size: int | None = None) -> Receiving:
        """Begin to take a file in; `size` is what is known of it in bytes. Raises `FileRefused`."""
        safe = safe_name(name, self.suffixes)
        if size is not None and size > self.largest:
            raise self.too_large()
        with Explained():
            made = not self.folder.exists()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if made:
                make_private(self.folder)
            if shutil.disk_usage(self.folder).free < (size or 0) + ROOM:
                raise FileRefused(f"The disk of {str(self.folder)!r} is full.", "disk")
            return Receiving(self, safe)

    def too_large(self) -> FileRefused:
        return FileRefused(f"The file has more than {self.largest:,} bytes.", "size")

    def remove(self, name: str) -> None:
        """Remove a file that stands right in the folder. Raises `FileRefused` for anything else."""
        if not self.holds(name):
            raise FileRefused(f"{name!r} was not added here.", "not_added")
        with Explained():
            (self.folder / name).unlink(missing_ok=True)

    def holds(self, name: str) -> bool:
        """Whether a file of that name stands right in the folder: no link, nothing hidden, nothing of another kind."""
        path = self.folder / name
        plain = bool(name) and path.name == name and not name.startswith(".") and "\0" not in name
        return (
            plain
            and path.suffix.lower() in self.suffixes
            and path.is_file()
            and not path.is_symlink()
            and not self.folder.is_symlink()
        )


class Receiving:
    """A file on its way in, under a hidden name that no reader reads. As a context manager it leaves nothing behind."""

    def __init__(self, intake: Intake, name: str) -> None:
        self.intake = intake
        self.name = name
        self.suffix = Path(name).suffix
        self.size = 0
        self.path = intake.folder / f".{secrets.token_hex(8)}{PART}"
        self._head: bytearray | None = bytearray()
        self._digest = hashlib.sha256()
        flags = (
            os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        )
        self._file = os.fdopen(os.open(self.path, flags, 0o600), "wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what could not be written to a full disk
            self._file.close()
        self.path.unlink(missing_ok=True)

    def write(self, part: bytes) -> None:
        """Take the next bytes. Raises `FileRefused` as soon as they cannot be of such a file."""
        self.size += len(part)
        if self.size > self.intake.largest:
            raise self.intake.too_large()
        if self._head is not None:
            self._head += part[:HEAD]
            if len(self._head) >= HEAD:
                self._look()
        with Explained():
            self._file.write(part)
            self._digest.update(part)

    def _look(self) -> None:
        if self._head is not None:
            check_head(bytes(self._head), self.suffix)
            self._head = None

    def finish(self) -> Added:
        """Put the whole file in its place, under a name that nothing else has."""
        with Explained():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            if self.size:
                self._look()
            check_whole(self.path, self.suffix)
            stem = self.name.removesuffix(self.suffix)
            for number in range(1, MOST_OF_ONE_NAME):
                name = self.name if number == 1 else f"{stem}-{number}{self.suffix}"
                if self._is_there(name):
                    return Added(name, already=True)
                if _placed(self.path, self.intake.folder / name):
                    return Added(name, already=False)
        raise FileRefused(f"There are too many files called {self.name!r}.", "name")

    def _is_there(self, name: str) -> bool:
        path = self.intake.folder / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size != self.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == self._digest.digest()


def _placed(part: Path, target: Path) -> bool:
    """Give a file its name; False where something, a link to nothing included, has it."""
    try:
        os.link(part, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except (OSError, NotImplementedError):  # a file system without links
        try:
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        part.replace(target)
    return True


class Explained:
    """Turn errors of the disk into the program's own."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, OSError):
            return
        why = "disk" if error.errno in FULL else "read_only" if error.errno in READ_ONLY else "folder"
        raise FileRefused(f"The file cannot be written: {error.strerror or error}.", why) from error
