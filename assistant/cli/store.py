"""Commands that care for the store: index, status, verify, rebuild, backup, restore."""

from __future__ import annotations

import _thread
import contextlib
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypedDict

import click

from .. import wiring
from . import global_options
from .curating import indexed
from .progress import QUIET_SECONDS, ProgressPrinter
from .terminal import echo, echo_json

if TYPE_CHECKING:
    from ..store.report import StatusJson, SyncProgress, SyncReport

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")


@click.command()
@click.option(
    "--rebuild", is_flag=True, help="Make the index anew beside the old one, which answers until the swap."
)
@click.option("--replace", is_flag=True, help="Let more than half of the stored articles go.")
@click.option("--skip-bad", is_flag=True, help="Articles that cannot be read are no failure.")
@json_option
@global_options
@click.pass_context
def index(ctx: click.Context, rebuild: bool, replace: bool, skip_bad: bool, as_json: bool) -> int:
    """Make the store equal to the corpus."""
    settings = wiring.settings_from(ctx)
    quiet = as_json or bool(ctx.find_root().ensure_object(dict).get("quiet"))
    with _interruptible() as interrupted, ProgressPrinter(quiet=quiet, patience=QUIET_SECONDS) as told:
        embedder = wiring.make_embedder(settings)
        report = indexed(
            settings,
            embedder,
            rebuild=rebuild,
            replace=replace,
            progress=_shown(told),
            interrupted=interrupted,
        )
    passed_over = _passed_over(settings.paths.corpus)
    if as_json:
        echo_json({**report.as_json(), **passed_over})
    else:
        _print_report(report)
        for line in _passed_over_lines(passed_over):
            echo(line)
    if not report.rejected or skip_bad:
        return 0
    echo(
        f"assistant: {counted(len(report.rejected), 'file')} could not be read; the rest is in the store. "
        "Mend or remove what is named above, or run `assistant index --skip-bad` to go on without.",
        err=True,
    )
    return 1


class PassedOverJson(TypedDict):
    """What of a corpus is not read."""

    other_kinds: dict[str, int]
    """By suffix."""
    foreign_links: list[str]


def _passed_over(corpus: Path) -> PassedOverJson:
    """Files of the corpus that no reader reads, by suffix, and links that leave it."""
    from ..reading.articles import READERS
    from ..reading.corpus import survey

    if not corpus.is_dir():
        return {"other_kinds": {}, "foreign_links": []}
    found = survey(corpus, READERS)
    return {"other_kinds": dict(found.other_kinds.most_common()), "foreign_links": found.foreign_links}


def _passed_over_lines(found: PassedOverJson) -> Iterator[str]:
    if kinds := found["other_kinds"]:
        named = ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in kinds.items())
        yield f"not read: {counted(sum(kinds.values()), 'file')} of other kinds: {named}"
    if links := found["foreign_links"]:
        yield f"not followed: {counted(len(links), 'link')} out of the corpus: {', '.join(links[:20])}"


def _print_report(report: SyncReport) -> None:
    groups = {
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "renamed": sorted(f"{old} -> {new}" for new, old in report.renamed.items()),
        "near-duplicates": sorted(f"{name} of {front}" for name, front in report.duplicates.items()),
        "not read": [f"{name}: {reason}" for name, reason in report.rejected],
    }
    for label, names in groups.items():
        if names:
            echo(f"{label}: {len(names)}")
            for name in names[:20]:
                echo(f"  {name}")
            if len(names) > 20:
                echo(f"  and {len(names) - 20} more (--json lists all)")
    echo(
        f"unchanged: {report.unchanged}. {report.passages} passages, {report.embedded} embedded, {report.seconds:.1f} s."
    )


GRACE = 3.0
"""Seconds that the running batch has to end after Ctrl-C; what it held is done again by the next run."""
LAST = 8.0
"""Seconds more for a library that does not let go; the store survives a kill at any moment."""


@contextlib.contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let the running batch finish and be committed at the first Ctrl-C, for `GRACE`; end at once at the second."""
    asked = False
    timers = [threading.Timer(GRACE, _interrupt), threading.Timer(GRACE + LAST, os._exit, (130,))]

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        for timer in timers:
            timer.daemon = True
            timer.start()
        echo("\nFinishing this batch; Ctrl-C again ends at once.", err=True)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    except KeyboardInterrupt:
        echo("Stopped. What was embedded is kept: `assistant index` goes on from there.", err=True)
        raise
    finally:
        for timer in timers:
            timer.cancel()
        signal.signal(signal.SIGINT, before)


def _interrupt() -> None:
    """Send the main thread a second Ctrl-C, also where it waits for a file or a process."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


PHASES = {"reading": "Reading and embedding", "words": "Writing words", "vectors": "Writing vectors"}


def _shown(told: ProgressPrinter) -> Callable[[SyncProgress], None]:
    def show(step: SyncProgress) -> None:
        rate = f"{step.embedded / step.seconds:.0f} passages/s" if step.embedded and step.seconds else ""
        told.track(
            PHASES[step.phase],
            step.done,
            step.total or None,
            in_bytes=step.phase == "reading",
            note=f"{rate} {step.article[-40:]}".strip(),
        )

    return show


@click.command()
@json_option
@global_options
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say what is in the store, for which embedder, how old it is."""
    with wiring.open_store(wiring.settings_from(ctx)) as store:
        found = store.status()
    values, lines = dict[str, object](found), [*_status_lines(found)]
    if found["corpus"]:
        passed_over = _passed_over(Path(found["corpus"]))
        values |= passed_over
        lines += _passed_over_lines(passed_over)
    _show(values, "\n".join(lines), as_json)


def _status_lines(found: StatusJson) -> Iterator[str]:
    """What `status` prints for a person."""
    languages = ", ".join(f"{name} {count}" for name, count in found["languages"].items())
    splitter = found["splitter"]
    yield f"articles   {found['articles']}, in {found['passages']} passages ({languages or 'none'})"
    yield f"read from  {found['corpus'] or '-'}"
    taken = found["age_s"]
    age = "never to the end" if taken is None else f"{_age(taken)} ago ({found['updated']})"
    yield f"updated    {age}"
    if not found["complete"]:
        yield "           an `assistant index` runs or was stopped; run it again to finish"
    yield f"embedder   {found['embedder']}, passages of {splitter['min_tokens']} to {splitter['max_tokens']} tokens"
    yield f"vectors    {found['vectors']}"
    yield f"store      {found['store']}, {found['bytes'] / 1e6:.1f} MB"
    if found["undated"]:
        yield f"undated    {counted(found['undated'], 'article')}"
    for label, lines in (
        ("orders     given to an assistant in", found["flagged"]),
        ("not read  ", [f"{each['article']}: {each['reason']}" for each in found["rejected"]]),
    ):
        yield from (
            [f"{label} {counted(len(lines), 'file')}", *(f"  {line}" for line in lines)] if lines else []
        )


def _age(seconds: int) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return counted(seconds // length, unit)
    return counted(seconds, "second")


@click.command()
@json_option
@global_options
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> int:
    """Check every part of the store against the others; exit code 1 where something is wrong."""
    wiring.be_private()
    from ..store import maintenance

    found = maintenance.verify(wiring.settings_from(ctx).paths.store)
    whole = f"The store is whole: {counted(found['articles'], 'article')}, {counted(found['passages'], 'passage')}."
    _show(found, whole if found["ok"] else "\n".join(found["problems"]), as_json)
    return 0 if found["ok"] else 1


@click.command()
@json_option
@global_options
@click.pass_context
def rebuild(ctx: click.Context, as_json: bool) -> None:
    """Make the vector side of the store anew from passages.db, without the embedder."""
    wiring.be_private()
    from ..store import maintenance

    made = maintenance.rebuild(wiring.settings_from(ctx).paths.store)
    told = f"The vectors of {counted(made['passages'], 'passage')} were made anew in {made['seconds']:.1f} s."
    _show(made, told, as_json)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@json_option
@global_options
@click.pass_context
def backup(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """Copy the store to DIR; consistent even while it is being written."""
    wiring.be_private()
    from ..store import maintenance

    made = maintenance.backup(wiring.settings_from(ctx).paths.store, folder)
    told = (
        f"{counted(made['passages'], 'passage')} ({made['bytes'] / 1e6:.1f} MB) copied to {made['backup']!r}."
    )
    _show(made, f"{told} `assistant restore {made['backup']}` brings them back.", as_json)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@json_option
@global_options
@click.pass_context
def restore(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """Put the backup in DIR in the store's place, after checking it."""
    wiring.be_private()
    from ..store import maintenance

    made = maintenance.restore(folder, wiring.settings_from(ctx).paths.store)
    _show(made, f"{counted(made['passages'], 'passage')} are back in {made['store']!r}.", as_json)


def _show(values: Mapping[str, object], words: str, as_json: bool) -> None:
    echo(json.dumps(values, ensure_ascii=False) if as_json else words)


def counted(number: int, what: str) -> str:
    """ "1 file", "2 files"."""
    return f"{number} {what}{'s' * (number != 1)}"
