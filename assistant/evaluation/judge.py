"""A local model as judge of the answers: a second opinion, reported apart, with its agreement with people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..language.yes_no import means_yes
from ..types import ChatModel, Message
from .evaluation_json import JudgeJson
from .normalisation import without_markers
from .questions import Question
from .records import RecordJson
from .statistics import rounded, wilson

PROMPT = """Question: {question}
Reference answer: {gold}
Answer to judge: {answer}

Does the answer to judge say the same as the reference answer? Other words, more detail or another language \
are fine; a wrong or missing fact is not. Reply with one word: yes or no."""
REPLY_TOKENS = 200
"""A model that thinks needs room before its one word."""
LABELS = "labels"
"""Key of a question: [{"answer": "…", "right": true}], answers that a person judged."""


def verdict(model: ChatModel, question: Question, answer: str) -> bool | None:
    """Whether the model finds the answer right; None where it does not say. Raises `ModelUnavailable`."""
    text = PROMPT.format(
        question=question.question, gold=" / ".join(question.answers), answer=without_markers(answer)
    )
    pieces = [chunk.text for chunk in model.stream([Message("user", text)], max_tokens=REPLY_TOKENS)]
    words = "".join(pieces).lower().replace("*", " ").split()
    first = words[0].strip(".,:;!\"'") if words else ""
    return means_yes(first)


def labelled(questions: Iterable[Question]) -> Iterator[tuple[Question, str, bool]]:
    """Answers that people judged: question, answer, whether it is right."""
    for question in questions:
        labels = question.extra.get(LABELS)
        for label in labels if isinstance(labels, list) else ():
            if isinstance(label, dict) and isinstance(label.get("right"), bool) and question.answers:
                yield question, str(label.get("answer", "")), label["right"]


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa (1960): (p - e) / (1 - e), p the share of agreement and e the one expected by chance."""
    n = len(pairs)
    if n == 0:
        return None
    agreed = sum(a == b for a, b in pairs) / n
    first, second = (sum(side) / n for side in zip(*pairs, strict=True))
    expected = first * second + (1 - first) * (1 - second)
    return None if expected == 1 else (agreed - expected) / (1 - expected)


def judge(model: ChatModel, questions: Sequence[Question], records: Iterable[RecordJson]) -> JudgeJson:
    """`judge` of an evaluation: share of answers found right, and agreement with people's labels."""
    by_id = {question.id: question for question in questions}
    verdicts: dict[str, bool] = {}
    for record in records:
        question = by_id.get(record["id"])
        if question is not None and question.answers and question.answerable:
            found = False if record.get("abstained") else verdict(model, question, record["answer"])
            if found is not None:
                verdicts.setdefault(question.id, found)
    pairs = [
        (found, right)
        for question, answer, right in labelled(questions)
        if (found := verdict(model, question, answer)) is not None
    ]
    return {
        "model": model.info.name,
        "n": len(verdicts),
        "rate": wilson([float(found) for found in verdicts.values()]).as_json(),
        "agreement": wilson([float(a == b) for a, b in pairs]).as_json(),
        "kappa": rounded(kappa(pairs)),
        "verdicts": verdicts,
    }
