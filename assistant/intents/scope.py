"""Which articles a message is about: those of a period, a language, a folder, a title or a subject."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from ..composition.abstention import likeness
from ..language.folding import fold
from ..language.pack import languages, pack
from ..proof.places import matching_stems, stems_of
from ..reading.words import content_stems, words
from ..types import Hit, Passage, Query, TimeCue
from .reply import Library, Listed, Reply
from .subject import frame_stems, parts_of, quoted

_YEAR = re.compile(r"(?<![\w-])(?:19|20)\d\d(?![\w-])")
_REMARK = re.compile(r"\([^()]{0,200}\)")
TITLED = 0.8
"""Share of the weight of a subject's words from which a title names it."""
SAME_TITLE = 0.6
"""Share of the weight of a title's words from which a message quotes that title."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a message keeps to; None where it keeps to nothing."""

    subject: str
    period: TimeCue | None = None
    language: str | None = None
    folder: str | None = None
    parts: tuple[str, ...] = ()
    """The parts that make up the subject, where there are several."""

    @property
    def bounded(self) -> bool:
        return self.period is not None or self.language is not None or self.folder is not None

    def keeps(self, article: Listed) -> bool:
        """Whether an article lies in the period, is of the language and in the folder."""
        return (
            (self.language is None or article.language == self.language)
            and (self.folder is None or self.folder in _folders(article.name))
            and (self.period is None or lies_in(article.published, self.period))
        )


def scope_of(reply: Reply) -> Scope:
    """Read the scope of a message."""
    message, language = reply.query.text, reply.query.language
    period = _period(reply.query)
    named = languages_named(message, language)
    folder = _folder_named(message, reply.library.articles())
    title = quoted(message)
    if title is not None:
        return Scope(title, period, None, None)
    without = [place for place in (period and period.words, *named.values(), folder) if place]
    parts = parts_of(message, language, without, kind=reply.kind)
    remarks = [match.span() for match in _REMARK.finditer(message)]
    said = [part for part in parts if not any(start < part.start < end for start, end in remarks)]
    texts = tuple(part.text for part in said or parts)
    own = next(iter(named)) if len(named) == 1 else None
    return Scope(" ".join(texts), period, own, folder, texts if any(part.joined for part in said) else ())


def _period(query: Query) -> TimeCue | None:
    if query.time is not None and query.time.kind == "filter":
        return query.time
    years = list(_YEAR.finditer(query.text))
    if len(years) != 1:
        return None
    year = int(years[0][0])
    return TimeCue("filter", years[0][0], date(year, 1, 1), date(year, 12, 31))


def lies_in(day: date | None, period: TimeCue) -> bool:
    """Whether a day lies in a period, both ends included."""
    return (
        day is not None
        and (period.after is None or day >= period.after)
        and (period.before is None or day <= period.before)
    )


def languages_named(message: str, language: str, *, anywhere: bool = False) -> dict[str, str]:
    """The languages that a message names, each with the word for it; where it names several it keeps to none.

    `anywhere`: also where the word may tell of a people, as in what asks for a translation.
    """
    known = {
        fold(name): code
        for spoken in languages()
        for code, names in pack(spoken).words["languages"].items()
        for name in names
    }
    found = words(message, language)
    frame = frame_stems(language)
    named: dict[str, str] = {}
    for place, word in enumerate(found):
        code = known.get(fold(word.text)) or known.get(fold(word.text).removesuffix("s"))
        beside = found[max(0, place - 1) : place + 2]
        # "en anglais", "English articles", not "la guerre d'indépendance espagnole"
        if code is not None and (
            anywhere
            or any(one.stem in frame or fold(one.text) in ("en", "in") for one in beside if one is not word)
        ):
            named.setdefault(code, word.text)
    return named


def _folders(name: str) -> list[str]:
    return [folder.casefold() for folder in name.split("/")[:-1]]


def _folder_named(message: str, articles: Sequence[Listed]) -> str | None:
    folders = {folder for article in articles for folder in _folders(article.name)}
    said = {match[0].casefold() for match in re.finditer(r"[\w.-]+", message)}
    found = sorted((folders & said) - set(languages()), key=len)
    return found[-1] if found else None


# --------------------------------------------------------------------------- titles and subjects


@lru_cache(maxsize=8)
def _rarities(titles: tuple[tuple[str, str], ...]) -> Mapping[str, float]:
    counts = Counter(stem for title, language in titles for stem in stems_of(title, language))
    return {stem: math.log(1 + (len(titles) + 1) / (count + 1)) for stem, count in counts.items()}


def by_title(subject: str, language: str, articles: Sequence[Listed]) -> list[Listed]:
    """Articles whose title names the subject, the most exact first; one alone where its title is quoted."""
    idfs = _rarities(tuple((article.title, article.language) for article in articles))
    unseen = math.log(2 + len(articles))
    scored = []
    for article in articles:
        asked, title = stems_of(subject, article.language), stems_of(article.title, article.language)
        if fold(subject).strip(" .?!") == fold(article.title).strip(" .?!"):
            return [article]
        share = _weight(_said(asked, title), idfs, unseen) / (_weight(asked, idfs, unseen) or 1.0)
        back = _weight(_said(title, asked), idfs, unseen) / (_weight(title, idfs, unseen) or 1.0)
        if asked and share >= TITLED:
            scored.append((share + back, back, article))
    scored.sort(key=lambda item: (-item[0], item[2].name))
    if scored and scored[0][1] >= SAME_TITLE:
        return [article for _, back, article in scored if back >= SAME_TITLE][:1]
    return [article for _, _, article in scored]


def _said(stems: Iterable[str], title: frozenset[str]) -> list[str]:
    """Those of the stems that a title has, in some form."""
    return [stem for stem in stems if likeness(stem, title)]


def _weight(stems: Iterable[str], idfs: Mapping[str, float], unseen: float) -> float:
    return math.fsum(idfs.get(stem, unseen) for stem in stems)


def is_in_collection(library: Library, subject: str, language: str) -> bool:
    """Whether some passage, in any language, has a word of the subject."""
    return any(
        any(library.document_frequency(list(dict.fromkeys(content_stems(subject, one))), one).values())
        for one in {language, *library.languages}
    )


def searched(reply: Reply, subject: str, top_k: int, scope: Scope | None = None) -> list[Hit]:
    """Hits for a subject alone, within a scope."""
    cue = scope.period if scope else None
    query = replace(reply.query, search_text=subject, time=cue)
    hits = reply.tools.retriever.retrieve(query, top_k if scope is None or not scope.bounded else 3 * top_k)
    if scope is not None and scope.bounded:
        listed = {article.name: article for article in reply.library.articles()}
        hits = [
            hit for hit in hits if hit.passage.article in listed and scope.keeps(listed[hit.passage.article])
        ]
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits[:top_k], start=1)]


def speaks_of(hit: Hit, subject: str, language: str, *, share: float = 0.5) -> bool:
    """Whether a hit has this share of the subject's words; one in another language may have other words."""
    if hit.language != language:
        return True
    asked = stems_of(subject, hit.language)
    told = stems_of(f"{hit.title} {hit.context_text or hit.text}", hit.language)
    return len(matching_stems(asked, told)) >= share * len(asked)


# --------------------------------------------------------------------------- articles as hits


def article_hits(library: Library, names: Sequence[str], passages_each: int) -> list[Hit]:
    """The first passages of articles as hits, article after article."""
    hits: list[Hit] = []
    for name in names:
        for passage in library.passages_of(name)[:passages_each]:
            hits.append(_hit(library, passage, len(hits) + 1))
    return hits


def _hit(library: Library, passage: Passage, rank: int) -> Hit:
    article = library.article(passage.article)
    span = passage.span
    return Hit(
        rank=rank,
        passage=passage,
        text=article.text[span.start : span.end],
        title=article.title,
        language=article.language,
        published=article.published,
        published_origin=article.origins.get("published"),
        publisher=article.publisher,
        url=article.url,
        digest=article.text_digest,
        score=1 / rank,
        sentences=tuple(s for s in article.sentences if span.start <= s.start and s.end <= span.end),
        flagged=tuple(filter(span.overlaps, article.flagged)),
    )


def written_period(reply: Reply, period: TimeCue) -> str:
    """A period in words; as the message has it where an end is open."""
    if period.after is None or period.before is None:
        return period.words
    if period.after == period.before:
        return reply.pack.day(period.after)
    return reply.pack.say("range", first=reply.pack.day(period.after), last=reply.pack.day(period.before))
