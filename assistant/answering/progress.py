"""Reading a stream of events to its end."""

from __future__ import annotations

from collections.abc import Iterator

from ..types import Answer, Event, Finished


def answer_of(events: Iterator[Event]) -> Answer:
    """The answer that ends the stream."""
    answer: Answer | None = None
    for event in events:
        if isinstance(event, Finished):
            answer = event.answer
    assert answer is not None, "a stream of events ends with Finished"
    return answer
