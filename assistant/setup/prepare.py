"""The set-up as a whole: what is missing is brought, one step after another, and reported."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import SetupError
from ..types import Json
from .embedders import EmbedderStep
from .machine import Machine, look
from .models import ModelStep, suggest
from .ollama_build import OllamaStep
from .ollama_server import DOWNLOAD_PAGE
from .record import chosen_embedder, chosen_model, chosen_verifier, installation
from .steps import Narrator, Step, StepReport, take
from .verifiers import VerifierStep


@dataclass(frozen=True)
class SetupReport:
    """What one run of the set-up found and did."""

    machine: Machine
    steps: tuple[StepReport, ...]
    model: str | None
    embedder: str | None
    verifier: str | None
    advice: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return all(step.state in ("present", "done") for step in self.steps)

    def as_json(self) -> Json:
        return {
            "complete": self.complete,
            "machine": self.machine.as_json(),
            "steps": [step.as_json() for step in self.steps],
            "model": self.model,
            "embedder": self.embedder,
            "verifier": self.verifier,
            "advice": list(self.advice),
        }


def prepare(
    runtime: Path,
    host: str,
    *,
    model: str | None,
    embedder: str | None,
    verifier: str | None = None,
    offline: bool,
    narrator: Narrator,
) -> SetupReport:
    """Make this machine able to answer. A step that fails does not stop the others: search needs no model.

    `verifier`: folder or hub name of a second opinion for the proof; None: no step for one.
    Raises `SetupError` where another set-up is at work in the same folder.
    """
    from filelock import FileLock, Timeout

    runtime.mkdir(parents=True, exist_ok=True)
    machine = look(runtime)
    steps: Sequence[Step] = (
        EmbedderStep(runtime, embedder, machine),
        OllamaStep(runtime, host, machine),
        ModelStep(runtime, host, model, machine),
        *([] if verifier is None else [VerifierStep(runtime, verifier)]),
    )
    try:
        with FileLock(runtime / "setup.lock", timeout=0):
            reports = tuple(take(step, runtime, narrator, offline=offline) for step in steps)
            _remove_downloads(runtime, reports)
    except Timeout as error:
        raise SetupError(f"Another set-up is at work in {str(runtime)!r}. Wait until it ends.") from error
    folder, second = chosen_embedder(runtime), chosen_verifier(runtime)
    return SetupReport(
        machine,
        reports,
        chosen_model(runtime),
        str(folder) if folder is not None else None,
        str(second) if second is not None else None,
        tuple(advice(runtime, machine)),
    )


def _remove_downloads(runtime: Path, reports: Sequence[StepReport]) -> None:
    """Where everything is in place, what a killed set-up left among the downloads is good for nothing."""
    if all(report.state in ("present", "done") for report in reports):
        shutil.rmtree(runtime / "downloads", ignore_errors=True)


def advice(runtime: Path, machine: Machine) -> list[str]:
    """What would make better use of this machine."""
    own = installation(runtime)
    if machine.gpu is None or own is None or not own.built:
        return []
    better = suggest(machine, accelerated=True)
    return [
        f"This machine has a GPU ({machine.gpu.name}); the Ollama built here runs on the processor only. "
        f"Install the official build from {DOWNLOAD_PAGE}, then run `assistant setup --model {better}`."
    ]
