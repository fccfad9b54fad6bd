"""An earlier conversation is drawn from its end, a few turns at a time: hundreds at once would take half a minute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import AssistantError
from ..types import Json
from .answers import TurnView
from .asking import limits_named
from .chat import patch, turn_key
from .texts import Texts

if TYPE_CHECKING:
    from ..conversations.conversations import Exchange
    from .backend import Backend

TURNS = 20
"""Of a conversation that is opened."""
MORE_TURNS = 40


def restored(
    backend: Backend, exchanges: Sequence[Exchange], texts: Texts, most: int = TURNS
) -> tuple[list[Json], int]:
    """The last turns as patches, and how many stand before them."""
    left = max(0, len(exchanges) - most)
    shown = exchanges[left:]
    _compare(backend, shown)
    return [patch(_view(one, number, texts), texts) for number, one in enumerate(shown, left + 1)], left


def _compare(backend: Backend, exchanges: Sequence[Exchange]) -> None:
    """Tell of each citation whether its article has changed or gone since."""
    if any(part.state != "ready" and part.name != "model" for part in backend.state()):
        return
    now: dict[str, str] = {}
    for exchange in exchanges:
        for citation in exchange.answer["citations"]:
            name = citation["article"]
            if name not in now:
                try:
                    now[name] = backend.article(name).text_digest
                except AssistantError:
                    now[name] = ""
            if citation.get("digest") and citation["digest"] != now[name]:
                citation["since"] = "changed" if now[name] else "gone"


def _view(exchange: Exchange, number: int, texts: Texts) -> TurnView:
    view = TurnView(turn_key(number), exchange.question)
    view.kept = exchange.id
    view.answer, view.replaced = exchange.answer, exchange.replaced
    view.thumb, view.correction, view.reasons = exchange.thumb, exchange.correction, exchange.reasons
    view.state = "interrupted" if view.answer.get("interrupted") else "done"
    view.draft = str(view.answer.get("draft") or "")
    view.notices = list(view.answer["warnings"])
    view.filters = view.answer.get("filters")
    view.limits = limits_named(view.filters, texts)
    return view
