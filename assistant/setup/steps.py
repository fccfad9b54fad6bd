"""What a step of the set-up is, and what one run of it reports."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Protocol

from ..errors import ModelUnavailable, SetupError
from ..types import Json
from .machine import look, size


class Narrator(Protocol):
    """Tells the user what happens."""

    def say(self, text: str) -> None:
        """One line."""

    def tell(self, report: StepReport) -> None:
        """What became of a step."""

    def track(self, label: str, done: float, total: float | None, *, in_bytes: bool = True) -> None:
        """How far `label` is, in bytes or in steps; `total` None where it is not known."""


@dataclass(frozen=True)
class Offer:
    """What a step would do, said before it does it."""

    text: str
    disk: int = 0
    """Bytes of free disk it needs while it runs."""


class Step(Protocol):
    """One thing that a machine needs."""

    @property
    def name(self) -> str:
        """What is needed, in a word or two."""

    def present(self) -> str | None:
        """What is there already, in words; None where the step has to run."""

    def offer(self) -> Offer:
        """What it would fetch or build. Raises `SetupError` where it cannot, saying what to do."""

    def run(self, narrator: Narrator) -> str:
        """Do it and say in words what is there now. Raises `SetupError`; can be interrupted and run again."""


@dataclass(frozen=True)
class StepReport:
    """What became of one step."""

    step: str
    state: Literal["present", "done", "missing", "failed"]
    detail: str
    seconds: float = 0.0

    def as_json(self) -> Json:
        return asdict(self)


def take(step: Step, runtime: Path, narrator: Narrator, *, offline: bool) -> StepReport:
    """Take a step and tell what became of it."""
    report = _take(step, runtime, narrator, offline=offline)
    narrator.tell(report)
    return report


def _take(step: Step, runtime: Path, narrator: Narrator, *, offline: bool) -> StepReport:
    """Run a step unless what it brings is there. `offline`: fetch nothing, report what is missing."""
    start = time.monotonic()
    try:
        there = step.present()
        if there is not None:
            return StepReport(step.name, "present", there, _since(start))
        if offline:  # not even asked whether it could be fetched
            todo = "not on this machine. Run `assistant setup` without --offline to fetch it."
            return StepReport(step.name, "missing", todo, _since(start))
        offer = step.offer()
        narrator.say(f"{step.name}: {offer.text}")
        _check_disk(offer, runtime)
        return StepReport(step.name, "done", step.run(narrator), _since(start))
    except (SetupError, ModelUnavailable) as error:
        return StepReport(step.name, "failed", str(error), _since(start))


def _since(start: float) -> float:
    return round(time.monotonic() - start, 2)


def _check_disk(offer: Offer, runtime: Path) -> None:
    free = look(runtime).free_disk
    if offer.disk > free:
        raise SetupError(
            f"{str(runtime)!r} has {size(free)} of free disk, {size(offer.disk)} are needed. Make room there."
        )
