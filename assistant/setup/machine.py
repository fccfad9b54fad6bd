"""What this machine has: processor cores, memory, disk, a GPU. Asks the system, changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ..types import Json

GB = 1_000_000_000


@dataclass(frozen=True)
class Gpu:
    """A GPU and its memory in bytes (0 where the driver does not say)."""

    name: str
    memory: int


@dataclass(frozen=True)
class Machine:
    """Sizes are in bytes; `memory` is what this process may use, a container's limit included."""

    cores: int
    memory: int
    free_disk: int
    gpu: Gpu | None

    def __str__(self) -> str:
        gpu = "no GPU"
        if self.gpu is not None:
            gpu = self.gpu.name + (f" with {size(self.gpu.memory)}" if self.gpu.memory else "")
        disk = size(self.free_disk)
        return f"{self.cores} cores, {size(self.memory)} of memory, {disk} of free disk, {gpu}"

    def as_json(self) -> Json:
        return asdict(self)


def look(folder: Path) -> Machine:
    """This machine, with the free disk of the file system that holds `folder`."""
    while not folder.exists():
        folder = folder.parent
    gpus = sorted(find_gpus(), key=lambda gpu: gpu.memory)
    return Machine(cores(), memory(), shutil.disk_usage(folder).free, gpus[-1] if gpus else None)


def cores() -> int:
    """Processor cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory(cgroup: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """Bytes of main memory, or the limit of the container where that is lower."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):  # "max": no limit
        total = min(total, int(cgroup.read_text()))
    return total


def find_gpus(system: Path = Path("/")) -> Iterator[Gpu]:
    """NVIDIA cards by their tool, else by their driver's files; AMD cards and Apple's by the system."""
    answer = _run("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
    found = list(parse_nvidia_smi(answer)) or list(_nvidia_files(system))
    yield from found
    yield from _amd_files(system)
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        # Memory is shared; the system lets the GPU use about two thirds of it.
        yield Gpu("Apple GPU", memory() * 2 // 3)


def parse_nvidia_smi(answer: str) -> Iterator[Gpu]:
    """Lines "name, MiB" as `nvidia-smi` prints them; others (an error message, "[N/A]") are passed over."""
    for line in answer.splitlines():
        name, comma, mebibytes = line.rpartition(", ")
        if comma and mebibytes.strip().isdigit():
            yield Gpu(name.strip(), int(mebibytes) * 1024**2)
        elif comma and mebibytes.strip() == "[N/A]":
            yield Gpu(name.strip(), 0)


def _nvidia_files(system: Path) -> Iterator[Gpu]:
    for file in sorted(system.glob("proc/driver/nvidia/gpus/*/information")):
        for line in file.read_text().splitlines():
            if line.startswith("Model:"):
                yield Gpu(line.removeprefix("Model:").strip(), 0)


def _amd_files(system: Path) -> Iterator[Gpu]:
    for file in sorted(system.glob("sys/class/drm/card*/device/mem_info_vram_total")):
        if int(file.read_text()) >= 4 * GB:  # less is the corner of memory of a processor's own graphics
            yield Gpu("AMD GPU", int(file.read_text()))


def _run(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def size(count: float) -> str:
    """A number of bytes in words: 1117320768 is "1.1 GB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.1f} {unit}" if unit == "GB" and count < 100 else f"{count:.0f} {unit}"
