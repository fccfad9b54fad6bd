"""The view of the articles: what was read, what was not and why, and what has changed on disk since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from ..conversations.conversations import has_words
from ..language import remarks
from ..language.pack import pack
from ..library import Behind, CatalogueEntry
from .templates import render
from .texts import Texts

Only = Literal["all", "warned", "rejected", "added", "corrected"]
Sort = Literal["newest", "oldest", "title", "name"]
SHOWN = 100
"""So many lines are drawn at first."""
MOST_SHOWN = 5_000
NAMED = 12
"""So many new, changed and gone files are named each."""


class CatalogueFilter(NamedTuple):
    """Which articles of the list are shown, and in which order."""

    search: str = ""
    only: Only = "all"
    language: str = ""
    """A code; empty: all."""
    sort: Sort = "newest"
    shown: int = SHOWN


def nothing_added(_: str) -> bool:
    """Where nothing can be added, nothing was."""
    return False


def catalogue_html(
    entries: Sequence[CatalogueEntry],
    behind: Behind | None,
    wanted: CatalogueFilter,
    texts: Texts,
    is_added: Callable[[str], bool] = nothing_added,
    running: bool = False,
    runs: int = 0,
    curates: bool = True,
) -> str:
    """The articles whose title, name or publisher has all words searched for, with what can be done to each.

    `running`: an index run is under way; `runs` had ended before. `curates`: whoever looks may change them.
    """
    articles = [entry for entry in entries if entry.reason is None]
    years = sorted(entry.published.year for entry in articles if entry.published)
    languages = Counter(entry.language for entry in articles)
    names = pack(texts.language)
    named = [(code, names.language_name(code)) for code, _ in languages.most_common()]
    has_all = has_words(wanted.search) if wanted.search else None
    matching = (
        entries if has_all is None else [entry for entry in entries if has_all(_words(entry, texts.language))]
    )
    found = _ordered([entry for entry in matching if _is_wanted(entry, wanted, is_added)], wanted.sort)
    drawn = found[: wanted.shown]
    return render(
        "articles.html",
        entries=drawn,
        added={entry.name for entry in drawn if is_added(entry.name)},
        found=len(found),
        more=min(wanted.shown + 2 * SHOWN, MOST_SHOWN),
        all=len(entries),
        articles=len(articles),
        rejected=len(entries) - len(articles),
        years=f"{years[0]}–{years[-1]}" if years and years[0] != years[-1] else "".join(map(str, years[:1])),
        languages=[f"{name} {languages[code]}" for code, name in named],
        choices=json.dumps(named, ensure_ascii=False),
        language_name=names.language_name,
        behind=[(kind, changed[:NAMED], len(changed)) for kind, changed in changes(behind) if changed],
        running=running,
        runs=runs,
        curates=curates,
        says=lambda field, value: said(field, value, texts),
        texts=texts,
    )


def said(field: str, value: str | None, texts: Texts) -> str:
    """What the file says of a fact, in words."""
    if not value:
        return texts.says_nothing
    if field == "language":
        return pack(texts.language).language_name(value)
    return pack(texts.language).day(date.fromisoformat(value)) if field == "published" else value


def changes(behind: Behind | None) -> list[tuple[str, list[str]]]:
    """The kinds of change and the names of the files of each."""
    return [] if behind is None else [("new", behind.new), ("changed", behind.changed), ("gone", behind.gone)]


def _ordered(entries: list[CatalogueEntry], sort: Sort) -> list[CatalogueEntry]:
    """Undated and rejected ones last, whatever way the dates run."""
    if sort == "name":
        return sorted(entries, key=lambda entry: entry.name)
    if sort == "title":
        return sorted(entries, key=lambda entry: (entry.title.casefold(), entry.name))
    sign = -1 if sort == "newest" else 1

    def key(entry: CatalogueEntry) -> tuple[Any, ...]:
        day = entry.published
        return (day is None, sign * day.toordinal() if day else 0, entry.name)

    return sorted(entries, key=key)


def _words(entry: CatalogueEntry, language: str) -> str:
    """What a search looks through."""
    return f"{entry.title} {entry.name} {entry.publisher or ''} {remarks.said(entry.reason or '', language)}"


def _is_wanted(entry: CatalogueEntry, wanted: CatalogueFilter, is_added: Callable[[str], bool]) -> bool:
    if wanted.language and entry.language != wanted.language:
        return False
    if wanted.only == "rejected":
        return entry.reason is not None
    if wanted.only == "added":
        return is_added(entry.name)
    if wanted.only == "corrected":
        return bool(entry.stated)
    return wanted.only == "all" or bool(entry.warnings or entry.flagged or entry.duplicate_of)
