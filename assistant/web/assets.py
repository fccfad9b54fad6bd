"""Files that are part of the page, and its icon."""

from __future__ import annotations

from importlib.resources import files

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%237a2e1d'/%3E%3Cpath fill='none' stroke='%23fff' "
    "stroke-width='2.6' d='M9 11h5v6c0 3-1.6 5-4.5 5.5M18 11h5v6c0 3-1.6 5-4.5 5.5'/%3E%3C/svg%3E"
)


def static(name: str) -> str:
    """A file that is part of the page."""
    return (files(__package__) / "static" / name).read_text("utf-8")
