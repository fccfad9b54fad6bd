"""show, search, ask: what is read from the store."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import reduce, wraps
from typing import TYPE_CHECKING, Any

import click

from ..errors import ModelUnavailable, UsageError
from ..types import Filters
from . import global_options
from .terminal import echo, echo_json, harmless, typed

if TYPE_CHECKING:
    from ..answer_json import SentenceJson
    from ..settings import Settings
    from ..store.sync import Store
    from ..types import Answer, Article, Embedder, Event, Passage

SILENCE = 20.0
"""Seconds without a word after which it is said that the model is waited for."""
DAY = click.DateTime(["%Y-%m-%d"])
FILTERS = (
    click.option("--since", type=DAY, help="Only articles published on that day or later."),
    click.option("--until", type=DAY, help="Only articles published on that day or before."),
    click.option("--language", metavar="LANGUAGE", help="Only articles in that language (fr, en, …)."),
    click.option("--folder", metavar="PATH", help="Only articles in that folder of the corpus."),
    click.option(
        "--article", "articles", metavar="NAME", multiple=True, help="Only this article; may be repeated."
    ),
)


def filter_options(command: Any) -> Any:
    """Options that say which articles are searched; the command gets them as `filters`."""

    @wraps(command)
    def call(*args: Any, since: Any, until: Any, **given: Any) -> Any:
        if since and until and since > until:
            raise UsageError("--since is after --until: no article can be both. Exchange them.")
        choice = {name: given.pop(name) for name in ("language", "folder", "articles")}
        filters = Filters(since and since.date(), until and until.date(), **choice)
        return command(*args, filters=filters, **given)

    return reduce(lambda wrapped, option: option(wrapped), reversed(FILTERS), call)


def known(store: Store, filters: Filters) -> Filters:
    """The same filters. Raises `ArticleNotFound` or `UsageError` where the store has nothing of that name."""
    for name in filters.articles:
        store.article(name)
    if filters.language is not None and filters.language not in store.languages:
        there = ", ".join(store.languages)
        raise UsageError(
            f"No article is in the language {filters.language!r}. There are articles in {there}."
        )
    return filters


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Store, Embedder]]:
    """The store and the embedder it was made with, closed at the end."""
    from .. import wiring

    embedder = wiring.make_embedder(settings)
    store = wiring.open_store(settings, embedder)
    try:
        yield store, embedder
    finally:
        store.close()


def print_json(value: Any) -> None:
    echo_json(value, indent=2)


# --------------------------------------------------------------------------- show


@click.command()
@click.argument("article")
@click.option("--text", is_flag=True, help="Print the normalised text only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@global_options
@click.pass_context
def show(ctx: click.Context, article: str, text: bool, as_json: bool) -> None:
    """Print an article as the program understood it, and where each fact about it was found."""
    from .. import wiring

    store = wiring.open_store(wiring.settings_from(ctx))
    try:
        article = typed(article)
        found, passages = store.article(article), store.passages_of(article)
    finally:
        store.close()
    if as_json:
        print_json(article_json(found, passages))
    elif text:
        # the offsets of the contracts count in exactly this; only a terminal is spared what acts on it
        click.echo(harmless(found.text) if sys.stdout.isatty() else found.text)
    else:
        echo("\n".join(article_lines(found, len(passages))))
        echo(f"\n{found.text}")


def article_json(article: Article, passages: Sequence[Passage]) -> dict[str, Any]:
    """What `show --json` prints."""
    return {
        "article": article.name,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "published_origin": article.origins.get("published"),
        "published_confidence": article.published_confidence,
        "language": article.language,
        "publisher": article.publisher,
        "author": article.author,
        "url": article.url,
        "text": article.text,
        "passages": [{"start": passage.start, "end": passage.end} for passage in passages],
        "warnings": list(article.warnings),
        "origins": dict(article.origins),
        "stated": {name: stated.value for name, stated in article.stated.items()},
        "flagged": [{"start": start, "end": end} for start, end in article.flagged],
    }


def article_lines(article: Article, passages: int) -> list[str]:
    """The head of `show`: each fact with its origin."""
    facts = {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "publisher": article.publisher,
        "author": article.author,
        "url": article.url,
    }
    lines = [article.name]
    for name, value in facts.items():
        origin = article.origins.get(name)
        sure = (
            f", {article.published_confidence:.0%} sure"
            if name == "published" and article.published_confidence
            else ""
        )
        says = f"; the file says {article.stated[name].value!r}" if name in article.stated else ""
        known = origin and (value or says)
        lines.append(f"  {name:10} {value or '-'}{f'  ({origin}{sure}{says})' if known else ''}")
    lines.append(f"  {'passages':10} {passages}")
    lines += [f"  warning    {warning}" for warning in article.warnings]
    lines += [f"  order      {article.text[start:end]!r}" for start, end in article.flagged]
    return lines


# --------------------------------------------------------------------------- search


@click.command()
@click.argument("question")
@click.option("--top-k", type=click.IntRange(1, 100), help="How many passages (default: 6).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@global_options
@click.pass_context
@filter_options
def search(ctx: click.Context, question: str, top_k: int | None, as_json: bool, filters: Filters) -> None:
    """Find the passages that answer QUESTION, without a language model."""
    from .. import wiring
    from ..intents.subject import frame_stems
    from ..search.question import LONGEST, read_question

    settings = wiring.settings_from(ctx)
    question = typed(question)
    if not question.strip():
        raise UsageError("The question is empty. Write one after `assistant search`.")
    if len(question) > LONGEST:
        echo(f"assistant: Only the first {LONGEST:,} characters of the question are searched.", err=True)
    with opened(settings) as (store, embedder):
        query = read_question(question, vocabulary=store, frame=frame_stems)
        query = replace(query, filters=known(store, filters))
        hits = wiring.make_retriever(settings, store, embedder).retrieve(
            query, top_k or settings.search.top_k
        )
    if as_json:
        print_json(
            {"question": question, "language": query.language, "hits": [hit.as_json() for hit in hits]}
        )
        return
    for hit in hits:
        date = hit.published.isoformat() if hit.published else "undated"
        echo(
            f"{hit.rank}. {hit.title} · {date} · {hit.passage.article}:{hit.passage.start}-{hit.passage.end}"
        )
        echo(f"   {' '.join(hit.text.split())}\n")
    if not hits:
        echo("Nothing was found.", err=True)


# --------------------------------------------------------------------------- ask


@click.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@click.option("--require-model", is_flag=True, help="Exit with 4 where no language model answers.")
@click.option(
    "--no-verifier", is_flag=True, help="Ask no verifier about the sentences that are left undecided."
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day on which the question is asked (default: today)."
)
@global_options
@click.pass_context
@filter_options
def ask(
    ctx: click.Context,
    question: str,
    as_json: bool,
    require_model: bool,
    no_verifier: bool,
    as_of: Any,
    filters: Filters,
) -> None:
    """Answer QUESTION with citations. Without a language model the answer is verbatim evidence."""
    from .. import wiring
    from ..answering.progress import answer_of

    settings = wiring.settings_from(ctx)
    quiet = bool(ctx.find_root().ensure_object(dict).get("quiet"))
    question = typed(question)
    if not question.strip():
        raise UsageError("The question is empty. Write one after `assistant ask`.")
    with opened(settings) as (store, embedder):
        assistant = wiring.make_assistant(
            settings, store, embedder, require_model=require_model, with_verifier=not no_verifier
        )
        events = assistant.ask(question, as_of=as_of.date() if as_of else None, filters=known(store, filters))
        late: list[str] = []
        with closing(events):  # type: ignore[type-var]
            answer = answer_of(events if as_json else _printed(events, quiet, late))
    if as_json:
        for warning in () if quiet else answer.warnings:
            echo(f"assistant: {warning}", err=True)
        print_json(answer.as_json())
    else:
        echo()
        for text in late:
            echo(f"assistant: {text}", err=True)
        _print_sources(answer)
    if require_model and answer.lacks_model:
        # it was there, and failed before it had written a word, wrote none, or died in the middle
        raise ModelUnavailable(
            "The language model is required and did not answer to the end. Run `assistant doctor`."
        )


def _printed(events: Iterator[Event], quiet: bool, late: list[str]) -> Iterator[Event]:
    """The same events. Sentences go to stdout as they are proved, evidence and notices to stderr."""
    from ..composition.set_aside import Joiner
    from ..types import Evidence, Notice, Reviewed, Sentence, Token

    begun, joiner, told, patience = False, Joiner(), time.monotonic(), SILENCE
    for event in events:
        if isinstance(event, Token) and not event.text and not quiet and time.monotonic() - told > patience:
            told, patience = time.monotonic(), 2 * patience
            below = "\n" if begun else ""  # on a terminal the line of the answer is still open
            silent = "The language model is silent; it may still be reading. Ctrl-C ends it."
            echo(f"{below}assistant: {silent}", err=True)
        if isinstance(event, Evidence) and not quiet:
            for quote in event.quotes:
                click.secho(
                    harmless(f"  « {' '.join(quote.text.split())} »  {quote.article}"), err=True, dim=True
                )
        elif isinstance(event, Notice) and not quiet and not begun:
            echo(f"assistant: {event.text}", err=True)
        elif isinstance(event, Notice) and not quiet:
            late.append(event.text)  # not into the middle of a line of the answer
        elif isinstance(event, Sentence):
            begun = True
            if event.verdict == "unsupported":
                joiner.leave_out(event.before, event.text)
            else:
                mark = " [?]" if event.verdict == "partial" else ""
                echo(f"{joiner.before(event.before)}{event.text}{mark}", nl=False)
                sys.stdout.flush()
        elif isinstance(event, Reviewed) and event.sentence.verdict == "supported" and not quiet:
            sentence = " ".join(event.sentence.text.split())
            late.append(f"Confirmed after a second look, so its [?] no longer counts: {sentence}")
        yield event


DOUBTS = {
    "partial": ("[?] Not confirmed word for word:", "[?] Not confirmed word for word ({n} sentences):"),
    "unsupported": ("1 sentence set aside:", "{n} sentences set aside:"),
}


def print_doubts(
    text: str, sentences: Sequence[SentenceJson], verdicts: Iterable[str] = DOUBTS, *, err: bool = True
) -> None:
    """List the sentences that are not confirmed, then those set aside, with why and the nearest words."""
    for verdict in verdicts:
        listed = [sentence for sentence in sentences if sentence["verdict"] == verdict]
        one, many = DOUBTS[verdict]
        if listed:
            echo((one if len(listed) == 1 else many).format(n=len(listed)), err=err)
        for sentence in listed:
            echo(f"  {' '.join(text[sentence['start'] : sentence['end']].split())}", err=err)
            for line in why(text, sentence):
                echo(f"    {line}", err=err)


def why(text: str, sentence: SentenceJson) -> Iterator[str]:
    """What differs from the sources, the reasons, and the nearest words of a source."""
    for item in sentence.get("differences") or ():
        if item["source"]:
            yield f"{text[item['start'] : item['end']]} → {item['source']}"
    yield from sentence["reasons"]
    for quote in sentence["nearest"][:1]:
        yield f"nearest: « {' '.join(quote['quote'].split())} »  {quote['article']}"


def _print_sources(answer: Answer) -> None:
    """The sentences in doubt and the quotes of the citations; under a refusal the nearest sentences."""
    print_doubts(answer.text, [sentence.as_json() for sentence in answer.sentences])
    for quote in answer.evidence if answer.abstained else ():
        title = answer.hits[quote.hit].title
        echo(f"{title} · {quote.article}:{quote.start}-{quote.end}", err=True)
        echo(f"    « {' '.join(quote.text.split())} »", err=True)
    for citation in answer.citations:
        date = citation.published.isoformat() if citation.published else "undated"
        quote = citation.quote
        echo(
            f"[{citation.n}] {citation.title} · {date} · {quote.article}:{quote.start}-{quote.end}", err=True
        )
        echo(f"    « {' '.join(quote.text.split())} »", err=True)
