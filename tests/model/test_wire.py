"""Whatever stands in Ollama's place and whatever it sends: a message with a remedy, and the next question works."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from fakes_ollama import FakeOllama

from assistant.conversations.conversations import Conversations
from assistant.errors import ModelUnavailable
from assistant.model.ollama import OllamaModel, models_of
from assistant.model.wire import Unreadable, one_line, read_description, read_line
from assistant.types import Chunk, Message
from assistant.web.loading import LoadingBackend

HELLO = [Message("user", "Bonjour ?")]
QUESTION = "Quel budget l'Assemblée a-t-elle voté ?"
SAID = "L'Assemblée a voté un budget de 1 234,5 millions d'euros [1]."
QUOTED = "1 234,5 millions"
DEEP = b"[" * 100_000
HUGE = b"1" + b"0" * 400

NO_OBJECT = {
    "html": b"<html><body>It works!</body></html>",
    "empty": b"",
    "list": b"[]",
    "null": b"null",
    "text": b'"hello"',
    "number": b"7",
    "deep": DEEP,
    "deep object": b'{"a":' * 100_000,
    "bytes": b"\xff\xfe\x00",
}
ODD_LINES = {
    **{name: body for name, body in NO_OBJECT.items() if name != "empty"},
    "message is text": b'{"message": "hello"}',
    "message is a list": b'{"message": [1]}',
    "a line without end": b'{"message": {"content": "' + b"x" * 2_000_000,
}
CHUNK_FIELDS = (
    "done_reason",
    "prompt_eval_count",
    "eval_count",
    "prompt_eval_duration",
    "eval_duration",
    "logprobs",
)
ODD_VALUES = (
    b'"text"',
    b"[]",
    b"{}",
    b"[1]",
    b'[{"top_logprobs": [{"token": 1, "logprob": "x"}, 2]}]',
    b"null",
    b"true",
    b"-1",
    b"NaN",
    b"1e999",
    HUGE,
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        server.play("m:1", [{"message": {"content": SAID}}])
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        yield server


def reads(server: FakeOllama) -> str:
    return "".join(chunk.text for chunk in OllamaModel("m:1", server.host).stream(HELLO))


@pytest.mark.parametrize("body", NO_OBJECT.values(), ids=NO_OBJECT)
@pytest.mark.parametrize("path", ["/api/show", "/api/tags"])
def test_descriptions_that_are_none(server: FakeOllama, path: str, body: bytes) -> None:
    server.answer(path, body)
    with pytest.raises(ModelUnavailable, match=r"Check|start"):
        _ = models_of(server.host) if path == "/api/tags" else OllamaModel("m:1", server.host).info
    if path == "/api/tags":
        assert reads(server) == SAID, "the digest alone is missing"
    server.odd.clear()
    assert reads(server) == SAID


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (500, b'{"error": "out of memory"}', {}),
        (500, b'{"error": ["a", {"b": 1}]}', {}),
        (404, b"404 page not found", {}),
        (502, b"<html>Bad Gateway</html>", {}),
        (302, b"", {"Location": "http://models.example/"}),
        (200, b"garbage", {"Content_Encoding": "gzip"}),
        (200, gzip.compress(b" " * 50_000_000), {"Content_Encoding": "gzip"}),
        (503, b'{"error": "' + b"\\u001b[31m\\u202ebusy " * 50_000 + b'"}', {}),
    ],
)
def test_refusals(server: FakeOllama, status: int, body: bytes, headers: dict[str, str]) -> None:
    for path in ("/api/show", "/api/chat", "/api/tags"):
        server.odd.clear()
        server.answer(path, body, status, **headers)
        with pytest.raises(ModelUnavailable) as told:
            _ = models_of(server.host) if path == "/api/tags" else reads(server)
        said = str(told.value)
        assert said.isprintable()
        assert len(said) < 700
        assert said.endswith(".")
    server.odd.clear()
    assert reads(server) == SAID


@pytest.mark.parametrize("line", ODD_LINES.values(), ids=ODD_LINES)
def test_lines_that_are_none(server: FakeOllama, line: bytes) -> None:
    server.play("m:1", [{"message": {"content": "Un "}}, line + b"\n"])
    stream = OllamaModel("m:1", server.host).stream(HELLO)
    assert next(chunk.text for chunk in stream if chunk.text) == "Un "
    with pytest.raises(ModelUnavailable, match=r"Ask again|Check"):
        list(stream)


@pytest.mark.parametrize("value", ODD_VALUES)
@pytest.mark.parametrize("field", CHUNK_FIELDS)
def test_odd_values_of_a_line_are_left_out(field: str, value: bytes) -> None:
    chunk = read_line(f'{{"message": {{"content": "Oui"}}, "done": true, "{field}": {value.decode()}}}')
    assert isinstance(chunk, Chunk)
    assert (chunk.text, chunk.done) == ("Oui", True)
    for number in (
        chunk.prompt_tokens,
        chunk.completion_tokens,
        chunk.prompt_seconds,
        chunk.completion_seconds,
    ):
        assert number is None


def test_probabilities_of_the_first_token() -> None:
    first = {
        "token": "oui",
        "top_logprobs": [{"token": "oui", "logprob": -0.1}, {"token": "non", "logprob": -1e999}],
    }
    chunk = read_line(json.dumps({"message": {"content": "oui"}, "logprobs": [first]}))
    assert isinstance(chunk, Chunk)
    assert chunk.likeliest["oui"] == pytest.approx(0.904837)
    assert chunk.likeliest["non"] < 1e-40


@pytest.mark.parametrize("value", [*ODD_VALUES, b"0"])
def test_odd_values_of_a_description_are_left_out(value: bytes) -> None:
    told = read_description(
        b'{"capabilities": %s, "model_info": {"x.context_length": %s, "general.parameter_count": %s}}'
        % (value, value, value)
    )
    assert (told.window, told.parameters) in {(None, None), (None, float("1e400"))}
    assert read_description(b'{"model_info": %s}' % value).window is None


def test_a_reply_is_bounded_however_it_goes_on(server: FakeOllama) -> None:
    for chunk in (
        {"message": {"content": ""}},
        {"message": {"content": "x" * 100_000}},
        {"message": {"thinking": "hm" * 9000}},
        b"\n",
    ):
        server.play("m:1", [chunk if isinstance(chunk, bytes) else dict(chunk) for _ in range(4000)])
        model = OllamaModel("m:1", server.host, max_tokens=50)
        chunks = list(model.stream(HELLO))
        assert chunks[-1].done
        assert chunks[-1].done_reason == "length"
        assert sum(len(chunk.text) + len(chunk.thinking) for chunk in chunks) <= 50 * 2 * 16 + 20_000
        assert len([chunk for chunk in chunks if chunk.text]) <= 101


def test_foreign_words_are_harmless() -> None:
    assert one_line("a\x1b[31m\n\u202eb" + "c" * 1_000_000).startswith("a [31m bccc")
    assert len(one_line("c" * 1_000_000)) == 300
    assert one_line(["a"]) == one_line(None) == ""
    with pytest.raises(Unreadable):
        read_line("[]")


# --------------------------------------------------------------------------- as the user meets it


@pytest.mark.parametrize("path", ["/api/show", "/api/tags", "/api/version", "/api/chat"])
@pytest.mark.parametrize(
    "body", [b"<html></html>", b"[]", DEEP, b'{"message": [], "model_info": [], "models": {}}']
)
def test_ask_and_doctor_say_it_and_go_on(
    command: Command, server: FakeOllama, path: str, body: bytes
) -> None:
    server.answer(path, body)
    for words in (("ask", QUESTION), ("ask", QUESTION, "--model", "m:1")):
        done = command(*words)
        assert done.code == 0
        assert QUOTED in done.out
        assert "Traceback" not in done.err
    doctor = command("doctor", "--model", "m:1")
    assert "Traceback" not in doctor.err
    server.odd.clear()
    assert command("ask", QUESTION, "--model", "m:1", "--require-model").out.startswith(SAID)


@pytest.mark.parametrize(
    "text", ["x" * 10_000_000, "ab " * 3_000_000, "(" * 9_000, "Le 3 mai 2024 et " * 500, "| a | b |\n" * 900]
)
def test_a_reply_without_measure_costs_no_more_than_its_share(
    command: Command, server: FakeOllama, text: str
) -> None:
    server.play("m:1", [{"message": {"content": text}}])
    done = command("ask", QUESTION, "--model", "m:1")
    assert done.code == 0
    assert len(done.out) + len(done.err) < 30_000


@pytest.mark.parametrize(
    "body", [b"<html></html>", b"null", b'{"model_info": {"a.context_length": "x"}, "capabilities": 7}']
)
def test_the_loading_outlives_every_reply_and_tries_again(
    tmp_path: Path, server: FakeOllama, body: bytes
) -> None:
    server.answer("/api/show", body)
    server.answer("/api/chat", b"[" * 9, 500)

    def load_model() -> str:
        model = OllamaModel("m:1", server.host)
        model.preload()
        return model.info.name

    def nothing(*_: object) -> Any:
        return None

    backend = LoadingBackend(
        nothing, nothing, load_model, Conversations(tmp_path / "c.db"), retry_seconds=0.02
    )
    backend.start()
    assert reaches(backend, "missing")
    server.odd.clear()
    assert reaches(backend, "ready")


def test_a_fault_of_our_own_does_not_end_the_loading(tmp_path: Path) -> None:
    faults = [ZeroDivisionError("by zero")]

    def load_model() -> str:
        if faults:
            raise faults.pop()
        return "m:1"

    nothing: Any = lambda *_: None  # noqa: E731
    backend = LoadingBackend(
        nothing, nothing, load_model, Conversations(tmp_path / "c.db"), retry_seconds=0.2
    )
    backend.start()
    assert reaches(backend, "failed")
    assert reaches(backend, "ready")


def reaches(backend: LoadingBackend, state: str, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if backend.state()[2].state == state:
            return True
        time.sleep(0.005)
    return False
