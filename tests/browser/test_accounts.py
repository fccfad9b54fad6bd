"""Logging in, asking and logging out in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from web.team import PASSWORD, Team

from assistant.accounts import passwords

from .test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "N", 2**4)
    team = Team(tmp_path_factory.mktemp("team"))
    for name in ("anna", "bert"):
        team.accounts.add(name, PASSWORD)
    with team.served() as served:
        yield served
    patch.undo()


def opened(browser: Any, team: Team, locale: str = "fr-FR", width: int = 1440, **options: Any) -> Any:
    context = browser.new_context(locale=locale, viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(team.address)
    return page


def log_in(page: Any, name: str, password: str = PASSWORD) -> None:
    page.fill("#name", name)
    page.fill("#password", password)
    page.keyboard.press("Enter")


def ask(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.click("#send")
    page.locator('#conversation .turn[data-state="done"]', has_text=question).wait_for()


def test_log_in_ask_and_log_out(browser: Any, team: Team) -> None:
    page = opened(browser, team)
    assert page.url == f"{team.address}/login"
    assert page.evaluate("document.activeElement.id") == "name"
    log_in(page, "anna", "un autre mot de passe")
    page.get_by_text("Nom ou mot de passe incorrect.").wait_for()
    assert page.input_value("#name") == "anna"
    assert page.evaluate("document.activeElement.id") == "password"
    log_in(page, "anna")
    page.locator("#leave").wait_for()
    assert page.locator("#leave").inner_text() == "Se déconnecter"
    assert page.locator("#leave").get_attribute("aria-label") == "Se déconnecter (anna)"
    ask(page, "le budget d'Anna")
    address = page.url
    assert "?c=" in address
    page.click("#leave")
    page.wait_for_url(f"{team.address}/login")
    page.go_back()
    page.locator("#password").wait_for()
    assert page.get_by_text("le budget d'Anna").count() == 0
    # another one, in the same browser, at her address
    page.goto(address)
    log_in(page, "bert")
    page.get_by_text("n’existe pas, ou a été supprimée").wait_for()
    page.locator("#past > summary").click()
    page.locator("#past .list p").wait_for()
    assert page.locator("#past li").count() == 0
    ask(page, "le budget de Bert")
    assert [c.title for c in team.backend.conversations.of(team.accounts.find("bert").id).list()] == [
        "le budget de Bert"
    ]
    page.context.close()


def test_a_session_that_ends_leads_back_to_where_one_was(browser: Any, team: Team) -> None:
    page = opened(browser, team)
    log_in(page, "anna")
    page.locator("#leave").wait_for()
    ask(page, "le budget avant la fin")
    address = page.url
    page.fill("#question textarea", "à moitié écrite")
    team.clock.seconds += 101
    page.locator("#past > summary").click()
    page.locator("#password").wait_for()
    log_in(page, "bert")  # in her tab: what she wrote is not shown to him
    page.locator("#leave").wait_for()
    page.get_by_text("n’existe pas, ou a été supprimée").wait_for()
    assert page.input_value("#question textarea") == ""
    page.click("#leave")
    page.locator("#password").wait_for()
    page.goto(address)
    log_in(page, "anna")
    page.locator('.turn[data-state="done"]', has_text="le budget avant la fin").wait_for()
    page.wait_for_function("document.querySelector('#question textarea').value === 'à moitié écrite'")
    assert page.url == address
    page.context.close()


def test_one_can_log_in_without_script(browser: Any, team: Team) -> None:
    page = opened(browser, team, java_script_enabled=False)
    log_in(page, "anna")
    page.wait_for_url(f"{team.address}/")
    assert page.context.cookies()[0]["httpOnly"]
    page.context.close()


@pytest.mark.parametrize(
    ("locale", "words"), [("fr-FR", "Se connecter"), ("en-GB", "Log in"), ("es-ES", "Iniciar sesión")]
)
def test_the_form_is_for_everybody(browser: Any, team: Team, locale: str, words: str) -> None:
    page = opened(browser, team, locale)
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator("h2").inner_text() == words
        assert page.locator("button").bounding_box()["height"] >= 44
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page, f"{locale}, {width} px, {scheme}") == []
    page.context.close()


@pytest.mark.parametrize(("name", "curates"), [("anna", True), ("bert", False)])
def test_the_view_of_the_articles_offers_what_one_may_do(
    browser: Any, team: Team, name: str, curates: bool
) -> None:
    page = opened(browser, team)
    log_in(page, name)
    page.get_by_role("tab", name="Articles").click()
    page.locator(".files .ask-here").first.wait_for()
    assert page.locator(".add-files").is_visible() is curates
    assert (page.locator(".correct-facts").count() > 0) is curates
    drop = """() => { const carried = new DataTransfer(); carried.items.add(new File(["Un."], "dropped.txt"));
      for (const kind of ["dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true })); }"""
    page.evaluate(drop)
    added = page.locator('.files li[data-article="added/dropped.txt"]')
    if curates:
        added.locator(".remove-file").click()
        added.locator(".remove-file").click()
        added.wait_for(state="detached")
    else:
        page.wait_for_timeout(500)
        assert page.locator("#articles .uploads li").count() == added.count() == 0
    page.context.close()


class Portal(BaseHTTPRequestHandler):
    """A page elsewhere with a link."""

    link = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<a id="link" href="{self.link}">Assistant</a>'.encode())

    def log_message(self, *_: object) -> None:
        pass


def test_a_link_of_another_page_finds_one_logged_in(browser: Any, team: Team) -> None:
    page = opened(browser, team)
    log_in(page, "anna")
    page.locator("#leave").wait_for()
    ask(page, "le budget du portail")
    Portal.link = page.url
    with HTTPServer(("127.0.0.1", 0), Portal) as portal:
        threading.Thread(target=portal.serve_forever, daemon=True).start()
        for host in ("127.0.0.1", "localhost"):  # the same site, and another
            page.goto(f"http://{host}:{portal.server_port}/")
            page.click("#link")
            page.locator('.turn[data-state="done"]', has_text="le budget du portail").wait_for()
            assert page.url == Portal.link
        portal.shutdown()
    page.context.close()
