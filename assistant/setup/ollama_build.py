"""The Ollama step: use the one that runs or is installed, else build the pinned release from source."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..addresses import shown
from ..errors import SetupError
from . import processes
from .machine import GB, Machine
from .ollama_server import DOWNLOAD_PAGE, find_server, in_the_way, is_on_this_machine
from .record import installation
from .steps import Narrator, Offer

BUILD_FOLDER = Path(__file__).resolve().parents[2] / "tools" / "ollama"
VERSION = "0.24.0"
OLDEST_GO = (1, 21)
"""From here on Go fetches by itself the release that the build asks for."""
FETCHED = re.compile(r"# get \S+\.zip: 200 ")


@dataclass(frozen=True)
class OllamaStep:
    """An Ollama server for this machine."""

    runtime: Path
    host: str
    machine: Machine

    @property
    def name(self) -> str:
        return "Ollama"

    def present(self) -> str | None:
        found = find_server(self.host)
        if found.running:
            return f"version {found.version} answers at {shown(self.host)}; it is left as it is"
        if found.state == "foreign":
            raise in_the_way(found)
        if not is_on_this_machine(self.host):
            raise SetupError(
                f"No Ollama answers at {shown(self.host)!r}. Start it on that machine, or unset OLLAMA_HOST."
            )
        own = installation(self.runtime)
        return f"{own.binary} is started when it is needed" if own is not None else None

    def offer(self) -> Offer:
        check_tools(os.environ)
        gpu = ""
        if self.machine.gpu is not None:
            gpu = (
                f" It will run on the processor only: to use the {self.machine.gpu.name}, "
                f"install the official build from {DOWNLOAD_PAGE} and run `assistant setup` again."
            )
        return Offer(
            f"none runs and none is installed; version {VERSION} is built from source: about "
            f"4 minutes on two cores, 150 MB of Go modules (kept in Go's cache), 45 MB result.{gpu}",
            disk=2 * GB,
        )

    def run(self, narrator: Narrator) -> str:
        home = self.runtime / "ollama"
        work = home / "build"
        log = self.runtime / "logs" / "ollama-build.log"
        build(work, log, narrator)
        binary = home / "bin" / "ollama"
        binary.parent.mkdir(parents=True, exist_ok=True)
        built = work / "ollama"
        check_runs(built)
        built.replace(binary)
        shutil.rmtree(work)
        return f"built {binary}"


def check_tools(environment: Mapping[str, str]) -> None:
    """Raises `SetupError` where Go or a C++ compiler is missing, saying what to install."""
    path = environment.get("PATH")
    other = f"Or install Ollama itself from {DOWNLOAD_PAGE}."
    go = shutil.which("go", path=path)
    if go is None:
        raise SetupError(
            f"No Ollama runs at the address, none is installed, and 'go' to build it is missing. "
            f"Install Go 1.21 or newer (https://go.dev/dl). {other}"
        )
    version = go_version(subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout)
    if version is None or version < OLDEST_GO:
        found = ".".join(map(str, version)) if version else "unknown"
        raise SetupError(f"{go!r} has the version {found}; building Ollama takes Go 1.21 or newer. {other}")
    if not any(shutil.which(name, path=path) for name in ("g++", "clang++", "c++")):
        raise SetupError(
            f"A C++ compiler to build Ollama is missing. Install one (Debian: build-essential). {other}"
        )


def go_version(answer: str) -> tuple[int, int] | None:
    """(1, 26) from "go version go1.26.8 linux/amd64"."""
    found = re.search(r"\bgo(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else None


def build(work: Path, log: Path, narrator: Narrator, script: Path = BUILD_FOLDER / "build.sh") -> None:
    """Run the build script, which leaves `work`/ollama; its words go to `log`. Raises `SetupError`."""
    if not script.is_file():
        raise SetupError(
            f"{str(script)!r} is missing. Run in a clone of the project, or see {DOWNLOAD_PAGE}."
        )
    log.parent.mkdir(parents=True, exist_ok=True)
    process = processes.start([str(script), str(work)], subprocess.PIPE, text=True)
    try:
        last = _follow(process, log, narrator)
    finally:
        processes.end(process)
    if process.returncode != 0:
        raise SetupError(f"Ollama could not be built: {last}. The whole log is {str(log)!r}.")


def _follow(process: subprocess.Popen[str], log: Path, narrator: Narrator) -> str:
    """Pass on how far the build is: the script counts modules and packages, Go names each as it is done."""
    modules = packages = None
    fetched, compiled, last = 0, 0, "no reason given"
    assert process.stdout is not None
    with log.open("w", encoding="utf-8") as kept:
        for line in process.stdout:
            kept.write(line)
            last = line.strip() or last
            if line.startswith("say: "):
                narrator.say("  " + line.removeprefix("say: ").strip())
            elif line.startswith("modules: "):
                modules = int(line.removeprefix("modules: "))
            elif modules is not None and FETCHED.match(line):
                fetched += 1
                narrator.track("fetching Go modules", min(fetched, modules), modules, in_bytes=False)
            elif line.startswith("packages: "):
                packages = int(line.removeprefix("packages: "))
            elif packages is not None and re.fullmatch(r"[\w./~-]+", last):
                compiled += 1
                narrator.track("compiling Ollama", min(compiled, packages), packages, in_bytes=False)
    process.wait()
    return last


def check_runs(binary: Path) -> None:
    """Raises `SetupError` where the built program does not start."""
    try:
        subprocess.run([str(binary), "--version"], capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(
            f"{str(binary)!r} was built and does not run: {error}. Install Ollama from {DOWNLOAD_PAGE}."
        ) from error
