"""Events become a growing answer, and the growing answer a stream of patches for the page."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from ..answer_json import PlacedJson
from ..errors import AssistantError, ConversationsUnavailable
from ..types import (
    Event,
    Evidence,
    Finished,
    Json,
    Notice,
    Retrieved,
    Reviewed,
    Sentence,
    Thought,
    Token,
    Waiting,
)
from .answers import TurnView, turn_html
from .sources import sources_html
from .texts import Texts

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

SECONDS_BETWEEN_PATCHES = 0.05
SECONDS_OF_SILENCE = 1.0
"""After so long without an event the page hears from us all the same: only so is a closed tab noticed."""
log = logging.getLogger(__name__)


@dataclass
class Session:
    """One opened page: the conversation it continues and the turn that is being answered."""

    conversation: str = ""
    turns: int = 0
    current: TurnView | None = None
    kept: dict[str, str] = field(default_factory=dict)
    """Key of a turn in the page -> its id in the conversation."""

    @property
    def busy(self) -> bool:
        return self.current is not None and self.current.busy

    def begin(self, question: str) -> TurnView:
        """A new turn for `question`."""
        self.turns += 1
        self.current = TurnView(turn_key(self.turns), question, conversation=self.conversation)
        return self.current

    def resume(self, conversation: str, kept: Sequence[str]) -> None:
        """Go on with a conversation whose turns have these ids."""
        self.conversation, self.turns = conversation, len(kept)
        self.kept = {turn_key(number): one for number, one in enumerate(kept, 1)}

    def leave(self) -> None:
        """No conversation is open."""
        self.conversation, self.current, self.kept = "", None, {}


def turn_key(number: int) -> str:
    """The id in the page of a conversation's turn, counted from 1."""
    return f"turn-{number}"


def patch(view: TurnView, texts: Texts) -> Json:
    """What the page needs to show a turn as it is now."""
    return {
        "turn": view.key,
        "state": view.state,
        "conversation": view.conversation,
        "replaced": view.replaced,
        "html": turn_html(view, texts),
        "sources": sources_html(view.citations, view.hits, texts),
    }


# --------------------------------------------------------------------------- folding events


def take(view: TurnView, event: Event) -> None:
    """Put one event into the view."""
    match event:
        case Retrieved():
            view.answer["hits"] = [hit.as_json() for hit in event.hits]
            view.answer["language"] = event.query.language
        case Evidence():
            view.answer["evidence"] = [quote.as_json() for quote in event.quotes]
            view.state = "writing"
        case Notice():
            view.notices.append(event.text)
        case Waiting():
            view.before = event.before
        case Thought():
            view.thought += event.text
        case Token():
            view.draft += event.text
        case Sentence():
            _take_sentence(view, event)
        case Reviewed():
            view.answer["sentences"] = [
                event.sentence.as_json() if item["start"] == event.sentence.start else item
                for item in view.answer.get("sentences", ())
            ]
        case Finished():
            view.answer = event.answer.as_json()
            view.draft, view.state = "", "done"
            view.notices = list(event.answer.warnings)


def _take_sentence(view: TurnView, sentence: Sentence) -> None:
    """A sentence stands where it says; one that begins at 0 again, as a refusal does, replaces all."""
    cut = sentence.start - len(sentence.before)
    kept = [item for item in view.answer.get("sentences", ()) if item["end"] <= cut]
    view.answer["answer"] = view.answer.get("answer", "")[:cut] + sentence.before + sentence.text
    view.answer["sentences"] = [*kept, sentence.as_json()]
    known = {citation["n"]: citation for citation in view.citations}
    known.update({citation.n: citation.as_json() for citation in sentence.citations})
    view.answer["citations"] = [known[n] for n in sorted(known)]
    view.draft = view.draft[sentence.draft_length :]


# --------------------------------------------------------------------------- streaming


T = TypeVar("T")


@dataclass
class Pump(Generic[T]):
    """Reads an iterator of events in a thread of its own, so that stopping never waits for the next event."""

    events: Callable[[], Iterator[T]]
    loop: asyncio.AbstractEventLoop
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: deque[T] = field(default_factory=deque)
    error: BaseException | None = None
    """What ended the iterator early: a thread has no caller to raise it to."""
    finished: bool = False
    stopped: bool = False

    def start(self) -> None:
        threading.Thread(target=self._run, name="answer", daemon=True).start()

    def _run(self) -> None:
        with self, closing(cast("Generator[T]", self.events())) as events:
            for event in events:
                if self.stopped:
                    break
                self.waiting.append(event)
                self._wake()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> bool:
        self.error, self.finished = error, True
        self._wake()
        return True

    def _wake(self) -> None:
        # the loop may end while the model still writes its last word
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.arrived.set)

    async def batches(self) -> AsyncGenerator[list[T]]:
        """Events as they come, at most one batch in `SECONDS_BETWEEN_PATCHES`; an empty one while none comes."""
        over = False
        while not over:
            try:
                # not wait_for: in Python 3.11 it can swallow a cancellation that comes with an event
                async with asyncio.timeout(SECONDS_OF_SILENCE):
                    await self.arrived.wait()
            except TimeoutError:
                yield []
                continue
            self.arrived.clear()
            over = self.finished  # read first: what arrived before the end is in `waiting`
            batch = [self.waiting.popleft() for _ in range(len(self.waiting))]
            if batch:
                yield batch
            if not over:
                await asyncio.sleep(SECONDS_BETWEEN_PATCHES)


class Unwanted(Exception):
    """Raised in a check whose page has gone, to end it."""


async def proved(
    check: Callable[[Callable[[int, int], None]], PlacedJson],
) -> AsyncGenerator[PlacedJson | BaseException | None]:
    """Prove a text in a thread: yields None each second, then what `check` returns or what ended it.

    Closing it ends the check: `check` is given a function to call after each sentence.
    """

    def progress(_: int, __: int) -> None:
        if pump.stopped:
            raise Unwanted

    def results() -> Iterator[PlacedJson]:
        yield check(progress)

    pump: Pump[PlacedJson] = Pump(results, asyncio.get_running_loop())
    pump.start()
    try:
        async for batch in pump.batches():
            yield batch[0] if batch else None
        if pump.error is not None:
            yield pump.error
    finally:
        pump.stopped = True


async def stream(
    view: TurnView,
    events: Callable[[], Iterator[Event]],
    texts: Texts,
    keep: Callable[[Finished], str | None],
) -> AsyncGenerator[Json | None]:
    """Answer one question as patches; closing it closes the iterator of events, which stops the model.

    Yields None where nothing has changed for a second. `keep` stores a finished answer and gives the id for
    feedback; where it cannot, the answer is shown and says so.
    """
    pump = Pump(events, asyncio.get_running_loop())
    pump.start()
    try:
        yield patch(view, texts)
        async for batch in pump.batches():
            for event in batch:
                take(view, event)
                if isinstance(event, Finished):
                    await _keep(view, event, texts, keep)
            yield patch(view, texts) if batch else None
        if pump.error is not None:
            view.state, view.error = "failed", explained(pump.error, texts)
            view.detail = str(pump.error) if isinstance(pump.error, AssistantError) else ""
            yield patch(view, texts)
    finally:
        pump.stopped = True
        if view.busy:
            view.state = "stopped"


async def _keep(
    view: TurnView, event: Finished, texts: Texts, keep: Callable[[Finished], str | None]
) -> None:
    try:
        # in a thread: a locked file keeps waiting, and the other pages shall not
        view.kept = await asyncio.to_thread(keep, event)
    except ConversationsUnavailable as error:
        view.notices.append(texts.answer_not_kept.format(why=texts.problem(error)))


def explained(error: BaseException, texts: Texts) -> str:
    """What the user reads of an error: words of the page's language, or, for a bug, where to look."""
    if isinstance(error, AssistantError):
        return texts.problem(error)
    log.error("A question could not be answered", exc_info=error)
    return texts.failed
