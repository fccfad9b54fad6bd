from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from fakes import NamedModel

from assistant.evaluation.judge import judge, kappa, verdict
from assistant.evaluation.questions import Question
from assistant.evaluation.records import RecordJson
from assistant.types import Chunk, Message


class Strict(NamedModel):
    """A judge that finds an answer right where it stands in the reference, word for word."""

    def __init__(self, yes: str = "Yes.", no: str = "**No**, it does not.") -> None:
        super().__init__("strict")
        self.yes = yes
        self.no = no

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, likeliest: int = 0
    ) -> Iterator[Chunk]:
        lines = messages[-1].content.splitlines()
        gold, answer = lines[1].partition(": ")[2], lines[2].partition(": ")[2]
        yield Chunk(self.yes if answer in gold else self.no, done=True)


def asked(name: str, **extra: object) -> Question:
    return Question(name, "When?", answers=("in 1843",), answerable=True, extra=extra)


LABELS = [
    {"answer": "1843", "right": True},
    {"answer": "the year 1843", "right": True},
    {"answer": "1900", "right": False},
]


def test_a_judge_is_asked_for_each_answer_and_each_label() -> None:
    questions = [asked("a", labels=LABELS), asked("b"), asked("c"), Question("d", "Who?")]
    records: list[RecordJson] = [
        {"id": "a", "answer": "1843 [1]", "abstained": False},
        {"id": "b", "answer": "1900", "abstained": False},
        {"id": "c", "answer": "in", "abstained": True},
        {"id": "d", "answer": "Ada", "abstained": False},
    ]
    found = judge(Strict(), questions, records)
    assert found["verdicts"] == {"a": True, "b": False, "c": False}
    assert found["rate"]["value"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["agreement"]["value"] == pytest.approx(2 / 3, abs=1e-6)
    assert found["agreement"]["n"] == 3
    # agreed 2/3; yes 1/3 and 2/3, by chance 2/9 + 2/9 = 4/9: (2/3 - 4/9) / (5/9)
    assert found["kappa"] == pytest.approx(0.4)


def test_without_labels_the_agreement_is_null() -> None:
    found = judge(Strict(), [asked("a")], [])
    assert found["agreement"] == {"value": None, "low": None, "high": None, "n": 0}
    assert found["kappa"] is None


@pytest.mark.parametrize(("reply", "said"), [("Oui", True), ("no", False), ("Perhaps", None), ("", None)])
def test_only_a_clear_word_counts(reply: str, said: bool | None) -> None:
    assert verdict(Strict(reply, reply), asked("a"), "x") is said


def test_kappa_by_hand() -> None:
    assert kappa([(True, True), (False, False)]) == 1
    assert kappa([(True, False), (False, True)]) == -1
    assert kappa([(True, True)]) is None
