"""Adding, correcting, removing and indexing, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from web.fakes import Part

from assistant.curation.indexing import Outcome
from assistant.errors import NoIndex
from assistant.library import Behind
from assistant.store.report import SyncProgress

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture
def articles(visit: Open) -> Iterator[Callable[..., Visit]]:
    """A function that opens the page on its articles; afterwards the desk is as it was."""
    opened: list[Visit] = []

    def open_articles(**options: object) -> Visit:
        seen = visit(**options)
        opened.append(seen)
        seen.page.get_by_role("tab", name="Articles").click()
        seen.page.locator("#articles .files li").first.wait_for()
        return seen

    yield open_articles
    for seen in opened:
        backend = seen.backend
        assert backend.curator is not None
        for path in backend.curator.intake.folder.glob("*"):
            path.unlink()
        for name in list(backend.articles_by_name):
            backend.curator.corrections.drop(name)
        backend.indexing.held = backend.indexing.ends = None
        backend.indexing.want()


def choose(seen: Visit, *paths: Path) -> None:
    with seen.page.expect_file_chooser() as chooser:
        seen.page.locator("#articles .add-files").click()
    chooser.value.set_files([str(path) for path in paths])


@pytest.mark.parametrize(
    ("locale", "saved", "refused", "ran"),
    [
        ("fr-FR", "enregistré", "Ce type de fichier n’est pas lu.", "Ajoutés à l’index"),
        ("en-GB", "saved", "Files of this type are not read.", "Added to the index"),
    ],
)
def test_files_are_added_by_the_button_and_removed(
    articles: Open, tmp_path: Path, locale: str, saved: str, refused: str, ran: str
) -> None:
    seen = articles(locale=locale)
    page = seen.page
    (tmp_path / "Été.md").write_text("# Un été\n\nDes mots.", "utf-8")
    (tmp_path / "evil.exe").write_bytes(b"MZ")
    (tmp_path / "large.md").write_bytes(b"x" * 300_000)
    choose(seen, tmp_path / "Été.md", tmp_path / "evil.exe", tmp_path / "large.md")
    lines = page.locator("#articles .uploads li")
    page.wait_for_function(
        "[...document.querySelectorAll('#articles .uploads .said')].filter(s => s.textContent && !s.textContent.includes('%')).length === 3"
    )
    told = [lines.nth(n).inner_text() for n in range(3)]
    assert told[0] == f"Été.md {saved}"
    assert told[1] == f"evil.exe {refused}"
    assert "0" in told[2]
    assert "bad" in (lines.nth(2).get_attribute("class") or "")
    page.locator("#articles .indexing .ran.done").wait_for()
    assert ran in page.locator("#articles .indexing").inner_text().replace("\u00a0", " ")
    item = page.locator('.files li[data-article="added/Été.md"]')
    item.wait_for()
    item.locator(".remove-file").click()  # it asks first
    item.locator(".remove-file").click()
    item.wait_for(state="detached")
    assert page.locator(".files li").count() == 3
    assert page.locator(".remove-file").count() == 0
    assert seen.complaints == []


def test_files_are_added_by_a_drop_on_any_part_of_the_page(visit: Open, articles: Open) -> None:
    seen = articles()
    page = seen.page
    page.locator('#tabs [role="tab"]').first.click()
    page.evaluate(
        """name => { const carried = new DataTransfer();
        carried.items.add(new File(["# Déposé\\n\\nDes mots."], name)); carried.items.add(new File(["Autre."], "b.txt"));
        for (const kind of ["dragover", "drop"])
          document.querySelector("#top").dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true })); }""",
        f"{SCRIPT}.md",
    )
    page.locator("#articles .uploads li").nth(1).wait_for()
    page.locator(".files li .remove-file").nth(1).wait_for()
    assert "Déposé" in page.locator(".files").inner_text()
    assert page.locator("#articles img").count() == 0
    assert seen.complaints == []


@pytest.mark.parametrize(
    ("locale", "corrected", "says"),
    [("fr-FR", "Corrigé : titre", "Le fichier dit :"), ("en-GB", "Corrected: title", "The file says:")],
)
def test_a_fact_is_corrected_and_taken_back(articles: Open, locale: str, corrected: str, says: str) -> None:
    seen = articles(locale=locale)
    page = seen.page
    item = page.locator('.files li[data-article="library-2025.md"]')
    item.locator(".correct-facts").click()
    form = item.locator(".correcting")
    form.locator('[name="title"]').fill(f"A better title {SCRIPT}")
    form.locator('[name="published"]').fill("2025-01-10")
    form.locator('button[type="submit"]').click()
    item.locator(".stated").nth(1).wait_for()
    words = item.inner_text().replace("\u00a0", " ")
    assert f"A better title {SCRIPT}" in words
    assert corrected in words
    assert f"{says} City library budget revised downwards" in words
    item.locator('.undo[data-field="title"]').click()
    item.locator(".stated").nth(1).wait_for(state="detached")
    assert "City library budget revised downwards" in item.locator(".title").inner_text()
    page.wait_for_function("document.activeElement.closest('li')?.dataset.article === 'library-2025.md'")
    item.locator('.undo[data-field="published"]').click()
    item.locator(".stated").wait_for(state="detached")
    assert seen.complaints == []


def test_a_value_that_cannot_be_is_said_in_the_form(articles: Open) -> None:
    seen = articles()
    item = seen.page.locator('.files li[data-article="library-2025.md"]')
    item.locator(".correct-facts").click()
    form = item.locator(".correcting")
    form.evaluate("form => { form.noValidate = true; form.querySelector('[name=published]').type = 'text'; }")
    form.locator('[name="published"]').fill("10/01/2025")
    form.locator('button[type="submit"]').click()
    form.locator(".error:not([hidden])").wait_for()
    assert "Écrivez-la ainsi" in form.locator(".error").inner_text()
    seen.page.keyboard.press("Tab")
    form.locator(".leave-correcting").click()
    form.wait_for(state="detached")
    assert seen.page.evaluate("document.activeElement.className").startswith("plain correct-facts")


def test_an_index_run_is_followed_and_stopped_and_goes_on(articles: Open) -> None:
    seen = articles()
    page, backend = seen.page, seen.backend
    backend.indexing.held = SyncProgress("reading", 430, 1000, "fr/un-article.md", 12, 43.0)
    backend.indexing.want()
    page.get_by_role("tab", name="Interroger").click()
    page.get_by_role("tab", name="Articles").click()
    page.locator("#articles .indexing progress").wait_for()
    assert "43\u00a0% · environ" in page.locator("#articles .indexing").inner_text()
    page.locator("#articles .stop-index").click()
    page.locator("#articles .ran.stopped").wait_for()
    backend.indexing.held = None
    backend.indexing.ends = Outcome("failed", error="StoreLocked", message="held by process 7")
    page.locator("#articles .index-now").click()
    page.locator("#articles .ran.failed").wait_for()
    assert "Une autre indexation est en cours" in page.locator("#articles .indexing").inner_text()


def test_the_first_run_is_a_walk_through(visit: Open, articles: Open, tmp_path: Path) -> None:
    seen = articles()
    page, backend = seen.page, seen.backend
    parts = list(backend.parts)
    backend.parts = [Part("index", "missing", "none", NoIndex("none")), *parts[1:]]
    try:
        page.reload()
        steps = page.locator("#conversation .steps > li")
        steps.first.wait_for()
        assert "Aucun article pour l’instant" in steps.first.inner_text()
        (tmp_path / "a.md").write_text("# Un\n\nDes mots.", "utf-8")
        with page.expect_file_chooser() as chooser:
            steps.first.locator(".add-files").click()
        chooser.value.set_files(str(tmp_path / "a.md"))
        page.locator("#conversation .index-now").wait_for()
        assert "Indexer ce fichier" in steps.nth(1).inner_text()
        page.locator("#conversation .index-now").click()
        backend.parts = parts
        page.locator("#conversation .examples").wait_for()
    finally:
        backend.parts = parts
    assert seen.complaints == []


def test_a_run_that_ended_unseen_draws_the_list_anew(articles: Open) -> None:
    seen = articles()
    changes, seen.backend.changes = seen.backend.changes, Behind(["a.md"], [], [])
    try:
        seen.backend.indexing.want()
        seen.page.evaluate("assistantPage.follow()")
        seen.page.locator("#articles .behind .index-now").wait_for()
    finally:
        seen.backend.changes = changes
