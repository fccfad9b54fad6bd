"""When the sources of an answer are from: said where their dates are clearly apart, or where one replaces another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ..composition.texts import say
from ..language.pack import pack
from ..types import Citation, Hit
from .article_versions import latest_version

DAYS_APART = 7
"""Sources that all lie within so many days tell one story; their dates are no news."""


def written_day(day: date, language: str) -> str:
    """A date as people write it: "1er mars 2025", "1 March 2025"."""
    return pack(language).day(day)


def dated_sources(citations: Iterable[Citation], language: str, hits: Sequence[Hit] = ()) -> str | None:
    """What is to be said of the citations' dates; None where it would not help.

    Which is from when, where all are dated and at least two are more than `DAYS_APART` days apart; and which of
    them has been superseded by a later version among `hits`, those that the citations were taken from.
    """
    cited = list(citations)
    told = [_dates(cited, language), *_superseded(cited, language, hits)]
    return " ".join(sentence for sentence in told if sentence) or None


def _dates(citations: Sequence[Citation], language: str) -> str | None:
    by_day: dict[date, list[int]] = {}
    for citation in citations:
        if citation.published is None:
            return None
        by_day.setdefault(citation.published, []).append(citation.n)
    if not by_day or (max(by_day) - min(by_day)).days <= DAYS_APART:
        return None
    named = [f"{_marked(numbers)} {written_day(day, language)}" for day, numbers in sorted(by_day.items())]
    return say("dated_sources", language, sources=", ".join(named), newest=say("newest", language))


def _superseded(citations: Sequence[Citation], language: str, hits: Sequence[Hit]) -> Iterator[str]:
    """A sentence for each article that is cited and of which a later version was found."""
    if not hits:
        return
    by_article: dict[str, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.quote.article, []).append(citation)
    for cited in by_article.values():
        older = cited[0].quote.hit
        newer = latest_version(older, hits)
        day, later = hits[older].published, hits[newer].published if newer is not None else None
        if newer is None or day is None or later is None:
            continue
        numbers = [c.n for c in citations if c.quote.article == hits[newer].passage.article]
        yield say(
            "superseded_source",
            language,
            older=_marked([citation.n for citation in cited]),
            day=written_day(day, language),
            newer=f"{written_day(later, language)} {_marked(numbers)}".rstrip(),
        )


def _marked(numbers: Sequence[int]) -> str:
    return "".join(f"[{n}]" for n in sorted(numbers))


def dated_side(published: date | None, newest: bool, language: str, superseded: date | None = None) -> str:
    """What stands before one side of a conflict: "Source du 9 juillet 2025 (la plus récente) :".

    `superseded`: the day of the later version that replaces its source.
    """
    if published is None:
        return say("undated_side", language)
    day = written_day(published, language)
    if superseded is not None:
        return say("superseded_side", language, day=day, newer=written_day(superseded, language))
    key = "newest_side" if newest else "dated_side"
    return say(key, language, day=day, newest=say("newest", language))
