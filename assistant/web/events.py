"""Bodies of Gradio's events: each event takes texts of bounded length, and nothing else.

Gradio itself would take any value: one that claims to be an uploaded file makes it copy any file of the
machine into its cache and serve it. So what reaches Gradio is rebuilt from what was checked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .bodies import Refused

if TYPE_CHECKING:
    import gradio

Session = Annotated[str, Field(pattern=r"\A[A-Za-z0-9]{1,64}\z")]
QUESTION_CHARACTERS = 2_000
CHECK_CHARACTERS = 50_000
MODEL_NAME = r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,120}"
WIDEST = 4
"""Times the usual number of passages that a question may be asked with."""
LONGEST = {"question": QUESTION_CHARACTERS, "check-text": CHECK_CHARACTERS}
"""The boxes that events read, and how many characters of each."""
Number = Annotated[int, Field(ge=0, le=1_000_000)]
NOT_OURS = "This is not what the page sends."


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, hide_input_in_errors=True)


class Limits(_Strict):
    """What a question is limited to: `types.Filters` as JSON."""

    since: Annotated[str, Field(pattern=r"\A(\d{4}-\d\d-\d\d)?\z")] | None = None
    until: Annotated[str, Field(pattern=r"\A(\d{4}-\d\d-\d\d)?\z")] | None = None
    language: Annotated[str, Field(max_length=20)] | None = None
    folder: Annotated[str, Field(max_length=1_000)] | None = None
    articles: Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=50)] = []


class Chosen(_Strict):
    """What an event tells of itself: which conversation was chosen, or what is asked."""

    conversation: Annotated[str, Field(pattern=r"\A[0-9a-f]{32}\z")] | None = None
    question: Annotated[str, Field(max_length=QUESTION_CHARACTERS)] | None = None
    before: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    again: Annotated[str, Field(pattern=r"\A(turn-\d{1,6})?\z")] | None = None
    filters: Limits | None = None
    width: Annotated[int, Field(ge=1, le=WIDEST)] = 1
    model: Annotated[str, Field(pattern=rf"\A({MODEL_NAME})?\z")] | None = None


class EventBody(_Strict):
    """An event, as the page sends it."""

    fn_index: Number
    session_hash: Session
    data: Annotated[list[str | None], Field(max_length=8)]
    trigger_id: Number | None = None
    event_data: Any = None


class CancelBody(_Strict):
    """The end of an event."""

    session_hash: Session
    fn_index: Number
    event_id: Annotated[str, Field(pattern=r"\A[0-9a-f]{32}\z")]


@dataclass(frozen=True, slots=True)
class Shape:
    """What an event takes: for each input the greatest number of characters, None for what stays here."""

    queued: bool
    inputs: tuple[int | None, ...]
    chooses: bool


class Events:
    """The shapes of all events of an interface. Raises `TypeError` where one takes more than texts."""

    def __init__(self, blocks: gradio.Blocks) -> None:
        self.shapes = {
            number: Shape(function.queue, tuple(map(_longest, function.inputs)), function.collects_event_data)
            for number, function in blocks.fns.items()
            if function.fn is not None  # those without only name what they cancel
        }

    def queued(self, given: Any) -> Any:
        """Check an event that waits in the queue."""
        return self._checked(given, queued=True)

    def quick(self, given: Any) -> Any:
        """Check an event that is answered at once."""
        return self._checked(given, queued=False)

    def cancel(self, given: Any) -> Any:
        """Check the cancelling of an event."""
        return _validated(CancelBody, given)

    def _checked(self, given: Any, *, queued: bool) -> Any:
        event = _validated(EventBody, given)
        shape = self.shapes.get(event["fn_index"])
        if shape is None or shape.queued != queued or len(event["data"]) != len(shape.inputs):
            raise Refused(422, NOT_OURS)
        for value, longest in zip(event["data"], shape.inputs, strict=True):
            if (value is None) != (longest is None):
                raise Refused(422, NOT_OURS)
            if value is not None and longest is not None and len(value) > longest:
                raise Refused(413, too_long(longest))
        event["event_data"] = _validated(Chosen, event["event_data"] or {}) if shape.chooses else None
        return event


def _longest(component: Any) -> int | None:
    import gradio

    if isinstance(component, gradio.State):
        return None
    if isinstance(component, gradio.Textbox) and component.elem_id in LONGEST:
        return LONGEST[component.elem_id]
    raise TypeError(
        f"An event takes {component!r}: events take texts whose bound is in LONGEST, and no files."
    )


def _validated(model: type[BaseModel], given: Any) -> dict[str, Any]:
    try:
        return model.model_validate(given).model_dump()
    except ValidationError as error:
        if any(
            problem["loc"] == ("question",) and problem["type"] == "string_too_long"
            for problem in error.errors()
        ):
            raise Refused(413, too_long(QUESTION_CHARACTERS)) from error
        raise Refused(422, NOT_OURS) from error


def too_long(longest: int) -> str:
    return f"The text is too long: at most {longest:,} characters are read."
