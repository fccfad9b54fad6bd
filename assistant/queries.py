"""A question as the search understands it. `types` has these names too; import them from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .answer_json import GivenJson


@dataclass(frozen=True, slots=True)
class TimeCue:
    """What a question says about time, resolved to dates.

    `filter` keeps articles published in [after, before]; `latest` prefers the newest among the relevant.
    """

    kind: Literal["filter", "latest"]
    words: str
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles are searched: those that meet all that is given."""

    since: date | None = None
    until: date | None = None
    """First and last day of publication; where one is given, undated articles are left out."""
    language: str | None = None
    folder: str | None = None
    """Path inside the corpus; its sub-folders belong to it."""
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the search understands it."""

    text: str
    """As the user typed it."""
    search_text: str
    """What is searched: `text`, or its stand-alone rewriting when it is a follow-up."""
    language: str
    time: TimeCue | None = None
    as_of: date | None = None
    """The day on which the question is asked."""
    filters: Filters = Filters()
    rewritten: bool = False
    """It leans on the conversation, and `search_text` was made to stand alone."""
    beside: str = ""
    """What is searched as well: the whole message of which it is a part."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an answer was written from."""

    width: int
    """Times what is usual."""
    sought: int
    """Passages that were looked for."""
    passages: int | None = None
    """Passages of which the model was given something; None where it was given none."""
    left_out: int = 0
    """Passages that did not fit: the window, or the time until the first word."""

    def as_json(self) -> GivenJson:
        return {
            "width": self.width,
            "sought": self.sought,
            "passages": self.passages,
            "left_out": self.left_out,
        }
