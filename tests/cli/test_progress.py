"""The progress display, with and without a terminal."""

from __future__ import annotations

import time
from io import StringIO

import pytest
from rich.console import Console

from assistant.cli.progress import ProgressPrinter, _pace

# (done, seconds, left) of a download or a build, and what is said of its speed
PACES = [
    ((0, 60, 1e9, True), ""),
    ((1e6, 0.5, 1e9, True), ""),
    ((120e6, 10, 600e6, True), ", 12 MB a second, about 50 s left"),
    ((120e6, 10, 6e9, True), ", 12 MB a second, about 8 min left"),
    ((120e6, 10, 0, True), ", 12 MB a second"),
    ((300, 120, 250, False), ", 150 a minute, about 100 s left"),
    ((9, 120, 1800, False), ", 4 a minute"),  # the others lie in the compiler's cache: nobody knows
]


@pytest.mark.parametrize(("given", "said"), PACES)
def test_speed_and_time_left(given: tuple[float, float, float, bool], said: str) -> None:
    *numbers, in_bytes = given
    assert _pace(*numbers, in_bytes=in_bytes) == said


def test_without_a_terminal_a_line_tells_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    told = ProgressPrinter(quiet=False)
    told.track("m:1", 100e6, 1e9)
    told.begun["m:1"] = (time.monotonic() - 10, 100e6)
    told.track("m:1", 200e6, 1e9)
    told.next_line = 0
    told.track("m:1", 300e6, 1e9)
    assert capsys.readouterr().err == (
        "  m:1: 10% of 1.0 GB\n  m:1: 30% of 1.0 GB, 20 MB a second, about 35 s left\n"
    )


def test_a_patient_one_says_nothing_of_what_is_done_soon(capsys: pytest.CaptureFixture[str]) -> None:
    told = ProgressPrinter(quiet=False, patience=10)
    told.track("Reading and embedding", 1e3, 2e3)
    assert capsys.readouterr().err == ""
    told.next_line = 0
    told.track("Writing words", 300, 500, in_bytes=False, note="a\x1b[31m.md")
    assert capsys.readouterr().err == "  Writing words: 300 of 500 a\\x1b[31m.md\n"


def test_bars_on_a_terminal_show_bytes_and_counts_together() -> None:
    shown = StringIO()
    with ProgressPrinter(quiet=False) as told:
        told.console = Console(file=shown, force_terminal=True, width=120, color_system=None)
        told.track("Reading and embedding", 1e6, 2e6, note="120 passages/s [b]a.md")
        told.track("Writing words", 300, 500, in_bytes=False)
    assert "1.0/2.0 MB" in shown.getvalue()
    assert "120 passages/s [b]a.md" in shown.getvalue()
    assert "300/500" in shown.getvalue()


def test_things_are_counted_as_they_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(ProgressPrinter(quiet=False).counted("ab", 2, "asked")) == ["a", "b"]
    assert capsys.readouterr().err == "  asked: 0 of 2\n"
    assert list(ProgressPrinter(quiet=True).counted("ab", 2, "asked")) == ["a", "b"]
    assert capsys.readouterr().err == ""
