"""What the page talks to: it answers at once, and its parts load in the background."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from ..answer_json import CheckedJson
from ..errors import AssistantError, ModelUnavailable
from ..intents.chat import suggested
from ..language.pack import pack
from ..model.queueing import ModelQueue, QueuedModel
from ..types import (
    Answer,
    Article,
    ChatModel,
    Embedder,
    Event,
    Filters,
    Finished,
    Notice,
    Retrieved,
    Turn,
    Waiting,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from ..answering.assistant import Assistant
    from ..conversations.conversations import Conversations
    from ..curation.curator import Curator
    from ..library import Behind, CatalogueEntry
    from ..model.choice import ServerModels


LONGEST_DETAIL = 300
SECONDS_SURVEYED = 0.9
"""So long a list of the files on disk is used again, as while somebody types: less than an index run takes."""
SECONDS_SUGGESTED = 30.0
"""So long the same questions to begin with are shown."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the program that has to be loaded: what state it is in, and what to do about it."""

    name: Literal["index", "embedder", "model"]
    state: Literal["loading", "waiting", "ready", "missing", "failed"]
    detail: str = ""
    error: AssistantError | None = None
    """What keeps it from being ready, where that is known: the page says it in its own language."""


class StoreView(Protocol):
    """What the page reads from the store."""

    @property
    def dense_failure(self) -> str | None:
        """Why searches count everything in full; None where they do not."""
        ...

    def article(self, name: str) -> Article: ...

    @property
    def languages(self) -> Mapping[str, int]: ...

    def articles(self) -> Sequence[Any]: ...

    def catalogue(self) -> Sequence[CatalogueEntry]: ...

    def behind(self, files: Sequence[Any]) -> Behind: ...


class LoadingBackend:
    """Loads an Assistant in the background and hands questions to it.

    `load_index` returns the store's read side, `load_assistant(library)` the use case with its embedder
    warm, `load_model` makes the language model ready and returns what to say of it. `files` lists the articles
    that are on disk now. The model writes `at_once` answers at the same time; the others wait for their turn.
    """

    def __init__(
        self,
        load_index: Callable[[], StoreView],
        load_assistant: Callable[[StoreView], Assistant],
        load_model: Callable[[], str],
        conversations: Conversations,
        *,
        check: Callable[[str, Callable[[int, int], None] | None], CheckedJson] | None = None,
        examples: Callable[[str], list[str]] | None = None,
        files: Callable[[], Sequence[Any]] | None = None,
        retry_seconds: float = 15.0,
        at_once: int = 1,
        models: ServerModels | None = None,
    ) -> None:
        self.models = models
        self._queue = ModelQueue(at_once)
        self.conversations = conversations
        self._load_index = load_index
        self._load_use_case = load_assistant
        self._load_model = load_model
        self._check = check
        self._examples = examples
        self._files = files
        self._retry_seconds = retry_seconds
        self.curator: Curator | None = None
        """What changes the collection from the page; None where nothing does."""
        self._parts = {name: Part(name, "loading") for name in ("index", "embedder", "model")}
        self._survey: tuple[float, Sequence[Any]] = -math.inf, ()
        """When the files on disk were last listed, and what they were."""
        self._suggested: dict[str, tuple[float, list[str]]] = {}
        """For each language when they were made, and questions to begin with."""
        self._library: StoreView | None = None
        self._assistant: Assistant | None = None
        self._retrying = threading.Lock()
        self._loaded = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to load; returns at once. Calling it again does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._load, name="loading", daemon=True)
            self._thread.start()

    def _load(self) -> None:
        try:
            with suppress(AssistantError):  # told by `state`, and raised again to whoever asks
                self._load_assistant()
        finally:
            self._loaded.set()
        self._await_model()

    def _await_model(self) -> None:
        """Try the model until it is ready."""
        while not self._try_model():
            time.sleep(self._retry_seconds)

    def retry(self) -> None:
        """Try again at once what is missing; return at once."""

        def again() -> None:
            with suppress(AssistantError), self._retrying:  # told by `state`
                if self._assistant is None:
                    self._load_assistant()
            self._try_model()

        if self._loaded.is_set():
            threading.Thread(target=again, name="retrying", daemon=True).start()

    def _try_model(self) -> bool:
        """Make the model ready, whatever its server answers; an answer may have found it meanwhile."""
        if self._parts["model"].state == "ready":
            return True
        try:
            self._set("model", "ready", self._load_model())
            return True
        except AssistantError as error:
            self._set("model", "missing", str(error), error)
        except Exception as error:  # noqa: BLE001  a thread has no caller: the state tells it, and it is tried again
            self._set("model", "failed", f"{type(error).__name__}: {error}"[:LONGEST_DETAIL])
        return False

    def _load_assistant(self) -> Assistant:
        """Open the index and warm the embedder; raises what keeps them from it."""
        part: Literal["index", "embedder"] = "index"
        try:
            if self._library is None:
                self._library = self._load_index()
            self._set("index", "ready")
            part = "embedder"
            self._assistant = self._load_use_case(self._library)
            self._set("embedder", "ready")
        except AssistantError as error:
            self._set(part, "missing", str(error), error)
            raise
        return self._assistant

    def _set(
        self,
        name: Literal["index", "embedder", "model"],
        state: Literal["ready", "missing", "failed"],
        detail: str = "",
        error: AssistantError | None = None,
    ) -> None:
        self._parts[name] = Part(name, state, detail, error)

    def state(self) -> list[Part]:
        """The parts and their states, in the order in which they load."""
        parts = dict(self._parts)
        if self._library is not None and self._library.dense_failure:
            parts["index"] = Part("index", "ready", self._library.dense_failure)
        if parts["index"].state == "missing" and parts["embedder"].state == "loading":
            parts["embedder"] = Part("embedder", "waiting")  # it is loaded once there is an index
        return list(parts.values())

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        filters: Filters = Filters(),  # noqa: B008  # frozen
        width: int = 1,
        model: str = "",
    ) -> Iterator[Event]:
        """As `Assistant.ask`, once the index and the embedder are loaded. Raises what kept them from loading.

        `model` names another model of the server than the one of the settings; where the server does not have it any
        more, that of the settings answers, and the answer says so.
        """
        from ..answering.assistant import Options

        assistant = self._ready()
        chosen, gone = self._chosen(assistant, model)
        budget = assistant.budget if chosen is assistant.model else assistant.budget.of(model)
        with ExitStack() as leaving:
            queued = None
            if chosen is not None:
                queued = leaving.enter_context(closing(QueuedModel(chosen, self._queue)))
            options = Options(width, queued, budget, early=True)
            answering = assistant.ask(question, history, as_of, filters, options)
            told = 0
            for event in leaving.enter_context(closing(cast("Generator[Event]", answering))):
                if isinstance(event, Finished):
                    if chosen is assistant.model:
                        self._notice_model(event.answer)
                    event = self._placed(event)
                    if gone:
                        event = _warned(event, _gone(event.answer.language, model))
                yield event
                if gone and isinstance(event, Retrieved):
                    yield Notice(_gone(event.query.language, model))
                if queued is not None and told != (told := queued.before):
                    yield Waiting(told)

    def _chosen(self, assistant: Assistant, model: str) -> tuple[ChatModel | None, bool]:
        """Who words the answer, and whether it is not who was asked for, because the server has no such model."""
        if not model or self.models is None:
            return assistant.model, False
        found = self.models.of(model)
        return (assistant.model, True) if found is None else (found, False)

    def _placed(self, event: Finished) -> Finished:
        """The answer with where its model was in memory, while that is known."""
        name = event.answer.model
        place = self.models.place(name) if name and self.models is not None else None
        return Finished(replace(event.answer, runs_on=place)) if place else event

    def _notice_model(self, answer: Answer) -> None:
        """A model may come or go while the page is open: the answers tell."""
        if answer.model is not None:
            self._set("model", "ready", answer.model)
        elif answer.warnings and not answer.abstained and self._parts["model"].state == "ready":
            self._set("model", "missing", answer.warnings[0], ModelUnavailable(answer.warnings[0]))
            threading.Thread(target=self._await_model, name="retrying", daemon=True).start()

    def _ready(self) -> Assistant:
        self.start()
        self._loaded.wait()
        with self._retrying:
            # what was missing at the start (no index yet) may be there now
            return self._assistant or self._load_assistant()

    def article(self, name: str) -> Article:
        """An article of the store. Raises `ArticleNotFound`."""
        self._ready()
        assert self._library is not None
        return self._library.article(name)

    def articles(self) -> Sequence[Any]:
        """Summaries of the articles of the store; empty while it loads."""
        return self._library.articles() if self._library is not None else []

    def is_empty(self) -> bool:
        """Whether no article is indexed, as far as is known."""
        return self._library is None or not self._library.languages

    def catalogue(self) -> Sequence[CatalogueEntry]:
        """Every article and every rejected file; empty while the store loads."""
        return self._library.catalogue() if self._library is not None else []

    def behind(self) -> Behind | None:
        """What has changed on disk since the store was made; None where that cannot be told."""
        if self._library is None or self._files is None:
            return None
        # the folder of the articles may be away: what is indexed is there all the same
        with suppress(AssistantError):
            seen, files = self._survey
            if time.monotonic() - seen > SECONDS_SURVEYED:
                files = self._files()
                self._survey = time.monotonic(), files
            return self._library.behind(files)
        return None

    def check(self, text: str, progress: Callable[[int, int], None] | None = None) -> CheckedJson:
        """Prove a text that someone else wrote; the JSON of `assistant check`. What `progress` raises ends it."""
        self._ready()
        assert self._check is not None
        return self._check(text, progress)

    def examples(self, language: str) -> list[str]:
        """Questions to begin with: those that the corpus brings along, else made from its newest articles."""
        if self._library is None:
            return []
        made, found = self._suggested.get(language, (-math.inf, []))
        if time.monotonic() - made > SECONDS_SUGGESTED:
            with suppress(AssistantError):
                brought = self._examples(language) if self._examples else []
                found = brought or suggested(self._library, pack(language))
            self._suggested[language] = (time.monotonic(), found)
        return found

    @property
    def embedder(self) -> Embedder | None:
        """What embeds, once it is loaded."""
        return self._assistant.vectors if self._assistant is not None else None


def _gone(language: str, model: str) -> str:
    """That a model is not there any more."""
    return pack(language).say("gone", "failures", model=model)


def _warned(event: Finished, warning: str) -> Finished:
    """The end of an answer with one more warning, before the others."""
    return Finished(replace(event.answer, warnings=(warning, *event.answer.warnings)))
