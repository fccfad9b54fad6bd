from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import ConversationsUnavailable, QuestionError
from assistant.types import Event, Evidence, Finished, Json, Reviewed, Sentence, Token
from assistant.web.answers import TurnView, turn_html
from assistant.web.chat import SECONDS_BETWEEN_PATCHES, stream, take

from .fakes import BUDGET, ENGLISH, FRENCH, FakeBackend


def seen(events: Iterator[Event]) -> tuple[TurnView, list[TurnView]]:
    """The view after all events, and copies of it before the last one."""
    view, steps = TurnView("t", "q"), []
    for event in events:
        take(view, event)
        steps.append(TurnView("t", "q", view.state, view.answer.copy(), view.draft))
    return view, steps


async def patches(backend: FakeBackend, question: str, stop_after: int | None = None) -> list[Json]:
    view = TurnView("t", question)
    kept: list[Json] = []
    patches_of = stream(view, lambda: backend.ask(question), FRENCH, lambda event: "kept")
    async for change in patches_of:
        assert change is not None
        kept.append(change)
        if stop_after is not None and len(kept) >= stop_after:
            await patches_of.aclose()
            kept.append({"state": view.state, "html": turn_html(view, FRENCH)})
    return kept


def test_events_fold_into_the_answer(tmp_path: Path) -> None:
    backend = FakeBackend(tmp_path)
    view, steps = seen(backend.ask("budget"))
    growing = steps[-2]
    finished = view.answer
    assert growing.answer["answer"] == finished["answer"]
    assert [s["verdict"] for s in growing.answer["sentences"]] == [
        "supported",
        "partial",
        "unsupported",
        "supported",
    ]
    assert growing.answer["citations"] == finished["citations"]
    assert growing.draft == ""
    assert view.state == "done"


def test_a_sentence_replaces_its_part_of_the_draft() -> None:
    view = TurnView("t", "q")
    for event in (Token("One tw"), Token("o. Three"), Sentence("One two [1].", 0, 12, 8, "supported")):
        take(view, event)
    assert view.answer["answer"] == "One two [1]."
    assert view.draft == " Three"


def test_a_second_opinion_changes_the_mark_and_nothing_else() -> None:
    view = TurnView("t", "q")
    first, second = (
        Sentence("One [1].", 0, 8, 0, "partial"),
        Sentence("Two [1].", 9, 17, 0, "partial", before=" "),
    )
    for event in (first, second, Reviewed(replace(first, verdict="supported", probability=0.9))):
        take(view, event)
    assert view.answer["answer"] == "One [1]. Two [1]."
    assert [one["verdict"] for one in view.answer["sentences"]] == ["supported", "partial"]


def test_a_refusal_replaces_what_was_written() -> None:
    view = TurnView("t", "q")
    take(view, Sentence("Wrong.", 0, 6, 0, "unsupported"))
    take(view, Sentence("No answer.", 0, 10, 0, "no_claim"))
    assert view.answer["answer"] == "No answer."
    assert len(view.answer["sentences"]) == 1


def test_evidence_comes_before_the_answer(tmp_path: Path) -> None:
    asyncio.run(patches(FakeBackend(tmp_path), "budget"))  # the first drawing reads the templates
    html = asyncio.run(patches(FakeBackend(tmp_path, pace=0.05), "budget"))
    first = next(i for i, change in enumerate(html) if 'class="evidence"' in change["html"])
    proved = next(i for i, change in enumerate(html) if 'class="sentence' in change["html"])
    assert first < proved
    assert html[-1]["state"] == "done"


def test_patches_are_few(tmp_path: Path) -> None:
    """Thousands of pieces a second are drawn at most twenty times a second."""
    backend = FakeBackend(tmp_path)
    start = time.monotonic()
    changes = asyncio.run(patches(backend, "budget"))
    assert len(changes) <= 4 + (time.monotonic() - start) / SECONDS_BETWEEN_PATCHES


def test_closing_the_stream_stops_the_model(tmp_path: Path) -> None:
    backend = FakeBackend(tmp_path)
    changes = asyncio.run(patches(backend, "forever", stop_after=4))
    assert backend.closed.wait(2)
    assert changes[-1]["state"] == "stopped"
    assert FRENCH.stopped in changes[-1]["html"]


def test_stopping_does_not_wait_for_a_silent_model() -> None:
    def silent() -> Iterator[Event]:
        yield Evidence((BUDGET,), 0.1)
        time.sleep(3)

    async def run() -> None:
        patches_of = stream(TurnView("t", "q"), silent, ENGLISH, lambda event: None)
        await anext(patches_of)
        await anext(patches_of)
        await patches_of.aclose()

    start = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - start < 1


def test_an_error_of_ours_is_shown_as_it_is(tmp_path: Path) -> None:
    last = asyncio.run(patches(FakeBackend(tmp_path), "x" * 20_000))[-1]
    assert last["state"] == "failed"
    assert "20,000 characters" in last["html"]


def test_a_long_word_of_the_server_is_cut() -> None:
    view = TurnView("t", "q", state="failed", error="E" * 1_000_000, notices=["N" * 1_000_000])
    assert len(turn_html(view, FRENCH)) < 3_000


def test_a_bug_is_logged_and_not_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    last = asyncio.run(patches(FakeBackend(tmp_path), "break"))[-1]
    assert last["state"] == "failed"
    assert FRENCH.failed in last["html"]
    assert "division" not in last["html"]
    assert "ZeroDivisionError" in caplog.text


def test_an_error_before_the_first_event() -> None:
    def refuse() -> Iterator[Event]:
        raise QuestionError("The question is empty. Write one.")

    async def run() -> list[Json]:
        changes = stream(TurnView("t", ""), refuse, ENGLISH, lambda event: None)
        return [change async for change in changes if change is not None]

    assert "The question is empty" in asyncio.run(run())[-1]["html"]


def test_the_kept_id_reaches_the_page(tmp_path: Path) -> None:
    last = asyncio.run(patches(FakeBackend(tmp_path), "budget"))[-1]
    assert 'data-answer="kept"' in last["html"]


def test_finished_is_kept_once(tmp_path: Path) -> None:
    kept: list[Finished] = []

    async def run() -> None:
        async for _ in stream(
            TurnView("t", "q"),
            lambda: FakeBackend(tmp_path).ask("budget"),
            ENGLISH,
            lambda event: kept.append(event),
        ):
            pass

    asyncio.run(run())
    assert len(kept) == 1


def test_an_answer_that_cannot_be_kept_is_shown_and_says_so(tmp_path: Path) -> None:
    def full(event: Finished) -> str:
        raise ConversationsUnavailable(
            "Conversations cannot be kept in 'x' (the disk is full). Make room there."
        )

    async def run() -> list[Json | None]:
        events = FakeBackend(tmp_path).ask("budget")
        return [change async for change in stream(TurnView("t", "q"), lambda: events, FRENCH, full)]

    last = asyncio.run(run())[-1]
    assert last is not None
    assert last["state"] == "done"
    assert "le disque est plein" in last["html"]
    assert "ne sera pas conservée" in last["html"]
    assert "thumb" not in last["html"]


def test_a_silent_model_is_heard_of_each_second() -> None:
    """Only what is sent shows that nobody reads any more."""

    def silent() -> Iterator[Event]:
        yield Evidence((BUDGET,), 0.1)
        time.sleep(1.5)

    async def run() -> list[Json | None]:
        return [change async for change in stream(TurnView("t", "q"), silent, ENGLISH, lambda event: None)]

    assert None in asyncio.run(run())
