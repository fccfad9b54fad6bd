"""What measuring costs: `python benchmarks/bench_evaluation.py` (no data needed).

Uses the sample corpus and the embedder that `make setup` put in place. Times are those of the processor, and
set against other work of the same run, so that a busy machine changes little. Each line names its target.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant import wiring
from assistant.evaluation.records import RecordJson

wiring.be_private()

from assistant.errors import ArticleNotFound  # noqa: E402
from assistant.evaluation.journal import Journal  # noqa: E402
from assistant.evaluation.questions import Question, QuestionSet, read_questions  # noqa: E402
from assistant.evaluation.report import report_html  # noqa: E402
from assistant.evaluation.run import Subject, evaluate  # noqa: E402
from assistant.evaluation.runner import AssistantAsker, answer_all  # noqa: E402
from assistant.settings import PROJECT, load  # noqa: E402
from assistant.store.sync import Store, sync  # noqa: E402

SEARCHED, ANSWERED, REPORTED = 200, 20, 1000
USUAL_ANSWER = 5.0
"""Seconds that a short answer of a small model takes on two cores."""


def seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def row(what: str, value: str, target: str) -> None:
    print(f"| {what} | {value} | {target} |", flush=True)


def repeated(questions: tuple[Question, ...], count: int) -> tuple[Question, ...]:
    """So many questions, each with an id of its own."""
    return tuple(replace(questions[i % len(questions)], id=f"q{i}") for i in range(count))


def main() -> None:
    settings = load()
    embedder = wiring.make_embedder(settings)
    questions = read_questions(PROJECT / "corpus" / "questions.jsonl").questions
    print("| what | measured | target |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "store"
        sync(PROJECT / "corpus", folder, embedder, min_tokens=200, max_tokens=350)
        with Store.open(folder) as store:
            retriever = wiring.make_retriever(settings, store, embedder)
            assistant = wiring.make_assistant(settings, store, embedder, with_model=False)

            def text_of(name: str) -> str | None:
                try:
                    return store.article(name).text
                except ArticleNotFound:
                    return None

            searched = repeated(questions, SEARCHED)
            embedded = seconds(lambda: [embedder.embed_query(q.question) for q in searched])
            subject = Subject("retrieval", retriever)
            measured = seconds(lambda: evaluate(subject, QuestionSet(searched)).evaluation.as_json())
            row(
                f"search measured on {SEARCHED} questions, less 2 s, against embedding them",
                f"{max(0.0, measured - 2) / embedded:.2f} × ({measured:.1f} s, {embedded:.1f} s)",
                "≤ 3 ×",
            )

            asked = repeated(questions, ANSWERED)
            alone = seconds(lambda: [list(assistant.ask(q.question, q.history, q.as_of)) for q in asked])
            asker = AssistantAsker(assistant, text_of, require_model=False)
            journal = Journal(Path(scratch) / "answers.jsonl", "run", asked)
            noted = seconds(lambda: list(answer_all(asked, asker, journal)))
            cost = max(0.0, noted - alone) / ANSWERED
            row(
                f"cost of measuring an answer, against one of {USUAL_ANSWER:g} s",
                f"{100 * cost / USUAL_ANSWER:.2f} % ({1000 * cost:.1f} ms)",
                "≤ 1 %",
            )

            many = repeated(asked, REPORTED)
            records = [journal.find(asked[i % ANSWERED], 0) for i in range(REPORTED)]
            kept = dict(zip((q.id for q in many), records, strict=True))
            subject = Subject(
                "evidence",
                retriever,
                lambda q: kept[q.id] or RecordJson(),
                Journal(Path(scratch) / "many.jsonl", "run", many),
            )
            run = evaluate(subject, QuestionSet(many))
            page = ""

            def write() -> None:
                nonlocal page
                page = report_html(run, many, text_of, "Evaluation")

            took = seconds(write)
            size = len(page.encode()) / 1e6
            row(f"report of {REPORTED:,} questions", f"{size:.1f} MB in {took:.1f} s", "≤ 8 MB")


if __name__ == "__main__":
    main()
