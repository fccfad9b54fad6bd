"""setup, doctor, ollama: care of the machine."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..addresses import shown
from ..errors import AssistantError, SetupError
from . import global_options
from .progress import ProgressPrinter
from .terminal import MARKS, echo, echo_json

if TYPE_CHECKING:
    from ..settings import Settings
    from ..setup.doctor import Check


def _wish(name: str, chosen: Sequence[str] = ("auto",)) -> str | None:
    """A setting as the set-up takes it: None where it names nothing to fetch."""
    return None if name in chosen else name


# --------------------------------------------------------------------------- setup


@click.command()
@click.option("--offline", is_flag=True, help="Fetch nothing; say what is missing.")
@click.option(
    "--verifier", metavar="NAME", help="Fetch a second opinion for the proof too: a hub name, or your folder."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@global_options
@click.pass_context
def setup(ctx: click.Context, offline: bool, verifier: str | None, as_json: bool) -> int:
    """Make this machine able to answer: Ollama, language model, embedder.

    What is there already is left alone. It can be interrupted and run again.
    """
    from .. import wiring
    from ..setup.prepare import prepare

    settings = wiring.settings_from(ctx)
    told = ProgressPrinter(quiet=bool(ctx.find_root().ensure_object(dict).get("quiet")))
    # Asked to end (not only by Ctrl-C), end what was started and say where to go on.
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        report = prepare(
            settings.paths.runtime,
            settings.ollama_host,
            model=_wish(settings.model.name),
            embedder=_wish(settings.embedder.name),
            verifier=verifier or _wish(settings.proof.verifier, ("auto", "model", "none")),
            offline=offline,
            narrator=told,
        )
    except KeyboardInterrupt:
        told.say("Interrupted. Run `assistant setup` again: it goes on from here.")
        return 130
    finally:
        told.close()
    for line in report.advice:
        told.say(f"! {line}")
    if as_json:
        echo_json(report.as_json(), indent=2)
    return 0 if report.complete else 1


def _interrupt() -> None:
    raise KeyboardInterrupt


# --------------------------------------------------------------------------- doctor


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@global_options
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> int:
    """Check everything the main job needs; each line says what, in which state, and what to do."""
    from .. import wiring
    from ..setup.doctor import examine

    settings = wiring.settings_from(ctx)
    checks = examine(
        settings.paths.runtime,
        settings.ollama_host,
        model=_wish(settings.model.name),
        embedder=_wish(settings.embedder.name),
        context_length=settings.model.context_length,
        page=(settings.web.host, settings.web.port),
    )
    checks += [check_corpus(settings), check_index(settings)]
    if as_json:
        echo_json([check.as_json() for check in checks], indent=2)
    else:
        for check in checks:
            echo(f"{MARKS[check.state]} {check.what}: {check.detail}")
            if check.todo:
                echo(f"    {check.todo}")
    return 1 if any(check.state == "missing" for check in checks) else 0


def check_corpus(settings: Settings) -> Check:
    """Whether there are articles to read."""
    from ..setup.doctor import Check
    from ..store.sources import find_files

    try:
        articles = find_files(settings.paths.corpus, settings.added)
    except AssistantError as error:
        return Check("Corpus", "missing", str(error), "Name the folder of your articles with --corpus.")
    if not articles:
        todo = (
            "Put articles there or drop them on the page (.md .txt .html .pdf .docx), or name another folder."
        )
        return Check("Corpus", "missing", f"no article in {str(settings.paths.corpus)!r}", todo)
    return Check("Corpus", "ok", f"{len(articles)} articles in {str(settings.paths.corpus)!r}")


def check_index(settings: Settings) -> Check:
    """Whether the store can be opened and belongs to the embedder."""
    from .. import wiring
    from ..setup.doctor import Check

    try:
        store = wiring.open_store(settings, wiring.make_embedder(settings))
    except AssistantError as error:
        return Check("Index", "missing", str(error), "Run `assistant index`.")
    try:
        status = store.status()
        states = [status[part] for part in ("vectors", "words") if status[part] != "ready"]
        if states:
            slow = f"{store.size} passages, searched slowly: {'; '.join(states)}"
            return Check("Index", "warning", slow, "Run `assistant index`, or `assistant rebuild`.")
        return Check("Index", "ok", f"{store.size} passages in {str(settings.paths.store)!r}")
    finally:
        store.close()


# --------------------------------------------------------------------------- ollama


@click.command()
@global_options
@click.pass_context
def ollama(ctx: click.Context) -> None:
    """Run the language-model server until Ctrl-C, for `assistant ask` and other commands."""
    from .. import wiring
    from ..setup import find_server, installation, running_server, server_log

    settings = wiring.settings_from(ctx)
    found = find_server(settings.ollama_host)
    if found.running:
        echo(f"Ollama {found.version} answers already at {shown(found.host)}. Nothing to do.", err=True)
        return
    own = installation(settings.paths.runtime)
    if own is None:
        raise SetupError("No Ollama is installed on this machine. Run `assistant setup` first.")
    log = server_log(settings.paths.runtime)
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    with running_server(own.binary, settings.ollama_host, own.models, log) as state:
        echo(f"Ollama {state.version} answers at {shown(state.host)}; log: {log}. Ctrl-C ends it.", err=True)
        _until_interrupted(state.host)


def _until_interrupted(host: str) -> None:
    """Wait for Ctrl-C. Raises `SetupError` where the server ends before."""
    from ..setup import find_server

    while True:
        time.sleep(5)
        if not find_server(host, seconds=10).running:
            raise SetupError(f"The Ollama server at {shown(host)!r} has ended. Run `assistant ollama` again.")
