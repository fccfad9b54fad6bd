from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import FullDisk

from assistant.errors import EvaluationError, FloorMissed, UsageError
from assistant.evaluation.comparison import compare, read_evaluation
from assistant.evaluation.evaluation import estimates, measure
from assistant.evaluation.evaluation_json import EvaluationJson, Tier
from assistant.evaluation.gate import (
    Floor,
    dropped,
    hold,
    missed_floors,
    note_of_change,
    parse_floor,
    read_floors,
    set_floors,
)
from assistant.evaluation.questions import Question
from assistant.evaluation.records import RecordJson


def evaluation(
    values: Sequence[float], name: str = "answer_contained", tier: Tier = "evidence", prefix: str = "q"
) -> EvaluationJson:
    """An evaluation whose questions have the given values of `answer_contained`."""
    questions = [
        Question(f"{prefix}{i}", f"{prefix}{i}?", answers=("yes",), answerable=True)
        for i in range(len(values))
    ]
    records: list[RecordJson] = [
        {"id": q.id, "answer": "yes" if value else "no", "abstained": False}
        for q, value in zip(questions, values, strict=True)
    ]
    measured = measure(questions, [], records)
    return {
        "tier": tier,
        "n": len(values),
        "metrics": estimates(measured),
        "by": {},
        "failures": [],
        "problems": [],
        "synthetic": 0,
        "judge": None,
        "settings": {},
        "fingerprints": {"corpus": "c", "questions": "q", "embedder": "e", "model": None, "program": "p"},
        "questions": [one.as_json() for one in measured],
    }


GOOD, BAD = evaluation([1] * 40), evaluation([1] * 20 + [0] * 20)


@pytest.mark.parametrize("text", ["hit@5", "hit@5=", "hit@5=high", "hits=0.5", "hit@5=nan"])
def test_a_floor_that_is_none_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match=r"Write METRIC=NUMBER"):
        parse_floor(text)


def test_floors_name_metric_value_interval_and_floor() -> None:
    assert missed_floors(BAD, [parse_floor("answer_contained=.5")]) == []
    assert missed_floors(BAD, [parse_floor("answer_contained=.95")]) == [
        "answer_contained is 0.500 [0.352, 0.648] (n=40), its floor is 0.95"
    ]
    assert missed_floors(BAD, [Floor("hit@5", 0.1)]) == [
        "hit@5 could not be measured (n=0), its floor is 0.1"
    ]


def test_where_lower_is_better_a_floor_is_a_ceiling() -> None:
    assert missed_floors(BAD, [Floor("over_refusal", 0.0)]) == []
    assert Floor("over_refusal", 0.1).missed(0.2)
    assert not Floor("over_refusal", 0.1).missed(0.1)


def test_holding_says_where_to_look() -> None:
    hold([], "assistant evaluate q.jsonl")
    with pytest.raises(
        FloorMissed, match=r"Missed: hit@5 is low\. Look closer with `assistant evaluate q\.jsonl`\."
    ):
        hold(["hit@5 is low"], "assistant evaluate q.jsonl")


# --------------------------------------------------------------------------- baseline


def test_a_drop_beyond_doubt_is_named_and_a_doubtful_one_is_not() -> None:
    (sentence,) = [s for s in dropped(BAD, GOOD) if s.startswith("answer_contained")]
    assert sentence.startswith("answer_contained is 0.500, in the baseline 1.000: worse by 0.500 [0.3")
    assert dropped(evaluation([1] * 39 + [0]), GOOD) == []
    assert dropped(GOOD, BAD) == []
    assert dropped(GOOD, GOOD) == []


def test_a_baseline_of_other_questions_is_an_error() -> None:
    with pytest.raises(EvaluationError, match=r"share no question \(40 and 3\)"):
        dropped(evaluation([1, 1, 1], prefix="other"), GOOD)


# --------------------------------------------------------------------------- the file of floors


def test_floors_are_set_held_and_lowered_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    set_floors(path, GOOD, lower=False, names=["answer_contained"])
    floors, fingerprints = read_floors(path, "evidence")
    assert floors == [Floor("answer_contained", 0.975)]  # one of 40 questions may be lost
    assert fingerprints["corpus"] == "c"
    assert read_floors(path, "retrieval") == ([], {})
    with pytest.raises(EvaluationError, match=r"answer_contained \(now 0\.975\)\. Say --lower-floors"):
        set_floors(path, BAD, lower=False)
    assert set_floors(path, BAD, lower=True) == ["answer_contained: 0.975 → 0.475"]
    assert set_floors(path, GOOD, lower=False) == ["answer_contained: 0.475 → 0.975"]


def test_what_a_model_varies_is_held_at_the_end_of_its_interval(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    set_floors(path, {**BAD, "tier": "answers"}, lower=False, names=["answer_contained"])
    assert read_floors(path, "answers")[0] == [Floor("answer_contained", 0.351)]


def test_a_full_disk_leaves_the_floors_as_they_were(tmp_path: Path, full_disk: FullDisk) -> None:
    path = tmp_path / "floors.json"
    set_floors(path, BAD, lower=False)
    before = path.read_bytes()
    with full_disk(40), pytest.raises(EvaluationError, match=r"floors\.json' cannot be written"):
        set_floors(path, GOOD, lower=False)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert set_floors(path, GOOD, lower=False)


def test_floors_of_one_tier_leave_the_others_alone(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    set_floors(path, GOOD, lower=False)
    set_floors(path, {**BAD, "tier": "answers"}, lower=False)
    assert set(json.loads(path.read_text())) == {"evidence", "answers"}


def test_changed_articles_are_mentioned() -> None:
    assert note_of_change(GOOD["fingerprints"], GOOD) == ""
    changed: EvaluationJson = {
        **GOOD,
        "fingerprints": {**GOOD["fingerprints"], "corpus": "other", "program": "other"},
    }
    assert (
        note_of_change(GOOD["fingerprints"], changed) == " Since the floors were set, these changed: corpus."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "holds no floors"),
        ("[]", "holds no floors"),
        ('{"evidence": {"floors": {"hits": 1}}}', "unknown metric 'hits'"),
    ],
)
def test_a_bad_file_of_floors_is_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "floors.json"
    path.write_text(content)
    with pytest.raises(EvaluationError, match=said):
        read_floors(path, "evidence")


# --------------------------------------------------------------------------- compare


def test_compare_by_hand() -> None:
    first, second = evaluation([1, 1, 0, 0, 0, 0]), evaluation([1, 0, 1, 1, 1, 0])
    one = compare(first, second)["metrics"]["answer_contained"]
    assert one["a"] == pytest.approx(1 / 3, abs=1e-6)
    assert one["b"] == pytest.approx(2 / 3, abs=1e-6)
    assert one["n"] == 6
    assert (one["wins"], one["losses"], one["ties"]) == (["q2", "q3", "q4"], ["q1"], 2)
    assert one["test"] == "mcnemar"
    assert one["p"] == pytest.approx(2 * (1 + 4) / 16)
    # differences 0 -1 1 1 1 0: mean 1/3, standard deviation 0.8165, (2.8016 · 0.8165 / 0.3333)² = 47.1
    assert one["needed_n"] == 48


def test_compare_names_what_only_one_has_and_how_the_runs_differ() -> None:
    other = evaluation([1] * 45)
    other["fingerprints"] = {**other["fingerprints"], "embedder": "f"}
    compared = compare(GOOD, other)
    assert compared["n"] == 40
    assert compared["only_b"] == ["q40", "q41", "q42", "q43", "q44"]
    assert compared["different"] == {"embedder": ["e", "f"]}


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"metrics": {}}'])
def test_a_file_that_is_no_evaluation_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(EvaluationError, match=r"a\.json"):
        read_evaluation(path)
