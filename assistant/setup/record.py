"""What the set-up chose, kept in `setup.json` of the runtime folder and written last, in one stroke."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..errors import SetupError
from ..files import write_whole

FILE = "setup.json"


@dataclass(frozen=True)
class Choice:
    """What the set-up chose; None for what is not there yet."""

    model: str | None = None
    embedder: str | None = None
    """Path, relative to the runtime folder where it lies inside."""
    verifier: str | None = None
    """The same of the verifier, where one was asked for."""


def read_choice(runtime: Path) -> Choice:
    """The recorded choice, empty before the first set-up. Raises `SetupError` for a damaged file."""
    file = runtime / FILE
    if not file.exists():
        return Choice()
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Choice(kept["model"], kept["embedder"], kept.get("verifier"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"{str(file)!r} is damaged. Delete it and run `assistant setup`.") from error


def write_choice(runtime: Path, choice: Choice) -> None:
    """Replace the recorded choice; a reader sees the old one or the new one."""
    runtime.mkdir(parents=True, exist_ok=True)
    write_whole(runtime / FILE, json.dumps(asdict(choice), indent=1) + "\n")


def record(
    runtime: Path, *, model: str | None = None, embedder: Path | None = None, verifier: Path | None = None
) -> None:
    """Remember a model, an embedder or a verifier; what is not given stays."""
    choice = read_choice(runtime)
    if model is not None:
        choice = replace(choice, model=model)
    if embedder is not None:
        choice = replace(choice, embedder=_kept(embedder, runtime))
    if verifier is not None:
        choice = replace(choice, verifier=_kept(verifier, runtime))
    if choice != read_choice(runtime):
        write_choice(runtime, choice)


def _kept(folder: Path, runtime: Path) -> str:
    """A folder as it is recorded: relative to the runtime folder where it lies inside."""
    inside = folder.resolve().is_relative_to(runtime.resolve())
    return str(folder.resolve().relative_to(runtime.resolve()) if inside else folder.resolve())


def chosen_model(runtime: Path) -> str | None:
    """Name of the language model that the set-up registered or pulled."""
    return read_choice(runtime).model


def chosen_embedder(runtime: Path) -> Path | None:
    """Folder of the embedder that the set-up prepared, where it is still there."""
    kept = read_choice(runtime).embedder
    if kept is None:
        return None
    folder = runtime / kept
    return folder if (folder / "modules.json").is_file() else None


def chosen_verifier(runtime: Path) -> Path | None:
    """Folder of the verifier that the set-up prepared, where it is still there."""
    kept = read_choice(runtime).verifier
    if kept is None:
        return None
    folder = runtime / kept
    return folder if (folder / "config.json").is_file() else None


@dataclass(frozen=True)
class Installation:
    """An Ollama on this machine that can be started."""

    binary: Path
    models: Path | None
    """Its models folder; None: where the user's own Ollama keeps its models."""
    built: bool
    """Built here from source: it runs on the processor only."""


def installation(runtime: Path) -> Installation | None:
    """The installed Ollama (on the PATH), else the one that the set-up built."""
    installed = shutil.which("ollama")
    if installed is not None:
        return Installation(Path(installed), None, built=False)
    binary = runtime / "ollama" / "bin" / "ollama"
    if os.access(binary, os.X_OK):
        return Installation(binary, runtime / "ollama" / "models", built=True)
    return None


def server_log(runtime: Path) -> Path:
    return runtime / "logs" / "ollama.log"
