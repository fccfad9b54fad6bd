"""Routes that change the collection: what comes in, what is refused and how it is said, what is never touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from assistant.curation.indexing import Outcome
from assistant.errors import NoIndex
from assistant.library import Behind, CatalogueEntry
from assistant.store.report import SyncProgress
from assistant.web.catalogue import CatalogueFilter, catalogue_html
from assistant.web.indexing import OutOfDateNotice

from .conftest import Page
from .fakes import ENGLISH, FRENCH, FakeBackend, Part
from .test_allowlist import assert_guarded

BYTES = {"Content-Type": "application/octet-stream", "Accept-Language": "en"}
SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture
def backend(page: Page) -> Iterator[FakeBackend]:
    """The desk of the page, as it was before."""
    known = dict(page.backend.articles_by_name)
    yield page.backend
    page.backend.articles_by_name = known
    assert page.backend.curator is not None
    for path in page.backend.curator.intake.folder.glob("*"):
        path.unlink()
    page.backend.indexing.held = page.backend.indexing.ends = None
    page.backend.indexing.stop()


def folder(backend: FakeBackend) -> Path:
    assert backend.curator is not None
    return backend.curator.intake.folder


def add(
    page: Page, name: str, content: bytes = b"# Un titre\n\nDes mots.", headers: Mapping[str, str] = BYTES
) -> httpx.Response:
    return page.client.post("/add", params={"name": name}, content=content, headers={**BYTES, **headers})


def test_a_file_is_added_indexed_listed_and_removed(page: Page, backend: FakeBackend) -> None:
    reply = add(page, "Été.md")
    assert (reply.status_code, reply.json()) == (200, {"added": "added/Été.md", "already": False})
    assert_guarded(reply)
    assert backend.indexing.wanted[-1] == ["added/Été.md"]
    assert (folder(backend) / "Été.md").read_bytes() == b"# Un titre\n\nDes mots."
    assert add(page, "Été.md").json()["already"] is True
    assert add(page, "Été.md", b"other").json()["added"] == "added/Été-2.md"
    listed = page.client.get("/articles", params={"only": "added"}).text
    assert "Un titre" in listed
    assert listed.count("remove-file") == 2
    assert "mairie-2024" not in listed
    assert page.client.get("/articles").text.count("remove-file") == 2
    gone = page.client.post("/remove", json={"article": "added/Été.md"})
    assert (gone.status_code, gone.json()) == (200, {"done": True})
    assert [path.name for path in folder(backend).iterdir()] == ["Été-2.md"]


def test_the_file_of_an_article_is_kept_and_not_shown(
    page: Page, backend: FakeBackend, tmp_path: Path
) -> None:
    content = b"<script>alert(1)</script><p>Words."
    add(page, "Été.html", content)
    reply = page.client.get("/file", params={"article": "added/Été.html"})
    assert (reply.status_code, reply.content) == (200, content)
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-disposition"].startswith("attachment; filename*=utf-8''%C3%89t%C3%A9.html")
    assert_guarded(reply)
    outside = tmp_path / "secret.md"
    outside.write_text("secret", "utf-8")
    (folder(backend) / "link.md").symlink_to(outside)
    (folder(backend) / ".hidden.md").write_text("hidden", "utf-8")
    for name in (
        "added/link.md", "added/.hidden.md", "added/../added/Été.html", str(outside), "../store/corrections.json",
        "mairie-2024.md", "added/Été.html\x00",
    ):  # fmt: skip
        reply = page.client.get("/file", params={"article": name}, headers={"Accept-Language": "fr"})
        assert (reply.status_code, reply.text) == (404, FRENCH.problem_article_not_found), name
        assert_guarded(reply)


@pytest.mark.parametrize(
    ("name", "content", "status", "says"),
    [
        ("a.exe", b"MZ", 415, "not read"), ("a", b"x", 415, "not read"), ("a.pdf", b"MZ", 415, "not what the file name says"),
        ("a.md", b"", 422, "empty"), ("a.md", b"x" * 200_001, 413, ""), ("../../a.exe", b"x", 415, "not read"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_refused(
    page: Page, backend: FakeBackend, name: str, content: bytes, status: int, says: str
) -> None:
    reply = add(page, name, content)
    assert reply.status_code == status
    assert says in reply.text
    assert not list(folder(backend).glob("*"))
    assert_guarded(reply)


def test_too_large_is_cut_off_while_it_comes(page: Page, backend: FakeBackend) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(50_000):
            sent += 1000
            yield b"x" * 1000

    try:
        reply = page.client.post("/add", params={"name": "a.md"}, content=pieces(), headers=BYTES)
        assert reply.status_code == 413
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        pass  # the connection was closed while the rest was still being sent
    assert sent < 50_000_000
    assert not list(folder(backend).glob("*"))
    told = page.send(
        f"POST /add?name=a.md HTTP/1.1\r\nHost: {page.host}\r\nContent-Type: application/octet-stream\r\n"
        "Content-Length: 52428800\r\n\r\n".encode()
    )
    assert told.startswith(b"HTTP/1.1 413")
    assert page.client.get("/health").status_code == 200


def test_paths_never_leave_the_folder(page: Page, backend: FakeBackend, tmp_path: Path) -> None:
    for name in (
        "../out.md", "..\\out.md", "/tmp/out.md", f"{tmp_path}/out.md", "a/../../out.md", "%2e%2e/out.md", ".out.md", "a\0/out.md",
    ):  # fmt: skip
        assert add(page, name).json()["added"] in ("added/out.md", "added/out.md")
    assert [path.name for path in folder(backend).iterdir()] == ["out.md"]


def test_links_are_not_followed(page: Page, backend: FakeBackend, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    folder(backend).mkdir(parents=True, exist_ok=True)
    (folder(backend) / "a.md").symlink_to(secret)
    assert add(page, "a.md").json()["added"] == "added/a-2.md"
    assert page.client.post("/remove", json={"article": "added/a.md"}).status_code == 404
    assert secret.read_text() == "secret"


def test_nothing_but_what_was_added_is_removed(page: Page, backend: FakeBackend) -> None:
    assert backend.curator is not None
    kept = backend.curator.corpus / "kept.md"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("kept")
    add(page, "a.md")
    for name in (
        "kept.md",
        "added/../kept.md",
        "../kept.md",
        "mairie-2024.md",
        str(kept),
        "added/",
        "added/.",
        "a.md",
    ):
        reply = page.client.post("/remove", json={"article": name})
        assert reply.status_code == 404
        assert reply.json()["done"] is False
    assert kept.read_text() == "kept"
    kept.unlink()
    assert (folder(backend) / "a.md").exists()


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}],
)  # fmt: skip
def test_only_bytes_are_taken(page: Page, backend: FakeBackend, headers: dict[str, str]) -> None:
    reply = add(page, "a.md", headers=headers)
    assert reply.status_code == 415
    assert_guarded(reply)
    assert not list(folder(backend).glob("*"))


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_no_other_page_adds_a_file(page: Page, backend: FakeBackend, headers: dict[str, str]) -> None:
    assert add(page, "a.md", headers=headers).status_code == 403
    assert not list(folder(backend).glob("*"))


def test_script_in_name_and_title_is_text(page: Page, backend: FakeBackend) -> None:
    added = add(page, f"{SCRIPT}.md", f"# {SCRIPT}\n\nwords".encode()).json()["added"]
    assert "<" not in added
    page.client.post("/correct", json={"article": added, "facts": {"title": SCRIPT, "publisher": SCRIPT}})
    for path in ("/articles", "/indexing", f"/correction?article={added}"):
        words = page.client.get(path).text
        assert "<img" not in words
    assert "&lt;img" in page.client.get("/articles").text


def test_a_fact_is_corrected_shown_and_taken_back(page: Page, backend: FakeBackend) -> None:
    name = "mairie-2024.md"
    form = page.client.get("/correction", params={"article": name}).text
    assert 'value="2024-03-18"' in form
    sent = {"article": name, "facts": {"published": "2024-03-20", "language": "en"}}
    assert page.client.post("/correct", json=sent).json() == {"done": True}
    listed = page.client.get(
        "/articles", params={"only": "corrected"}, headers={"Accept-Language": "fr"}
    ).text
    assert "20 mars 2024" in listed
    assert "Le fichier dit : 18 mars 2024" in listed.replace("\u00a0", " ")
    assert "Le fichier dit : français" in listed.replace("\u00a0", " ")
    for field in ("published", "language"):
        assert page.client.post("/correct", json={"article": name, "facts": {field: None}}).status_code == 200
    assert backend.articles_by_name[name].stated == {}


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"published": "18/03/2024"}, "Ce n’est pas une date de publication"), ({"language": "xx"}, "langue connue"),
        ({"title": " "}, "1 à 300"), ({"publisher": "x" * 301}, "300"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused(
    page: Page, backend: FakeBackend, facts: dict[str, str], says: str
) -> None:
    reply = page.client.post(
        "/correct", json={"article": "mairie-2024.md", "facts": facts}, headers={"Accept-Language": "fr"}
    )
    assert (reply.status_code, reply.json()["field"]) == (422, next(iter(facts)))
    assert says in reply.json()["why"]
    assert backend.articles_by_name["mairie-2024.md"].stated == {}


def test_only_articles_and_their_facts_can_be_corrected(page: Page, backend: FakeBackend) -> None:
    for body, status in (
        ({"article": "none.md", "facts": {"title": "x"}}, 404), ({"article": "mairie-2024.md", "facts": {"text": "x"}}, 422),
        ({"article": "mairie-2024.md", "facts": {"title": 1}}, 422), ({"article": "mairie-2024.md"}, 422), ({"do": "all"}, 422),
    ):  # fmt: skip
        assert page.client.post("/correct", json=body).status_code == status
    assert page.client.post("/index", json={"do": "rebuild"}).status_code == 422
    assert page.client.get("/correction", params={"article": "none.md"}).status_code == 404


def test_the_index_is_made_again_told_and_stopped(page: Page, backend: FakeBackend) -> None:
    backend.indexing.held = SyncProgress("reading", 430, 1000, f"{SCRIPT}.md", 12, 43.0)
    assert page.client.post("/index", json={"do": "all"}).json() == {"done": True}
    now = page.client.get("/indexing", headers={"Accept-Language": "fr"}).json()
    assert now["running"]
    assert "Lecture et indexation · 43\u00a0% · environ 1 min" in now["html"]
    assert "<img" not in now["html"]
    assert (now["largest"], ".pdf" in now["suffixes"]) == (200_000, True)
    assert page.client.post("/index", json={"do": "stop"}).json() == {"done": True}
    assert (
        "Indexation arrêtée" in page.client.get("/indexing", headers={"Accept-Language": "fr"}).json()["html"]
    )


@pytest.mark.parametrize(
    ("outcome", "french", "english"),
    [
        (Outcome("failed", error="StoreLocked", message="held by process 7"), "Une autre indexation", "elsewhere"),
        (Outcome("failed", error="CorpusError", message="would go"), "plus de la moitié", "more than half"),
        (Outcome("failed", error="EmbedderError", message="none"), "modèle de recherche", "search model"),
        (Outcome("failed", error="Died"), "faute de mémoire", "lack of memory"),
        (Outcome("failed", error="Unexpected", message=SCRIPT), "n’a pas pu être fait", "kept this from"),
    ],
)  # fmt: skip
def test_every_end_is_said_in_the_page_s_language(
    page: Page, backend: FakeBackend, outcome: Outcome, french: str, english: str
) -> None:
    backend.indexing.ends = outcome
    page.client.post("/index", json={"do": "all"})
    for language, words in (("fr", french), ("en", english)):
        html = page.client.get("/indexing", headers={"Accept-Language": language}).json()["html"]
        assert words in html
        assert "index-now" in html
        assert "<img" not in html


def test_without_an_index_the_page_shows_the_first_steps(page: Page, backend: FakeBackend) -> None:
    parts = list(backend.parts)
    backend.parts = [Part("index", "missing", "none", NoIndex("none")), *parts[1:]]
    try:
        for language, empty, two in (
            ("fr", "Aucun article pour l’instant", "Indexer ces 2 fichiers"),
            ("en", "No articles yet", "Index these 2 files"),
        ):
            bare = page.client.get("/state", headers={"Accept-Language": language}).json()["welcome"]
            assert empty in bare
            assert "index-now" not in bare
            add(page, "a.md", b"one")
            add(page, "b.md", b"two")
            full = page.client.get("/state", headers={"Accept-Language": language}).json()["welcome"]
            assert two in full
            for path in folder(backend).glob("*"):
                path.unlink()
    finally:
        backend.parts = parts
    assert "steps" not in page.client.get("/state").json()["welcome"]


def test_the_status_line_says_that_the_index_is_out_of_date(page: Page, backend: FakeBackend) -> None:
    out_of_date = OutOfDateNotice(backend, seconds=60)
    changes, backend.changes = backend.changes, Behind(["a.md", "b.md", "c.md"], ["d.md"], [])
    try:
        said = out_of_date.words(ENGLISH)
        assert said == "The index is out of date: new: 3, changed: 1."
        backend.changes = changes
        assert out_of_date.words(ENGLISH) == said  # the files are looked at now and then only
        page.client.post("/index", json={"do": "all"})
        assert out_of_date.words(ENGLISH) == ""  # at once after a run
    finally:
        backend.changes = changes


def test_five_thousand_lines_are_bounded_and_ordered() -> None:
    entries = [
        CatalogueEntry(f"{n:04}.md", f"Title {n}", None, "en" if n % 2 else "fr", passages=1)
        for n in range(5000)
    ]
    page = catalogue_html(entries, None, CatalogueFilter(), ENGLISH)
    assert page.count("<li data-article") == 100
    assert 'data-shown="300"' in page
    assert "100 of 5000" in page
    assert catalogue_html(entries, None, CatalogueFilter(shown=300), ENGLISH).count("<li data-article") == 300
    assert (
        catalogue_html(entries, None, CatalogueFilter(language="fr", search="49"), FRENCH).count(
            "<li data-article"
        )
        < 100
    )


def test_a_folder_that_cannot_be_read_is_not_called_empty(
    page: Page, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [Part("index", "missing", "none", NoIndex("none")), *backend.parts[1:]]
    monkeypatch.setattr(backend, "parts", parts)
    (tmp_path / "no-folder").write_text("a file")
    monkeypatch.setattr(backend.curator, "corpus", tmp_path / "no-folder")
    steps = page.client.get("/state", headers={"Accept-Language": "fr"}).json()["welcome"]
    assert "Le dossier des articles ne peut pas être lu" in steps
    assert "Aucun article pour l’instant" not in steps
