"""A small real server that speaks like OpenAI's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from builders import make_hit

from assistant.answering.check import check_text
from assistant.composition.grounding import Prover
from assistant.errors import ModelUnavailable
from assistant.evaluation.endpoint import EndpointAsker, chat_url, models_of, refuses
from assistant.evaluation.journal import Journal
from assistant.evaluation.other_assistants import OthersProof
from assistant.evaluation.questions import Question, QuestionSet
from assistant.evaluation.run import Subject, evaluate
from assistant.model.ollama import OllamaModel
from assistant.types import Turn

QUESTION = Question(
    "q", "When?", language="en", answers=("1843",), answerable=True, history=(Turn("user", "Ada?"),)
)
asked: list[dict[str, Any]] = []


def event(**delta: Any) -> str:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n"


STREAM = (
    ": comment\n\n"
    + event(role="assistant")
    + event(content="In ")
    + event(content="1843.")
    + 'data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}}\n\ndata: [DONE]\n\n'
)
CONTEXTS = json.dumps(
    {
        "choices": [{"message": {"content": "She wrote it in 1843. It has ninety pages."}}],
        "contexts": ["Ada Lovelace wrote her notes in 1843.", {"title": "t", "content": "A wheel."}, 3],
    }
)
AZURE = json.dumps(
    {
        "choices": [
            {
                "message": {
                    "content": "Yes.",
                    "context": {"citations": [{"title": "t", "content": "A wheel."}]},
                }
            }
        ]
    }
)
WHOLE = json.dumps({"choices": [{"message": {"content": "I don't know."}}], "usage": {"prompt_tokens": 7}})


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status = 200 if self.path == "/v1/chat/completions" else 404
        reply = {
            "whole": WHOLE,
            "contexts": CONTEXTS,
            "azure": AZURE,
            "broken": 'data: {"error": "out of memory"}\n\n',
        }.get(asked[-1]["model"], STREAM)
        self.send_response(status)
        self.end_headers()
        self.wfile.write((reply if status == 200 else "no such page").encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_streamed_answer_becomes_a_record(server: str) -> None:
    record = EndpointAsker(server, "plain")(QUESTION)
    assert asked[-1]["messages"] == [
        {"role": "user", "content": "Ada?"},
        {"role": "user", "content": "When?"},
    ]
    assert (record["answer"], record["abstained"]) == ("In 1843.", False)
    assert (record["prompt_tokens"], record["completion_tokens"]) == (9, 3)
    first, total = record["timings"]["first_token_s"], record["timings"]["total_s"]
    assert first is not None
    assert total is not None
    assert 0 < first <= total
    assert record["citations"] is None


def test_an_answer_in_one_piece_is_read_too(server: str) -> None:
    record = EndpointAsker(f"{server}/v1/", "whole")(QUESTION)
    assert (record["answer"], record["abstained"], record["prompt_tokens"]) == ("I don't know.", True, 7)


def test_the_passages_that_a_reply_brings_are_kept(server: str) -> None:
    def contexts(model: str) -> Any:
        return EndpointAsker(server, model)(QUESTION)["evaluation"]["contexts"]

    wheel = {"title": "t", "text": "A wheel."}
    assert contexts("contexts") == [{"title": "", "text": "Ada Lovelace wrote her notes in 1843."}, wheel]
    assert contexts("azure") == [wheel]
    assert contexts("plain") == []


def proved(server: str, model: str, folder: Path) -> dict[str, Any]:
    """The record of an answer and its metrics, proved against its contexts or a search that finds one passage."""
    text = "Ada Lovelace wrote her notes In 1843."
    hit = make_hit(text, title="Ada", language="en")
    proof = OthersProof(lambda text: check_text(text, lambda *_: [hit], Prover()), Prover())
    journal = Journal(folder / f"{model}.jsonl", "run", [QUESTION])
    subject = Subject("answers", ask=EndpointAsker(server, model), journal=journal, prove_answer=proof)
    run = evaluate(subject, QuestionSet((QUESTION,)))
    assert '"sentences": null' in (folder / f"{model}.jsonl").read_text(), "a proof is made anew each time"
    return {**run.outcomes[0].record, "metrics": run.evaluation.as_json()["metrics"]}


def test_the_answers_are_proved_like_our_own(server: str, tmp_path: Path) -> None:
    searched = proved(server, "plain", tmp_path)
    assert [s["verdict"] for s in searched["sentences"]] == ["supported"]
    assert searched["metrics"]["supported"]["value"] == 1
    given = proved(server, "contexts", tmp_path)
    assert [s["verdict"] for s in given["sentences"]] == ["supported", "unsupported"]
    assert given["metrics"]["supported"]["value"] == 0.5
    assert proved(server, "whole", tmp_path)["sentences"] is None, "a refusal claims nothing"


def test_what_an_endpoint_does_not_tell_is_null_not_zero(server: str, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.jsonl", "run", [QUESTION])
    run = evaluate(
        Subject("answers", ask=EndpointAsker(server, "plain"), journal=journal), QuestionSet((QUESTION,))
    )
    metrics = run.evaluation.as_json()["metrics"]
    assert metrics["answer_contained"]["value"] == 1
    assert metrics["total_s"]["n"] == metrics["prompt_tokens"]["n"] == 1
    for name in (
        "hit@5",
        "citation_precision",
        "citation_recall",
        "accounted",
        "invalid_citations",
        "exact_quotes",
    ):
        assert metrics[name] == {"value": None, "low": None, "high": None, "n": 0}


def test_a_server_that_refuses_or_is_not_there_is_named(server: str) -> None:
    with pytest.raises(ModelUnavailable, match="answers 404: no such page"):
        EndpointAsker(f"{server}/other/v1", "plain")(QUESTION)
    with pytest.raises(ModelUnavailable, match="out of memory"):
        EndpointAsker(server, "broken")(QUESTION)
    with pytest.raises(ModelUnavailable, match="Nothing answers"):
        EndpointAsker("http://127.0.0.1:1", "plain")(QUESTION)


@pytest.mark.parametrize("url", ["http://h", "http://h/", "http://h/v1", "http://h/v1/chat/completions"])
def test_an_address_may_be_short_or_whole(url: str) -> None:
    assert chat_url(url) == "http://h/v1/chat/completions"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", True),
        ("I don't know.", True),
        ("The article does not mention it.", True),
        ("Je ne sais pas.", True),
        ("L’article ne précise pas cette date.", True),
        ("Aucune information à ce sujet.", True),
        ("It was in 1843.", False),
        ("Elle ne contient que 3 pages.", False),
        ("I don't know more, but " + "it is long " * 30, False),
    ],
)
def test_refusals_of_others_are_recognised(text: str, refusal: bool) -> None:
    assert refuses(text) is refusal


@pytest.mark.models
def test_the_endpoint_of_ollama_itself(real_model: OllamaModel) -> None:
    assert real_model.name in models_of(real_model.host)
    record = EndpointAsker(real_model.host, real_model.name)(
        Question("q", "What is the capital of France? One word.")
    )
    assert "Paris" in record["answer"]
    assert record["prompt_tokens"]
