"""The commands as a user types them: what they print, and their exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import make_answer
from conftest import Command, FullDisk
from fakes_ollama import FakeOllama

from assistant import wiring
from assistant.cli import main
from assistant.conversations.conversations import Conversations
from assistant.evaluation.questions import read_questions
from assistant.types import Embedder

from .test_gate import BAD, GOOD

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        caught = capsys.readouterr()
        return int(left.value.code or 0), caught.out, caught.err

    return command


@pytest.fixture
def evaluations(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "a.json", tmp_path / "b.json"
    for path, data in zip(paths, (GOOD, BAD), strict=True):
        path.write_text(json.dumps(data))
    return paths


def test_compare(run: Run, evaluations: tuple[Path, Path], tmp_path: Path) -> None:
    code, out, err = run("compare", *evaluations, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["metrics"]["answer_contained"]["difference"] == -0.5
    code, out, _ = run("compare", *evaluations)
    assert code == 0
    assert "answer_contained: B is worse (p " in out
    assert "answer_contained, losses of B (20):\n  q20  1 → 0  q20?\n" in out
    assert "and 12 more (--json lists all)" in out
    code, out, _ = run("compare", evaluations[0], evaluations[0])
    assert code == 0
    assert out.startswith("The same on every question: answer_contained, ")
    code, _, err = run("compare", evaluations[0], tmp_path / "none.json")
    assert code == 1
    assert "none.json" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--retrieval-only", "--evidence-only"), "not several"),
        (("--set-floors",), "--set-floors needs --floors FILE"),
        (("--fail-under", "hits=1"), "Write METRIC=NUMBER"),
        (("--limit", "0"), "Invalid value for '--limit'"),
    ],
)
def test_wrong_usage(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "q", "question": "Who?"}')
    code, out, err = run("evaluate", path, *words)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--baseline", None, "cannot be read"),
        ("--floors", None, "cannot be read"),
        ("--floors", "{}", "holds no floors for the tier 'evidence'. Set them with --set-floors."),
    ],
)
def test_what_the_numbers_are_held_against_is_read_first(
    run: Run, tmp_path: Path, option: str, content: str | None, said: str
) -> None:
    path = tmp_path / "bounds.json"
    if content is not None:
        path.write_text(content)
    code, out, err = run("evaluate", tmp_path / "no-questions.jsonl", "--evidence-only", option, path)
    assert (code, out) == (1, "")
    assert said in err


def test_the_hits_of_a_search_are_written_on_demand(command: Command, tmp_path: Path) -> None:
    path, out = tmp_path / "q.jsonl", tmp_path / "hits.jsonl"
    lines = [{"id": "a", "question": "wild horses ?"}, {"id": "b", "question": "spring tides ?"}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = command("evaluate", path, "--retrieval-only", "--answers", out)
    assert done.code == 0, done.err
    written = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [list(record) for record in written] == [["id", "hits"]] * 2
    assert written[0]["hits"][0]["article"] == "horses.md"


def test_an_empty_set_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text("\n\n")
    code, _, err = run("evaluate", path, "--retrieval-only")
    assert code == 1
    assert "holds no question" in err


def test_validate_moves_spans_and_lists_stale_ones(
    run: Run, tmp_path: Path, sample_store_folder: Path
) -> None:
    path, moved = tmp_path / "q.jsonl", tmp_path / "moved.jsonl"
    spans = [{"article": "tides.txt", "start": 0, "end": 4, "quote": "Sailors"}]
    path.write_text(json.dumps({"id": "q", "question": "Who?", "spans": spans}))
    code, out, _ = run("questions", "validate", path, "-o", moved, "--json", "--store", sample_store_folder)
    assert code == 0
    assert json.loads(out)["moved"][0]["from"] == [0, 4]
    assert run("questions", "validate", moved, "--store", sample_store_folder)[:2] == (
        0,
        "1 questions, 0 spans moved, 0 stale\n",
    )
    path.write_text(path.read_text() + '\n{"id": "bare", "question": "And?"}')
    code, _, err = run("questions", "validate", path, "--store", sample_store_folder)
    assert code == 1
    assert "line 2 ('bare'): no gold: say what is right" in err
    path.write_text(path.read_text().replace("Sailors", "Pirates"))
    code, _, err = run("questions", "validate", path, "--store", sample_store_folder)
    assert code == 1
    assert "'q', 'tides.txt': not there any more: 'Pirates'" in err


def test_import_writes_questions_and_their_articles(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "squad.json"
    qas = [{"id": "1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}]}]
    source.write_text(
        json.dumps({"data": [{"title": "T", "paragraphs": [{"context": "Ada wrote.", "qas": qas}]}]})
    )
    output, articles = tmp_path / "q.jsonl", tmp_path / "articles"
    code, out, _ = run("questions", "import", "squad", source, "-o", output, "--articles", articles, "--json")
    assert code == 0
    assert json.loads(out) == {"questions": 1, "kinds": {"fact": 1}, "articles": 1}
    assert (articles / "t-0.txt").read_text() == "Ada wrote.\n"
    assert read_questions(output).questions[0].spans[0].quote == "Ada"
    assert run("questions", "import", "squad", source, "--json")[0] == 2


def test_an_import_on_a_full_disk_leaves_what_was_there(
    run: Run, tmp_path: Path, full_disk: FullDisk
) -> None:
    source, output, articles = tmp_path / "squad.json", tmp_path / "q.jsonl", tmp_path / "articles"
    text = f"Ada wrote. {'She counted. ' * 20}"
    qas = [{"id": "1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}]}]
    source.write_text(json.dumps({"data": [{"title": "T", "paragraphs": [{"context": text, "qas": qas}]}]}))
    command = ("questions", "import", "squad", source, "-o", output, "--articles", articles)
    assert run(*command)[0] == 0
    article, questions = articles / "t-0.txt", output.read_bytes()
    article.write_text("As it was.\n")
    with full_disk(100):
        code, _, err = run(*command)
    assert code == 1
    assert "cannot be written" in err
    assert article.read_text() == "As it was.\n"
    with full_disk(100):
        code, _, err = run(*command[:6])
    assert code == 1
    assert "cannot be written" in err
    assert output.read_bytes() == questions
    assert [path.name for path in articles.iterdir()] == ["t-0.txt"]


def test_export_writes_what_users_judged(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PATHS__RUNTIME", str(tmp_path))
    assert run("questions", "export")[0] == 1
    kept = Conversations(tmp_path / "conversations.db")
    answer = kept.keep(kept.start(), make_answer("Who?", "Ada.", language="en"))
    kept.feedback(answer, {"thumb": "down", "correction": "Bob"})
    code, out, _ = run("questions", "export")
    assert code == 0
    assert json.loads(out)["answers"] == ["Bob"]


# --------------------------------------------------------------------------- with the real embedder

ARTICLES = {
    "barrage.md": "Le barrage de la Durance retient 1 272 millions de mètres cubes d'eau. Il date de 1960.",
    "phare.md": "The lighthouse keeper lived on the island for 27 years with two dogs. The storm came in 1931.",
}
ASKED: list[dict[str, Any]] = [
    {
        "id": "dam",
        "question": "Quelle quantité d'eau retient le barrage ?",
        "language": "fr",
        "articles": ["barrage.md"],
        "answers": ["1 272 millions"],
    },
    {
        "id": "keeper",
        "question": "How long did the keeper live on the island?",
        "language": "en",
        "articles": ["phare.md"],
        "answers": ["27 years"],
    },
    {
        "id": "cross",
        "question": "How much water is held back by the dam?",
        "language": "en",
        "kind": "cross",
        "articles": ["barrage.md"],
        "answers": ["1 272"],
    },
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two articles, their index by the real embedder, and questions."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "corpus").mkdir()
    for name, text in ARTICLES.items():
        (folder / "corpus" / name).write_text(text, "utf-8")
    (folder / "q.jsonl").write_text("\n".join(map(json.dumps, ASKED)) + "\n{torn\n")
    with pytest.raises(SystemExit) as left:
        main(["index", "--corpus", str(folder / "corpus"), "--store", str(folder / "store"), "--quiet"])
    assert not left.value.code
    return folder


@pytest.fixture
def evaluate(run: Run, place: Path) -> Run:
    return lambda *words: run("evaluate", place / "q.jsonl", "--store", place / "store", "--quiet", *words)


@pytest.mark.models
def test_the_search_repeats_to_the_bit_and_a_missed_floor_ends_with_three(
    evaluate: Run, place: Path, tmp_path: Path
) -> None:
    floors = tmp_path / "floors.json"
    code, out, err = evaluate("--retrieval-only", "--json", "--floors", floors, "--set-floors")
    assert code == 0
    assert "line 4: not JSON" in err
    assert "hit@1: none → 0.666" in err
    data = json.loads(out)
    assert data["metrics"]["hit@1"]["value"] == 1
    assert set(data["by"]["pair"]) == {"fr>fr", "en>en", "en>fr"}
    code, _, err = evaluate("--retrieval-only", "--floors", floors)
    assert code == 0
    assert "Every floor is held (" in err
    code, again, err = evaluate(
        "--retrieval-only", "--json", "--floors", floors, "--fail-under", "hit@1=1.01"
    )
    assert code == 3
    assert again == out
    assert "Missed: hit@1 is 1.000 [0.439, 1.000] (n=3), its floor is 1.01. Look closer with" in err
    assert f"`assistant evaluate {place / 'q.jsonl'} --retrieval-only --report report.html`" in err


@pytest.mark.models
def test_the_wrong_store_floods_nothing(run: Run, place: Path, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(
        "".join(f'{{"id": "q{i}", "question": "Who?", "articles": ["a.md"]}}\n' for i in range(50))
    )
    where = ("--store", place / "store", "--limit", 50, "--quiet")
    code, out, err = run("evaluate", path, "--retrieval-only", "--json", *where)
    assert code == 0
    assert len(json.loads(out)["problems"]) == 50
    assert len(err.splitlines()) == 21
    assert "30 more problems" in err


@pytest.mark.models
def test_evidence_is_measured_and_reported(evaluate: Run, tmp_path: Path) -> None:
    report, answers = tmp_path / "r.html", tmp_path / "a.jsonl"
    code, out, _ = evaluate("--evidence-only", "--json", "--report", report, "--answers", answers)
    assert code == 0
    assert json.loads(out)["metrics"]["exact_quotes"]["value"] == 1
    assert [json.loads(line)["id"] for line in answers.read_text().splitlines()] == ["dam", "keeper", "cross"]
    assert "1 272 millions" in report.read_text()


@pytest.mark.models
def test_a_model_that_is_needed_and_not_there_ends_with_four(
    evaluate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")
    code, out, err = evaluate("--json")
    assert (code, out) == (4, "")
    assert "No Ollama server answers" in err
    assert evaluate("--endpoint", "http://127.0.0.1:1", "--model", "any")[0] == 4


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, real_embedder: Embedder) -> None:
    """The commands get the real embedder without loading it anew."""
    monkeypatch.setattr(wiring, "make_embedder", lambda settings: real_embedder)


@pytest.mark.models
@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("path", ["/api/show", "/api/tags", "/api/chat"])
@pytest.mark.parametrize(
    "body", [b"<html></html>", b"null", b"[" * 100_000, b'{"message": [], "models": {}}']
)
def test_a_server_that_speaks_otherwise_ends_no_evaluation_in_a_traceback(
    evaluate: Run, monkeypatch: pytest.MonkeyPatch, path: str, body: bytes
) -> None:
    with FakeOllama() as server:
        server.play("m:1", [{"message": {"content": "Le barrage retient 1 272 millions de m³ [1]."}}])
        server.answer(path, body)
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        code, out, err = evaluate("--model", "m:1", "--json")
        assert "Traceback" not in err
        assert code in (0, 4)
        if code == 4:
            assert out == ""
            assert "server" in err
        else:
            assert json.loads(out)["metrics"]["exact_quotes"]["value"] == 1
        server.odd.clear()
        assert evaluate("--model", "m:1", "--json")[0] == 0


@pytest.mark.models
def test_generated_questions_go_round(run: Run, place: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.jsonl"
    code, out, _ = run("questions", "generate", "-o", made, "--json", "--store", place / "store")
    assert code == 0
    assert json.loads(out)["questions"] >= 2
    assert run("questions", "validate", made, "--store", place / "store")[0] == 0
    assert all(question.synthetic for question in read_questions(made).questions)
