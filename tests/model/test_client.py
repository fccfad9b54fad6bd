"""Which way a question goes: never through a proxy to this machine, through the user's elsewhere; what fails is a sentence."""

from __future__ import annotations

import base64
import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from conftest import Command
from fakes_ollama import FakeOllama

from assistant.addresses import hide_proxies, proxy_for, shown, without_credentials
from assistant.errors import ModelUnavailable
from assistant.model.ollama import OllamaModel, models_of
from assistant.types import Message

HELLO = [Message("user", "Bonjour ?")]
QUESTION = "Quel budget l'Assemblée a-t-elle voté ?"
SAID = "L'Assemblée a voté un budget de 1 234,5 millions d'euros [1]."


class Proxy(ThreadingHTTPServer):
    """Answers every request itself, as a model's server would, and remembers what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Proxied)
        self.seen: list[tuple[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Proxied(BaseHTTPRequestHandler):
    server: Proxy

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Authorization", "")))
        data = json.dumps({"models": [{"model": "far:1b"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        self.do_GET()


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with Proxy() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


PROXIES = [
    {"http_proxy": "PROXY", "no_proxy": ""},
    {"http_proxy": "PROXY", "no_proxy": "localhost,127.0.0.0/8,::1"},
    {"HTTP_PROXY": "PROXY", "http_proxy": "PROXY", "NO_PROXY": "internal.example", "no_proxy": "example"},
    {"ALL_PROXY": "PROXY", "all_proxy": "PROXY"},
    {"all_proxy": "socks://127.0.0.1:1080"},
    {"ALL_PROXY": "socks5://127.0.0.1:1080"},
    {"http_proxy": "PROXY", "NO_PROXY": "fe80::/10"},
    {"http_proxy": "PROXY", "NO_PROXY": "[::1]", "no_proxy": "::1/128"},
    {"SSL_CERT_FILE": "/nowhere/authorities.pem"},
    {"SSLKEYLOGFILE": "/nowhere/keys.log", "SSL_CERT_DIR": "/nowhere"},
]


@pytest.mark.parametrize("variables", PROXIES, ids=lambda variables: ",".join(variables))
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_this_machine_is_asked_without_a_proxy(
    variables: dict[str, str], name: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, proxy.url if value == "PROXY" else value)
    with FakeOllama() as server:
        server.play("m", [{"message": {"content": "Oui"}}])
        model = OllamaModel("m", server.host.replace("127.0.0.1", name))
        assert "".join(chunk.text for chunk in model.stream(HELLO)) == "Oui"
        model.preload()
        assert models_of(server.host) == ["m"]
    assert proxy.seen == []


@pytest.mark.parametrize("variables", PROXIES[1::2], ids=lambda variables: ",".join(variables))
def test_ask_and_doctor_under_a_proxy(
    variables: dict[str, str], proxy: Proxy, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, proxy.url if value == "PROXY" else value)
    with FakeOllama() as server:
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        server.play("m:1", [{"message": {"content": SAID}}])
        assert command("ask", QUESTION, "--model", "m:1", "--require-model").out.startswith(SAID)
        assert "✓ Language model: m:1" in command("doctor", "--model", "m:1").out
    assert proxy.seen == []


def test_elsewhere_the_user_s_proxy_is_honoured(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy.url)
    assert models_of("http://odile:s3cret@models.example:11434") == ["far:1b"]
    basic = base64.b64encode(b"odile:s3cret").decode()
    assert proxy.seen == [("http://models.example:11434/api/tags", f"Basic {basic}")]
    monkeypatch.setenv("no_proxy", "models.example")
    assert proxy_for("http://models.example:11434") is None


def test_hidden_variables_are_still_honoured(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.addresses._hidden", {})
    monkeypatch.setenv("HTTPS_PROXY", "http://old.example:1")
    monkeypatch.setenv("https_proxy", proxy.url.removeprefix("http://"))
    hide_proxies()
    hide_proxies()
    assert not {name for name in os.environ if name.lower() in ("https_proxy", "ssl_cert_file")}
    assert proxy_for("https://models.example") == proxy.url


@pytest.mark.parametrize(
    ("host", "variables"),
    [
        ("http://models.example:1", {"all_proxy": "socks://127.0.0.1:1"}),
        ("http://models.example:1", {"http_proxy": "http://127.0.0.1:9"}),
        ("https://models.example:1", {"SSL_CERT_FILE": "/nowhere.pem"}),
        ("http://exämple..com:11434", {}),
        ("http://127.0.0.1:9", {}),
        ("ftp://127.0.0.1:9", {}),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_with_its_remedy(
    host: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    for ask in (lambda: models_of(host), lambda: OllamaModel("m", host).info):
        with pytest.raises(ModelUnavailable, match=r"(Start|Correct|Check|Set) "):
            ask()


def test_basic_authorization_is_sent_and_never_printed(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    basic = "Basic " + base64.b64encode(b"odile:s3:cr@t").decode()
    with FakeOllama() as server:
        server.play("m:1", [{"message": {"content": SAID}}])
        monkeypatch.setenv("OLLAMA_HOST", server.host.replace("//", "//odile:s3%3Acr%40t@"))
        done = [command("ask", QUESTION, "--model", "m:1", "--json"), command("doctor", "--model", "m:1")]
        assert set(server.authorizations) == {basic}
    assert done[0].json["mode"] == "model"
    done += [command(*words) for words in (("ask", QUESTION, "--json"), ("doctor",), ("ollama",))]
    assert not [text for one in done for text in (one.out, one.err) if "s3" in text or "odile" in text]


@pytest.mark.parametrize(
    "host", ["http://odile:s3cret@127.0.0.1:79a0", "http://odile:s3/cret@127.0.0.1:9", "127.0.0.1:9/s3cret"]
)
def test_an_address_is_printed_without_its_secrets(
    host: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    for words in (("ask", QUESTION), ("ask", QUESTION, "--json"), ("doctor",)):
        done = command(*words)
        assert "cret" not in done.out + done.err
        assert "Traceback" not in done.err


def test_a_server_that_wants_a_password_says_so() -> None:
    with FakeOllama() as server:
        server.answer("/api/show", b"<html><h1>401 Authorization Required</h1></html>", 401)
        with pytest.raises(ModelUnavailable, match="name and password") as refused:
            _ = OllamaModel("m", server.host).info
    assert "<html>" not in str(refused.value)


def test_a_certificate_that_nobody_signed_is_named_and_one_that_is_trusted_is_taken(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, tls = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with FakeOllama(tls=tls) as server:
        server.play("m:1", [{"message": {"content": SAID}}])
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        for words in (("ask", QUESTION, "--model", "m:1"), ("doctor", "--model", "m:1")):
            done = command(*words)
            assert "certificat" in done.out + done.err
            assert "SSL_CERT_FILE" in done.out + done.err
            assert "Traceback" not in done.err
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert command("ask", QUESTION, "--model", "m:1", "--require-model").out.startswith(SAID)


def test_an_address_that_is_not_quite_the_server_s_says_what_is_wrong_with_it() -> None:
    with FakeOllama() as server:
        server.play("m:1", [{"message": {"content": SAID}}])
        for host in (f"{server.host}/api", f"{server.host}/v1"):
            with pytest.raises(ModelUnavailable, match=r"no Ollama server\. Check the address .* its path"):
                models_of(host)
            with pytest.raises(ModelUnavailable, match=r"no Ollama server\. Check the address .* its path"):
                _ = OllamaModel("m:1", host).info
        with pytest.raises(ModelUnavailable, match="Write http:// instead of https://"):
            models_of(server.host.replace("http:", "https:"))


def test_a_server_of_long_ago_describes_nothing_and_answers() -> None:
    with FakeOllama(version="0.1.0") as server:
        server.play("m:1", [{"message": {"content": "Oui"}}])
        server.answer(
            "/api/show", b'{"license": "", "modelfile": "FROM m", "parameters": "", "template": ""}'
        )
        model = OllamaModel("m:1", server.host)
        assert "".join(chunk.text for chunk in model.stream(HELLO)) == "Oui"
        assert "think" not in server.asked("/api/chat")[-1]


def test_a_server_that_takes_its_time_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.model.ollama.DESCRIPTION_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        refused = pytest.raises(ModelUnavailable, match="stayed silent")
        with refused as error:
            _ = OllamaModel("m:1", f"http://127.0.0.1:{silent.getsockname()[1]}").info
    assert error.value.kind == "slow"


def test_addresses() -> None:
    assert without_credentials("http://a:b%40c@h:1/p") == ("http://h:1/p", ("a", "b@c"))
    assert without_credentials("http://h:1/p@q") == ("http://h:1/p@q", None)
    assert shown("https://a:b@h:1/secret?x") == "https://h:1"
    assert shown("h:there") == "h:there"
