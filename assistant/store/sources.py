"""The files that a store is made from: those of the corpus, and those that were added on the page."""

from __future__ import annotations

from pathlib import Path

from ..reading.articles import ArticleFile, find_articles

ADDED = "added"
"""First part of the names of articles that were added in a folder outside the corpus."""


def is_inside(corpus: Path, added: Path) -> bool:
    """Whether the folder for added files is a part of the corpus."""
    return added.resolve().is_relative_to(corpus.resolve())


def prefix_of(corpus: Path, added: Path) -> str:
    """How the names of added articles begin, with the final "/"."""
    if not is_inside(corpus, added):
        return f"{ADDED}/"
    inside = added.resolve().relative_to(corpus.resolve()).as_posix()
    return "" if inside == "." else f"{inside}/"


def find_files(corpus: Path, added: Path | None = None) -> list[ArticleFile]:
    """Files that may be articles, by name: those of `corpus`, and of `added` where that lies outside it.

    Of two files of one name the corpus' own counts. Raises `CorpusError`.
    """
    if added is None or is_inside(corpus, added):
        return find_articles(corpus)
    files = {file.name: file for file in find_articles(corpus)}
    if added.is_dir():
        for file in find_articles(added):
            name = f"{ADDED}/{file.name}"
            files.setdefault(name, file._replace(name=name))
    return [files[name] for name in sorted(files)]
