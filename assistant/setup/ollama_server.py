"""The language-model server: is one there, start our own, stop it again.

A server that was found is left alone. One that we start ends with us, even when we are killed.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ..addresses import shown, without_credentials
from ..errors import ModelUnavailable, SetupError
from ..loopback import is_loopback
from . import processes

DOWNLOAD_PAGE = "https://ollama.com/download"


@dataclass(frozen=True)
class ServerState:
    """What answers at an address."""

    host: str
    """URL without a trailing slash."""
    state: Literal["running", "absent", "foreign"]
    """foreign: something holds the port and it is not an Ollama server."""
    version: str | None = None
    reason: str | None = None
    """Why a server that may be Ollama's cannot be asked, with the remedy."""

    @property
    def running(self) -> bool:
        return self.state == "running"


def find_server(host: str, seconds: float = 2.0) -> ServerState:
    """Ask what answers at `host` (an URL); never takes much longer than `seconds`."""
    import httpx

    from ..model.client import client_for, read_reply, reported
    from ..model.ollama import refusal
    from ..model.wire import one_line, read_object

    try:
        with reported(host), client_for(host, seconds) as client:
            response = read_reply(client, "GET", "/api/version")
            if response.status_code != httpx.codes.OK:
                raise refusal(host, "", 0, response)
            version = read_object(response.content).get("version")
    except ModelUnavailable as error:
        if not _is_open(host, seconds):
            return ServerState(host, "absent")
        return ServerState(host, "foreign", reason=str(error) if error.kind in _OF_THE_WAY else None)
    if version is None:
        return ServerState(host, "foreign")
    return ServerState(host, "running", one_line(version) or "unknown")


_OF_THE_WAY = ("certificate", "refused", "plain", "proxy")
"""What keeps us from a server that may well be Ollama's: said as it is."""


def in_the_way(found: ServerState) -> SetupError:
    """What holds the address of the server that we would start."""
    return SetupError(
        found.reason
        or f"Something that is not Ollama answers at {shown(found.host)!r}. "
        "Stop it or set OLLAMA_HOST to a free address."
    )


def _is_open(host: str, seconds: float) -> bool:
    with suppress(OSError, UnicodeError), socket.create_connection(_address(host), timeout=seconds):
        return True
    return False


def _address(host: str) -> tuple[str, int]:
    parts = urlsplit(host)
    return parts.hostname or "127.0.0.1", parts.port or (443 if parts.scheme == "https" else 80)


def is_on_this_machine(host: str) -> bool:
    """Tell whether the server at `host` is on this machine: only there may one be started."""
    return is_loopback(_address(host)[0])


@contextmanager
def running_server(
    binary: Path | None, host: str, models_folder: Path | None, log: Path, wait_seconds: float = 30.0
) -> Iterator[ServerState]:
    """The server at `host`: the one that runs there, else `binary` started and stopped again at the end.

    `models_folder` None leaves the models where the user's own Ollama keeps them. Raises `SetupError`
    where the port is taken by another program or the server does not start.
    """
    found = find_server(host)
    if found.running:
        yield found
        return
    if found.state == "foreign":
        raise in_the_way(found)
    if binary is None:
        raise SetupError(
            f"No Ollama answers at {shown(host)!r} and none is installed. Run `assistant setup` first."
        )
    if not is_on_this_machine(host):
        raise SetupError(
            f"No Ollama answers at {shown(host)!r}. Start it on that machine, or unset OLLAMA_HOST."
        )
    process = _start(binary, host, models_folder, log)
    try:
        yield _wait(process, host, log, wait_seconds)
    finally:
        processes.end(process)


def server_environment(host: str, models_folder: Path | None) -> Mapping[str, str]:
    """Variables of a server of ours: one answer at a time, no cloud, its own models folder."""
    ours = {"OLLAMA_HOST": without_credentials(host)[0], "OLLAMA_NO_CLOUD": "1", "OLLAMA_NUM_PARALLEL": "1"}
    if models_folder is not None:
        ours["OLLAMA_MODELS"] = str(models_folder)
        # The server writes its key pair into the home folder; a server of the project keeps to the project.
        ours["HOME"] = str(models_folder.parent)
    return ours


def _start(binary: Path, host: str, models_folder: Path | None, log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    if models_folder is not None:
        models_folder.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return processes.start([str(binary), "serve"], output, server_environment(host, models_folder))


def _wait(process: subprocess.Popen[bytes], host: str, log: Path, seconds: float) -> ServerState:
    """Wait until the server answers; one that another process started meanwhile is as good."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = find_server(host)
        if state.running:
            return state
        if process.poll() is not None:
            raise SetupError(f"The Ollama server ended at once: {_last_line(log)}. Its log is {str(log)!r}.")
        time.sleep(0.1)
    raise SetupError(f"The Ollama server did not answer within {seconds:.0f} s. Its log is {str(log)!r}.")


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "its log is empty"
