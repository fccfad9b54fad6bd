"""Whole runs over a few texts: answers, resuming, failures, the gate."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import EvaluationError, ModelUnavailable
from assistant.evaluation.journal import Journal
from assistant.evaluation.questions import GoldSpan, Question, QuestionSet, parse_questions
from assistant.evaluation.run import Run, Subject, evaluate
from assistant.evaluation.runner import AssistantAsker, alter, check_proofs, own_words, retrieve_all
from assistant.types import Answer, Citation, Event, Finished, Quote, Sentence

from .fakes import NoProver, ParagraphRetriever, QuotingAssistant, WordProver

TEXTS = {
    "ada.md": "Ada wrote the program in 1843.\nShe lived in London.",
    "bell.md": "Bell called Watson in 1876.\nThe telephone was patented.",
    "eiffel.md": "The tower of Eiffel is 330 metres high.\nIt stands in Paris.",
}


def gold(name: str, quote: str) -> GoldSpan:
    start = TEXTS[name].index(quote)
    return GoldSpan(name, start, start + len(quote), quote)


QUESTIONS = (
    Question(
        "ada",
        "When was the program of Ada wrote?",
        1,
        "en",
        ("1843",),
        ("ada.md",),
        True,
        (gold("ada.md", "1843"),),
    ),
    Question(
        "bell",
        "When has Bell called Watson?",
        2,
        "en",
        ("1876",),
        ("bell.md",),
        True,
        (gold("bell.md", "1876"),),
    ),
    Question(
        "eiffel",
        "How high is the tower?",
        3,
        "en",
        ("330",),
        ("eiffel.md",),
        True,
        (gold("eiffel.md", "330"),),
        kind="time",
    ),
    Question("moon", "Qui a peint Guernica?", 4, "fr", answerable=False, kind="unanswerable"),
)


def subject(
    tmp_path: Path, retriever: ParagraphRetriever, prover: Any = None, name: str = "answers.jsonl"
) -> Subject:
    assistant = QuotingAssistant(retriever)
    return Subject(
        "evidence",
        retriever,
        AssistantAsker(assistant, TEXTS.get, require_model=False),
        Journal(tmp_path / name, "run", QUESTIONS),
        prover or WordProver(),
        dict.fromkeys(TEXTS, "en"),
        {"top_k": 6},
        {"corpus": "c", "embedder": "e", "model": None, "program": "p"},
    )


def asked_by(subject: Subject) -> list[str]:
    assert isinstance(subject.ask, AssistantAsker)
    assert isinstance(subject.ask.assistant, QuotingAssistant)
    return subject.ask.assistant.asked


def whole(tmp_path: Path, **fields: Any) -> Run:
    return evaluate(subject(tmp_path, ParagraphRetriever(TEXTS), **fields), QuestionSet(QUESTIONS))


def test_a_whole_run(tmp_path: Path) -> None:
    data = whole(tmp_path).evaluation.as_json()
    metrics = data["metrics"]
    assert data["n"] == 4
    assert metrics["hit@1"]["value"] == 1
    assert metrics["hit@1"]["n"] == 3
    assert metrics["answer_contained"]["value"] == 1
    assert metrics["citation_precision"]["value"] == 1
    assert metrics["exact_quotes"]["value"] == 1
    assert metrics["abstention_f1"] == {"value": 1, "low": 1, "high": 1, "n": 4}
    assert metrics["altered_flagged"]["value"] == metrics["gold_accepted"]["value"] == 1
    assert metrics["total_s"] == {"value": 0.03, "low": 0.03, "high": 0.03, "n": 3, "p50": 0.03, "p95": 0.03}
    assert metrics["prompt_tokens"] == {"value": None, "low": None, "high": None, "n": 0}
    assert set(data["by"]["kind"]) == {"fact", "time", "unanswerable"}
    assert set(data["by"]["language"]) == {"en", "fr"}
    assert data["by"]["pair"]["en>en"]["hit@1"]["n"] == 3
    assert "NaN" not in json.dumps(data)


def test_the_search_repeats_to_the_bit(tmp_path: Path) -> None:
    search = Subject("retrieval", ParagraphRetriever(TEXTS), article_languages=dict.fromkeys(TEXTS, "en"))
    once, again = (
        json.dumps(evaluate(search, QuestionSet(QUESTIONS)).evaluation.as_json()) for _ in range(2)
    )
    assert once == again


def test_one_failing_question_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    run = evaluate(subject(tmp_path, ParagraphRetriever(TEXTS, fails_on="Bell")), QuestionSet(QUESTIONS))
    data = run.evaluation.as_json()
    assert data["failures"] == [
        {"id": "bell", "reason": "The store cannot read 'When has Bell called Watson?'."}
    ]
    assert data["n"] == 3
    assert data["metrics"]["answer_contained"]["n"] == 2


def test_repeats_are_asked_again_and_counted_as_one_question(tmp_path: Path) -> None:
    asked = subject(tmp_path, ParagraphRetriever(TEXTS))
    run = evaluate(asked, QuestionSet(QUESTIONS), repeat=3)
    assert len(run.outcomes) == 12
    assert run.evaluation.as_json()["metrics"]["answer_contained"]["n"] == 3


# --------------------------------------------------------------------------- resuming


def test_a_second_run_asks_nothing_again(tmp_path: Path) -> None:
    first = whole(tmp_path).evaluation.as_json()
    again = subject(tmp_path, ParagraphRetriever(TEXTS))
    assert evaluate(again, QuestionSet(QUESTIONS)).evaluation.as_json() == first
    assert asked_by(again) == []


def test_a_torn_last_line_is_asked_again(tmp_path: Path) -> None:
    whole(tmp_path)
    path = tmp_path / "answers.jsonl"
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(lines[:2]) + b"\n" + lines[2][:40])
    again = subject(tmp_path, ParagraphRetriever(TEXTS))
    evaluate(again, QuestionSet(QUESTIONS))
    assert asked_by(again) == [q.question for q in QUESTIONS[2:]]
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [q.id for q in QUESTIONS]


def test_a_changed_question_is_asked_again(tmp_path: Path) -> None:
    whole(tmp_path)
    changed = (Question("ada", "When was the program wrote by Ada?"), *QUESTIONS[1:])
    journal = Journal(tmp_path / "answers.jsonl", "run", changed)
    assert [record["id"] for record in journal.records] == ["bell", "eiffel", "moon"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"id": "a", "evaluation": {"run": "other", "question": "", "repeat": 0}}\n', "other settings"),
        ('{"id": "a", "question": "Who?"}\n', "Line 1 .* is no answer of an evaluation"),
        ("# Notes\nA text\n", "Line 1 .* is not JSON"),
    ],
)
def test_a_file_of_something_else_is_never_overwritten(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    with pytest.raises(EvaluationError, match=said):
        Journal(path, "run", QUESTIONS)
    assert path.read_text() == content


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "answers.jsonl", "run", QUESTIONS)
    journal.path = Path("/dev/full")
    with pytest.raises(EvaluationError, match="No space left on device"):
        journal.append(QUESTIONS[0], 0, {"answer": "x"})


SLOW = """
import sys, time
from pathlib import Path
from assistant.evaluation.journal import Journal
from assistant.evaluation.questions import parse_questions
from assistant.evaluation.runner import answer_all
questions = parse_questions(Path(sys.argv[1]).read_text().splitlines()).questions
def ask(question):
    time.sleep(0.02)
    return {"answer": "x" * 5000}
for _ in answer_all(questions, ask, Journal(Path(sys.argv[2]), "run", questions)):
    pass
"""


def test_a_killed_run_loses_at_most_the_answer_in_the_making(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"q{i}", "question": f"{i}?"}) for i in range(200)]
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text("\n".join(lines))
    process = subprocess.Popen([sys.executable, "-c", SLOW, questions, answers])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (not answers.exists() or answers.stat().st_size < 30_000):
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = answers.read_bytes().count(b"\n")
    assert 5 <= kept < 200
    assert len(Journal(answers, "run", parse_questions(lines).questions).records) == kept


def test_a_run_of_fewer_questions_leaves_the_other_answers_be(tmp_path: Path) -> None:
    questions = parse_questions(
        [json.dumps({"id": f"q{i}", "question": f"{i}?"}) for i in range(3)]
    ).questions
    answers = tmp_path / "a.jsonl"
    first = Journal(answers, "run", questions)
    for question in questions:
        first.append(question, 0, {"answer": question.id})
    assert len(Journal(answers, "run", questions[:1]).records) == 1
    changed = parse_questions([json.dumps({"id": "q1", "question": "another?"})]).questions
    assert Journal(answers, "run", changed).records == []
    assert {record["id"] for record in Journal(answers, "run", questions).records} == {"q0", "q2"}


# --------------------------------------------------------------------------- a model that stays away


class Silent(QuotingAssistant):
    """An assistant whose model cannot be reached."""

    def ask(self, question: str, history: Any = (), as_of: Any = None) -> Iterator[Event]:
        self.asked.append(question)
        yield Finished(Answer(question, "en", "Quoted.", False, "evidence", warnings=("No model answers.",)))


def test_a_model_that_stays_away_stops_the_run(tmp_path: Path) -> None:
    silent = Silent(ParagraphRetriever(TEXTS))
    asker = AssistantAsker(silent, TEXTS.get, require_model=True)
    journal = Journal(tmp_path / "answers.jsonl", "run", QUESTIONS)
    with pytest.raises(ModelUnavailable, match="No model answers"):
        evaluate(Subject("answers", None, asker, journal), QuestionSet(QUESTIONS))
    assert len(silent.asked) == 3
    assert journal.records == []


def test_the_language_of_an_answer_is_that_of_its_own_words() -> None:
    quote = Quote("eiffel.md", 0, 39, "La tour Eiffel mesure trois cents mètres.", 0, 1.0)
    cited = Citation(1, quote, "La tour Eiffel", None)
    refusal = "The articles do not answer this question.\nWhat comes nearest:\n- La tour Eiffel (2024-01-01)"
    sentences = (
        Sentence("It is 300 metres high.", 0, 22, 22, "unsupported"),
        Sentence("La tour Eiffel mesure trois cents mètres [1].", 23, 68, 0, "supported", (cited,)),
        Sentence(refusal, 69, 69 + len(refusal), 0, "no_claim"),
    )  # fmt: skip
    answer = Answer("How high?", "en", "", False, "model", sentences=sentences)
    assert own_words(answer) == (
        "It is 300 metres high.\nThe articles do not answer this question.\nWhat comes nearest:"
    )


def test_a_model_that_quotes_itself_is_heard() -> None:
    """What the model wrote counts, however well it is supported."""
    written = Sentence("Elle mesure 300 mètres.", 0, 23, 23, "supported")
    assert own_words(Answer("?", "en", "", False, "model", sentences=(written,))) == written.text


# --------------------------------------------------------------------------- the proof on its own


@pytest.mark.parametrize(
    ("sentence", "after", "altered"),
    [
        ("In 1843 she had 2 ideas.", 10, "In 1843 she had 3 ideas."),
        ("In 1843.", 0, "In 1844."),
        ("It is 99 m.", 0, "It is 97 m."),
        ("Up 14,2 % in May.", 0, "Up 15,2 % in May."),
        ("No number.", 0, None),
        ("In 1843 she wrote.", 12, "In 1844 she wrote."),
    ],
)
def test_one_number_is_changed(sentence: str, after: int, altered: str | None) -> None:
    assert alter(sentence, after) == altered


def test_a_proof_that_accepts_everything_is_seen() -> None:
    found = tuple(retrieve_all(QUESTIONS, ParagraphRetriever(TEXTS)))
    notes = [record["evaluation"] for record in check_proofs(found, NoProver())]
    assert [note["altered_flagged"] for note in notes] == [False] * 3
    assert notes[0]["altered"] == "Ada wrote the program in 1844."


def test_files_follow_the_mask_of_the_process(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        whole(tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "answers.jsonl").stat().st_mode & 0o777 == 0o600
