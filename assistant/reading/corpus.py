"""Which files of a corpus may be articles, and which are passed over."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import CorpusError

_COMPANIONS = (
    "_files",
    "_fichiers",
    "_archivos",
    "-Dateien",
    "_bestanden",
    "_ficheiros",
    "_arquivos",
    "_file",
    "_pliki",
    "_soubory",
    "_dosyalar",
    "-filer",
    ".files",
)
"""How browsers call the folder of a saved page's pictures and frames, in their languages."""
_PAGES = (".html", ".htm", ".xhtml")
_LOCKS = ("~$", ".~lock.")
"""Beginnings of the files that Office programs keep beside a document that is open."""


class ArticleFile(NamedTuple):
    """A file that may be an article: its name in the corpus and what tells whether it changed."""

    name: str
    path: Path
    size: int
    mtime_ns: int
    """When it last changed: an editor may set the time of the content back, not that of the file's record."""


class Survey(NamedTuple):
    """What a corpus holds."""

    articles: list[ArticleFile]
    """Sorted by name."""
    other_kinds: Counter[str]
    """How many files of each suffix that no reader reads."""
    foreign_links: list[str]
    """Names of links that leave the corpus, sorted."""


def survey(corpus: Path, suffixes: Container[str]) -> Survey:
    """Look through `corpus` for files with one of `suffixes`.

    Hidden files, locks of Office programs, companion folders of saved pages and links that leave the corpus are
    passed over. Raises `CorpusError` where the folder, or one inside it, is missing, not a folder or not readable.
    """
    if not corpus.is_dir():
        what = "is not a folder" if corpus.exists() else "is not there"
        raise CorpusError(f"The corpus {str(corpus)!r} {what}. Create it, or name another with --corpus.")
    found = Survey([], Counter(), [])
    for path in _files(corpus, found.foreign_links):
        try:
            status = path.stat()
        except OSError:  # a link to nothing, or a file removed meanwhile
            continue
        if not stat.S_ISREG(status.st_mode):
            continue
        suffix = path.suffix.lower()
        if suffix in suffixes:
            name = shown_name(path.relative_to(corpus))
            changed = max(status.st_mtime_ns, status.st_ctime_ns)
            found.articles.append(ArticleFile(name, path, status.st_size, changed))
        else:
            found.other_kinds[suffix] += 1
    found.articles.sort()
    found.foreign_links.sort()
    return found


def shown_name(path: Path) -> str:
    """A path with `/`, as text: bytes that are not UTF-8 stand as \\xNN."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _files(corpus: Path, foreign_links: list[str]) -> Iterator[Path]:
    root = corpus.resolve()
    for folder, subfolders, files in os.walk(corpus, onerror=_refuse, followlinks=True):
        place = Path(folder)
        pages = {Path(name).stem for name in files if Path(name).suffix.lower() in _PAGES}
        kept = []
        for name in (*subfolders, *files):
            path = place / name
            if name.startswith((".", *_LOCKS)) or _is_companion(name, pages):
                continue
            if not _leads_inside(path, root):
                foreign_links.append(shown_name(path.relative_to(corpus)))
            elif name in files:
                yield path
            elif not (path.is_symlink() and place.resolve().is_relative_to(path.resolve())):  # no circle
                kept.append(name)
        subfolders[:] = kept


def _leads_inside(path: Path, root: Path) -> bool:
    return not path.is_symlink() or not path.exists() or path.resolve().is_relative_to(root)


def _is_companion(name: str, pages: Container[str]) -> bool:
    return any(name.endswith(end) and name.removesuffix(end) in pages for end in _COMPANIONS)


def _refuse(error: OSError) -> None:
    raise CorpusError(
        f"The folder {str(error.filename)!r} cannot be read: {error.strerror}. Give yourself the right to read it."
    ) from error
