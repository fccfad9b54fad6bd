"""check: the proof of a text that someone else wrote."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from ..errors import CorpusError, UsageError
from . import global_options
from .ask import opened, print_doubts, print_json, why
from .progress import ProgressPrinter
from .terminal import echo

if TYPE_CHECKING:
    from ..answer_json import CheckedJson, SideJson
    from ..settings import Settings
    from ..store.sync import Store
    from ..types import Embedder

MARKS = {"supported": "✓", "partial": "?", "unsupported": "✗", "no_claim": " "}


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@click.option(
    "--batch",
    metavar="FILE.jsonl",
    type=click.Path(path_type=Path),
    help="Prove each line's answer against its own passages; prints JSON lines.",
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="PATH …",
    type=click.Path(path_type=Path),
    help="Prove FILE against these files or folders instead of the store.",
)
@click.option(
    "--with-model",
    is_flag=True,
    help="Ask the language model too (or the verifier of the settings) where the proof is undecided.",
)
@global_options
@click.pass_context
def check(
    ctx: click.Context,
    files: tuple[Path, ...],
    as_json: bool,
    batch: Path | None,
    sources: tuple[Path, ...],
    with_model: bool,
) -> int:
    """Prove the text in FILE (- for standard input) against the corpus, sentence by sentence.

    With --source it is proved against other files, which are indexed for this one check. With --batch no store
    is needed: each JSON line holds an answer and the passages it was written from.
    """
    from .. import wiring

    settings = wiring.settings_from(ctx)
    if batch is not None:
        if files or sources:
            raise UsageError("Give --batch FILE.jsonl alone: its lines bring their own passages.")
        return check_batch(batch, settings, with_model=with_model)
    if not files:
        raise UsageError("Give a FILE to check (- for standard input), or --batch FILE.jsonl.")
    if len(files) > 1 and not sources:
        raise UsageError(f"Give one FILE to check; {str(files[1])!r} is one too many.")
    quiet = bool(ctx.find_root().ensure_object(dict).get("quiet"))
    # "--source A B": the option takes A, and B comes as one more argument
    checked = check_file(files[0], (*sources, *files[1:]), settings, quiet=quiet, with_model=with_model)
    if as_json:
        print_json(checked)
    else:
        print_checked(checked)
    return 0


# --------------------------------------------------------------------------- one text


def check_file(
    file: Path, sources: Sequence[Path], settings: Settings, *, quiet: bool, with_model: bool
) -> CheckedJson:
    """The proof of one text against the store, or against `sources` where there are any."""
    from .. import wiring

    text = read_text(file)
    with (
        indexed(settings, sources) if sources else opened(settings) as (store, embedder),
        ProgressPrinter(quiet=quiet) as told,
    ):
        prove = wiring.make_checker(settings, store, embedder, with_model=with_model)
        return prove(text, lambda done, total: told.track("sentences", done, total, in_bytes=False))


@contextmanager
def indexed(settings: Settings, sources: Sequence[Path]) -> Iterator[tuple[Store, Embedder]]:
    """A store of the given files and folders alone, removed at the end. Raises `UsageError` without any article."""
    from .. import wiring
    from ..store.sync import Store, sync

    for source in sources:
        if not source.exists():
            raise UsageError(f"The source {str(source)!r} is not there. Check the path given with --source.")
    embedder = wiring.make_embedder(settings)
    with TemporaryDirectory(prefix="assistant-check-") as folder:
        corpus, place = gathered(sources, Path(folder) / "corpus"), Path(folder) / "store"
        split = settings.splitter
        try:
            report = sync(corpus, place, embedder, min_tokens=split.min_tokens, max_tokens=split.max_tokens)
        except CorpusError as error:
            named = ", ".join(repr(str(source)) for source in sources)
            raise UsageError(
                f"No article (.md .txt .html .htm .pdf .docx) is in {named}. Name others."
            ) from error
        for name, reason in report.rejected:
            echo(f"assistant: {name!r} was left out: {reason}", err=True)
        with Store.open(place, embedder_fingerprint=embedder.fingerprint) as store:
            yield store, embedder


def gathered(sources: Sequence[Path], corpus: Path) -> Path:
    """A folder with all sources: a single folder itself, else copies in `corpus`, a name that is taken gets a number."""
    if len(sources) == 1 and sources[0].is_dir():
        return sources[0]
    corpus.mkdir()
    for number, source in enumerate(sources):
        name = source.resolve().name
        target = corpus / (f"{number}-{name}" if (corpus / name).exists() else name)
        if source.is_dir():
            shutil.copytree(source, target, ignore_dangling_symlinks=True)
        else:
            shutil.copyfile(source, target)
    return corpus


def read_text(file: Path) -> str:
    """The text to check. Raises `UsageError` for one that is empty or not UTF-8."""
    try:
        text = read_bytes(file).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{str(file)!r} is not UTF-8 text ({error.reason}). Save it as UTF-8.") from error
    if not text.strip():
        raise UsageError(f"{str(file)!r} is empty. Give a text to check.")
    return text


def read_bytes(file: Path) -> bytes:
    """All bytes of a file, or of standard input for `-`. Raises `UsageError` where it cannot be read."""
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: OSError) -> UsageError:
    return UsageError(f"{str(file)!r} cannot be read: {error.strerror}. Check the path.")


def print_checked(result: CheckedJson) -> None:
    """Each sentence with its mark and citations, then those that no source supports; the quotes on stderr."""
    text = result["text"]
    for sentence in result["sentences"]:
        cited = "".join(f"[{n}]" for n in sentence["citations"])
        words = text[sentence["start"] : sentence["end"]]
        echo(f"{MARKS[sentence['verdict']]} {words} {cited}".rstrip())
        for line in why(text, sentence) if sentence["verdict"] == "partial" else ():
            echo(f"    {line}")
    print_doubts(text, result["sentences"], ["unsupported"], err=False)
    for conflict in result["conflicts"]:
        sides = " ≠ ".join(_side(side) for side in conflict["sides"])
        echo(f"≠ {conflict['about']}\n    {sides}")
    for citation in result["citations"]:
        place = f"{citation['article']}:{citation['start']}-{citation['end']}"
        echo(f"[{citation['n']}] {place} « {citation['quote']} »", err=True)


def _side(side: SideJson) -> str:
    newest = ", newest" if side["newest"] else ""
    return f"« {side['value']} » [{side['citation']}] ({side['published'] or 'undated'}{newest})"


# --------------------------------------------------------------------------- many answers


def check_batch(file: Path, settings: Settings, *, with_model: bool) -> int:
    """Print the proof of each line as soon as it is done; 1 where no line could be proved."""
    from .. import wiring
    from ..answering.batch import BadLine, check_task, read_tasks, readable

    prover = wiring.make_batch_prover(settings, with_model=with_model)
    proved = refused = 0
    with ExitStack() as stack:
        try:
            lines = sys.stdin.buffer if str(file) == "-" else stack.enter_context(file.open("rb"))
        except OSError as error:
            raise _unreadable(file, error) from error
        for task in read_tasks(lines):
            if isinstance(task, BadLine):
                refused += 1
                echo(f"assistant: Line {task.number} of {str(file)!r} was left out: {task.reason}.", err=True)
                continue
            proved += 1
            echo(readable(json.dumps(check_task(task, prover), ensure_ascii=False)))
            sys.stdout.flush()
    return 1 if refused and not proved else 0
