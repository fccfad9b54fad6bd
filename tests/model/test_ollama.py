"""The language model behind a server that plays recorded shapes: what is sent, what is read, what can go wrong."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest
from fakes_ollama import FakeOllama

from assistant.errors import ModelMissing, ModelTooLarge, ModelUnavailable, PromptTooLong
from assistant.model.ollama import OllamaModel, models_of
from assistant.types import Chunk, Message

HELLO = [Message("user", "Bonjour ?")]


def words(*texts: str) -> list[dict[str, object]]:
    return [{"message": {"role": "assistant", "content": text}} for text in texts]


def read(model: OllamaModel) -> list[Chunk]:
    return list(model.stream(HELLO))


def test_every_request_forbids_silent_cutting_and_names_its_window() -> None:
    with FakeOllama() as server:
        server.play("m", words("Bon", "jour"), window=2048)
        model = OllamaModel("m", server.host, context_length=4096, max_tokens=77, keep_alive="5m")
        chunks = read(model)
        (body,) = server.asked("/api/chat")
    assert "".join(chunk.text for chunk in chunks) == "Bonjour"
    assert body["truncate"] is False
    assert body["options"]["num_ctx"] == 2048, "never more than the model was trained for"
    assert body["options"]["num_predict"] == 77
    assert body["keep_alive"] == "5m"
    assert "think" not in body, "a model that does not think answers 400 to it"


@pytest.mark.parametrize(
    ("name", "thinking", "sent"),
    [
        ("gpt-oss:20b", "auto", "low"),
        ("gpt-oss:20b", "high", "high"),
        ("qwen3:8b", "auto", False),
        ("qwen3:8b", "low", True),
    ],
)
def test_thinking_models_are_told_how_much(name: str, thinking: str, sent: object) -> None:
    with FakeOllama() as server:
        server.play(
            name, [{"message": {"thinking": "Hm"}}, *words("Oui")], capabilities=("completion", "thinking")
        )
        chunks = read(OllamaModel(name, server.host, thinking=thinking))  # type: ignore[arg-type]
        assert server.asked("/api/chat")[0]["think"] == sent
    assert "".join(chunk.thinking for chunk in chunks) == "Hm"


def test_a_missing_model_is_named_with_the_remedy() -> None:
    with (
        FakeOllama({"other": {}}) as server,
        pytest.raises(ModelMissing, match=r"no model 'absent'.*assistant setup"),
    ):
        read(OllamaModel("absent", server.host))


NO_MEMORY = "model requires more system memory (5.6 GiB) than is available (3.9 GiB)"


def test_a_model_that_the_memory_does_not_hold_is_said() -> None:
    with FakeOllama({"m": {}}) as server:
        server.answer("/api/chat", json.dumps({"error": NO_MEMORY}).encode(), 500)
        with pytest.raises(ModelTooLarge, match=r"cannot hold 'm': .*5\.6 GiB.*a smaller model"):
            read(OllamaModel("m", server.host))
        server.odd.clear()
        server.play("m", [*words("Bon"), {"error": "cudaMalloc failed: out of memory"}])
        with pytest.raises(ModelTooLarge, match="out of memory") as raised:
            read(OllamaModel("m", server.host))
    assert raised.value.kind == "memory"


def test_no_server_is_a_clear_error_within_seconds() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{unused.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(ModelUnavailable, match="assistant ollama"):
            read(OllamaModel("m", host))
        with pytest.raises(ModelUnavailable, match="assistant ollama"):
            models_of(host)
        assert time.monotonic() - started < 10


def test_an_error_in_the_middle_of_a_stream_is_reported_after_what_came() -> None:
    with FakeOllama() as server:
        server.play("m", [*words("Bon"), {"error": "runner crashed"}])
        chunks = (chunk for chunk in OllamaModel("m", server.host).stream(HELLO) if chunk.text)
        assert next(chunks).text == "Bon"
        with pytest.raises(ModelUnavailable, match="runner crashed"):
            list(chunks)


def test_something_else_than_json_is_reported() -> None:
    with FakeOllama() as server:
        server.play("m", [b"\xff\xfe not json\n"])
        with pytest.raises(ModelUnavailable, match="not JSON"):
            read(OllamaModel("m", server.host))


def test_leaving_the_stream_closes_the_connection() -> None:
    with FakeOllama(delay=0.02) as server:
        server.play("m", words(*["mot "] * 500))
        chunks = OllamaModel("m", server.host).stream(HELLO)
        assert any(chunk.text for chunk in chunks)
        chunks.close()  # type: ignore[attr-defined]
        assert server.closed_early.wait(5)


def test_stopping_does_not_wait_for_a_server_that_reads_a_long_prompt() -> None:
    """No header, no byte: the caller still gets its beat, and leaving shuts the connection down."""
    with FakeOllama() as server, socket.create_server(("127.0.0.1", 0)) as silent:
        server.play("m", words("x"))
        model = OllamaModel("m", server.host)
        assert model.info.name == "m"
        model.host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        chunks = model.stream(HELLO)
        assert next(chunks) == Chunk()
        connection, _ = silent.accept()
        with connection:
            while not connection.recv(65536).endswith(b"}"):
                pass
            chunks.close()  # type: ignore[attr-defined]
            connection.settimeout(5)
            assert connection.recv(1) == b"", "the server sees that nobody waits any more"


class _TooLong(threading.Thread):
    """Answers everything as Ollama answers a prompt over the window."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def run(self) -> None:
        body = b'{"error":"the input length exceeds the context length"}'
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(
                    b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                    % (len(body), body)
                )


def test_a_prompt_over_the_window_is_an_error_not_a_cut() -> None:
    with FakeOllama() as server:
        server.play("m", words("x"))
        model = OllamaModel("m", server.host)
        assert model.info.name == "m"
    strict = _TooLong()
    strict.start()
    model.host = strict.host
    try:
        with pytest.raises(PromptTooLong, match="does not fit"):
            read(model)
    finally:
        strict.socket.close()


@pytest.mark.models
def test_the_real_server_refuses_an_over_long_prompt(real_model: OllamaModel) -> None:
    model = OllamaModel(real_model.name, real_model.host, context_length=512, max_tokens=8)
    with pytest.raises(PromptTooLong):
        list(model.stream([Message("user", "mot " * 3000)]))


@pytest.mark.models
def test_the_real_model_answers_and_counts(real_model: OllamaModel) -> None:
    chunks = list(
        real_model.stream(
            [Message("user", "Réponds par un seul mot : de quelle couleur est le ciel sans nuage ?")],
            max_tokens=16,
        )
    )
    assert "bleu" in "".join(chunk.text for chunk in chunks).lower()
    assert chunks[-1].done
    assert chunks[-1].prompt_tokens
    assert real_model.info.digest


@pytest.mark.models
@pytest.mark.timeout(240)
def test_closing_a_real_stream_frees_the_server(real_model: OllamaModel) -> None:
    """The server answers one request at a time: were the first not stopped, its 3,900 tokens would outlast the limit."""
    chunks = real_model.stream(
        [Message("user", "Compte de un à cinq mille, en toutes lettres, sans rien sauter.")], max_tokens=3900
    )
    assert any(chunk.text for chunk in chunks)
    chunks.close()  # type: ignore[attr-defined]
    assert read(real_model)[-1].done
