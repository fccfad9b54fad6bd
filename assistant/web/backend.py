"""What the page asks of the program behind it; `assistant.web.loading.LoadingBackend` is the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from ..answer_json import CheckedJson
from ..errors import AssistantError
from ..types import Article, Event, Filters, Turn

if TYPE_CHECKING:
    from ..conversations.conversations import Conversations
    from ..curation.curator import Curator
    from ..library import ArticleSummary, Behind, CatalogueEntry
    from ..model.choice import ServerModels


class Part(Protocol):
    """One thing that answering needs and the state it is in."""

    @property
    def name(self) -> str:
        """index, embedder or model."""
        ...

    @property
    def state(self) -> str:
        """loading, waiting (for the index), ready, missing or failed."""
        ...

    @property
    def detail(self) -> str:
        """What it is, or what to do about it."""
        ...

    @property
    def error(self) -> AssistantError | None:
        """What keeps it from being ready, where that is known."""
        ...


class Backend(Protocol):
    """Everything the page can ask for."""

    def ask(
        self,
        question: str,
        history: Sequence[Turn],
        as_of: date | None = None,
        filters: Filters = Filters(),  # noqa: B008  # frozen
        width: int = 1,
        model: str = "",
    ) -> Iterator[Event]:
        """Answer a question from `width` times the usual passages; closing the iterator stops the model.

        `model` names one of `models` that is not the usual one.

        Raises `AssistantError`.
        """
        ...

    def start(self) -> None:
        """Begin to load; return at once."""
        ...

    def retry(self) -> None:
        """Try again at once what is missing; return at once."""
        ...

    def check(self, text: str, progress: Callable[[int, int], None] | None = None) -> CheckedJson:
        """Prove a text that someone else wrote: the JSON of `assistant check`. Raises `AssistantError`.

        `progress` is told how many of how many sentences are done; what it raises ends the check.
        """
        ...

    def article(self, name: str) -> Article:
        """Raise `ArticleNotFound` where there is none."""
        ...

    def articles(self) -> Sequence[ArticleSummary]:
        """What is indexed, by name; empty while it loads."""
        ...

    def is_empty(self) -> bool:
        """Whether no article is indexed; asked at every poll of the page, so it looks up no list."""
        ...

    def catalogue(self) -> Sequence[CatalogueEntry]:
        """Every article and every file that was rejected; empty while the store loads."""
        ...

    def behind(self) -> Behind | None:
        """What has changed on disk since the articles were indexed; None where that cannot be told."""
        ...

    @property
    def curator(self) -> Curator | None:
        """What adds, removes, corrects and indexes articles; None where nothing does."""
        ...

    def state(self) -> Sequence[Part]:
        """Answer at once, whatever is loading."""
        ...

    def examples(self, language: str) -> list[str]:
        """Questions worth trying on what is indexed; empty for an unknown corpus."""
        ...

    @property
    def models(self) -> ServerModels | None:
        """The models of the server; None where none can be chosen."""
        ...

    @property
    def conversations(self) -> Conversations:
        """What is kept of earlier conversations."""
        ...
