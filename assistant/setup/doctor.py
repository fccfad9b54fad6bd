"""What the main job needs, looked at one by one. Changes nothing, loads no model, imports nothing heavy."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ..addresses import shown
from ..errors import ModelUnavailable
from ..types import Json
from .embedders import is_embedder
from .machine import GB, Machine, look, size
from .models import has_model, is_in_folder
from .ollama_server import DOWNLOAD_PAGE, ServerState, find_server
from .prepare import advice
from .record import chosen_embedder, chosen_model, installation

OLDEST_PYTHON = (3, 11)
OLDEST_OLLAMA = (0, 12)
"""The first that takes `truncate` and `shift` in a chat, without which it drops the head of a long prompt."""
DISK_WARNING = 5 * GB
MEMORY_WARNING = 4 * GB


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report."""

    what: str
    state: Literal["ok", "warning", "missing"]
    """missing: the main job is not possible without it."""
    detail: str
    todo: str = ""

    def as_json(self) -> Json:
        return asdict(self)


def check_machine(runtime: Path) -> Iterator[Check]:
    """Python, disk, memory, GPU."""
    machine = look(runtime)
    yield check_python((sys.version_info.major, sys.version_info.minor))
    yield check_disk(machine)
    yield check_memory(machine)
    hints = advice(runtime, machine)
    gpu = str(machine.gpu.name) if machine.gpu is not None else "none seen; the processor does the work"
    yield Check("GPU", "warning" if hints else "ok", gpu, " ".join(hints))


def check_python(version: tuple[int, int]) -> Check:
    words = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return Check("Python", "missing", words, "Install Python 3.11 or newer and run `make setup` again.")
    return Check("Python", "ok", words)


def check_disk(machine: Machine) -> Check:
    free = f"{size(machine.free_disk)} free"
    if machine.free_disk < DISK_WARNING:
        return Check("Disk", "warning", free, f"Keep {size(DISK_WARNING)} free for models and the index.")
    return Check("Disk", "ok", free)


def check_memory(machine: Machine) -> Check:
    words = size(machine.memory)
    if machine.memory < MEMORY_WARNING:
        return Check("Memory", "warning", words, "Close other programs, or choose a smaller model.")
    return Check("Memory", "ok", words)


def check_embedder(runtime: Path, wish: str | None) -> Check:
    """The embedder that is used: the one that was asked for, else the one that the set-up chose."""
    if wish is not None:
        if is_embedder(Path(wish)) or is_embedder(runtime / "embedders" / Path(wish).name):
            return Check("Embedder", "ok", wish)
        return Check("Embedder", "missing", wish, f"Run `assistant setup --embedder {wish}`.")
    folder = chosen_embedder(runtime)
    if folder is None:
        return Check("Embedder", "missing", "none is set up", "Run `assistant setup`.")
    return Check("Embedder", "ok", str(folder))


def check_server(runtime: Path, state: ServerState) -> Check:
    """The Ollama server, or the program that would be started."""
    if state.running and _is_old(state.version or ""):
        todo = f"Update it from {DOWNLOAD_PAGE}: an old one cuts a long prompt without a word."
        return Check("Ollama", "warning", f"version {state.version} at {shown(state.host)}", todo)
    if state.running:
        return Check("Ollama", "ok", f"version {state.version} at {shown(state.host)}")
    if state.state == "foreign":
        todo = state.reason or "Stop that program, or set OLLAMA_HOST to a free address."
        if state.reason:
            return Check("Ollama", "missing", f"the server at {shown(state.host)} cannot be asked", todo)
        return Check("Ollama", "missing", f"something else answers at {shown(state.host)}", todo)
    own = installation(runtime)
    if own is None:
        todo = f"Run `assistant setup`, or install it from {DOWNLOAD_PAGE}."
        return Check("Ollama", "missing", f"none at {shown(state.host)}, none installed", todo)
    todo = "`assistant chat` starts it; `assistant ollama` runs it for other commands."
    return Check("Ollama", "ok", f"{own.binary}, not running now", todo)


def _is_old(version: str) -> bool:
    """Whether a version like 0.5.7 is older than OLDEST_OLLAMA; one that was built without a number is not."""
    numbers = version.split("-")[0].split(".")
    if len(numbers) < 2 or not all(part.isdecimal() and len(part) < 9 for part in numbers):
        return False
    return (0, 0) < tuple(map(int, numbers))[:2] < OLDEST_OLLAMA


def check_model(runtime: Path, state: ServerState, wish: str | None, context_length: int) -> Check:
    """Whether the server has the model, and whether it can take a window of `context_length` tokens."""
    what = "Language model"
    name = wish or chosen_model(runtime)
    setup = f"Run `assistant setup --model {wish}`." if wish else "Run `assistant setup`."
    if name is None:
        return Check(what, "missing", "none is set up", setup)
    if not state.running:
        return _model_at_rest(runtime, name, setup)
    try:
        if not has_model(state.host, name):
            return Check(what, "missing", f"{name} is not on the server at {shown(state.host)}", setup)
        window = context_window(state.host, name)
    except ModelUnavailable as error:
        return Check(what, "missing", str(error), "Start the server again.")
    if window is not None and window < context_length:
        todo = f"Set model.context_length to {window} at most (it is {context_length})."
        return Check(what, "warning", f"{name}, window of {window} tokens", todo)
    return Check(what, "ok", f"{name}, {context_length} of at most {window or '?'} tokens used")


def _model_at_rest(runtime: Path, name: str, setup: str) -> Check:
    own = installation(runtime)
    if own is not None and own.models is None:
        detail = f"{name}, not checked because no server runs"
        return Check("Language model", "warning", detail, "Run `assistant ollama`.")
    if own is not None and own.models is not None and is_in_folder(own.models, name):
        return Check("Language model", "ok", name)
    return Check("Language model", "missing", name, setup)


def context_window(host: str, name: str) -> int | None:
    """The most tokens that a model was made for; None where the server does not say."""
    from ..model.ollama import describe

    return describe(host, name).window


def check_port(host: str, port: int) -> Check:
    """Whether the page can be opened where the settings say, or is open there already."""
    address = f"{host}:{port}"
    if port == 0 or _is_free(host, port):
        return Check("Page", "ok", f"{address} is free")
    if _is_our_page(address):
        return Check("Page", "ok", f"open at http://{address}")
    todo = "Stop it, or run `assistant chat --port 0`."
    return Check("Page", "warning", f"{address} is taken by another program", todo)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _is_our_page(address: str) -> bool:
    import httpx

    try:
        answer = httpx.get(f"http://{address}/health", timeout=2, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return False
    return isinstance(answer, dict) and "reasons" in answer


def examine(
    runtime: Path,
    ollama_host: str,
    *,
    model: str | None,
    embedder: str | None,
    context_length: int,
    page: tuple[str, int],
) -> list[Check]:
    """Every check that needs neither the corpus nor the store."""
    state = find_server(ollama_host)
    return [
        *check_machine(runtime),
        check_embedder(runtime, embedder),
        check_server(runtime, state),
        check_model(runtime, state, model, context_length),
        check_port(*page),
    ]
