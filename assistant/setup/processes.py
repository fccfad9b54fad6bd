"""Programs that we start end with us: at our word, and when we are killed.

Each runs under a shell in a process group of its own. The shell reads a pipe that we hold: once it closes,
for whatever reason, the whole group is asked to end, and what does not is killed. (The signal that Linux
can send to a child when its parent ends comes too early where a thread of ours started the child.)
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

KEEPER = """
exec 3<&0
trap 'gone=1' TERM
"$@" </dev/null 3<&- &
child=$!
( while read -r _; do :; done; kill -TERM 0 ) <&3 3<&- &
reader=$!
exec 3<&-
wait $child
status=$?
if [ -n "$gone" ]; then
    wait $child
    kill -KILL 0
fi
kill -KILL $reader  # TERM may come before a fresh subshell has let go of our trap, and be lost
wait $reader 2>/dev/null
exit $status
"""


def start(
    command: Sequence[str],
    output: IO[Any] | int,
    environment: Mapping[str, str] | None = None,
    *,
    text: bool = False,
) -> subprocess.Popen[Any]:
    """Start a program whose words go to `output` (a file, or `subprocess.PIPE`)."""
    return subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "sh", *command],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
        start_new_session=True,  # Ctrl-C reaches us alone
        text=text,
        errors="replace" if text else None,
    )


def end(process: subprocess.Popen[Any], seconds: float = 10.0) -> None:
    """End a program that `start` started, with every process of its group."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with suppress(ProcessLookupError, PermissionError):  # PermissionError: macOS, for a group that has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
