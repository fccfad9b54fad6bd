"""questions: make, validate, import and export sets of judged questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ArticleNotFound, EvaluationError, UsageError
from ..files import write_whole
from . import global_options
from .ask import opened, print_json
from .terminal import echo

if TYPE_CHECKING:
    from ..evaluation.question_generation import Reword
    from ..evaluation.questions import Question
    from ..settings import Settings
    from ..store.sync import Store
    from ..types import Json

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
ROUND_TRIP = 10
OUTPUT = click.option("-o", "--output", type=FILE, metavar="FILE", help="Write here instead of to stdout.")
AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print what was done as one JSON value; needs -o."
)


def texts_of(store: Store) -> Callable[[str], str | None]:
    """Article texts by name, None for an unknown one."""
    from functools import lru_cache

    @lru_cache(maxsize=256)
    def text_of(name: str) -> str | None:
        try:
            return store.article(name).text
        except ArticleNotFound:
            return None

    return text_of


def _write(questions: Iterable[Question], output: Path | None, as_json: bool, done: Json) -> None:
    """The questions to a file or stdout, and what was done to stderr or, as JSON, to stdout."""
    from ..evaluation.questions import write_questions

    if as_json and output is None:
        raise UsageError("--json needs -o FILE: stdout can hold the questions or the report, not both.")
    text = write_questions(questions)
    if output is None:
        echo(text, nl=False)
    else:
        try:
            write_whole(output, text)
        except OSError as error:
            raise EvaluationError(
                f"The questions {str(output)!r} cannot be written: {error.strerror}. "
                "Give another file with -o."
            ) from error
    if as_json:
        print_json(done)
    else:
        echo(", ".join(f"{name}: {value}" for name, value in done.items()), err=True)


def _counted(questions: Iterable[Question]) -> Json:
    kinds = Counter(question.kind for question in questions)
    return {"questions": sum(kinds.values()), "kinds": dict(sorted(kinds.items()))}


@click.group()
@global_options
def questions() -> None:
    """Make and care for sets of questions."""


@questions.command(short_help="Make questions from the indexed articles.")
@click.option(
    "--count", type=click.IntRange(min=1), default=50, metavar="N", help="At most N questions (default 50)."
)
@click.option("--seed", type=int, default=0, metavar="N", help="The same seed makes the same questions.")
@click.option("--with-model", is_flag=True, help="Let the language model word them.")
@OUTPUT
@AS_JSON
@global_options
@click.pass_context
def generate(
    ctx: click.Context, count: int, seed: int, with_model: bool, output: Path | None, as_json: bool
) -> None:
    """Make questions from the indexed articles; the gold words are known by construction."""
    from .. import wiring
    from ..evaluation.question_generation import make_questions, round_trip
    from ..search.question import read_question

    settings = wiring.settings_from(ctx)
    with opened(settings) as (store, embedder):
        retriever = wiring.make_retriever(settings, store, embedder)

        def keep(question: Question) -> bool:
            hits = retriever.retrieve(read_question(question.question), ROUND_TRIP)
            return round_trip((hit.passage.article for hit in hits), question)

        articles = [store.article(summary.name) for summary in store.articles()]
        made = make_questions(
            articles, count, seed, keep=keep, reword=_reword(settings) if with_model else None
        )
    if not made:
        raise EvaluationError(
            "No question could be made: the articles hold no French or English sentence with a number, "
            "a date or a name. Write some questions by hand."
        )
    _write(made, output, as_json, _counted(made))


def _reword(settings: Settings) -> Reword:
    """The model's wording. Raises `ModelUnavailable`."""
    from .. import wiring
    from ..evaluation.question_generation import rewording

    model = wiring.make_model(settings)
    _ = model.info
    return rewording(model)


@questions.command(short_help="Find the gold words again; list what is gone.")
@click.argument("file", type=FILE, metavar="QUESTIONS")
@OUTPUT
@AS_JSON
@global_options
@click.pass_context
def validate(ctx: click.Context, file: Path, output: Path | None, as_json: bool) -> None:
    """Find the gold words again in the articles as they are now; list what is gone (exit 1)."""
    from .. import wiring
    from ..evaluation.question_sets import validate as validated
    from ..evaluation.questions import read_questions, without_gold

    found = read_questions(file)
    problems = sorted((*found.problems, *without_gold(found.questions)), key=lambda problem: problem.line)
    store = wiring.open_store(wiring.settings_from(ctx))
    try:
        result = validated(found.questions, texts_of(store))
    finally:
        store.close()
    for problem in problems:
        echo(f"{file}: {problem}", err=True)
    for one in result.stale:
        what = "the article is gone" if one["quote"] is None else f"not there any more: {one['quote']!r}"
        echo(f"{file}: {one['id']!r}, {one['article']!r}: {what}", err=True)
    done: Json = {
        "questions": len(result.questions),
        "moved": list(result.moved),
        "stale": list(result.stale),
        "problems": [problem.as_json() for problem in problems],
    }
    if output is not None:
        counts = {name: value if name == "questions" else len(value) for name, value in done.items()}
        _write(result.questions, output, as_json, done if as_json else counts)
    elif as_json:
        print_json(done)
    else:
        echo(f"{len(result.questions)} questions, {len(result.moved)} spans moved, {len(result.stale)} stale")
    if result.stale or problems:
        count = len(result.stale) + len(problems)
        raise EvaluationError(f"{count} places of {str(file)!r} need your care. Correct or remove them.")


@questions.command("import", short_help="Questions of SQuAD or BEIR files.")
@click.argument("form", type=click.Choice(["squad", "beir"]))
@click.argument("source", type=PATH, metavar="FILE")
@click.option("--articles", type=FOLDER, metavar="DIR", help="Write the texts there, to be indexed.")
@OUTPUT
@AS_JSON
@global_options
def import_(form: str, source: Path, articles: Path | None, output: Path | None, as_json: bool) -> None:
    """Turn a SQuAD-style file or a BEIR folder into questions; then index the texts and validate."""
    from ..evaluation.question_sets import import_beir, import_squad

    found = import_squad(source) if form == "squad" else import_beir(source)
    if articles is not None:
        try:
            articles.mkdir(parents=True, exist_ok=True)
            for name, text in found.articles.items():
                write_whole(articles / name, text + "\n")
        except OSError as error:
            raise EvaluationError(
                f"The articles cannot be written to {str(articles)!r}: {error.strerror}. "
                "Make room or give another folder with --articles."
            ) from error
    _write(found.questions, output, as_json, {**_counted(found.questions), "articles": len(found.articles)})


@questions.command(short_help="Thumbs and corrections of users as questions.")
@OUTPUT
@AS_JSON
@global_options
@click.pass_context
def export(ctx: click.Context, output: Path | None, as_json: bool) -> None:
    """Turn the thumbs and corrections that users gave on the page into questions."""
    from .. import wiring
    from ..conversations.conversations import Conversations
    from ..evaluation.question_sets import from_feedback

    file = wiring.settings_from(ctx).paths.runtime / "conversations.db"
    made = from_feedback(Conversations(file).judged() if file.exists() else [])
    if not made:
        raise EvaluationError(
            "Nobody has judged an answer yet. Give a thumb or a correction on the page first."
        )
    _write(made, output, as_json, _counted(made))
