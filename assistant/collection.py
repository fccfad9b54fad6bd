"""A folder of articles from Python: index it, search it, ask it, check a text against it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .answer_json import CheckedJson
from .types import Answer, Event, Filters, Hit, Turn

if TYPE_CHECKING:
    from .settings import Settings
    from .store.sync import SyncReport


NO_FILTERS = Filters()


class Collection:
    """An indexed folder of articles.

    Use it as a context manager, or call `close`. What takes long (the embedder's weights, the language model) is
    loaded at its first use.

        with Collection("articles-index") as articles:
            print(articles.ask("Which licence does DeepSeek-R1 have?").text)
    """

    def __init__(
        self,
        store: str | Path | None = None,
        *,
        model: str | None = None,
        embedder: str | None = None,
        config: str | Path | None = None,
    ) -> None:
        """Open the index in the folder `store`; what is not given is as `assistant.toml` and the variables say.

        Raise `NoIndex` where there is no index, `StoreMismatch` where another embedder made it, `EmbedderError` where
        none is set up.
        """
        from . import wiring

        self._settings = _settings(config, store=store, model=model, embedder=embedder)
        self._embedder = wiring.make_embedder(self._settings)
        self._store = wiring.open_store(self._settings, self._embedder)

    @staticmethod
    def index(
        corpus: str | Path,
        store: str | Path,
        *,
        embedder: str | None = None,
        config: str | Path | None = None,
        replace: bool = False,
    ) -> SyncReport:
        """Make the index in `store` equal to the articles of `corpus`; unchanged ones cost nothing.

        The report names what was added, changed, removed and rejected. Raise `CorpusError` without any article, and
        where more than half of them would go, unless `replace` is set.
        """
        from . import wiring
        from .store.sync import sync

        settings = _settings(config, store=store, embedder=embedder)
        split = settings.splitter
        return sync(
            Path(corpus),
            Path(store),
            wiring.make_embedder(settings),
            min_tokens=split.min_tokens,
            max_tokens=split.max_tokens,
            replace=replace,
            added=settings.paths.added,
        )

    def search(self, question: str, *, top_k: int | None = None, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Find the passages that answer `question`, best first, without a language model."""
        from . import wiring
        from .intents.subject import frame_stems
        from .search.question import read_question

        query = read_question(question, vocabulary=self._store, frame=frame_stems)
        query = dataclasses.replace(query, filters=filters)
        retriever = wiring.make_retriever(self._settings, self._store, self._embedder)
        return retriever.retrieve(query, top_k or self._settings.search.top_k)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        with_model: bool = True,
    ) -> Answer:
        """Answer `question`, each sentence with the words that prove it.

        Without a language model, or with `with_model=False`, the answer is verbatim sentences.
        """
        from .answering.progress import answer_of

        return answer_of(self.stream(question, history=history, filters=filters, with_model=with_model))

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        with_model: bool = True,
    ) -> Iterator[Event]:
        """Yield the events of an answer as they come; closing the iterator stops the model."""
        from . import wiring

        assistant = wiring.make_assistant(self._settings, self._store, self._embedder, with_model=with_model)
        return assistant.ask(question, history, filters=filters)

    def check(self, text: str) -> CheckedJson:
        """Prove a text that someone else wrote, sentence by sentence: the JSON of `assistant check`."""
        from . import wiring

        return wiring.make_checker(self._settings, self._store, self._embedder)(text, None)

    def close(self) -> None:
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _settings(
    config: str | Path | None,
    *,
    store: str | Path | None = None,
    model: str | None = None,
    embedder: str | None = None,
) -> Settings:
    from .settings import load

    return load(
        None if config is None else Path(config),
        paths={"store": store},
        embedder={"name": embedder},
        model={"name": model},
    )
