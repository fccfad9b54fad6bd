"""`assistant check`: a text that someone else wrote, as a file or on standard input."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import Command
from fakes_ollama import FakeOllama

DRAFT = (
    "L'Assemblée a voté le budget de 1 234,5 millions d'euros. "
    "L'Assemblée a voté le budget de 1 432,5 millions d'euros. "
    "Le maire promet deux nouvelles écoles avant 2027."
)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "brouillon.txt"
    path.write_text(DRAFT, "utf-8")
    return path


def test_each_sentence_is_marked_with_its_reason_and_its_citation(command: Command, draft: Path) -> None:
    done = command("check", draft)
    assert done.code == 0
    lines = done.out.splitlines()
    assert [line[0] for line in lines if line[0] in "✓?✗"] == ["✓", "✗", "✓"]
    assert lines[0].endswith("d'euros. [1]")
    assert any("1 432,5" in line for line in lines[1:])
    assert "[1] budget.md:" in done.err


def test_spans_citations_and_verdicts_as_json(command: Command, draft: Path) -> None:
    found = command("check", draft, "--json", "--quiet").json
    assert found["text"] == DRAFT
    assert found["language"] == "fr"
    assert [s["verdict"] for s in found["sentences"]] == ["supported", "unsupported", "supported"]
    assert DRAFT[found["sentences"][1]["start"] : found["sentences"][1]["end"]].startswith("L'Assemblée")
    # a conflict may cite more: this embedder's vectors tell nothing of meaning across languages
    assert [s["citations"] for s in found["sentences"]] == [[1], [], [2]]
    assert [citation["n"] for citation in found["citations"]][:2] == [1, 2]


def test_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DRAFT.encode()), "utf-8"))
    assert command("check", "-").out.startswith("✓ L'Assemblée")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" \n", "is empty. Give a text to check."),
        ("à l'été".encode("latin-1"), "is not UTF-8 text"),
    ],
)
def test_what_cannot_be_checked_is_named(command: Command, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes(content)
    done = command("check", path)
    assert (done.code, done.out) == (2, "")
    assert "draft.txt" in done.err
    assert said in done.err


# --------------------------------------------------------------------------- sources of its own


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "more").mkdir(parents=True)
    (folder / "bridge.md").write_text(
        "# Le pont\n\nLe pont de Lormont mesure 420 mètres. Il a été ouvert en 1998 par Anne Marchand.",
        "utf-8",
    )
    (folder / "more" / "market.txt").write_text(
        "The market is held on Saturdays. Forty stalls sell fruit there.", "utf-8"
    )
    return folder


def test_a_text_against_a_folder_that_is_not_indexed(
    command: Command, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    text = tmp_path / "text.txt"
    text.write_text("Le pont de Lormont mesure 420 mètres.\n\nLe pont de Lormont mesure 240 mètres.", "utf-8")
    before = set(tmp_path.rglob("*"))
    found = command("check", text, "--source", notes, "--json", "--quiet").json
    assert [s["verdict"] for s in found["sentences"]] == ["supported", "unsupported"]
    assert found["citations"][0]["article"] == "bridge.md"
    assert set(tmp_path.rglob("*")) == before


def test_a_text_against_several_files(command: Command, notes: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("Le pont de Lormont mesure 420 mètres.\n\nLe marché se tient le samedi.", "utf-8")
    found = command(
        "check", text, "--source", notes / "bridge.md", notes / "more" / "market.txt", "--json"
    ).json
    assert found["sentences"][0]["verdict"] == "supported"
    assert {citation["article"] for citation in found["citations"]} <= {"bridge.md", "market.txt"}


def test_files_of_one_name_do_not_hide_each_other(command: Command, notes: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "bridge.md").write_text("La gare de Quimper a huit quais couverts.", "utf-8")
    text = tmp_path / "text.txt"
    text.write_text(
        "La gare de Quimper a huit quais couverts. Le pont de Lormont mesure 420 mètres.", "utf-8"
    )
    found = command(
        "check", text, "--json", "--source", notes / "bridge.md", "--source", other / "bridge.md"
    ).json
    assert [s["verdict"] for s in found["sentences"]] == ["supported", "supported"]
    assert {citation["article"] for citation in found["citations"]} == {"bridge.md", "1-bridge.md"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["FILE", "--source", "missing"], "'missing' is not there"),
        (["FILE", "--source", "empty"], "is in 'empty'. Name others."),
        (["FILE", "FILE"], "one too many"),
        ([], "Give a FILE"),
        (["FILE", "--batch", "FILE"], "alone"),
        (["--batch", "missing.jsonl"], "'missing.jsonl' cannot be read"),
        (["missing.txt"], "'missing.txt' cannot be read"),
    ],
)
def test_wrong_words(command: Command, draft: Path, tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "empty").mkdir()
    done = command("check", *(draft if word == "FILE" else word for word in words))
    assert (done.code, done.out) == (2, "")
    assert said in done.err


# --------------------------------------------------------------------------- many answers


PASSAGES = [
    {"title": "Le pont", "text": "Le pont de Lormont mesure 420 mètres. Il a été ouvert en 1998."},
    {"title": "Le marché", "text": "Le marché se tient le samedi sur la place de la mairie."},
]
ANSWER = (
    "Le marché se tient le samedi. Le pont de Lormont mesure 420 mètres. Le maire joue du violon à Quimper."
)


def batch_file(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    )
    return path


def test_answers_with_their_passages(command: Command, tmp_path: Path) -> None:
    file = batch_file(
        tmp_path,
        {"id": "b", "language": "fr", "question": None, "passages": PASSAGES, "answer": ANSWER},
        {
            "id": 7,
            "language": "fr",
            "passages": PASSAGES,
            "sentences": [{"text": "Le marché se tient le samedi."}],
        },
    )
    done = command("check", "--batch", file)
    assert done.code == 0
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert (first["id"], second["id"]) == ("b", 7)
    assert [s["verdict"] for s in first["sentences"]] == ["supported", "supported", "unsupported"]
    for sentence in first["sentences"]:
        assert ANSWER[sentence["start"] : sentence["end"]] == sentence["text"]
        assert {"verdict", "probability", "reasons", "citations"} <= set(sentence)
    assert [citation["n"] for citation in first["citations"]] == [1, 2]
    assert [citation["passage"] for citation in first["citations"]] == [1, 0]
    for citation in first["citations"]:
        text = PASSAGES[citation["passage"]]["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert [(s["start"], s["end"]) for s in second["sentences"]] == [(None, None)]
    assert second["sentences"][0]["citations"] == [1]


def test_a_bad_line_is_named_and_the_others_go_on(command: Command, tmp_path: Path) -> None:
    good = {"id": 1, "passages": PASSAGES, "answer": ANSWER}
    file = batch_file(tmp_path, good, b"{", b"", b"\xff", {**good, "id": 2})
    done = command("check", "--batch", file)
    assert done.code == 0
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == [1, 2]
    assert "Line 2 of" in done.err
    assert "Line 4 of" in done.err
    assert command("check", "--batch", batch_file(tmp_path, b"{")).code == 1


def test_answers_on_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({"id": "é", "passages": PASSAGES, "answer": ANSWER}, ensure_ascii=False)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line.encode()), "utf-8"))
    assert command("check", "--batch", "-").json["id"] == "é"


def test_neither_a_store_nor_an_embedder_is_needed(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_PATHS__STORE", str(tmp_path / "nowhere"))
    file = batch_file(tmp_path, {"passages": PASSAGES, "answer": ANSWER})
    assert command("check", "--batch", file).json["id"] is None


# --------------------------------------------------------------------------- with the language model


HALF = "The market on Saturdays brings many growers and cooks together from the farms of the valley."
YES = [
    {
        "message": {"content": "yes"},
        "logprobs": [{"token": "yes", "logprob": -0.1, "top_logprobs": [{"token": "yes", "logprob": -0.1}]}],
    }
]


def test_the_model_is_asked_about_what_is_undecided_alone(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = ["The market is held on Saturdays. Forty stalls sell fruit there."]
    file = batch_file(
        tmp_path, {"id": 1, "passages": passages, "answer": f"Forty stalls sell fruit there. {HALF}"}
    )
    alone = command("check", "--batch", file).json
    undecided = [s["text"] for s in alone["sentences"] if s["verdict"] == "partial"]
    assert undecided == [HALF]
    with FakeOllama() as server:
        server.play("m:1", YES)
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        assert command("check", "--batch", file).json == alone
        assert not server.asked("/api/chat"), "without --with-model it is never asked"
        told = command("check", "--batch", file, "--with-model", "--model", "m:1").json
        (asked,) = server.asked("/api/chat")
    assert HALF in asked["messages"][-1]["content"]
    assert passages[0] in asked["messages"][-1]["content"]
    assert [s["text"] for s in told["sentences"]] == [s["text"] for s in alone["sentences"]]
    assert told["sentences"][0] == alone["sentences"][0]


def test_a_model_that_is_wanted_and_not_there(command: Command, draft: Path) -> None:
    done = command("check", draft, "--with-model", "--model", "m:1")
    assert (done.code, done.out) == (4, "")
    assert "No Ollama server answers" in done.err


def test_without_a_verifier_in_the_settings_the_proof_is_alone(
    command: Command, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_PROOF__VERIFIER", "none")
    assert command("check", draft, "--with-model").out == command("check", draft).out
