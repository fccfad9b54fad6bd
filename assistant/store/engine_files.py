"""Files of an engine's folder: which there are, their checksums, their removal."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from zlib import crc32


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, by path."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def checksum(path: Path) -> int:
    """CRC-32 of a file."""
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = crc32(block, total)
    return total


def remove(folder: Path) -> None:
    """Remove a folder, or whatever lies in its place."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


def out_of_room(error: BaseException) -> bool:
    """Whether an engine's message tells of a disk that is full or failing."""
    signs = "disk I/O|disk is full|no space|too large|apply logs|StorageFull|FileTooLarge"
    return re.search(signs, str(error), re.IGNORECASE) is not None
