"""What the page does to the collection: add, remove, correct, index; and what it says before there is an index."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ..errors import ArticleNotFound, AssistantError, FileRefused
from ..files import write_whole
from ..reading.articles import READERS, ArticleFile
from ..store.corrections import Corrections
from ..store.sources import find_files, prefix_of
from .indexing import Indexing, IndexingState
from .intake import Added, Intake, Receiving

TEXT_SHARE = {
    ".pdf": 0.06, ".docx": 0.15, ".odt": 0.15, ".epub": 0.3, ".rtf": 0.5, ".html": 0.2, ".htm": 0.2, ".xhtml": 0.2,
    ".mhtml": 0.05, ".mht": 0.05,
}  # fmt: skip
"""How much of a file of that kind is text, about; else all of it."""
STARTING = 10.0
"""Seconds until the first article is read: the libraries and the embedder are loaded."""
BYTES_A_SECOND = 12_000.0
"""Of text, on two cores of a laptop; replaced by what this machine was seen to do."""
SECONDS_SURVEYED = 5.0
"""So long a list of the files on disk is used again: each open page asks for it, every second while something loads."""
LEAST_TEXT = 50_000
"""Bytes of text from which a run tells the pace of the machine."""


class Waiting(NamedTuple):
    """What there is to index."""

    files: int
    seconds: float
    """About how long it takes."""
    problem: AssistantError | None = None
    """Why the folder of the articles cannot be read."""


class Curator:
    """Adds, removes and corrects articles and indexes them. Threads may share it."""

    def __init__(
        self,
        corpus: Path,
        folder: Path,
        store: Path,
        indexing: Indexing,
        *,
        largest: int,
        pace: Path,
        missing: Callable[[], AssistantError | None] = lambda: None,
    ) -> None:
        """`pace` is the file that remembers how fast this machine indexes; `missing` tells what it lacks for that."""
        self.corpus = corpus
        self.indexing = indexing
        self.intake = Intake(folder, READERS, largest)
        self.corrections = Corrections(store)
        self.missing = missing
        self._pace = pace
        self.seconds_surveyed = SECONDS_SURVEYED
        self._surveyed: tuple[float, Sequence[ArticleFile]] = -math.inf, ()
        """When the files on disk were last listed, and what they were."""

    @property
    def largest(self) -> int:
        """Bytes of the largest file that is taken."""
        return self.intake.largest

    @property
    def suffixes(self) -> Sequence[str]:
        """Of the files that are read."""
        return tuple(READERS)

    @property
    def prefix(self) -> str:
        """How the names of added articles begin."""
        return prefix_of(self.corpus, self.intake.folder)

    # ---------------------------------------------------------------- files

    def receive(self, name: str, size: int | None = None) -> Receiving:
        """Begin to take a file in. Raises `FileRefused`."""
        with suppress(OSError):
            self.corpus.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.intake.receive(name, size)

    def keep(self, receiving: Receiving) -> Added:
        """Put a file that came whole in its place, and index it soon. Its name is the article's."""
        added = receiving.finish()
        name = f"{self.prefix}{added.name}"
        self._surveyed = -math.inf, ()
        self.indexing.want([name])
        return Added(name, added.already)

    def added_test(self) -> Callable[[str], bool]:
        """A test whether an article's file was added on the page, and may be removed there."""
        prefix = self.prefix
        return lambda name: (
            bool(prefix) and name.startswith(prefix) and self.intake.holds(name.removeprefix(prefix))
        )

    def remove(self, article: str) -> None:
        """Remove the file of an added article, and then the article. Raises `FileRefused` for any other."""
        if not self.added_test()(article):
            raise FileRefused(f"{article!r} was not added here.", "not_added")
        self.intake.remove(article.removeprefix(self.prefix))
        self._surveyed = -math.inf, ()
        self.corrections.drop(article)
        self.indexing.want([article])

    def file_of(self, article: str) -> Path:
        """The file of an article, as it is on disk now. Raises `ArticleNotFound`, `CorpusError`."""
        for file in find_files(self.corpus, self.intake.folder):
            if file.name == article:
                return file.path
        raise ArticleNotFound(f"There is no file {article!r} any more. Run `assistant index`.")

    # ---------------------------------------------------------------- facts

    def correct(self, article: str, fields: Mapping[str, str | None]) -> None:
        """Set facts of an article, or take a correction back (None), and apply it. Raises `CorrectionRefused`."""
        self.corrections.change(article, fields)
        self.indexing.want(())

    # ---------------------------------------------------------------- index

    def index(self) -> None:
        """Index all that is new or has changed; return at once."""
        self.indexing.want(None)

    def stop(self) -> None:
        self.indexing.stop()

    def state(self) -> IndexingState:
        return self.indexing.state()

    def waiting(self) -> Waiting:
        """How many files there are, and how long indexing them takes."""
        seen, files = self._surveyed
        try:
            if time.monotonic() - seen > self.seconds_surveyed:
                files = find_files(self.corpus, self.intake.folder)
                self._surveyed = time.monotonic(), files
        except AssistantError as error:
            return Waiting(0, 0.0, error)
        return Waiting(len(files), STARTING + sum(map(text_bytes, files)) / self._bytes_a_second())

    def _bytes_a_second(self) -> float:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return max(100.0, float(json.loads(self._pace.read_text("utf-8"))["text_bytes_a_second"]))
        return BYTES_A_SECOND

    def learn_pace(self, text: float, seconds: float) -> None:
        """Remember how fast this machine was."""
        if text >= LEAST_TEXT and seconds > 1:
            with suppress(OSError):
                write_whole(self._pace, json.dumps({"text_bytes_a_second": round(text / seconds)}))


def text_bytes(file: ArticleFile) -> float:
    """About how much text is in a file."""
    return file.size * TEXT_SHARE.get(file.path.suffix.lower(), 1.0)
