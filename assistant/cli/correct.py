"""correct: a title, date, language or publisher that the program misread, set without touching the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .. import wiring
from ..errors import UsageError
from . import global_options
from .curating import indexed
from .terminal import echo, echo_json, typed

if TYPE_CHECKING:
    from ..settings import Settings


@click.command()
@click.argument("article")
@click.option("--title", metavar="TEXT", help="The title.")
@click.option(
    "--published", metavar="DATE", help="The day of publication, like 2025-03-18; empty: it has none."
)
@click.option("--language", metavar="LANGUAGE", help="The language, as a code like fr or en.")
@click.option("--publisher", metavar="TEXT", help="The publisher; empty: it has none.")
@click.option("--undo", is_flag=True, help="Take every correction of the article back.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@global_options
@click.pass_context
def correct(ctx: click.Context, /, article: str, undo: bool, as_json: bool, **facts: str | None) -> None:
    """Correct what was misread of an article, without touching its file."""
    from ..store.corrections import FIELDS, Corrections
    from .ask import article_json, article_lines

    given = {name: value for name, value in facts.items() if value is not None}
    if bool(given) == undo:
        raise UsageError("Give at least one of --title, --published, --language and --publisher, or --undo.")
    settings, name = wiring.settings_from(ctx), typed(article)
    with wiring.open_store(settings) as store:
        store.article(name)
        Corrections(settings.paths.store).change(name, dict.fromkeys(FIELDS) if undo else given)
        apply_corrections(settings)
        found, passages = store.article(name), store.passages_of(name)
    if as_json:
        echo_json(article_json(found, passages))
    else:
        echo("\n".join(article_lines(found, len(passages))))


def apply_corrections(settings: Settings) -> None:
    """Make the store say what was corrected; no file is read."""
    indexed(settings, wiring.make_embedder(settings), only=())
