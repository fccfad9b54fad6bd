from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from assistant.setup import processes

# prints its own number and that of a child that would live long
FAMILY = (
    "import os, subprocess, sys, time; child = subprocess.Popen(['sleep', '600']); "
    "print(os.getpid(), child.pid, flush=True)"
)


def alive(*numbers: int) -> list[int]:
    found = []
    for number in numbers:
        with suppress(psutil.NoSuchProcess):  # it may end between two looks
            if psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
                found.append(number)
    return found


def ended(numbers: list[int], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while alive(*numbers) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(*numbers)


def numbers_in(file: Path) -> list[int]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if len(numbers := file.read_text().split() if file.exists() else []) >= 2:
            return [int(number) for number in numbers]
        time.sleep(0.02)
    raise AssertionError("the program did not start")


def test_the_status_of_a_program_is_passed_on(tmp_path: Path) -> None:
    for status in (0, 7):
        with (tmp_path / "out").open("wb") as output:
            process = processes.start(
                [sys.executable, "-S", "-c", f"print('x'); raise SystemExit({status})"], output
            )
        assert process.wait(20) == status
        processes.end(process)
        assert (tmp_path / "out").read_text() == "x\n"


def test_a_program_that_ends_at_once_is_never_waited_for() -> None:
    for _ in range(40):
        process = processes.start(["false"], subprocess.PIPE, text=True)
        try:
            assert process.wait(20) == 1
            assert process.stdout is not None
            assert process.stdout.read() == ""
        finally:
            processes.end(process)


def test_ending_a_program_ends_its_children(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as output:
        process = processes.start([sys.executable, "-S", "-c", f"{FAMILY}; time.sleep(600)"], output)
    numbers = numbers_in(tmp_path / "out")
    assert alive(*numbers) == numbers
    processes.end(process)
    assert ended([*numbers, process.pid])


def test_children_end_when_the_program_dies_of_itself(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as output:
        process = processes.start([sys.executable, "-S", "-c", FAMILY], output)
    numbers = numbers_in(tmp_path / "out")
    process.wait(20)
    processes.end(process)
    assert ended(numbers)


def test_programs_end_when_we_are_killed(tmp_path: Path) -> None:
    ours = f"""
import subprocess, sys, time
from assistant.setup import processes
with open({str(tmp_path / "out")!r}, "wb") as output:
    processes.start([sys.executable, "-S", "-c", {(FAMILY + "; time.sleep(600)")!r}], output)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", ours])
    numbers = numbers_in(tmp_path / "out")
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert ended(numbers)


def test_a_program_that_will_not_end_is_killed(tmp_path: Path) -> None:
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {FAMILY}; time.sleep(600)"
    with (tmp_path / "out").open("wb") as output:
        process = processes.start([sys.executable, "-S", "-c", stubborn], output)
    numbers = numbers_in(tmp_path / "out")
    processes.end(process, seconds=0.5)
    assert ended(numbers)
