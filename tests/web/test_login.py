"""Who is let in: nobody without an account, each to his own conversations, and for how long."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.accounts import passwords
from assistant.accounts.throttle import FREE
from assistant.curation.indexing import Outcome
from assistant.errors import NoIndex
from assistant.library import Behind
from assistant.model.choice import ServerModels
from assistant.web.guard import HEADERS

from .fakes import Part
from .team import DATA, JOIN, PASSWORD, PREDICT, Team
from .test_allowlist import METHODS, all_routes, inner

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """The same hash, at a cost that tests can pay."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "N", 2**4)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    team = Team(tmp_path_factory.mktemp("team"), names=("team.example",))
    team.accounts.add("anna", PASSWORD)
    team.accounts.add("bert", PASSWORD)
    with team.served() as served:
        yield served


@pytest.fixture(autouse=True)
def later(team: Team) -> None:
    """What other tests did wrong is forgotten."""
    team.clock.seconds += 4000


@pytest.fixture
def anna(team: Team) -> Iterator[httpx.Client]:
    yield from logged_in(team, "anna")


@pytest.fixture
def bert(team: Team) -> Iterator[httpx.Client]:
    yield from logged_in(team, "bert")


@pytest.fixture
def nobody(team: Team) -> Iterator[httpx.Client]:
    with team.client() as client:
        yield client


def logged_in(team: Team, name: str) -> Iterator[httpx.Client]:
    with team.client() as client:
        assert team.log_in(client, name).status_code == 303
        yield client


# --------------------------------------------------------------------------- nobody


def test_every_route_is_closed_to_nobody(team: Team, nobody: httpx.Client) -> None:
    """Gradio's own too, with every method: 401, or the way to the form."""
    paths = {re.sub(r"\{[^}]+\}", "x1", path) for _, path in all_routes(inner(team.app))}
    assert len(paths) > 60  # or the walk has missed Gradio's
    paths |= {
        "/login/",
        "/logout/",
        "/nowhere",
        "/gradio_api/run/predict",
        "/%2e%2e/",
        "/LOGIN",
        "/health/x",
    }
    for path in sorted(paths - {"/health", "/login", "/logout"}):
        for method in METHODS:
            reply = nobody.request(method, path)
            if (method, path) == ("GET", "/"):
                assert (reply.status_code, reply.headers["location"]) == (303, "/login")
            else:
                assert reply.status_code == 401, (method, path)
                assert reply.headers["www-authenticate"] == "Bearer"
            for name, value in HEADERS.items():
                assert reply.headers.get_list(name) == [value]
            assert "set-cookie" not in reply.headers
    assert nobody.get("/health").status_code == 200
    for method in METHODS:
        if method not in ("GET", "POST"):
            assert nobody.request(method, "/login").status_code == 405
        if method != "POST":
            assert nobody.request(method, "/logout").status_code == 405


def test_health_tells_nobody_what_is_on_the_machine(
    team: Team, nobody: httpx.Client, anna: httpx.Client
) -> None:
    ready, team.backend.parts = team.backend.parts, [Part("index", "missing", "No index in '/home/anna'.")]
    try:
        assert nobody.get("/health").json() == {"status": "degraded", "reasons": ["index: missing"]}
        assert "/home/anna" in anna.get("/health").text
    finally:
        team.backend.parts = ready


def test_the_form_is_a_page_without_script_in_the_language_of_the_browser(nobody: httpx.Client) -> None:
    for language, words in (("fr", "Mot de passe"), ("en", "Password"), ("es", "Contraseña")):
        reply = nobody.get("/login", headers={"Accept-Language": language})
        assert reply.status_code == 200
        assert words in reply.text
        assert f'<html lang="{language}">' in reply.text
        assert "<script" not in reply.text
        assert reply.headers["cache-control"] == "no-store"
        for name, value in HEADERS.items():
            assert reply.headers.get_list(name) == [value]


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "wrong password"), ("anna", ""), ("", PASSWORD), ("nobody", PASSWORD), ("' OR 1=1 --", "x"), ("anna\x00", PASSWORD),
     ("<b>anna</b>", PASSWORD), ("\u202eanna", PASSWORD), ("x" * 3000, "y" * 3000)],
)  # fmt: skip
def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    team: Team, nobody: httpx.Client, name: str, password: str
) -> None:
    reply = team.log_in(nobody, name, password)
    assert reply.status_code == 401
    assert "set-cookie" not in reply.headers
    team.clock.seconds += 4000
    other = team.log_in(nobody, "anna", "another wrong one").text
    assert "another wrong one" not in other
    assert without_name(reply.text) == without_name(other)
    assert typed_name(reply.text) in ("", "anna", "nobody")  # what cannot be a name does not come back
    assert nobody.get("/state").status_code == 401


def typed_name(form: str) -> str:
    return str(re.findall(r'id="name"[^>]* value="([^"]*)"', form)[0])


def without_name(form: str) -> str:
    """The form with no name in it, wherever the cursor is."""
    return re.sub(r'(?<=required) value="[^"]*"| autofocus', "", form)


@pytest.mark.parametrize(
    "content",
    [b"", b"name=anna", b"name=anna&name=bert&password=x", b"%ff%fe=1", b"\xff\xfe", b"&" * 100, b"a=1&" * 50,
     b"name=%00&password=%00"],
)  # fmt: skip
def test_malformed_forms(
    team: Team, nobody: httpx.Client, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    assert nobody.post("/login", content=content, headers=FORM).status_code in (400, 401)
    logged = capfd.readouterr()
    assert "Traceback" not in logged.out + logged.err


def test_a_form_is_short_and_nothing_else(nobody: httpx.Client) -> None:
    assert nobody.post("/login", json={"name": "anna", "password": PASSWORD}).status_code == 415
    assert nobody.post("/login", content=b"name=" + b"x" * 9000, headers=FORM).status_code == 413


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_pages_log_nobody_in_or_out(team: Team, anna: httpx.Client, headers: dict[str, str]) -> None:
    given = {"name": "bert", "password": PASSWORD}
    assert anna.post("/login", data=given, headers=headers).status_code == 403
    assert anna.post("/logout", headers=headers).status_code == 403
    assert anna.get("/state").json()["user"] == "anna"


LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def test_a_link_of_another_page_leads_to_the_page_and_tells_nothing(team: Team, anna: httpx.Client) -> None:
    reply = anna.get("/?c=0123", headers=LINK)
    assert reply.status_code == 200
    assert 'content="0; url=/?c=0123"' in reply.text
    assert len(reply.text) < 400
    assert "evil" not in anna.get('/?"><script src=//evil.example>', headers=LINK).text
    for changed in (
        {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Mode": "no-cors"}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Site": "x"},
        {"Origin": "http://evil.example"}, {"Origin": "null"},
    ):  # fmt: skip
        assert anna.get("/", headers=LINK | changed).status_code == 403, changed
    for path in ("/conversations", "/state", "/login", "/export?form=json", "/health"):
        assert anna.get(path, headers=LINK).status_code == 403, path
    for method in ("POST", "HEAD", "PUT"):
        assert anna.request(method, "/", headers=LINK).status_code == 403
    assert anna.get("/", headers=LINK | {"Host": "evil.example"}).status_code == 403


# --------------------------------------------------------------------------- sessions


def test_the_cookie_of_a_session(team: Team, nobody: httpx.Client) -> None:
    reply = team.log_in(nobody, "Anna", after="/?c=0123")
    assert (reply.status_code, reply.headers["location"]) == (303, "/?c=0123")
    name, *attributes = reply.headers["set-cookie"].split("; ")
    assert re.fullmatch(r"assistant-\d+=[\w-]{43}", name)
    assert set(attributes) == {"Path=/", "HttpOnly", "SameSite=Strict"}
    page = nobody.get("/")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert nobody.get("/login").headers["location"] == "/"
    assert nobody.get("/state").json()["user"] == "anna"
    first = dict(nobody.cookies)
    team.log_in(nobody, "anna")  # again, in the same browser
    assert dict(nobody.cookies) != first
    with team.client(cookies=first) as old:
        assert old.get("/state").status_code == 401


@pytest.mark.parametrize(
    "after", ["//evil.example", "https://evil.example", "/\\evil.example", "/export?x", "/?c=1\r\nx: y", "/?<script>", "javascript:1", "/?" + "x" * 3000]
)  # fmt: skip
def test_a_login_leads_nowhere_else(team: Team, nobody: httpx.Client, after: str) -> None:
    reply = team.log_in(nobody, "anna", after=after)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    nobody.cookies.clear()
    asked = nobody.get("/login", params={"c": "<script>"})
    assert "<script" not in asked.text
    assert nobody.get("/?c=0123&x=a.md").headers["location"] == "/login?c=0123&x=a.md"
    assert 'value="/?c=0123&amp;x=a.md"' in nobody.get("/login?c=0123&x=a.md").text


def test_a_session_that_nobody_uses_ends_and_an_open_tab_is_no_use(team: Team, anna: httpx.Client) -> None:
    for _ in range(3):
        team.clock.seconds += 90
        assert anna.get("/conversations").status_code == 200
    team.clock.seconds += 90
    for path in ("/state", "/theme.css", "/assets/none.js"):
        assert anna.get(path).status_code in (200, 404)
    team.clock.seconds += 10
    assert anna.get("/state").status_code == 401
    assert anna.get("/").headers["location"] == "/login"


def test_a_session_ends_however_much_it_is_used(team: Team, anna: httpx.Client) -> None:
    for _ in range(11):
        team.clock.seconds += 90
        assert anna.get("/conversations").status_code == 200
    team.clock.seconds += 10
    assert anna.get("/conversations").status_code == 401


def test_logging_out(team: Team, anna: httpx.Client) -> None:
    kept = dict(anna.cookies)
    reply = anna.post("/logout")
    assert reply.json() == {"done": True}
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert reply.headers["clear-site-data"] == '"cache"'
    assert anna.get("/state").status_code == 401
    with team.client(cookies=kept) as copied:
        assert copied.get("/state").status_code == 401
    assert anna.post("/logout").status_code == 200  # again, by nobody


def test_removal_and_another_password_end_sessions_at_once(team: Team) -> None:
    team.accounts.add("dora", PASSWORD)
    with team.client() as dora, team.client() as other:
        team.log_in(dora, "dora")
        team.accounts.change_password("dora", "tout autre chose")
        assert dora.get("/state").status_code == 401
        assert team.log_in(dora, "dora").status_code == 401
        assert team.log_in(other, "dora", "tout autre chose").status_code == 303
        token = team.accounts.make_token("dora")
        team.accounts.remove("dora")
        assert other.get("/state").status_code == 401
        assert dora.get("/state", headers={"Authorization": f"Bearer {token}"}).status_code == 401
        assert team.log_in(dora, "dora", "tout autre chose").status_code == 401


def test_programs_come_with_a_token(team: Team, nobody: httpx.Client) -> None:
    token = team.accounts.make_token("bert")
    for sent, code in (
        (f"Bearer {token}", 200), (f"bearer   {token}", 200), (f"Basic {token}", 401), (token, 401), ("Bearer", 401),
        (f"Bearer {token}x", 401), ("Bearer " + "x" * 5000, 401),
    ):  # fmt: skip
        assert nobody.get("/state", headers={"Authorization": sent}).status_code == code, sent
    assert nobody.get("/state", headers={"Authorization": f"Bearer {token}"}).json()["user"] == "bert"
    two = [("Authorization", f"Bearer {token}"), ("Authorization", "Bearer x")]
    assert nobody.get("/state", headers=two).status_code == 401


# --------------------------------------------------------------------------- two people


def test_two_people_do_not_see_each_other(team: Team, anna: httpx.Client, bert: httpx.Client) -> None:
    """Through the page as it is: asking, the list, searching, opening, and all that can be done to a conversation."""
    assert "1,2 million" in team.ask(anna, "le secret budget d'Anna", "annas1")
    team.ask(bert, "le budget de Bert", "berts1")
    hers = re.findall(r'data-id="(\w+)"', anna.get("/conversations").text)
    his = re.findall(r'data-id="(\w+)"', bert.get("/conversations").text)
    assert (len(hers), len(his)) == (1, 1)
    assert hers != his
    for words in ("secret", "million"):
        assert hers[0] not in bert.get("/conversations", params={"search": words}).text
    told = team.restored(anna, hers[0], "annas2")
    answer = re.search(r'data-answer="(\w{32})"', str(told)).group(1)  # type: ignore[union-attr]
    assert told["conversation"] == hers[0]
    for client, found in ((anna, True), (bert, False)):
        told = team.restored(client, hers[0], "some1")
        assert (len(told["turns"]), told["conversation"]) == ((1, hers[0]) if found else (0, ""))
        code = 200 if found else 404
        for form in ("markdown", "json"):
            got = client.get("/export", params={"conversation": hers[0], "form": form})
            assert got.status_code == code
        assert client.get("/take", params={"answer": answer, "form": "text"}).status_code == code
        assert client.post("/feedback", json={"answer": answer, "thumb": "up"}).status_code == code
        renamed = client.post("/rename", json={"conversation": hers[0], "title": "Secret"})
        assert renamed.status_code == code
    assert bert.post("/delete", json={"conversation": hers[0]}).status_code == 404
    unknown = bert.get("/export", params={"conversation": "0" * 32, "form": "json"})
    other = bert.get("/export", params={"conversation": hers[0], "form": "json"})
    assert (unknown.status_code, unknown.text) == (other.status_code, other.text)
    assert team.backend.conversations.list() == []  # nothing is the local user's
    assert anna.post("/delete", json={"conversation": hers[0]}).status_code == 200


def test_nobody_reads_or_goes_on_with_the_session_of_another(
    team: Team, anna: httpx.Client, bert: httpx.Client
) -> None:
    """The name of a session of Gradio is worth nothing to another account."""
    team.ask(anna, "le premier budget", "shared1")
    body = {"fn_index": team.event("answer"), "session_hash": "shared1", "data": [None], "trigger_id": 1}
    reply = anna.post(JOIN, json={**body, "event_data": {"question": "forever d'Anna"}})
    assert bert.get(DATA, params={"session_hash": "shared1"}).status_code == 404
    owner = team.accounts.find("anna").id
    assert bert.get(DATA, params={"session_hash": f"{owner}xshared1"}).status_code == 404
    cancel = {"session_hash": "shared1", "fn_index": body["fn_index"], "event_id": reply.json()["event_id"]}
    assert bert.post("/gradio_api/cancel", json=cancel).status_code == 404
    stop = {**body, "fn_index": team.event("stop")}
    assert "Anna" not in bert.post(PREDICT, json=stop).text
    assert "Anna" in anna.post(PREDICT, json=stop).text
    with anna.stream("GET", DATA, params={"session_hash": "shared1"}) as stream:
        lines = stream.iter_lines()  # a name, or the connection is closed with it
        next(lines)
        assert anna.post("/gradio_api/cancel", json=cancel).status_code == 200
    team.ask(bert, "le budget de Bert", "shared1")
    question, history = team.backend.asked[-1]
    assert (question, history) == ("le budget de Bert", ())
    with anna.stream("GET", "/gradio_api/heartbeat/shared1") as beat:
        assert beat.status_code == 200
        assert "ALIVE" in next(beat.iter_lines())


# --------------------------------------------------------------------------- throttle


def test_logins_that_fail_must_wait(team: Team, nobody: httpx.Client) -> None:
    codes = [team.log_in(nobody, "anna", "wrong password").status_code for _ in range(FREE)]
    assert codes == [401] * FREE
    reply = nobody.post(
        "/login", data={"name": "anna", "password": PASSWORD}, headers={"Accept-Language": "fr"}
    )
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")
    assert "Attendez 1\u00a0s" in reply.text or "Attendez 1 s" in reply.text
    assert "set-cookie" not in reply.headers
    team.clock.seconds += 1
    assert team.log_in(nobody, "anna").status_code == 303


def test_attempts_at_the_same_time_are_counted(team: Team) -> None:
    codes: list[int] = []

    def attempt() -> None:
        with team.client() as client:
            codes.append(team.log_in(client, "anna", "wrong password").status_code)

    threads = [threading.Thread(target=attempt) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert codes.count(401) == FREE
    assert codes.count(429) == 15 - FREE


# --------------------------------------------------------------------------- names and proxies


def test_names_that_the_page_is_served_under(team: Team, nobody: httpx.Client) -> None:
    port = team.address.rpartition(":")[2]
    for host, code in (
        ("team.example", 200), (f"TEAM.example:{port}", 200), ("team.example:1", 403), ("other.example", 403),
        ("team.example.evil.example", 403), (f"127.0.0.1:{port}", 200), (f"192.0.2.1:{port}", 403),
    ):  # fmt: skip
        assert nobody.get("/health", headers={"Host": host}).status_code == code, host
    for origin, code in (
        ("http://team.example", 415), ("http://team.example:80", 403), ("https://team.example", 403), ("http://evil.example", 403),
    ):  # fmt: skip
        reply = nobody.post("/login", json={}, headers={"Host": "team.example", "Origin": origin})
        assert reply.status_code == code, origin
        assert ("--behind-proxy" in reply.text) == origin.startswith("https")


def test_no_proxy_is_believed_by_default(team: Team, nobody: httpx.Client) -> None:
    sent = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-Host": "evil.example",
    }
    nobody.headers.update(sent)
    assert "Secure" not in team.log_in(nobody, "anna").headers["set-cookie"]
    assert "evil.example" not in nobody.get("/").text
    for number in range(FREE + 1):  # another address each time, says he
        nobody.headers["X-Forwarded-For"] = f"198.51.100.{number}"
        last = team.log_in(nobody, f"name{number}", "wrong password")
    assert last.status_code == 429


def test_a_named_proxy_is_believed(tmp_path: Path) -> None:
    team = Team(tmp_path, names=("team.example",))
    team.accounts.add("anna", PASSWORD)
    with team.served(["127.0.0.0/8"]) as served, served.client() as client:
        client.headers.update(
            {"Host": "team.example", "X-Forwarded-Proto": "https", "Origin": "https://team.example"}
        )
        for number in range(FREE * 2):
            client.headers["X-Forwarded-For"] = (
                f"192.0.2.250, 198.51.100.{number}"  # the last is the proxy's word
            )
            assert team.log_in(client, f"name{number}", "wrong password").status_code == 401
        reply = team.log_in(client, "anna")
        name, *attributes = reply.headers["set-cookie"].split("; ")
        assert name.startswith("__Host-assistant-")
        assert "Secure" in attributes
        cookie = {"Cookie": name}
        assert client.get("/state", headers=cookie).json()["user"] == "anna"
        assert client.get("/state", headers={**cookie, "Origin": "http://team.example"}).status_code == 403
        page = client.get("/", headers=cookie)
        assert "https://team.example" in page.text
        assert "http://team.example" not in page.text
        # the session of https is none of http
        assert (
            client.get(
                "/state", headers={**cookie, "X-Forwarded-Proto": "http", "Origin": "http://team.example"}
            ).status_code
            == 401
        )
        for number in range(FREE + 1):
            client.headers["X-Forwarded-For"] = f"198.51.100.{number}, 192.0.2.250"
            last = team.log_in(client, f"other{number}", "wrong password")
        assert last.status_code == 429


# --------------------------------------------------------------------------- accounts come and go


def test_the_first_account_closes_a_page_that_runs_and_it_stays_closed(tmp_path: Path) -> None:
    team = Team(tmp_path)
    with team.served() as served, served.client() as client:
        assert client.get("/state").json()["user"] == ""
        assert client.get("/login").status_code == 404
        assert client.get("/", headers=LINK).status_code == 403
        team.ask(client, "le budget de tous", "local1")
        assert team.backend.conversations.count() == 1
        team.accounts.add("anna", PASSWORD)
        assert client.get("/state").status_code == 401
        assert team.log_in(client, "anna").status_code == 303
        assert "le budget de tous" not in client.get("/conversations").text
        team.accounts.remove("anna")
        assert client.get("/").headers["location"] == "/login"
        team.file.unlink()
        assert client.get("/").headers["location"] == "/login"
        assert client.get("/state").status_code == 401


def test_a_page_for_others_serves_nobody_without_accounts(tmp_path: Path) -> None:
    with Team(tmp_path, required=True).served() as team, team.client() as client:
        assert client.get("/state").status_code == 401
        assert team.log_in(client, "anna").status_code == 401


def test_accounts_that_cannot_be_read_let_nobody_in(tmp_path: Path) -> None:
    team = Team(tmp_path)
    team.accounts.add("anna", PASSWORD)
    with team.served() as served, served.client() as client:
        team.log_in(client, "anna")
        assert client.get("/state").status_code == 200
        team.file.write_bytes(b"no database " * 500)
        for path in ("/", "/state", "/conversations"):
            reply = client.get(path)
            assert reply.status_code == 503
            assert "accounts cannot be read" in reply.text
            assert str(tmp_path) not in reply.text
        assert team.log_in(client, "anna").status_code == 503
        with team.client(headers={"Authorization": "Bearer x"}) as program:
            assert program.get("/state").status_code == 503
    again = Team(tmp_path)  # also where the program begins with it
    with again.served() as served, served.client() as client:
        assert client.get("/state").status_code == 503


# --------------------------------------------------------------------------- curators


def test_only_curators_change_the_collection_and_fetch_models(
    team: Team, anna: httpx.Client, bert: httpx.Client
) -> None:
    """Anna's is the first account; Bert may ask, read, correct an answer, and choose a model that is there."""
    words = {
        "/remove": {"article": "library-2025.md"}, "/index": {"do": "all"}, "/models": {"action": "cancel"},
        "/correct": {"article": "library-2025.md", "facts": {"title": "T"}},
    }  # fmt: skip
    changing = {route.path.pattern for route in team.app.allowlist.routes if route.changes}
    assert changing == {"/add", *words}
    programs = {"Authorization": f"Bearer {team.accounts.make_token('bert')}"}
    before = len(team.backend.indexing.wanted)
    with team.client(headers=programs) as program:
        for client in (bert, program):
            replies = [client.post(path, json=given) for path, given in words.items()]
            replies.append(client.post("/add", params={"name": "a.md"}, content=b"# A", headers=BYTES))
            assert [reply.status_code for reply in replies] == [403] * 5
    assert "personnes chargées" in bert.post("/index", json={}, headers={"Accept-Language": "fr"}).text
    assert len(team.backend.indexing.wanted) == before
    assert anna.post("/index", json={"do": "all"}).status_code == 200
    assert anna.post("/models", json={"action": "cancel"}).status_code == 404  # this page has none
    team.accounts.let_curate("bert")
    try:
        assert bert.post("/index", json={"do": "all"}).status_code == 200
    finally:
        team.accounts.let_curate("bert", allowed=False)


BUTTONS = ("index-now", "correct-facts", "remove-file", 'class="plain undo"', "add-files", 'class="fetch"')


def test_others_get_the_page_without_what_only_curators_do(
    team: Team, anna: httpx.Client, bert: httpx.Client
) -> None:
    backend = team.backend
    changes, parts, backend.changes = backend.changes, backend.parts, Behind(["a.md"], [], [])
    backend.indexing.ends = Outcome("failed", error="StoreLocked")
    anna.post("/index", json={"do": "all"})
    backend.models = ServerModels("http://127.0.0.1:9", lambda name: None, 1, {})  # type: ignore[arg-type,return-value]
    try:
        for client, drawn in ((anna, True), (bert, False)):
            pages = [client.get(path).text for path in ("/articles", "/models")]
            pages.append(client.get("/indexing").json()["html"])
            backend.parts = [Part("index", "missing", "none", NoIndex("none")), *parts[1:]]
            state = client.get("/state").json()
            backend.parts = parts
            page = "".join([*pages, state["welcome"]])
            assert state["curates"] is drawn
            assert ("index-now" in pages[0], "correct-facts" in pages[0], "index-now" in pages[2]) == (
                drawn,
            ) * 3
            assert [button for button in BUTTONS if button in page and not drawn] == []
            assert "ask-here" in page
            assert ("on the Articles tab" in state["status"]) is drawn
            assert ("Whoever looks after" in state["welcome"]) is not drawn
    finally:
        backend.changes, backend.parts, backend.models, backend.indexing.ends = changes, parts, None, None
