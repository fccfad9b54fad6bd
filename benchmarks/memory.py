"""The most memory that a process held."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def most_memory() -> float:
    """Bytes this process held at most; what getrusage tells is at least that of the process that started it."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    (kibibytes,) = re.findall(r"VmHWM:\s+(\d+)", status.read_text())
    return int(kibibytes) * 1024
