"""Ask questions about a folder of articles; every sentence of the answer is proved with the exact words of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .collection import Collection
    from .errors import AssistantError
    from .types import Answer, Citation, Filters, Hit, Quote, Turn

__all__ = ["Answer", "AssistantError", "Citation", "Collection", "Filters", "Hit", "Quote", "Turn"]

_HOME = {"Collection": "collection", "AssistantError": "errors"}


def __getattr__(name: str) -> Any:
    # late: the command line imports this package before it can hear Ctrl-C
    if name not in __all__:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOME.get(name, 'types')}", __name__), name)


def __dir__() -> list[str]:
    return __all__
