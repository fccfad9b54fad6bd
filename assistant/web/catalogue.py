"""The view of the articles: what was read, what was not and why, and what has changed on disk since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from ..answering.conversations import has_words
from ..language.pack import pack
from ..library import Behind, CatalogueEntry
from .templates import render
from .texts import Texts

Only = Literal["all", "warned", "rejected"]
SHOWN = 300
"""So many lines are drawn; the search narrows what is longer."""
NAMED = 12
"""So many new, changed and gone files are named each."""


def catalogue_html(
    entries: Sequence[CatalogueEntry], behind: Behind | None, search: str, only: Only, texts: Texts
) -> str:
    """The list of articles whose title, name or publisher has all words of `search`."""
    searched = has_words(search)
    found = [
        entry
        for entry in entries
        if _is_wanted(entry, only) and searched(f"{entry.title} {entry.name} {entry.publisher or ''}")
    ]
    articles = [entry for entry in entries if entry.reason is None]
    years = sorted(entry.published.year for entry in articles if entry.published)
    languages = Counter(entry.language for entry in articles)
    names = pack(texts.language)
    return render(
        "articles.html",
        entries=found[:SHOWN],
        found=len(found),
        all=len(entries),
        articles=len(articles),
        rejected=len(entries) - len(articles),
        years=f"{years[0]}–{years[-1]}" if years and years[0] != years[-1] else "".join(map(str, years[:1])),
        languages=[f"{names.language_name(code)} {count}" for code, count in languages.most_common()],
        language_name=names.language_name,
        behind=[(kind, changed[:NAMED], len(changed)) for kind, changed in _changes(behind) if changed],
        texts=texts,
    )


def _changes(behind: Behind | None) -> list[tuple[str, list[str]]]:
    return [] if behind is None else [("new", behind.new), ("changed", behind.changed), ("gone", behind.gone)]


def _is_wanted(entry: CatalogueEntry, only: Only) -> bool:
    if only == "rejected":
        return entry.reason is not None
    return only == "all" or bool(entry.warnings or entry.flagged or entry.duplicate_of)
