"""What is let in: the routes, their bodies, and what every reply carries."""

from __future__ import annotations

import os
import random
import re
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from assistant.web.app import create_app
from assistant.web.bodies import MOST_BYTES, Refused
from assistant.web.events import CHECK_CHARACTERS, QUESTION_CHARACTERS, Events
from assistant.web.guard import HEADERS

from .conftest import Page
from .fakes import FakeBackend

OPEN = {
    ("GET", "/"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/static/{path:path}"),
    ("GET", "/theme.css"),
    ("GET", "/fonts/{name}"),
    ("GET", "/health"),
    ("GET", "/state"),
    ("GET", "/reader"),
    ("GET", "/text"),
    ("GET", "/file"),
    ("GET", "/filters"),
    ("GET", "/articles"),
    ("GET", "/correction"),
    ("GET", "/indexing"),
    ("POST", "/add"),
    ("POST", "/remove"),
    ("POST", "/correct"),
    ("POST", "/index"),
    ("GET", "/conversations"),
    ("GET", "/export"),
    ("GET", "/take"),
    ("POST", "/rename"),
    ("POST", "/retry"),
    ("GET", "/models"),
    ("POST", "/models"),
    ("POST", "/delete"),
    ("POST", "/feedback"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/run/{api_name}"),  # only run/predict
    ("POST", "/gradio_api/cancel"),
}
"""All that the page needs. What a new Gradio brings is not here."""
JOIN, PREDICT, CANCEL = "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/cancel"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SECRET = "the-secret-of-this-request"


def inner(guard: Any) -> Any:
    """The application behind the guard."""
    return guard.app.app


def all_routes(app: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every route of an application and of what is mounted and included in it."""
    for route in app.routes:
        if hasattr(route, "methods"):
            yield from ((method, prefix + route.path) for method in route.methods or METHODS)
        elif hasattr(route, "original_router"):
            yield from all_routes(route.original_router, prefix)
        else:
            yield from all_routes(route, prefix + getattr(route, "path", ""))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return create_app(FakeBackend(tmp_path_factory.mktemp("doors")))


def numbers(guard: Any) -> dict[str, int]:
    """The events of the interface by name."""
    gradio_app = inner(guard).routes[-1].app
    return {f.name: n for n, f in gradio_app.get_blocks().fns.items() if f.fn is not None}


@pytest.fixture(scope="module")
def event(guarded: Any) -> dict[str, int]:
    return numbers(guarded)


def assert_refused(reply: httpx.Response) -> None:
    assert 400 <= reply.status_code < 500, (reply.status_code, reply.text[:200])
    assert_guarded(reply)
    assert SECRET not in reply.text
    assert len(reply.text) < 300


def assert_guarded(reply: httpx.Response) -> None:
    for name, value in HEADERS.items():
        assert reply.headers.get_list(name) == [value]
    assert not [name for name in reply.headers if name.startswith("access-control")]


# --------------------------------------------------------------------------- routes


def test_nothing_is_open_but_what_the_page_needs(guarded: Any) -> None:
    """Every route of every application inside, with every method: a new Gradio brings no new door."""
    found = set(all_routes(inner(guarded)))
    assert len(found) > 80  # or the walk has missed Gradio's
    assert ("POST", "/gradio_api/upload") in found
    open_ones = set()
    for _, path in found:
        for method in METHODS:
            for value in ("x", "predict", "source-serif-4.woff2"):
                filled = re.sub(r"\{[^}]+\}", value, path)
                try:
                    guarded.allowlist.find(method, filled)
                except Refused as refused:
                    assert refused.status in (404, 405)
                else:
                    open_ones.add((method, path))
    # a path without a parameter that fits an open one with
    assert {
        route
        for route in open_ones
        if not (route[1].startswith(("/static/", "/assets/")) and route not in OPEN)
    } == OPEN


def test_a_closed_route_is_not_there(page: Page) -> None:
    for path in (
        "/config", "/gradio_api/info", "/gradio_api/upload", "/gradio_api/startup-events", "/monitoring", "/login",
        "/gradio_api/file=/etc/passwd", "/gradio_api/file=http://name.example/x.png", "/gradio_api/dev/reload",
        "/gradio_api/proxy=http://name.example/", "/gradio_api/queue/status", "/gradio_api/call/answer/x",
        "/assets/../config", "/static//etc/passwd", "/assets/%2e%2e/config", "/assets/.hidden", "/health/",
        "/gradio_api/heartbeat/a/b", "/HEALTH", "/gradio_api/deep_link", "/pwa_icon",
    ):  # fmt: skip
        for method in ("GET", "POST"):
            reply = page.client.request(method, path, json={} if method == "POST" else None)
            assert reply.status_code in (404, 405, 422), path
            assert_guarded(reply)


@pytest.mark.parametrize("method", METHODS)
def test_other_methods_are_refused(page: Page, method: str) -> None:
    for path in ("/", "/health", "/feedback", JOIN, "/gradio_api/heartbeat/a1"):
        if (method, path) in OPEN or (method == "GET" and "heartbeat" in path):
            continue
        assert_refused(page.client.request(method, path))


def test_no_socket_but_http(guarded: Any) -> None:
    with (
        TestClient(guarded, base_url="http://127.0.0.1:7860") as client,
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/"),
    ):
        pass


# --------------------------------------------------------------------------- who asks


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "", "127.0.0.1", "127.0.0.1:99999",
        "127.0.0.1:abc", "evil@127.0.0.1:{port}", "127.0.0.1:{port}, evil.example", "[::1", "[evil]:{port}",
        "127.1:{port}", "127.0.0.2:{port}", "localhost.:{port}", "0.0.0.0:{port}", "127.0.0.1:{port}/", "\u00e9:1",
    ],
)  # fmt: skip
def test_another_host_is_refused(page: Page, host: str) -> None:
    host = host.format(port=page.port)
    reply = page.send(f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert reply.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))
    assert b"content-security-policy" in reply


def test_the_names_of_this_machine_are_taken(page: Page) -> None:
    for name in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
        assert page.client.get("/health", headers={"Host": f"{name}:{page.port}"}).status_code == 200


def test_two_hosts_and_none_are_refused(page: Page) -> None:
    for lines in (f"Host: {page.host}\r\nHost: evil.example\r\n", ""):
        for version in ("1.1", "1.0"):
            reply = page.send(f"GET /health HTTP/{version}\r\n{lines}Connection: close\r\n\r\n".encode())
            assert reply.split(b" ")[1] in (b"400", b"403")
            assert b"content-security-policy" in reply


@pytest.mark.parametrize(
    "path", ["/", "/health", "/state", "/conversations", "/gradio_api/heartbeat/x1", JOIN]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://[::1"}, {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "x"},
    ],
)  # fmt: skip
def test_requests_of_other_pages_are_refused(page: Page, path: str, headers: dict[str, str]) -> None:
    method = "POST" if path == JOIN else "GET"
    reply = page.client.request(method, path, headers=headers, json={} if method == "POST" else None)
    assert reply.status_code == 403
    assert_refused(reply)
    preflight = page.client.options(path, headers={**headers, "Access-Control-Request-Method": method})
    assert_refused(preflight)


def test_requests_of_the_page_and_of_the_user_are_taken(page: Page) -> None:
    for headers in (
        {"Origin": f"http://{page.host}", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {},
    ):
        reply = page.client.get("/", headers=headers)
        assert reply.status_code == 200
        assert_guarded(reply)


def test_forwarded_headers_are_not_believed(page: Page) -> None:
    forwarded = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    assert "evil.example" not in page.client.get("/", headers=forwarded).text


# --------------------------------------------------------------------------- bodies


def body(number: int, *data: Any, **more: Any) -> dict[str, Any]:
    return {"fn_index": number, "session_hash": "abc1", "data": list(data), "trigger_id": 1, **more}


def claimed_file(path: Path) -> dict[str, Any]:
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}, "url": None, "orig_name": "x.txt"}


def gradio_cache() -> Path:
    return Path(os.environ.get("GRADIO_TEMP_DIR") or Path(tempfile.gettempdir()) / "gradio")


def test_no_event_takes_a_file(page: Page, event: dict[str, int], tmp_path: Path) -> None:
    """Whatever claims to be a file, at any depth and of any event, Gradio does not see it."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    file = claimed_file(secret)
    shapes: list[Any] = [
        file,
        [file],
        {"a": [file]},
        {"value": file, "__type__": "update"},
        {"path": str(secret)},
    ]
    shapes += [{"url": f"file://{secret}"}, {"video": file, "subtitles": file}, {"is_stream": True, **file}]
    for number in event.values():
        for path in (JOIN, PREDICT):
            for shape in shapes:
                for data in ([shape], [shape, None], [None, shape], ["text", shape], [shape] * 3):
                    assert_refused(page.client.post(path, json=body(number, *data, event_data=shape)))
                # what an event tells of itself is cut down to the conversation that was chosen
                told = page.client.post(
                    PREDICT, json=body(number, None, event_data={**file, "conversation": shape})
                )
                assert str(tmp_path) not in told.text
                assert SECRET not in told.text
    assert list(gradio_cache().rglob(secret.name)) == []


def test_events_take_no_more_than_what_is_bounded(guarded: Any) -> None:
    import gradio

    with gradio.Blocks() as blocks:
        file = gradio.File()
        gradio.Button().click(lambda given: None, [file], None)
    with pytest.raises(TypeError, match="no files"):
        Events(blocks)
    with gradio.Blocks() as blocks:
        text = gradio.Textbox()
        gradio.Button().click(lambda given: None, [text], None)
    with pytest.raises(TypeError, match="LONGEST"):
        Events(blocks)


def test_longer_texts_than_the_page_sends(page: Page, event: dict[str, int]) -> None:
    asked = len(page.backend.asked)
    asking = body(event["answer"], None, event_data={"question": "é" * (QUESTION_CHARACTERS + 1)})
    for given in (asking, body(event["check"], "é" * (CHECK_CHARACTERS + 1))):
        reply = page.client.post(JOIN, json=given)
        assert reply.status_code == 413
        assert_refused(reply)
    assert len(page.backend.asked) == asked


@pytest.mark.parametrize(
    "path",
    [
        "/feedback",
        "/rename",
        "/retry",
        "/delete",
        "/models",
        "/remove",
        "/correct",
        "/index",
        JOIN,
        PREDICT,
        CANCEL,
    ],
)
def test_one_limit_on_all_bodies(page: Page, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: {page.host}\r\nContent-Type: application/json\r\n"
    told = page.send(f"{head}Content-Length: 200000000\r\n\r\n".encode())
    assert told.startswith(b"HTTP/1.1 413")
    assert b"content-security-policy" in told
    part = b"%x\r\n%s\r\n" % (MOST_BYTES, b" " * MOST_BYTES)
    chunked = page.send(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + part + b"1\r\n \r\n")
    assert chunked.startswith(b"HTTP/1.1 413")
    assert page.client.get("/health").status_code == 200


BAD_BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b"1", b"true", b"{}", b'{"answer": NaN}', b'{"answer": Infinity, "thumb": "up"}',
    b'{"answer": "\\ud800", "thumb": "up"}', b'{"data": ["\\udfff", null]}', b"\xff\xfe", b'{"a":1}x', b"[" * 100_000,
    b'{"a":' * 50_000, b'{"answer": ' + b"9" * 5_000 + b"}", b'{"answer": ["' + SECRET.encode() + b'"]}',
    b'{"answer": "' + b"x" * 500 + b'", "thumb": "up"}', b'{"answer": "x", "thumb": "' + SECRET.encode() + b'"}',
    b'{"answer": "x", "' + SECRET.encode() + b'": 1}', b'{"fn_index": "0", "data": [], "session_hash": "a"}',
    b'{"fn_index": -1, "data": [], "session_hash": "a"}', b'{"fn_index": 1e9, "data": [], "session_hash": "a"}',
    b'{"fn_index": 0, "data": ["' + SECRET.encode() + b'"], "session_hash": "a"}',
    b'{"fn_index": 0, "data": [], "session_hash": "../../x"}', b'{"fn_index": 0, "data": {}, "session_hash": "a"}',
    b'{"fn_index": 0, "data": [null, null, null, null, null, null, null, null, null, null], "session_hash": "a"}',
    b'{"fn_index": true, "data": [null], "session_hash": "a"}', b'{"event_id": "x", "fn_index": 0, "session_hash": "a"}',
]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/feedback",
        "/rename",
        "/retry",
        "/delete",
        "/models",
        "/remove",
        "/correct",
        "/index",
        JOIN,
        PREDICT,
        CANCEL,
    ],
)
def test_malformed_bodies(page: Page, path: str, capfd: pytest.CaptureFixture[str]) -> None:
    for given in BAD_BODIES:
        assert_refused(page.client.post(path, content=given, headers={"Content-Type": "application/json"}))
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        reply = page.client.post(path, content=b'{"a": "--x"}', headers={"Content-Type": kind})
        assert reply.status_code == 415
        assert_refused(reply)
    logged = capfd.readouterr()
    assert SECRET not in logged.out + logged.err
    assert "Traceback" not in logged.out + logged.err


def test_random_bodies_and_queries(
    page: Page, event: dict[str, int], capfd: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(1)
    atoms: list[Any] = [
        None,
        True,
        -1,
        10**30,
        1.5,
        "",
        "x" * 3_000,
        "\x00",
        "é\u202e",
        [],
        {},
        [[]],
        {"meta": {"_type": "x"}},
    ]

    def anything(depth: int = 0) -> Any:
        if depth > 2 or chance.random() < 0.6:
            return chance.choice(atoms)
        if chance.random() < 0.5:
            return [anything(depth + 1) for _ in range(chance.randrange(3))]
        return {chance.choice(["path", "data", "meta", "a"]): anything(depth + 1) for _ in range(2)}

    names = [
        "fn_index",
        "data",
        "session_hash",
        "event_data",
        "trigger_id",
        "answer",
        "thumb",
        "event_id",
        "x",
    ]
    for _ in range(60):
        given = {name: anything() for name in chance.sample(names, chance.randrange(1, 9))}
        for path in ("/feedback", JOIN, PREDICT, CANCEL):
            assert_refused(page.client.post(path, json=given))
    for query in (
        "start=x",
        "article=a&start=" + "9" * 5000,
        "article=%ff%00&end=-1",
        "article=a&start=1&start=z",
        "%",
    ):
        reply = page.client.get(f"/reader?{query}")
        assert reply.status_code in (404, 422)
        assert_guarded(reply)
    logged = capfd.readouterr()
    assert "Traceback" not in logged.out + logged.err


@pytest.mark.parametrize(
    "request_bytes",
    [b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 70_000],
)  # fmt: skip
def test_what_is_no_http_is_answered_with_the_headers(page: Page, request_bytes: bytes) -> None:
    reply = page.send(request_bytes)
    assert reply.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403"))
    assert b"content-security-policy" in reply


# --------------------------------------------------------------------------- connections


def test_a_request_that_does_not_come_is_cut_off(page: Page) -> None:
    for begun in (b"", b"GET / HTTP/1.1\r\nHost: "):
        with socket.create_connection(("127.0.0.1", page.port), timeout=20) as connection:
            connection.sendall(begun)
            with suppress(ConnectionResetError):
                assert connection.recv(100) == b""
    # drip by drip, and in a connection that has been used
    with socket.create_connection(("127.0.0.1", page.port), timeout=5) as connection:
        connection.sendall(f"GET /health HTTP/1.1\r\nHost: {page.host}\r\n\r\n".encode())
        assert connection.recv(10_000).startswith(b"HTTP/1.1 200")
        assert cut_off(connection)


def cut_off(connection: socket.socket) -> bool:
    """Whether a request that comes drip by drip is not waited for."""
    try:
        for _ in range(40):
            connection.sendall(b"G")
            time.sleep(0.1)
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


def test_connections_are_bounded(page: Page) -> None:
    opened = [socket.create_connection(("127.0.0.1", page.port)) for _ in range(120)]
    try:
        time.sleep(0.2)
        closed = 0
        for connection in opened:
            connection.setblocking(False)
            try:
                closed += connection.recv(10) == b""
            except BlockingIOError:
                pass
            except ConnectionResetError:
                closed += 1
        assert closed >= 70
    finally:
        for connection in opened:
            connection.close()
    time.sleep(0.7)
    assert page.client.get("/health").status_code == 200


# --------------------------------------------------------------------------- sessions


def joined(page: Page, number: int, session: str, *data: Any, **told: Any) -> httpx.Response:
    return page.client.post(JOIN, json=body(number, *data, event_data=told) | {"session_hash": session})


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def test_a_question_that_nobody_reads_is_dropped(page: Page, event: dict[str, int]) -> None:
    question = "forever unread"
    assert joined(page, event["answer"], "unread1", None, question=question).status_code == 200
    assert wait_until(lambda: question in [asked for asked, _ in page.backend.asked])
    assert wait_until(lambda: question not in page.backend.running), "its generation goes on"
    assert page.client.get("/gradio_api/queue/data", params={"session_hash": "unread1"}).status_code == 404


def test_unread_questions_do_not_fill_the_queue(page: Page, event: dict[str, int]) -> None:
    for number in range(64):
        joined(page, event["answer"], f"fill{number}", None, question="forever")
    assert wait_until(
        lambda: joined(page, event["answer"], "after", None, question="budget").status_code == 200
    )


def test_one_reader_a_session_and_ids_that_match(page: Page, event: dict[str, int]) -> None:
    question = "forever read"
    given = joined(page, event["answer"], "reader1", None, question=question).json()["event_id"]
    with page.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "reader1"}) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()  # a name, or the connection is closed with it
        next(lines)
        assert wait_until(lambda: question in page.backend.running)
        second = page.client.get("/gradio_api/queue/data", params={"session_hash": "reader1"})
        assert second.status_code == 409
        assert_guarded(second)
        cancel = {"session_hash": "reader1", "fn_index": event["answer"], "event_id": given}
        wrong: list[dict[str, Any]] = [
            {"session_hash": "other1"},
            {"fn_index": event["check"]},
            {"event_id": "0" * 32},
        ]
        for change in wrong:
            assert page.client.post(CANCEL, json=cancel | change).status_code == 404
        assert question in page.backend.running
        assert page.client.post(CANCEL, json=cancel).status_code == 200
    assert wait_until(lambda: question not in page.backend.running)


def test_one_page_asks_only_a_few_things_at_once(page: Page, event: dict[str, int]) -> None:
    codes = [joined(page, event["answer"], "greedy1", None, question="forever").status_code for _ in range(8)]
    assert set(codes) == {200, 429}
    assert wait_until(lambda: not page.backend.running)


@pytest.mark.parametrize("session", ["unknown1", "", "a" * 5000, "../x"])
def test_unknown_sessions(page: Page, session: str, capfd: pytest.CaptureFixture[str]) -> None:
    reply = page.client.get("/gradio_api/queue/data", params={"session_hash": session})
    assert reply.status_code == 404
    assert_guarded(reply)
    assert "Traceback" not in capfd.readouterr().err


def test_a_check_ends_with_its_reader(page: Page, event: dict[str, int]) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow(text: str, progress: Any) -> Any:
        begun.set()
        try:
            while True:
                progress(1, 2)
                time.sleep(0.05)
        finally:
            ended.set()

    check, page.backend.check = page.backend.check, slow  # type: ignore[method-assign,assignment]
    try:
        joined(page, event["check"], "check1", "Un texte.")
        with page.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "check1"}) as stream:
            lines = stream.iter_lines()
            next(lines)
            assert begun.wait(30)
            assert not ended.is_set()
        assert ended.wait(30)
    finally:
        page.backend.check = check  # type: ignore[method-assign]


# --------------------------------------------------------------------------- feedback


def test_feedback_only_on_what_exists_and_nothing_erased(page: Page) -> None:
    backend = page.backend
    conversation = backend.conversations.start()
    kept = backend.conversations.keep(conversation, backend._answer("q", backend.found, backend.script))

    def give(**given: Any) -> int:
        return page.client.post("/feedback", json=given).status_code

    assert give(answer="0" * 32, thumb="up") == 404
    assert give(answer=kept, thumb="down", correction="12 %") == 200
    assert give(answer=kept) == 422
    assert give(answer=kept, thumb="up") == 200
    (exchange,) = backend.conversations.load(conversation)
    assert (exchange.thumb, exchange.correction) == ("up", "12 %")
    assert give(answer=kept, thumb=None) == 200  # taken back
    (exchange,) = backend.conversations.load(conversation)
    assert (exchange.thumb, exchange.correction) == (None, "12 %")
