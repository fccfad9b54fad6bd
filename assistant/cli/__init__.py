"""The command line. It reads settings, calls `wiring`, prints, and turns errors into exit codes.

Commands are imported only when they run, so `assistant --help` stays fast.
"""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..errors import AssistantError
from ..files import keep_private
from .terminal import echo, make_printable

# name -> (module of this package, one line of help)
COMMANDS = {
    "setup": ("machine", "Make this machine able to answer: Ollama, language model, embedder."),
    "doctor": ("machine", "Check everything the main job needs."),
    "ollama": ("machine", "Run the language-model server until Ctrl-C."),
    "index": ("store", "Make the store equal to the corpus."),
    "status": ("store", "Say what is in the store."),
    "verify": ("store", "Check that the store is whole."),
    "rebuild": ("store", "Rebuild the vector side of the store without the embedder."),
    "backup": ("store", "Copy the store, consistently."),
    "restore": ("store", "Put a backup in the store's place, after checking it."),
    "show": ("ask", "Print an article as the program understood it."),
    "correct": ("correct", "Correct a title, date, language or publisher without touching the file."),
    "search": ("ask", "Find passages, without a language model."),
    "ask": ("ask", "Answer a question, with citations."),
    "check": ("check", "Prove a text that someone else wrote."),
    "chat": ("chat", "Open the page."),
    "users": ("users", "Accounts, for a page that several people use."),
    "evaluate": ("measure", "Measure the answers on judged questions."),
    "compare": ("measure", "Compare two evaluations, paired."),
    "questions": ("measure", "Make and care for sets of questions."),
}


class Commands(click.Group):
    """Knows every command's name and help; imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".{COMMANDS[cmd_name][0]}", __name__)
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


GLOBAL_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (
        ("--corpus",),
        {
            "type": click.Path(path_type=Path),
            "metavar": "DIR",
            "help": "Folder of articles (default: corpus).",
        },
    ),
    (
        ("--store",),
        {
            "type": click.Path(path_type=Path),
            "metavar": "DIR",
            "help": "Folder of the index (default: vectorstore).",
        },
    ),
    (("--model",), {"metavar": "NAME", "help": "Language model of the Ollama server."}),
    (("--embedder",), {"metavar": "NAME", "help": "Folder or hub name of the embedder."}),
    (
        ("--config",),
        {
            "type": click.Path(path_type=Path),
            "metavar": "FILE",
            "help": "Settings file (default: assistant.toml).",
        },
    ),
    (("--quiet",), {"is_flag": True, "default": None, "help": "No progress."}),
)


def global_options(command: Any) -> Any:
    """Accept the global options after the command too."""
    command = click.version_option(package_name="assistant", prog_name="assistant")(command)
    for names, arguments in reversed(GLOBAL_OPTIONS):
        command = click.option(*names, expose_value=False, callback=_remember, **arguments)(command)
    return command


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value is not None and param.name is not None:
        ctx.find_root().ensure_object(dict)[param.name] = value


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@global_options
def cli() -> None:
    """Ask questions about a folder of articles, on this machine.

    Every sentence of an answer is proved with the exact words of a source.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with the exit code of the contracts."""
    make_printable(sys.stdout, sys.stderr)
    make_printable(sys.stdout, sys.stderr)
    keep_private()
    try:
        code = cli.main(
            args=None if arguments is None else list(arguments), prog_name="assistant", standalone_mode=False
        )
    except AssistantError as error:
        echo(f"assistant: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        place = "what standard output goes to" if error.filename is None else repr(error.filename)
        echo(f"assistant: The disk of {place} is full. Make room, then run it again.", err=True)
        sys.exit(1)
    except click.exceptions.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except click.ClickException as error:
        if isinstance(error, click.UsageError) and error.ctx is not None:
            echo(error.ctx.get_usage(), err=True)
        echo(f"Error: {error.format_message()}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)
