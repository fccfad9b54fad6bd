from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.questions import (
    GoldSpan,
    Question,
    check_gold,
    parse_questions,
    read_questions,
    write_questions,
)
from assistant.types import Turn

FULL = {
    "id": "q1",
    "question": "Qui ?",
    "lang": "fr",
    "answers": ["Ada"],
    "articles": ["a.md"],
    "answerable": True,
    "spans": [{"article": "b.md", "start": 0, "end": 3, "quote": "Ada"}],
    "history": [{"role": "user", "content": "Bonjour"}],
    "as_of": "2025-07-10",
    "kind": "followup",
    "must_include": ["Ada"],
    "must_not": ["Bob"],
    "tags": ["x"],
    "note": {"kept": True},
}


def test_every_field_is_read_and_unknown_keys_are_kept() -> None:
    (question,) = parse_questions([json.dumps(FULL)]).questions
    assert question.language == "fr"
    assert question.articles == ("a.md", "b.md")
    assert question.history == (Turn("user", "Bonjour"),)
    assert question.as_of == date(2025, 7, 10)
    written = json.loads(write_questions([question]))
    assert written == {
        **{k: v for k, v in FULL.items() if k != "lang"},
        "language": "fr",
        "articles": ["a.md", "b.md"],
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "line 1: not a JSON object"),
        ('{"question": "Who?"}', 'line 1: no "id"'),
        ('{"id": "q"}', "line 1 ('q'): no \"question\""),
        ('{"id": "q", "question": " "}', 'no "question"'),
        ('{"id": "q", "question": "Who?", "answers": "Ada"}', '"answers" is not a list'),
        ('{"id": "q", "question": "Who?", "answers": [1]}', '"answers" holds something that is not a string'),
        ('{"id": "q", "question": "Who?", "as_of": "soon"}', "\"as_of\" is 'soon'"),
        ('{"id": "q", "question": "Who?", "answerable": "yes"}', "\"answerable\" is 'yes'"),
        ('{"id": "q", "question": "Who?", "language": 3}', '"language" is 3'),
        ('{"id": "q", "question": "Who?", "spans": [{"article": "a.md"}]}', "a span lacks"),
        ('{"id": "q", "question": "Who?", "spans": [{"article": "a", "start": 5, "end": 5}]}', "from 5 to 5"),
        ('{"id": "q", "question": "Who?", "history": [{"role": "system", "content": ""}]}', "a turn of"),
    ],
)
def test_a_bad_line_is_named_and_left_out(line: str, problem: str) -> None:
    found = parse_questions([line, '{"id": "good", "question": "Who?"}'])
    assert [q.id for q in found.questions] == ["good"]
    assert problem in str(found.problems[0])


def test_of_two_lines_with_one_id_the_first_stays() -> None:
    found = parse_questions(['{"id": 1, "question": "A?"}', "", '{"id": "1", "question": "B?"}'])
    assert [q.question for q in found.questions] == ["A?"]
    assert str(found.problems[0]) == "line 3 ('1'): the id was used on line 1; this line is left out"


@pytest.mark.parametrize(
    ("fields", "answerable"),
    [
        ({}, None),
        ({"answers": ["x"]}, True),
        ({"articles": ["a.md"]}, True),
        ({"kind": "unanswerable"}, False),
        ({"answerable": False, "articles": ["a.md"]}, False),
    ],
)
def test_a_question_without_gold_is_neither_answerable_nor_not(
    fields: dict[str, object], answerable: bool | None
) -> None:
    (question,) = parse_questions([json.dumps({"id": "q", "question": "Who?", **fields})]).questions
    assert question.answerable is answerable


@pytest.mark.parametrize(("content", "said"), [("", "holds no question"), ("\n{\n", "line 2: not JSON")])
def test_a_file_without_questions_is_an_error(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(content)
    with pytest.raises(EvaluationError, match=said):
        read_questions(path)
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")


def test_gold_is_checked_against_the_articles() -> None:
    texts = {"a.md": "Ada wrote it."}
    spans = (GoldSpan("a.md", 0, 3, "Ada"), GoldSpan("a.md", 0, 3, "Bob"), GoldSpan("a.md", 10, 99, "it."))
    question = Question("q", "Who?", line=7, articles=("a.md", "b.md"), spans=spans)
    assert [str(problem) for problem in check_gold([question], texts.get)] == [
        "line 7 ('q'): there is no article 'b.md'",
        "line 7 ('q'): the words at 0-3 of 'a.md' are not the span's quote",
        "line 7 ('q'): the span 10-99 lies outside 'a.md' (13 characters)",
    ]


def some_questions(count: int) -> list[str]:
    kinds = ("fact", "cross", "time")
    return [json.dumps({"id": f"q{i}", "question": f"{i}?", "kind": kinds[i % 3]}) for i in range(count)]


def test_a_limited_choice_takes_every_kind_and_depends_on_the_seed_only() -> None:
    lines = some_questions(30)
    chosen = parse_questions(lines).chosen(limit=6, seed=1)
    again = parse_questions(lines[::-1]).chosen(limit=6, seed=1)
    other = parse_questions(lines).chosen(limit=6, seed=2)
    assert sorted(q.kind for q in chosen.questions) == ["cross", "cross", "fact", "fact", "time", "time"]
    assert {q.id for q in chosen.questions} == {q.id for q in again.questions}
    assert {q.id for q in chosen.questions} != {q.id for q in other.questions}


def test_kinds_choose_and_an_unknown_kind_is_an_error() -> None:
    questions = parse_questions(some_questions(9))
    assert len(questions.chosen(["time"]).questions) == 3
    with pytest.raises(EvaluationError, match="The kinds there are: cross, fact, time"):
        questions.chosen(["poem"])


def test_the_fingerprint_follows_the_judgements_not_the_order() -> None:
    lines = some_questions(3)
    judged = [*lines[:2], json.dumps({**json.loads(lines[2]), "answers": ["2"]})]
    assert parse_questions(lines).fingerprint == parse_questions(lines[::-1]).fingerprint
    assert parse_questions(lines).fingerprint != parse_questions(judged).fingerprint
