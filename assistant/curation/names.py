"""Names of files that come from a browser, made safe to be written, and what their first bytes must be."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Container
from pathlib import Path

from ..errors import FileRefused

LONGEST = 120
"""Bytes of a name without its suffix; file systems take 255 in all."""
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII)
"""Names that Windows keeps for devices."""
_UNSAFE = re.compile(r'[<>:"|?*\\/]')
_CUT = re.compile(r"[\\/]")

HEAD = 8192
"""Bytes by which the kind of a file is told."""
_ZIPPED = {".docx": "word/document.xml", ".odt": "content.xml", ".epub": "META-INF/container.xml"}
"""What an archive of that kind holds."""
_BINARY = (
    b"%PDF-", b"PK\x03\x04", b"{\\rtf", b"\x7fELF", b"MZ", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"BZh",
    b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0", b"\xca\xfe\xba\xbe", b"\xfd7zXZ", b"SQLite format 3",
)  # fmt: skip
"""Beginnings of files that are no text."""
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""Marks of a text in UTF-16 or UTF-32, which has zero bytes."""


def safe_name(name: str, suffixes: Container[str]) -> str:
    """A file's name without a path, hidden beginning or character that acts. Raises `FileRefused` for a wrong suffix."""
    last = _CUT.split(unicodedata.normalize("NFC", name))[-1]
    visible = "".join(
        " " if character.isspace() else character
        for character in last
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    plain = " ".join(_UNSAFE.sub("-", visible).split()).rstrip(". ")
    stem, dot, kind = plain.rpartition(".")
    suffix = f"{dot}{kind.lower()}"
    if not dot or suffix not in suffixes:
        raise FileRefused(f"{plain[:LONGEST]!r} is of no kind that is read.", "type")
    stem = stem.lstrip(".~$- ").rstrip(". ") or "article"
    stem = stem.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore").rstrip()
    if RESERVED.fullmatch(stem):
        stem = f"{stem}-file"
    return f"{stem}{suffix}"


def check_head(head: bytes, suffix: str) -> None:
    """Raise `FileRefused` where the first bytes of a file are not of its kind."""
    if suffix == ".pdf":
        fits = b"%PDF-" in head[:1024]
    elif suffix in _ZIPPED:
        fits = head.startswith(b"PK\x03\x04")
    elif suffix == ".rtf":
        fits = head.lstrip().startswith(b"{\\rtf")
    else:
        fits = not head.startswith(_BINARY) and (head.startswith(_WIDE) or b"\0" not in head)
    if not fits:
        raise FileRefused(f"The file is not what its name says: no {suffix}.", "content")


def check_whole(path: Path, suffix: str) -> None:
    """Raise `FileRefused` where a file that came whole cannot be read as its kind."""
    if path.stat().st_size == 0:
        raise FileRefused("The file is empty.", "empty")
    wanted = _ZIPPED.get(suffix)
    if wanted is None:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            if wanted in archive.namelist():
                return
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        pass
    raise FileRefused(f"The file is not what its name says: no {suffix}.", "content")
