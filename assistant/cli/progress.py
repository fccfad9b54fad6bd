"""The one progress display: bars with the time left on a terminal, else a line now and then. All on stderr."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self, TypeVar

from .terminal import MARKS, harmless

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ..setup.steps import StepReport

T = TypeVar("T")

QUIET_SECONDS = 10
"""Where there is no terminal, progress is told this often."""
SETTLED = 0.2
"""Share of things counted that must be done before their pace tells how long the others take."""


class ProgressPrinter:
    """Tell how far each thing is, in bytes or counted; leave no bar behind at the end of `with` or at `close`.

    `patience`: seconds before the first line, where there is no terminal.
    """

    def __init__(self, *, quiet: bool, patience: float = 0.0) -> None:
        from rich.console import Console

        self.console = Console(stderr=True, quiet=quiet, highlight=False, soft_wrap=True)
        self.progress: Progress | None = None
        self.tasks: dict[str, TaskID] = {}
        self.begun: dict[str, tuple[float, float]] = {}
        """For each label, when it was first heard of and how far it was then."""
        self.next_line = time.monotonic() + patience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self.close()
        self.console.print(harmless(text), markup=False)

    def tell(self, report: StepReport) -> None:
        """Print what became of a step of the set-up."""
        self.say(f"{MARKS[report.state]} {report.step}: {report.detail}")

    def track(
        self, label: str, done: float, total: float | None, *, in_bytes: bool = True, note: str = ""
    ) -> None:
        """Show that `label` is at `done` of `total` (None where it is not known); `note` follows."""
        label, note = harmless(label), harmless(note)
        if self.console.is_terminal and not self.console.quiet:
            self._draw(label, done, total, in_bytes=in_bytes, note=note)
            return
        now = time.monotonic()
        since, before = self.begun.setdefault(label, (now, done))
        if now >= self.next_line:
            self.next_line = now + QUIET_SECONDS
            share = _share(done, total, in_bytes=in_bytes)
            pace = _pace(done - before, now - since, (total or done) - done, in_bytes=in_bytes)
            self.console.print(f"  {label}: {share}{pace} {note}".rstrip(), markup=False)

    def counted(self, things: Iterable[T], total: int, what: str) -> Iterator[T]:
        """The same things, each told once it is done with."""
        with self:
            for done, thing in enumerate(things):
                self.track(what, done, total, in_bytes=False)
                yield thing

    def _draw(self, label: str, done: float, total: float | None, *, in_bytes: bool, note: str) -> None:
        if self.progress is None:
            self.progress = _bars(self.console)
            self.progress.start()
        if label not in self.tasks:
            self.tasks[label] = self.progress.add_task(label, total=total, in_bytes=in_bytes, note="")
        self.progress.update(self.tasks[label], completed=done, total=total, note=note)

    def close(self) -> None:
        """Take the bars away; the lines stay."""
        if self.progress is not None:
            self.progress.stop()
        self.progress = None
        self.tasks.clear()


def _bars(console: Any) -> Progress:
    from rich import progress
    from rich.text import Text

    class Amount(progress.ProgressColumn):
        """Bytes with their speed, or a count."""

        def __init__(self) -> None:
            super().__init__()
            self.in_bytes = progress.DownloadColumn(), progress.TransferSpeedColumn()
            self.counted = (progress.MofNCompleteColumn(),)

        def render(self, task: progress.Task) -> Text:
            columns = self.in_bytes if task.fields["in_bytes"] else self.counted
            return Text(" ").join(column.render(task) for column in columns)

    class TimeLeft(progress.TimeRemainingColumn):
        """The time left, once the pace tells it."""

        def render(self, task: progress.Task) -> Text:
            settled = _settled(task.completed, task.total, in_bytes=task.fields["in_bytes"])
            return super().render(task) if settled else Text("")

    return progress.Progress(
        progress.TextColumn("  {task.description}", markup=False),
        progress.BarColumn(),
        Amount(),
        TimeLeft(compact=True),
        progress.TextColumn("{task.fields[note]}", markup=False),
        console=console,
        transient=True,
        speed_estimate_period=120,  # one package of Ollama may take a minute
    )


def _pace(done: float, seconds: float, left: float, *, in_bytes: bool) -> str:
    """How fast it goes and how long it still takes, once that can be told: ", 12 MB a second, about 80 s left"."""
    from ..setup.machine import size

    if done <= 0 or seconds < 1:
        return ""
    rate = done / seconds
    words = f", {size(rate)} a second" if in_bytes else f", {60 * rate:.0f} a minute"
    if left <= 0 or not _settled(done, done + left, in_bytes=in_bytes):
        return words
    minutes = left / rate / 60
    return f"{words}, about {f'{minutes:.0f} min' if minutes >= 2 else f'{60 * minutes:.0f} s'} left"


def _settled(done: float, total: float | None, *, in_bytes: bool) -> bool:
    """Whether the pace tells the time left. Packages that a compiler has in its cache are never told as done."""
    return in_bytes or (total is not None and done >= SETTLED * total)


def _share(done: float, total: float | None, *, in_bytes: bool) -> str:
    from ..setup.machine import size

    if total:
        return f"{done / total:.0%} of {size(total)}" if in_bytes else f"{done:.0f} of {total:.0f}"
    return size(done) if in_bytes else f"{done:.0f}"
