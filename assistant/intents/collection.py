"""Questions about the collection itself, answered from its manifest: exact, without a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from ..language.pack import languages
from ..reading.words import words
from ..types import Event
from .overview import articles_about, naming_it
from .reply import Listed, Reply
from .scope import Scope, by_title, scope_of, searched, speaks_of, written_period
from .subject import frame_stems, wanted_count

SHOWN = 20
"""Articles that are listed; the others are counted."""
NEWEST = 5
SUBJECTS = 12
FOLDERS = 8
"""Folders that are named; of more the names say little."""
SEVERAL = 5
"""Articles in a language without a pack from which it is named: a note of three words may be told as Latin."""
SEARCHED = 40
"""Passages looked at for a subject."""
MOST_OF_IT = 0.6
"""Share of a subject's words that a passage has which speaks of it: both of two, two of three."""


def collection(reply: Reply) -> Iterator[Event]:
    """How many articles there are, which, the newest, what they are about; kept to a scope."""
    yield reply.found(())
    everything = list(reply.library.articles())
    scope = scope_of(reply)
    if reply.aspect in ("about", "oldest"):
        scope = replace(scope, subject="")
    chosen = [article for article in everything if scope.keeps(article)]
    if scope.subject:
        told = _named(reply, scope, chosen) if reply.aspect == "author" else _about(reply, scope, chosen)
        if not told and reply.aspect == "newest":  # "the freshest texts": what is fresh is no subject
            scope = replace(scope, subject="")
        chosen = told or ([] if scope.subject else chosen)
    if (
        reply.aspect == "oldest" or not scope.subject
    ):  # what is about a subject comes in the order of the search
        chosen.sort(key=lambda one: (one.published or date.min, one.name), reverse=reply.aspect != "oldest")
    reply.articles = tuple(article.name for article in chosen)
    if (scope.bounded or scope.subject) and not (chosen and reply.aspect == "author"):
        yield reply.tell(_counted(reply, scope, chosen, everything))
        if not chosen and reply.aspect == "count":  # "how many are there in the bag?"
            yield reply.tell(_whole(reply, everything))
    elif reply.aspect in ("count", "which", "about", "oldest"):
        yield reply.tell(_whole(reply, everything))
    yield from _listed(reply, scope, chosen)
    yield reply.finish("evidence")


def _listed(reply: Reply, scope: Scope, chosen: list[Listed]) -> Iterator[Event]:
    newest = sorted(chosen, key=lambda one: (one.published or date.min, one.name), reverse=True)
    dated = [one for one in reversed(newest) if one.published]
    match reply.aspect:
        case "newest":
            yield from _lines(
                reply, newest[: wanted_count(reply.query.text, reply.query.language, NEWEST)], "newest"
            )
        case "oldest" if dated:
            yield from _lines(
                reply, dated[: wanted_count(reply.query.text, reply.query.language, 1)], "oldest"
            )
            same_day = [one for one in newest if one.published == newest[0].published]
            yield from _lines(reply, same_day[:NEWEST], "newest")
        case "author":
            yield from _authors(reply, newest[:NEWEST])
        case "count" if not (scope.bounded or scope.subject):
            return
        case "about" if len(chosen) > SHOWN:
            yield reply.tell(reply.pack.say("subjects", subjects=", ".join(_subjects(chosen))), before="\n\n")
            yield from _lines(reply, newest[:NEWEST], "newest")
        case _:
            yield from _lines(reply, chosen[:SHOWN])
            if len(chosen) > SHOWN:
                yield reply.tell(reply.pack.say("more_articles", count=len(chosen) - SHOWN), before="\n\n")


def _about(reply: Reply, scope: Scope, articles: Sequence[Listed]) -> list[Listed]:
    """Articles of which the title names the subject, or a passage that was found speaks of it, nearest first.

    Of a subject in several parts ("Wikipedia or Wikimedia") one is enough.
    """
    language = reply.query.language
    names = [article.name for article in by_title(scope.subject, language, articles)]
    for subject in scope.parts or (scope.subject,):
        hits = searched(reply, subject, SEARCHED, scope)
        own = [
            hit
            for hit in hits
            if hit.language == language and speaks_of(hit, subject, language, share=MOST_OF_IT)
        ]
        names += [hit.passage.article for hit in (*own, *naming_it(reply, subject, hits))]
    known = {article.name: article for article in articles}
    return [known[name] for name in dict.fromkeys(names) if name in known]


def _named(reply: Reply, scope: Scope, articles: Sequence[Listed]) -> list[Listed]:
    """The articles whose title names the subject, else the one that speaks of it most."""
    names = articles_about(reply, scope, articles)
    titled = by_title(scope.subject, reply.query.language, articles)
    return titled or [article for article in articles if article.name in names[:1]]


def _authors(reply: Reply, articles: Sequence[Listed]) -> Iterator[Event]:
    """A line an article: its title, its date and who wrote it."""
    for article in articles:
        author = reply.library.article(article.name).author or reply.pack.say("no_author")
        line = reply.pack.say("article_line", title=article.title, day=reply.pack.day(article.published))
        yield reply.tell(f"{line} {author}", before="\n- ")


def _whole(reply: Reply, articles: Sequence[Listed]) -> str:
    pack, days = reply.pack, sorted(one.published for one in articles if one.published)
    span = pack.say("span", first=pack.day(days[0]), last=pack.day(days[-1])) if days else ""
    counts = Counter(article.language for article in articles)
    named = {one: count for one, count in counts.most_common() if one in languages() or count >= SEVERAL}
    told = [
        pack.say("of_language", count=count, language=pack.language_name(language))
        for language, count in named.items()
    ]
    if others := len(articles) - sum(named.values()):
        told.append(pack.say("of_other_languages", count=others))
    whole = pack.say("collection_count", count=len(articles), span=span, languages=", ".join(told))
    folders = Counter(article.name.split("/")[0] for article in articles if "/" in article.name)
    if not 1 < len(folders) <= FOLDERS:
        return whole
    listed = ", ".join(f"{name} ({count})" for name, count in folders.most_common())
    return f"{whole} {pack.say('collection_folders', folders=listed)}"


def _counted(reply: Reply, scope: Scope, chosen: Sequence[Listed], everything: Sequence[Listed]) -> str:
    if not chosen:
        return reply.pack.say("no_articles")
    pack, what = reply.pack, []
    if scope.subject:
        what.append(pack.say("about_subject", subject=scope.subject))
    if scope.period is not None:
        what.append(pack.say("in_period", period=written_period(reply, scope.period)))
    if scope.language is not None:
        what.append(pack.say("in_language", language=pack.language_name(scope.language)))
    if scope.folder is not None:
        what.append(pack.say("in_folder", folder=scope.folder))
    return pack.say("collection_found", count=len(chosen), total=len(everything), what=",".join(what))


def _lines(reply: Reply, articles: Sequence[Listed], opening: str = "") -> Iterator[Event]:
    if opening and articles:
        heading = f"{opening}_several" if len(articles) > 1 else opening
        yield reply.tell(reply.pack.say(heading).strip(), before="\n\n")
    for article in articles:
        day = reply.pack.day(article.published)
        line = reply.pack.say("article_line", title=article.title, day=day).rstrip(" :\u00a0")
        yield reply.tell(line, before="\n- ")


def _subjects(articles: Sequence[Listed]) -> list[str]:
    """The words that most titles share, as they are written there."""
    written: dict[str, Counter[str]] = {}
    for article in articles:
        for word in words(article.title, article.language):
            if not word.is_stop and len(word.text) > 3 and word.stem not in frame_stems(article.language):
                written.setdefault(word.stem, Counter())[word.text] += 1
    ranked = sorted(written.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return [forms.most_common(1)[0][0] for _, forms in ranked[:SUBJECTS]]
