"""One run of `sync` over one database: what changed is read, split, embedded and stored, what is gone goes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ArticleRejected, EmbedderError, StoreMismatch
from ..language.remarks import packed
from ..reading import near_duplicates, recognition
from ..reading.articles import ArticleFile
from ..reading.isolated import expect, read_article_safely
from ..reading.passages import split_passages
from ..types import Article, Passage
from .corrections import Correction, Corrections, applied, corrected
from .derived import take_up, take_up_words
from .report import SyncProgress, SyncReport
from .versions import reading_version, words_version
from .writer import Known, ReadArticle, Writer, digest

if TYPE_CHECKING:
    from ..types import Embedder

WINDOW_PASSAGES = 512  # sorted by length together
WINDOW_CHARACTERS = 4_000_000
COMMIT = 64  # embeddings per transaction: what a kill can cost
YOUNG_NS = (
    2_000_000_000  # a file changed this shortly before it was read may change again within the same tick
)
SPECIAL_TOKENS = 12  # room for an embedder's own prefix and special tokens

EMBEDDED_TEXT = "passage; title apart"
"""Which texts are embedded; part of the manifest, so change it together with `embedded_text`."""


def embedded_text(article: Article, passage: Passage) -> str:
    """The text whose vector stands for the passage: its own words."""
    return article.text[passage.start : passage.end]


def differences(manifest: Mapping[str, str], settings: Mapping[str, object]) -> list[str]:
    """The settings that a store was not made with; its embedder counts by its fingerprint."""
    return [key for key, value in settings.items() if key != "embedder" and manifest.get(key) != str(value)]


class Sync:
    """One run of `sync` over one database."""

    def __init__(
        self,
        writer: Writer,
        embedder: Embedder,
        settings: Mapping[str, object],
        progress: Callable[[SyncProgress], None] | None,
        interrupted: Callable[[], bool],
        derive: bool = True,
        corrections: Corrections | None = None,
    ) -> None:
        self.writer = writer
        self.embedder = embedder
        self.settings = settings
        self.progress = progress
        self.interrupted = interrupted
        self.derive = derive
        """False: Chroma and the index of words are made elsewhere."""
        self.corrections = corrections
        self.wanted: dict[str, Correction] = {}
        """What users corrected, by name of the article."""
        self.of_some = False
        """True: only some files are looked at."""
        self.reads_alike = True
        """False: the program's readers have changed since the store was made, so every file is read again."""
        self.recognised = "+".join(recognition.languages())
        self.recognises_alike = True
        """False: Tesseract came or went since, so scans that were left out are read again."""
        self.again: set[str] = set()
        self.mended: set[str] = set()
        """Articles that were stored and are damaged."""
        self.report = SyncReport()
        self.started = time.monotonic()
        self.total = self.done = 0
        self.passage_keys: frozenset[bytes] = frozenset()

    def run(
        self, corpus: Path, files: Sequence[ArticleFile], only: Collection[str] | None = None
    ) -> SyncReport:
        self._settle_settings()
        self.mended = set(self.writer.mend())
        known = self.writer.known_files()
        if only is not None:
            self.of_some, named = True, {*only, *self.mended}
            files = [file for file in files if file.name in named]
            others = known.keys() - named
            self.report.unchanged = sum(not known[name].left_out for name in others)
            known = {name: each for name, each in known.items() if name in named}
        changed = self._changed(files, known)
        gone = sorted(known.keys() - {file.name for file in files})
        self._sort_out(changed, gone, known)
        self._take_corrections()
        expect(changed)
        self.total = sum(file.size for file in changed)
        for window in self._windows(changed):
            self._store(window)
        if gone:
            self.writer.forget(gone)
        self._correct()
        self._finish(corpus)
        return self.report

    def _settle_settings(self) -> None:
        manifest = self.writer.manifest()
        if "embedder_fingerprint" not in manifest:
            versions = {"reading": reading_version(), "words": words_version()}
            self.writer.set_manifest(**self.settings, **versions, chroma="stale", created=time.time())
            return
        different = differences(manifest, self.settings)
        if "embedder_fingerprint" in different:
            raise StoreMismatch(
                f"The store {str(self.writer.path.parent)!r} was made with the embedder {manifest['embedder']!r}, not "
                f"{self.embedder.name!r}. Run `assistant index --rebuild`: the old index answers until the new one is whole."
            )
        if different:
            raise StoreMismatch(
                f"The store {str(self.writer.path.parent)!r} was made with other settings ({', '.join(different)}). "
                "Run `assistant index --rebuild`: the old index answers until the new one is whole."
            )
        if manifest.get("words") != words_version():
            self.writer.analyse_words()
            self.writer.set_manifest(words=words_version())
        self.reads_alike = manifest.get("reading") == reading_version()
        self.recognises_alike = manifest.get("recognition", "") == self.recognised

    # ---------------------------------------------------------------- what changed

    def _changed(self, files: Sequence[ArticleFile], known: Mapping[str, Known]) -> list[ArticleFile]:
        """Files to read; the others cost a stat, those whose time alone changed a hash."""
        changed, touched = [], []
        for file in files:
            before = known.get(file.name)
            checked = time.time_ns()
            same = before is not None and (_untouched(file, before) or file_digest(file) == before.digest)
            if before is None or not same:
                changed.append(file)
            elif not self.reads_alike:
                changed.append(file)
                self.again.add(file.name)
            elif before.left_out and not self.recognises_alike and file.path.suffix.lower() == ".pdf":
                changed.append(file)  # a scan may be readable now
            else:
                self.report.unchanged += not before.left_out
                if not _untouched(file, before):
                    touched.append((file, checked))
        if touched:
            self.writer.touch(touched)
        return changed

    def _sort_out(
        self, changed: Sequence[ArticleFile], gone: Sequence[str], known: Mapping[str, Known]
    ) -> None:
        """Tell added, changed, renamed and removed apart."""
        lost = {known[name].digest: name for name in reversed(gone) if not known[name].left_out}
        for file in changed:
            if file.name in self.again:
                continue
            if file.name in self.mended or (file.name in known and not known[file.name].left_out):
                self.report.changed.append(file.name)
                continue
            old = lost.pop(file_digest(file), None) if lost else None
            if old is None:
                self.report.added.append(file.name)
            else:
                self.report.renamed[file.name] = old
        renamed = set(self.report.renamed.values())
        self.report.removed = [name for name in gone if not known[name].left_out and name not in renamed]

    # ---------------------------------------------------------------- reading and embedding

    def _windows(self, files: Sequence[ArticleFile]) -> Iterator[list[ReadArticle]]:
        """Articles in groups small enough for the memory, large enough to embed texts of one length together."""
        window: list[ReadArticle] = []
        for file in files:
            read = self._read(file)
            if read is None or self._reads_alike(read):
                continue
            window.append(read)
            passages = sum(len(each.passages) for each in window)
            characters = sum(len(each.article.text) for each in window)
            if passages >= WINDOW_PASSAGES or characters >= WINDOW_CHARACTERS:
                yield window
                window = []
        if window:
            yield window

    def _read(self, file: ArticleFile) -> ReadArticle | None:
        checked = time.time_ns()
        try:
            article = read_article_safely(file, partial(self._reached, file.name))
            if article is not None:
                wanted = self.wanted.get(file.name)
                return self._split(file, corrected(article, wanted) if wanted else article, checked)
            reason = None
        except ArticleRejected as error:
            reason = error.reason
        self._leave_out(file, reason, checked)
        return None

    def _reads_alike(self, read: ReadArticle) -> bool:
        """Whether a file that was read again, by a changed program, gave the same article and passages."""
        name = read.article.name
        if name not in self.again:
            return False
        stored = self.writer.article(name)
        now = (read.article, [*map(packed, read.article.warnings)], tuple(read.passages))
        if (
            stored is None
            or (stored.article, [*map(packed, stored.article.warnings)], stored.passages) != now
        ):
            self.report.changed.append(name)
            return False
        self.writer.touch([(read.file, read.checked_ns)])
        self.report.unchanged += 1
        self.done += read.file.size
        return True

    def _leave_out(self, file: ArticleFile, reason: str | None, checked: int) -> None:
        for names in (self.report.added, self.report.changed):
            if file.name in names:
                names.remove(file.name)
        self.report.renamed.pop(file.name, None)
        self.writer.leave_out(file, file_digest(file), reason, checked)
        self.done += file.size

    def _split(self, file: ArticleFile, article: Article, checked: int) -> ReadArticle:
        most = min(int(str(self.settings["max_tokens"])), self.embedder.max_tokens - SPECIAL_TOKENS)
        least = min(int(str(self.settings["min_tokens"])), most)
        passages = split_passages(article, self.embedder.tokenize, least, most)
        keys = [digest(embedded_text(article, passage)) for passage in passages]
        return ReadArticle(file, article, passages, keys, near_duplicates.signature(article.text), checked)

    def _store(self, window: Sequence[ReadArticle]) -> None:
        texts = {
            key: embedded_text(read.article, passage)
            for read in window
            for passage, key in zip(read.passages, read.keys, strict=True)
        }
        self.passage_keys = frozenset(texts)
        texts.update((digest(read.article.title), read.article.title) for read in window)
        missing = self.writer.missing_vectors(list(texts))
        self._embed(
            sorted(((key, texts[key]) for key in missing), key=lambda item: (-len(item[1]), item[0])), window
        )
        self.writer.put(window)
        if self.derive:
            take_up_words(self.writer)
        self.done += sum(read.file.size for read in window)
        self._say("reading", window[-1].article.name)
        self._pause()

    def _embed(self, texts: Sequence[tuple[bytes, str]], window: Sequence[ReadArticle]) -> None:
        size = sum(read.file.size for read in window)
        for first in range(0, len(texts), COMMIT):
            part = texts[first : first + COMMIT]
            vectors = self.embedder.embed_passages([text for _, text in part])
            if vectors.shape[0] != len(part) or not np.isfinite(vectors).all():
                raise EmbedderError(
                    f"The embedder {self.embedder.name!r} gave vectors that are not numbers. "
                    "Name another one with --embedder, or another device in the settings."
                )
            self.writer.add_vectors([key for key, _ in part], vectors)
            self.report.embedded += sum(key in self.passage_keys for key, _ in part)
            self._say("reading", window[0].article.name, int(size * (first + len(part)) / len(texts)))
            self._pause()

    # ---------------------------------------------------------------- corrections

    def _take_corrections(self) -> None:
        """Read what users corrected, under the names that the articles have now."""
        if self.corrections is not None:
            self.corrections.rename(self.report.renamed)
            self.wanted = self.corrections.all()

    def _correct(self) -> None:
        """Correct stored articles, and take corrections back, without reading their files."""
        window = []
        for article in self.writer.correctable(self.wanted):
            wanted = self.wanted.get(article.name, {})
            if applied(article) == wanted:
                continue
            file, checked = self.writer.file_of(article.name)
            window.append(self._split(file, corrected(article, wanted), checked))
            self.report.changed.append(article.name)
            self.report.unchanged -= 1
        if window:
            self.total += sum(read.file.size for read in window)
            self._store(window)

    # ---------------------------------------------------------------- the end

    def _finish(self, corpus: Path) -> None:
        writer = self.writer
        if "unfinished" in writer.manifest():
            writer.regroup()
            writer.drop_unused_vectors()
            writer.set_manifest(dimension=writer.dimension())
        if self.derive:
            take_up(writer, self.progress, self.interrupted)
        manifest = writer.manifest()
        if self.of_some:
            writer.finish(corpus=corpus)  # what else must be read again is not forgotten
        elif (
            "unfinished" in manifest
            or manifest.get("corpus") != str(corpus)
            or not self.reads_alike
            or not self.recognises_alike
        ):
            writer.finish(corpus=corpus, reading=reading_version(), recognition=self.recognised)
        self.report.rejected = writer.left_out()
        self.report.duplicates = writer.duplicates()
        self.report.passages = writer.size()
        self.report.seconds = time.monotonic() - self.started

    def _say(self, phase: str, article: str, ahead: int = 0) -> None:
        if self.progress is not None:
            seconds = time.monotonic() - self.started
            self.progress(
                SyncProgress(phase, self.done + ahead, self.total, article, self.report.embedded, seconds)
            )

    def _reached(self, name: str, page: int, pages: int) -> None:
        """A page of a scan is about to be recognised."""
        self._say("reading", f"{name}, page {page} of {pages}")
        self._pause()

    def _pause(self) -> None:
        if self.interrupted():
            raise KeyboardInterrupt


def _untouched(file: ArticleFile, known: Known) -> bool:
    same = file.size == known.size and file.mtime_ns == known.mtime_ns
    return same and file.mtime_ns < known.checked_ns - YOUNG_NS


def file_digest(file: ArticleFile) -> str:
    """SHA-256 of the file's bytes; "" where it cannot be read (the reader then says why)."""
    try:
        with file.path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""
