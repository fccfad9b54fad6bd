"""The store, opened to be searched. It follows what another process writes, and never stops answering."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from ..errors import ArticleNotFound, NoIndex, StoreMismatch
from ..library import ALL, ArticleSummary, Behind, CatalogueEntry, LanguageStatistics, Place, StoredPassage
from ..reading.words import content_stems
from ..types import Article, Filters, Passage, Span
from . import catalogue, schema
from .context import described, widen
from .database import Database, StoredArticle
from .report import StatusJson
from .vector_search import DenseSearch, counted
from .vectors import PASSAGES, TITLES
from .word_search import LexicalSearch

if TYPE_CHECKING:
    from ..reading.articles import ArticleFile
    from ..types import Vector

P = ParamSpec("P")
R = TypeVar("R")
ARTICLES_KEPT = 64  # texts held in memory, so that the hits of one question read each article once


def _current(method: Callable[Concatenate[Store, P], R]) -> Callable[Concatenate[Store, P], R]:
    """One thread at a time, on what the store says now."""

    def call(self: Store, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock, schema.explained(self.folder):
            self._follow()
            return method(self, *args, **kwargs)

    call.__doc__ = method.__doc__
    return call


class Store:
    """A read handle on the store in a folder; `open` makes one. Threads may share it."""

    def __init__(self, folder: Path, database: Database, embedder_fingerprint: str | None) -> None:
        self.folder = folder
        self._database = database
        self._expected = embedder_fingerprint
        self._lock = threading.RLock()
        self._seen = -1
        self._file = 0
        self._manifest: dict[str, str] = {}
        self._articles: dict[str, StoredArticle] = {}
        self._languages: dict[str, int] | None = None
        self._entries: list[CatalogueEntry] | None = None
        self._statistics: dict[str, LanguageStatistics] | None = None
        self._dense = DenseSearch(folder, database)
        self._words = LexicalSearch(folder, database)

    @classmethod
    def open(cls, folder: Path, *, embedder_fingerprint: str | None = None) -> Store:
        """Open the store in `folder`.

        Raises `NoIndex`, `StoreDamaged`, or `StoreMismatch` where its vectors are of another embedder
        than `embedder_fingerprint` (None: not checked).
        """
        folder = Path(folder)
        with schema.explained(folder):
            store = cls(folder, Database.open(folder), embedder_fingerprint)
        try:
            store._check()
        except BaseException:
            store.close()
            raise
        return store

    @property
    def dense_failure(self) -> str | None:
        """Why the last search compared every vector itself (slower, as exact); None where Chroma answered."""
        return self._dense.failure

    @_current
    def _check(self) -> None:
        if "embedder_fingerprint" not in self._manifest:
            raise NoIndex(
                f"The index in {str(self.folder)!r} has not been begun. Run `assistant index` first."
            )

    def close(self) -> None:
        with self._lock:
            self._dense.close()
            self._words.close()
            self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---------------------------------------------------------------- the whole

    @property
    def languages(self) -> dict[str, int]:
        """Passages of each language, the most frequent first."""
        return dict(self._language_counts())

    @property
    def size(self) -> int:
        """Number of passages."""
        return sum(self._language_counts().values())

    @property
    def generation(self) -> int:
        """Grows with every change of the store."""
        return self._generation()

    @property
    def language_statistics(self) -> dict[str, LanguageStatistics]:
        """Count, mean and covariance of the passage vectors of each language."""
        return self._language_statistics()

    @property
    def embedder_name(self) -> str:
        return self._manifest.get("embedder", "")

    @_current
    def _generation(self) -> int:
        return int(self._manifest.get("generation", 0))

    @_current
    def _language_counts(self) -> dict[str, int]:
        if self._languages is None:
            self._languages = self._database.languages()
        return self._languages

    @_current
    def _language_statistics(self) -> dict[str, LanguageStatistics]:
        if self._statistics is None:
            self._statistics = self._database.statistics()
        return self._statistics

    # ---------------------------------------------------------------- searching

    @_current
    def dense(self, vector: Vector, k: int, language: str, filters: Filters = ALL) -> list[tuple[str, float]]:
        """Ids and cosines of the k passages nearest to `vector` (float32[d], L2-normalised)."""
        return self._dense.search(PASSAGES, language, vector, k, filters, self._manifest)

    @_current
    def nearest_titles(
        self, vector: Vector, k: int, language: str, filters: Filters = ALL
    ) -> list[tuple[str, float]]:
        """Names and cosines of the k articles whose titles are nearest to `vector`."""
        return self._dense.search(TITLES, language, vector, k, filters, self._manifest)

    @_current
    def lexical(self, text: str, k: int, language: str, filters: Filters = ALL) -> list[tuple[str, float]]:
        """Ids and BM25 (> 0) of the k best passages that share a word with `text`."""
        stems = list(dict.fromkeys(content_stems(text, language)))
        return self._words.search(stems, k, language, filters, self._manifest)

    @_current
    def title_similarities(self, vector: Vector, names: Sequence[str]) -> dict[str, float]:
        """Cosine between `vector` and the titles of these articles."""
        found = counted(self._database.title_vectors(names).items(), vector, len(names))
        return dict(found)

    @_current
    def places(self, ids: Sequence[str]) -> dict[str, Place]:
        """Where these passages stand; cheaper than `passages`, which reads their articles."""
        return self._database.places(ids)

    @_current
    def openings(self, names: Sequence[str]) -> list[str]:
        """Ids of the first passages of these articles."""
        return self._database.openings(names)

    @_current
    def document_frequency(self, stems: Sequence[str], language: str) -> dict[str, int]:
        """For each stem the number of passages of that language that contain it."""
        return self._words.frequencies(stems, language, self._manifest)

    @_current
    def vectors(self, ids: Sequence[str]) -> Vector:
        """float32[n, d] in the order of `ids`; zeros for an id that is not there (any more)."""
        import numpy as np

        found = self._database.vectors(ids)
        vectors = np.zeros((len(ids), int(self._manifest.get("dimension", 0))), np.float32)
        for place, name in enumerate(ids):
            if name in found:
                vectors[place] = np.frombuffer(found[name], np.float32)
        return vectors

    @_current
    def passages(self, ids: Sequence[str]) -> dict[str, StoredPassage]:
        """What is known of these passages, in the order of `ids`; ids that are not there (any more) are left out."""
        places = self._database.places(ids)
        return {name: self._stored(places[name].passage) for name in ids if name in places}

    @_current
    def context(self, passage_id: str, max_characters: int) -> tuple[Span, str, tuple[Span, ...]]:
        """The whole paragraphs around a passage, within `max_characters`: span, text, sentence spans.

        At least the passage itself. Raises KeyError for an id that is not there.
        """
        place = self._database.places([passage_id])[passage_id].passage
        known, passage, _ = self._placed(place)
        article = known.article
        span = widen(article.text, passage.span, max_characters)
        return span, article.text[span.start : span.end], span.clip(article.sentences)

    def _placed(self, place: Passage) -> tuple[StoredArticle, Passage, int]:
        """The article of a passage, the passage as that article's seal has it, and its position."""
        known = self._known(place.article)
        for position, passage in enumerate(known.passages):
            if passage.id == place.id:
                return known, passage, position
        raise schema.damaged(self.folder, f"passage {place.id!r} is not of {place.article!r}")

    def _stored(self, place: Passage) -> StoredPassage:
        (article, group, _), passage, position = self._placed(place)
        others = tuple(name for name in self._database.group(group) if name != article.name) if group else ()
        return described(article, passage, position, group, others)

    # ---------------------------------------------------------------- articles

    @_current
    def article(self, name: str) -> Article:
        """The article of that name, as it was read; raises `ArticleNotFound`."""
        return self._known(name).article

    @_current
    def passages_of(self, name: str) -> list[Passage]:
        """Passages of an article in order; raises `ArticleNotFound`."""
        return list(self._known(name).passages)

    @_current
    def articles(self) -> list[ArticleSummary]:
        """Every article, by name."""
        return self._database.summaries()

    @_current
    def catalogue(self) -> list[CatalogueEntry]:
        """Every article and every file that was rejected, by name."""
        if self._entries is None:
            self._entries = catalogue.entries(self._database.connection)
        return list(self._entries)

    @_current
    def behind(self, files: Sequence[ArticleFile]) -> Behind:
        """What of `files`, all of the corpus, is not in the store as it is on disk."""
        return catalogue.behind(self._database.connection, files)

    def _known(self, name: str) -> StoredArticle:
        known = self._articles.get(name)
        if known is None:
            known = self._database.article(name)
            if known is None:
                raise self._unknown(name)
            if len(self._articles) >= ARTICLES_KEPT:
                self._articles.pop(next(iter(self._articles)))
            self._articles[name] = known
        return known

    def _unknown(self, name: str) -> ArticleNotFound:
        """Why there is no article of that name, and what may be meant."""
        reason = dict(self._database.left_out()).get(name)
        if reason is not None:
            return ArticleNotFound(f"{name!r} is not in the store because it could not be read: {reason}")
        names = [article.name for article in self._database.summaries()]
        near = (
            get_close_matches(name, names, 1) or [known for known in names if known.endswith(f"/{name}")][:1]
        )
        meant = f"Do you mean {near[0]!r}?" if near else "Articles are named by their path inside the corpus."
        return ArticleNotFound(
            f"No article {name!r} in the store. {meant} Run `assistant index` if it is new."
        )

    # ---------------------------------------------------------------- state

    @_current
    def status(self) -> StatusJson:
        """What is in the store, for which embedder, how old."""
        manifest = self._manifest
        updated = float(manifest.get("updated", 0))
        articles = self._database.summaries()
        return {
            "store": str(self.folder),
            "corpus": manifest.get("corpus"),
            "format": schema.FORMAT,
            "articles": len(articles),
            "passages": self._database.size(),
            "languages": self._database.languages(),
            "undated": sum(article.published is None for article in articles),
            "flagged": self._database.flagged(),
            "rejected": [{"article": name, "reason": reason} for name, reason in self._database.left_out()],
            "embedder": manifest.get("embedder"),
            "embedder_fingerprint": manifest.get("embedder_fingerprint"),
            "dimension": int(manifest.get("dimension", 0)) or None,
            "splitter": {
                "min_tokens": int(manifest["min_tokens"]),
                "max_tokens": int(manifest["max_tokens"]),
            },
            "updated": datetime.fromtimestamp(updated, UTC).isoformat(timespec="seconds")
            if updated
            else None,
            "age_s": round(time.time() - updated) if updated else None,
            "complete": "unfinished" not in manifest,
            "vectors": self._dense.state(manifest),
            "words": self._words.state(manifest),
            "generation": int(manifest.get("generation", 0)),
            "bytes": sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file()),
        }

    def _follow(self) -> None:
        """Take notice of what another process has written since the last call."""
        self._reopen_if_replaced()
        version = self._database.data_version()
        if version == self._seen:
            return
        manifest = self._database.manifest()
        fingerprint = manifest.get("embedder_fingerprint")
        if self._expected is not None and fingerprint not in (None, self._expected):
            raise StoreMismatch(
                f"The store {str(self.folder)!r} was made with the embedder {manifest.get('embedder')!r}, not with the one in "
                "use. Run `assistant index --rebuild`, or name the other embedder with --embedder."
            )
        self._manifest, self._seen = manifest, version
        self._articles.clear()
        self._languages = self._statistics = self._entries = None

    def _reopen_if_replaced(self) -> None:
        """`restore` and the mending of a damaged file put another file in the place of the one we hold."""
        try:
            file = self._database.path.stat().st_ino
        except OSError:
            return  # removed under us: what we hold open still answers
        if self._file and file != self._file:
            fresh = Database.open(self.folder)
            self._dense.close()
            self._database.close()
            self._database = fresh
            self._dense = DenseSearch(self.folder, fresh)
            self._words = LexicalSearch(self.folder, fresh)
            self._seen = -1
        self._file = file
