"""Answers on disk, one line each, written as they come: a run that was killed goes on where it stopped."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from ..errors import EvaluationError
from .questions import Question
from .records import RecordJson, notes_of


class Journal:
    """The answers of one run. `run` says what they depend on: settings, model, prompt, corpus, program.

    Raises `EvaluationError` for a file that holds anything but answers of this run: nothing is overwritten.
    """

    def __init__(self, path: Path, run: str, questions: Iterable[Question]) -> None:
        self.path = path
        self.run = run
        self._fingerprints = {question.id: question.fingerprint for question in questions}
        self._others: list[RecordJson] = []
        """Answers of the same run to questions that are not asked now: a run of fewer leaves them be."""
        self._records: dict[tuple[str, int], RecordJson] = {}
        for record in self._usable():
            asked = self._fingerprints.get(record["id"])
            if asked is None:
                self._others.append(record)
            elif asked == record["evaluation"]["question"]:
                self._records[_place(record)] = record
        self._rewrite()

    @property
    def records(self) -> list[RecordJson]:
        """The answers so far, in the order in which they came."""
        return list(self._records.values())

    def find(self, question: Question, repeat: int) -> RecordJson | None:
        """The answer that an earlier run wrote."""
        return self._records.get((question.id, repeat))

    def append(self, question: Question, repeat: int, record: RecordJson) -> RecordJson:
        """Keep an answer, on the disk before this returns."""
        extra = {"run": self.run, "question": question.fingerprint, "repeat": repeat}
        line = cast("RecordJson", {"id": question.id, **record, "evaluation": {**extra, **notes_of(record)}})
        with self._explained(), self.path.open("ab") as file:
            file.write(_line(line))
            file.flush()
            os.fsync(file.fileno())
        self._records[question.id, repeat] = line
        return line

    def _explained(self) -> _DiskErrors:
        return _DiskErrors(self.path)

    def _usable(self) -> Iterator[RecordJson]:
        """Answers of this run; a line that a kill tore at the end of the file is left out."""
        if not self.path.exists():
            return
        with self._explained():
            lines = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                if number == len(lines):
                    return
                raise self._foreign(number, "is not JSON") from error
            kept = record.get("evaluation") if isinstance(record, dict) else None
            if not isinstance(kept, dict) or "run" not in kept:
                raise self._foreign(number, "is no answer of an evaluation")
            if kept["run"] != self.run:
                raise self._foreign(number, "was answered with other settings, articles, model or program")
            yield record

    def _foreign(self, number: int, why: str) -> EvaluationError:
        return EvaluationError(
            f"Line {number} of {str(self.path)!r} {why}. "
            "Give another file with --answers, or remove this one."
        )

    def _rewrite(self) -> None:
        """Leave out torn and outdated lines before the first new one is added."""
        with self._explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=f".{self.path.name}-") as folder:
                whole = Path(folder) / self.path.name
                whole.write_bytes(b"".join(map(_line, (*self._others, *self._records.values()))))
                whole.replace(self.path)


def _place(record: RecordJson) -> tuple[str, int]:
    return str(record["id"]), int(record["evaluation"]["repeat"])


def _line(record: RecordJson) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


class _DiskErrors:
    """`with` that names the file when the disk is full or forbids it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise EvaluationError(
                f"The answers {str(self.path)!r} cannot be written: {error.strerror}. What was answered is "
                "kept; make room or give another file with --answers, then run the same command again."
            ) from error
