"""Files on disk: replaced atomically, and readable by their owner alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a UTF-8 file: on a full disk, or killed, the old one stays as it was. Raises `OSError`."""
    target = path.resolve()
    if target.exists() and not target.is_file():  # a pipe or a device takes what it is given
        path.write_text(text, "utf-8")
        return
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        new.write_text(text, "utf-8")
        if target.exists():
            shutil.copymode(target, new)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def keep_private() -> None:
    """Give what this process and its children write from now on to its owner alone: files 600, folders 700."""
    os.umask(0o077)


def make_private(folder: Path) -> None:
    """Make `folder` where there is none, and close it to others where it is open. Raises `OSError`.

    What lies in a closed folder is closed too, whatever its own mode; the files right in it are mended as well,
    for the day they are moved. What belongs to another user stays as it is.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name != "posix":
        return
    for path in (
        folder,
        *(entry for entry in folder.iterdir() if entry.is_file() and not entry.is_symlink()),
    ):
        found = path.stat()
        if found.st_uid == os.getuid() and found.st_mode & 0o077:
            path.chmod(found.st_mode & 0o700)
