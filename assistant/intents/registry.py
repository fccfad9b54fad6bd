"""Which kinds of message there are, and what answers each."""

from __future__ import annotations

from collections.abc import Mapping

from ..types import Kind
from .answer import answer
from .chat import chat
from .check import check
from .collection import collection
from .compare import compare
from .listing import listing
from .overview import overview
from .previous import previous
from .reply import Intent
from .timeline import timeline

INTENTS: Mapping[Kind, Intent] = {
    "answer": answer,
    "overview": overview,
    "list": listing,
    "compare": compare,
    "timeline": timeline,
    "collection": collection,
    "previous": previous,
    "check": check,
    "chat": chat,
}
