"""The gate: an evaluation holds its floors, or `FloorMissed` says which metric did not, and where to look."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import EvaluationError, FloorMissed, UsageError
from ..files import write_whole
from .comparison import pair
from .evaluation_json import EstimateJson, EvaluationJson
from .metrics import METRICS
from .statistics import paired_bootstrap

DIGITS = 3


@dataclass(frozen=True, slots=True)
class Floor:
    """The worst value that a metric may have: a ceiling where lower is better."""

    metric: str
    value: float

    def missed(self, value: float | None) -> bool:
        """A metric that could not be measured holds no floor."""
        if value is None:
            return True
        return value < self.value if METRICS[self.metric].better == "higher" else value > self.value


def parse_floor(text: str) -> Floor:
    """`citation_precision=.95`. Raises `UsageError`."""
    name, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if name not in METRICS or not math.isfinite(value):
        known = ", ".join(METRICS)
        raise UsageError(f"{text!r} is no floor. Write METRIC=NUMBER, where METRIC is one of: {known}.")
    return Floor(name, value)


def missed_floors(evaluation: EvaluationJson, floors: Iterable[Floor]) -> list[str]:
    """One sentence for each floor that is missed."""
    found = ((floor, evaluation["metrics"][floor.metric]) for floor in floors)
    return [_missed(floor, metric) for floor, metric in found if floor.missed(metric["value"])]


def _missed(floor: Floor, found: EstimateJson) -> str:
    word = "floor" if METRICS[floor.metric].better == "higher" else "ceiling"
    if found["value"] is None:
        return f"{floor.metric} could not be measured (n=0), its {word} is {floor.value:g}"
    interval = "" if found["low"] is None else f" [{found['low']:.3f}, {found['high']:.3f}]"
    return f"{floor.metric} is {found['value']:.3f}{interval} (n={found['n']}), its {word} is {floor.value:g}"


def dropped(evaluation: EvaluationJson, baseline: EvaluationJson, seed: int = 0) -> list[str]:
    """One sentence for each metric that is worse than in `baseline`, beyond doubt: its paired interval
    excludes "no drop". Times and sizes depend on the machine and are not held."""
    sentences: list[str] = []
    for name, paired in pair(baseline, evaluation).items():
        if paired.metric.form == "seconds" or name in ("prompt_tokens", "answer_words"):
            continue
        sign = 1 if paired.metric.better == "higher" else -1
        change, _ = paired_bootstrap([sign * d for d in paired.differences], paired.clusters, seed)
        if change.high is not None and change.high < 0:
            before = sum(paired.first) / len(paired.first)
            after = sum(paired.second) / len(paired.second)
            sentences.append(
                f"{name} is {after:.3f}, in the baseline {before:.3f}: worse by {-(change.value or 0):.3f} "
                f"[{-change.high:.3f}, {-(change.low or 0):.3f}] (n={len(paired.ids)})"
            )
    return sentences


def hold(sentences: Iterable[str], command: str, note: str = "") -> None:
    """Raise `FloorMissed` where anything was missed. `command` is the one to look closer with."""
    missed = list(sentences)
    if missed:
        raise FloorMissed(f"Missed: {'; '.join(missed)}.{note} Look closer with `{command}`.")


# --------------------------------------------------------------------------- the file of floors


def read_floors(path: Path, tier: str) -> tuple[list[Floor], dict[str, object]]:
    """The floors of a tier and the fingerprints of the run that set them; nothing where it has none."""
    try:
        data = json.loads(path.read_text("utf-8"))
        section: Mapping[str, Any] = data.get(tier, {})
        floors = [Floor(name, float(value)) for name, value in section.get("floors", {}).items()]
    except OSError as error:
        raise EvaluationError(
            f"The floors {str(path)!r} cannot be read: {error.strerror}. Check the path."
        ) from error
    except (ValueError, AttributeError, TypeError) as error:
        raise EvaluationError(
            f"The file {str(path)!r} holds no floors: {error}. See tests/evaluation/floors.json."
        ) from error
    unknown = [floor.metric for floor in floors if floor.metric not in METRICS]
    if unknown:
        raise EvaluationError(
            f"The floors {str(path)!r} name an unknown metric {unknown[0]!r}. Correct the name."
        )
    return floors, dict(section.get("fingerprints", {}))


def note_of_change(fingerprints: Mapping[str, Any], evaluation: EvaluationJson) -> str:
    """What is not as it was when the floors were set; empty where all is the same."""
    now = evaluation["fingerprints"]
    changed = [name for name, value in fingerprints.items() if name != "program" and now.get(name) != value]
    return f" Since the floors were set, these changed: {', '.join(changed)}." if changed else ""


def set_floors(
    path: Path, evaluation: EvaluationJson, *, lower: bool, names: Iterable[str] = ()
) -> list[str]:
    """Write the evaluation's values as the floors of its tier; gives the lines that changed.

    What repeats on one machine is held at its value less one question, since another processor rounds
    otherwise and may swap two hits; what a language model varies, at the lower end of its interval.
    Raises `EvaluationError` where a floor would get lower and `lower` was not said.
    """
    tier = evaluation["tier"]
    old = {f.metric: f for f in read_floors(path, tier)[0]} if path.exists() else {}
    new = _new_floors(evaluation, list(names) or list(old) or _default_names(evaluation))
    worse = [f for f in new.values() if f.metric in old and old[f.metric].missed(f.value)]
    worse += [floor for name, floor in old.items() if name not in new]
    if worse and not lower:
        named = ", ".join(f"{f.metric} (now {old[f.metric].value:g})" for f in worse)
        raise EvaluationError(f"These floors would get lower: {named}. Say --lower-floors if that is meant.")
    data = json.loads(path.read_text("utf-8")) if path.exists() else {}
    floors = {name: floor.value for name, floor in new.items()}
    data[tier] = {"fingerprints": evaluation["fingerprints"], "n": evaluation["n"], "floors": floors}
    try:
        write_whole(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise EvaluationError(
            f"The floors {str(path)!r} cannot be written: {error.strerror}. Give another file with --floors."
        ) from error
    return [
        f"{n}: {old[n].value if n in old else 'none'} → {v:g}"
        for n, v in floors.items()
        if n not in old or old[n].value != v
    ]


def _default_names(evaluation: EvaluationJson) -> list[str]:
    return [
        n
        for n, m in METRICS.items()
        if m.form not in ("seconds", "count") and evaluation["metrics"][n]["value"] is not None
    ]


def _new_floors(evaluation: EvaluationJson, names: Iterable[str]) -> dict[str, Floor]:
    scale = 10**DIGITS
    floors: dict[str, Floor] = {}
    for name in names:
        found, higher = evaluation["metrics"][name], METRICS[name].better == "higher"
        if found["value"] is None:
            continue
        if evaluation["tier"] == "answers" and METRICS[name].tier == "answers":
            value = found["low" if higher else "high"]
        else:
            value = found["value"] + (-1 if higher else 1) / found["n"]
        floors[name] = Floor(name, (math.floor if higher else math.ceil)(round(value * scale, 3)) / scale)
    return floors
