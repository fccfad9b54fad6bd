"""The page of the whole program over a real store: only the embedder and the model's server are the tests' own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import SAMPLE, write_corpus
from curation import works
from fakes import FakeEmbedder
from fakes_ollama import FakeOllama

from assistant import wiring
from assistant.cli.curating import make_curator
from assistant.settings import Settings
from assistant.store.sync import Store, sync
from assistant.web import loading

from .conftest import Contexts, serving

pytestmark = pytest.mark.browser
QUESTION = "Quel budget l'Assemblée a-t-elle voté ?"
SAID = "L'Assemblée a voté un budget de 1 234,5 millions d'euros [1]. Le maire promet deux nouvelles écoles avant 2031 [1]."
NO_MEMORY = b'{"error": "model requires more system memory (5.6 GiB) than is available (3.9 GiB)"}'


@pytest.fixture(scope="module")
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        server.play("m:1", [{"message": {"content": word}} for word in re.findall(r"\S+\s*", SAID)])
        yield server


def settings_in(place: Path, server: FakeOllama) -> Settings:
    """Of a program whose corpus is an empty folder and whose store is not there yet."""
    folders = {name: place / name for name in ("corpus", "store", "runtime")}
    folders["corpus"].mkdir()
    return Settings(
        paths=folders,
        splitter={"min_tokens": 20, "max_tokens": 40},
        model={"name": "m:1", "host": server.host},
        embedder={"name": "fake"},
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, server: FakeOllama) -> Settings:
    """Of a program that has indexed the sample articles."""
    settings = settings_in(tmp_path_factory.mktemp("real-store"), server)
    write_corpus(settings.paths.corpus, SAMPLE)
    sync(settings.paths.corpus, settings.paths.store, FakeEmbedder(), min_tokens=20, max_tokens=40)
    return settings


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """The program's page, at the address that it gives."""
    patch = pytest.MonkeyPatch()
    patch.setattr(wiring, "make_embedder", lambda settings: FakeEmbedder())
    patch.setattr(loading, "SECONDS_SURVEYED", 0.0)  # what a test writes is seen at once
    # the tests' embedder knows no meaning: every message is a question
    patch.setattr(wiring, "make_classifier", lambda settings, embedder, store: None)
    patch.setattr(wiring, "make_leans", lambda settings, embedder: lambda message: False)
    backend = wiring.make_backend(settings)
    curator = make_curator(settings, backend)
    curator.indexing.work = partial(works.with_fake_embedder, settings.model_dump())
    curator.indexing.gather = curator.seconds_surveyed = 0.0
    backend.curator = curator
    try:
        with serving(backend) as address:
            yield address
    finally:
        curator.indexing.close()
        patch.undo()


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with running(settings) as address:
        yield address


@pytest.fixture
def page(contexts: Contexts, address: str) -> Iterator[Any]:
    yield opened(contexts, address)
    contexts.close_pages()


def opened(contexts: Contexts, address: str) -> Any:
    page = contexts.page(locale="fr-FR")
    page.set_viewport_size({"width": 1400, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(address)
    page.locator("#status .light").first.wait_for()
    page.locator("#send").wait_for()
    return page


def ask(page: Any, question: str = QUESTION) -> Any:
    """Ask, and return the turn once it is answered."""
    turns = page.locator("#conversation .turn")
    before = turns.count()
    page.fill("#question textarea", question)
    page.click("#send")
    page.locator('#conversation .turn[data-state="done"]').nth(before).wait_for()
    return turns.nth(before)


def articles(page: Any, name: str = "") -> Any:
    """The line of an article, or all lines of the list."""
    page.locator('#tabs [role="tab"]').nth(2).click()
    page.locator("#articles .files li").first.wait_for()
    return page.locator(f'.files li[data-article="{name}"]' if name else ".files li")


def test_from_an_empty_folder_to_a_proved_answer(
    contexts: Contexts, server: FakeOllama, tmp_path: Path
) -> None:
    """The first steps, an index, an answer with one sentence set aside, the exact words in the article."""
    settings = settings_in(tmp_path, server)
    with running(settings) as address:
        page = opened(contexts, address)
        steps = page.locator("#conversation .steps > li")
        with page.expect_file_chooser() as chooser:
            steps.first.locator(".add-files").click()
        write_corpus(tmp_path / "elsewhere", SAMPLE)
        chooser.value.set_files(str(tmp_path / "elsewhere" / "budget.md"))
        steps.first.locator(".uploads", has_text="enregistré").wait_for()
        page.locator("#conversation .example").first.wait_for()
        turn = ask(page)
        answer = turn.locator(".answer.model")
        assert "1 234,5 millions d'euros" in answer.inner_text()
        assert "2031" not in answer.inner_text()
        assert turn.locator(".aside summary").inner_text().lower() == "1 phrase écartée"
        answer.locator(".citation").first.click()
        cited = page.locator("#reader mark.cited").first
        cited.wait_for()
        with Store.open(settings.paths.store) as store:
            assert cited.inner_text() in store.article("added/budget.md").text
        page.reload()
        page.locator('.turn[data-state="done"]', has_text=QUESTION).wait_for()
    contexts.close_pages()


def test_a_correction_an_addition_and_a_removal_reach_the_answers(page: Any, settings: Settings) -> None:
    item = articles(page, "budget.md")
    item.locator(".correct-facts").click()
    item.locator('.correcting [name="title"]').fill("Un budget corrigé")
    item.locator('.correcting [type="submit"]').click()
    item.locator(".stated").wait_for()
    page.locator('#tabs [role="tab"]').first.click()
    ask(page)
    page.locator("#sources article.source h3", has_text="Un budget corrigé").first.wait_for()
    articles(page, "budget.md").locator(".undo").click()
    item.locator(".stated").wait_for(state="detached")

    write_corpus(
        settings.paths.corpus, {"added/bridge.md": "# The bridge\n\nThe bridge is closed until May."}
    )
    (settings.paths.corpus / "horses.md").unlink()
    (settings.paths.corpus / "locked.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    page.reload()
    articles(page)
    page.locator("#articles .behind .index-now").click()
    page.locator("#articles .ran.done").wait_for()
    assert "mot de passe" in articles(page, "locked.docx").locator(".reason").inner_text()
    assert articles(page, "horses.md").count() == 0
    added = articles(page, "added/bridge.md")
    added.locator(".remove-file").click()
    added.locator(".remove-file").click()
    added.wait_for(state="detached")
    assert not (settings.paths.corpus / "added" / "bridge.md").exists()


def test_the_search_is_limited_to_one_article(page: Any) -> None:
    articles(page, "tides.txt").locator(".ask-here").click()
    page.locator("#chips .chip").wait_for()
    turn = ask(page, "When is the tide high?")
    assert "tides.txt" in turn.locator(".understood").inner_text()
    shown = page.locator("#sources :is(.source, .passage) h3").all_inner_texts()
    assert shown
    assert all("Tide tables" in title for title in shown)


def test_a_text_is_checked_and_says_what_the_source_has_instead(page: Any) -> None:
    page.locator('#tabs [role="tab"]').nth(1).click()
    page.fill("#check-text textarea", "Le maire promet deux nouvelles écoles avant 2031.")
    page.click("#check")
    page.locator("#checked .count").wait_for()
    assert page.locator("#checked .answer mark.differs").inner_text() == "2031"
    assert page.locator("#checked .answer .instead").inner_text().strip() == "→ 2027"
    assert "18 mars 2025" in page.locator("#checked .aside").inner_text()


def test_a_model_that_the_memory_does_not_hold_is_said_and_another_is_offered(
    page: Any, server: FakeOllama
) -> None:
    server.answer("/api/chat", NO_MEMORY, 500)
    try:
        turn = ask(page)
        assert "ne tient pas dans la mémoire" in turn.locator(".notices").inner_text()
        assert "1 234,5" in turn.locator(".answer.evidence").inner_text()
        page.reload()
        page.locator("#status", has_text="ne tient pas dans la mémoire").wait_for()
        page.locator("#status .open-models").click()
        page.locator("#models .choice", has_text="m:1").wait_for()
        page.keyboard.press("Escape")
    finally:
        server.odd.clear()
    page.locator("#status .retry").click()
    page.locator("#status", has_text="Prêt").wait_for()


def test_a_restarted_program_shows_its_sources_as_they_were(
    contexts: Contexts, settings: Settings, address: str, page: Any
) -> None:
    ask(page, "Quel budget l'Assemblée a-t-elle voté, au juste ?")
    query = page.url.split("?")[1]
    budget = settings.paths.corpus / "budget.md"
    budget.write_text(SAMPLE["budget.md"].replace("écoles avant 2027", "écoles, et un pont"), "utf-8")
    with running(settings) as other:
        page.goto(other)
        page.locator("#status .to-articles").click()
        page.locator("#articles .behind .index-now").click()
        page.locator("#articles .ran.done").wait_for()
        page.goto(f"{other}?{query}")
        page.locator("#sources .since").first.wait_for()
        assert "a changé depuis" in page.locator("#sources .since").first.inner_text()
        assert "1 234,5" in page.locator(".answer").inner_text()
