"""What the page says of an index run: how far it is, how it ended; and of a collection that has no index yet."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .. import errors
from ..errors import AssistantError, NoIndex
from ..library import Behind, CatalogueEntry
from .catalogue import changes
from .templates import render
from .texts import Texts

if TYPE_CHECKING:
    from ..curation.curator import Curator
    from ..curation.indexing import IndexingState, Outcome
    from .backend import Backend, Part

NAMED = 12
"""So many files are named each."""
SECONDS_LOOKED = 45.0
"""How often the status line looks at the files on disk, at most."""


def indexing_html(
    state: IndexingState, entries: Mapping[str, CatalogueEntry], texts: Texts, curates: bool = True
) -> str:
    """How far the run is, or how the last one ended; a curator gets the buttons."""
    step, outcome = state.step, state.outcome
    share = min(1.0, step.done / step.total) if step is not None and step.total else None
    left = (
        step.seconds * (1 - share) / share if step and share and 0 < share < 1 and step.seconds > 2 else 0.0
    )
    return render(
        "indexing.html",
        state=state,
        phase=texts.phase(step.phase) if step is not None else texts.index_starting,
        share=None if share is None else round(100 * share),
        left=texts.about(left) if left else "",
        article=step.article if step is not None else "",
        outcome=outcome,
        lines=_lines(outcome, entries) if outcome is not None and outcome.report is not None else {},
        problem=_problem(outcome, texts) if outcome is not None and outcome.kind == "failed" else "",
        named=NAMED,
        curates=curates,
        texts=texts,
    )


def _lines(outcome: Outcome, entries: Mapping[str, CatalogueEntry]) -> dict[str, Any]:
    """What a run did: names by what was done, and the entries of what was added or could not be read."""
    report, names = outcome.report or {}, outcome.names
    rejected = [entry for entry in report["rejected"] if names is None or entry["article"] in names]
    added = [name for name in report["added"] if name in entries]
    return {
        "added": [entries[name] for name in added],
        "changed": [entries[name] for name in report["changed"] if name in entries],
        "removed": report["removed"],
        "renamed": report["renamed"],
        "rejected": rejected,
        "nothing": not any(
            (report["added"], report["changed"], report["removed"], report["renamed"], rejected)
        ),
    }


def _problem(outcome: Outcome, texts: Texts) -> str:
    kind = getattr(errors, outcome.error, None)
    if isinstance(kind, type) and issubclass(kind, AssistantError):
        return texts.problem_of(kind)
    return texts.problem_assistant_error if outcome.message else texts.index_died


def start_html(backend: Backend, texts: Texts, curates: bool = True) -> str:
    """The first steps, where nothing is indexed yet; empty where something is. Only a curator takes them."""
    curator = backend.curator
    parts = {part.name: part for part in backend.state()} if curator is not None else {}
    if curator is None or not _is_bare(backend, parts.get("index")):
        return ""
    if not curates:
        return render("start.html", texts=texts, curates=False)
    waiting, missing = curator.waiting(), curator.missing()
    return render(
        "start.html",
        curates=True,
        files=waiting.files,
        unreadable=waiting.problem is not None and curator.corpus.exists(),
        about=texts.about(waiting.seconds),
        folder=str(curator.corpus),
        missing=texts.problem(missing) if missing is not None else "",
        model=parts.get("model"),
        running=curator.state().running,
        texts=texts,
    )


def _is_bare(backend: Backend, index: Part | None) -> bool:
    """Whether there is no index, or nothing in it."""
    if index is None or index.state == "loading":
        return False
    return isinstance(index.error, NoIndex) or (index.state == "ready" and backend.is_empty())


class OutOfDateNotice:
    """Says that files have changed since the index was made. They are looked at now and then: it costs a stat per file."""

    def __init__(self, backend: Backend, seconds: float = SECONDS_LOOKED) -> None:
        self.backend = backend
        self.seconds = seconds
        self._looked = -math.inf
        self._runs = -1
        self._behind: Behind | None = None

    def words(self, texts: Texts) -> str:
        """That the index is out of date, and by how much; empty where it is not, or is being made."""
        curator = self.backend.curator
        state = curator.state() if curator is not None else None
        if state is not None and state.running:
            return ""
        runs = state.runs if state is not None else 0
        if time.monotonic() - self._looked > self.seconds or runs != self._runs:
            self._looked, self._runs = time.monotonic(), runs
            with suppress(AssistantError):
                self._behind = self.backend.behind()
        counts = [(kind, len(changed)) for kind, changed in changes(self._behind) if changed]
        said = ", ".join(texts.behind_kind(kind).format(n=count) for kind, count in counts)
        return f"{texts.behind} {said}." if said else ""


def by_name(entries: Sequence[CatalogueEntry]) -> dict[str, CatalogueEntry]:
    """The lines of the list by their names."""
    return {entry.name: entry for entry in entries}


def state_json(state: IndexingState, curator: Curator, html: str) -> dict[str, Any]:
    """What the page follows: `html` was drawn from the same `state`."""
    return {
        "running": state.running,
        "runs": state.runs,
        "html": html,
        "largest": curator.largest,
        "suffixes": list(curator.suffixes),
    }
