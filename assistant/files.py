"""Files that a user cares for are replaced in one stroke."""

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
