"""The proof of another assistant's answers: the same one, against what it was given or what our search finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..answer_json import CheckedJson
from ..answering.batch import check_task, task_of
from ..composition.composer import Proves
from ..types import Json
from .records import notes_of
from .runner import Outcome


@dataclass(frozen=True, slots=True)
class OthersProof:
    """Fills `sentences` of an answer that came without a proof; its citations stay its own affair."""

    check: Callable[[str], CheckedJson]
    """A text becomes the JSON of `assistant check`: each sentence is searched for."""
    prover: Proves

    def __call__(self, outcome: Outcome) -> Outcome:
        record = outcome.record
        if outcome.failure is not None or record.get("abstained") is not False or record.get("sentences"):
            return outcome
        contexts = notes_of(record).get("contexts")
        if contexts:
            task = task_of({"passages": contexts, "answer": record["answer"], "language": record["language"]})
            sentences = check_task(task, self.prover)["sentences"]
        else:
            sentences = self.check(record["answer"])["sentences"]
        return replace(outcome, record={**record, "sentences": sentences})


def contexts_of(data: Mapping[str, object]) -> list[Json]:
    """The passages that a reply says it was written from: `contexts`, or `context.citations` of its message."""
    found: object = data.get("contexts")
    if not isinstance(found, list):
        context = message_of(data).get("context")
        found = context.get("citations") if isinstance(context, dict) else None
    return [passage for one in (found if isinstance(found, list) else []) if (passage := _passage(one))]


def message_of(data: Mapping[str, object]) -> Mapping[str, object]:
    """The message of a reply, or the piece of it that an event brings."""
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = (first.get("delta") or first.get("message")) if isinstance(first, dict) else None
    return message if isinstance(message, dict) else {}


def _passage(one: object) -> Json | None:
    """A passage as a bare text, or an object whose text is under `text` or `content`."""
    if isinstance(one, str):
        return {"title": "", "text": one}
    if not isinstance(one, dict):
        return None
    text = one.get("text") or one.get("content")
    title = one.get("title")
    return {"title": title if isinstance(title, str) else "", "text": text} if isinstance(text, str) else None
