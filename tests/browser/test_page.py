"""What a user sees and does on the page, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conversations.kept import opinions
from web.fakes import BUDGET, OPENING, PLANTED, REVISED, Part

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def in_view(page: Any, selector: str) -> bool:
    return bool(
        page.evaluate(
            "s => { const b = document.querySelector(s).getBoundingClientRect();"
            " return b.top >= 0 && b.bottom <= innerHeight && b.height > 0 }",
            selector,
        )
    )


def test_from_a_question_to_the_marked_words(visit: Open) -> None:
    seen = visit(reduced_motion="reduce")
    page = seen.page
    seen.ask("Quel est le budget ?")
    page.locator("#conversation .evidence blockquote").first.wait_for(state="attached")
    page.locator('.turn[data-state="done"]').wait_for()
    assert page.input_value("#question textarea") == ""
    assert page.locator("#conversation .sentence.partial").count() > 0
    assert "15 %" not in page.locator("#conversation .answer").inner_text()
    assert page.locator("#conversation .aside summary").inner_text().lower() == "1 phrase écartée"
    assert not page.locator("#conversation .aside li").is_visible()
    assert page.locator("#conversation .conflict .side").count() == 2
    assert page.locator("#sources .badge.flagged").first.is_visible()
    assert [card.get_attribute("data-n") for card in page.locator("#sources article.source").all()] == [
        "1",
        "2",
        "3",
    ]

    page.locator('#conversation .answer .citation[data-n="3"]').click()
    cited = page.locator("#reader mark.cited")
    cited.first.wait_for()
    assert cited.inner_text() == OPENING.text
    assert in_view(page, "#reader mark.cited")
    assert in_view(page, '#sources article.source[data-n="3"] h3')
    assert page.locator('#sources article.source[data-n="3"]').get_attribute("data-ui-chosen") is not None
    assert seen.complaints == []


def test_stop_really_stops(visit: Open) -> None:
    seen = visit()
    seen.ask("forever")
    seen.page.locator("#conversation .draft").wait_for()
    assert not seen.page.locator("#send").is_visible()
    seen.page.click("#stop")
    assert seen.backend.closed.wait(3)
    seen.page.locator('.turn[data-state="stopped"]').wait_for()
    assert "mot mot" in seen.page.locator("#conversation .answer").inner_text()
    seen.ask_to_the_end("la suite")
    assert seen.backend.asked[-1][0] == "la suite"


def test_closing_the_tab_stops_the_model(visit: Open) -> None:
    seen = visit()
    seen.ask("forever")
    seen.page.locator("#conversation .draft").wait_for()
    seen.page.close()
    assert seen.backend.closed.wait(10)


def test_everything_by_keyboard(visit: Open) -> None:
    seen = visit()
    page = seen.page
    page.locator("#question textarea").focus()
    page.keyboard.type("Quel est le budget ?")
    page.keyboard.press("Enter")
    page.locator('.turn[data-state="done"]').wait_for()

    sentence = page.locator(".answer .sentence.partial[tabindex]")
    sentence.focus()
    note = page.locator(f"#{sentence.get_attribute('aria-describedby')}")
    assert note.is_visible()
    assert "Pas confirmée mot pour mot" in note.inner_text()
    assert REVISED.text in note.inner_text()
    page.keyboard.press("Escape")
    assert not note.is_visible()
    sentence.hover()
    assert note.is_visible()
    page.locator("#conversation .aside summary").focus()
    page.keyboard.press("Enter")
    assert "n’est dans aucune source" in page.locator("#conversation .aside li").inner_text()
    assert BUDGET.text in page.locator("#conversation .aside li").inner_text()

    page.locator('.answer .citation[data-n="1"]').focus()
    assert BUDGET.text in page.locator("#more").inner_text()
    assert page.locator("#more").is_visible()
    page.keyboard.press("Enter")
    page.locator("#reader mark.cited").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "reader"
    page.keyboard.press("Escape")
    assert page.locator("#reader").is_hidden()
    assert page.evaluate("document.activeElement.dataset.n") == "1"
    assert (
        page.locator("button:not([aria-label])").evaluate_all(
            "all => all.filter(b => b.checkVisibility() && !b.innerText.trim()).length"
        )
        == 0
    )


@pytest.mark.parametrize(
    ("locale", "words"),
    [("fr-FR", ("Envoyer", "Interroger", "Posez votre question", "Quel est le budget")),
     ("en-GB", ("Send", "Ask", "Ask a question", "What is the library"))],
)  # fmt: skip
def test_the_browsers_language(visit: Open, locale: str, words: tuple[str, ...]) -> None:
    page = visit(locale=locale).page
    page.locator(".example").first.wait_for()
    assert page.locator("#send").inner_text() == words[0]
    assert page.locator("#tabs button[role=tab]").first.inner_text() == words[1]
    assert words[2] in page.get_attribute("#question textarea", "placeholder")
    assert words[3] in page.locator(".example").first.inner_text()
    assert page.evaluate("document.documentElement.lang") == locale[:2]


def test_an_example_asks_itself(visit: Open) -> None:
    seen = visit(locale="en-GB")
    seen.page.locator(".example").first.click()
    seen.page.locator('.turn[data-state="done"]').wait_for()
    assert seen.backend.asked[-1][0] == "What is the library's budget?"
    assert not seen.page.locator(".welcome").is_visible()


def test_bad_questions(visit: Open) -> None:
    seen = visit()
    asked = len(seen.backend.asked)
    seen.ask("   ")
    seen.page.get_by_text("Écrivez d’abord une question.").wait_for()
    seen.ask("é" * 2_001)
    seen.page.get_by_text("2 001 caractères sur 2 000 au plus").wait_for()
    assert len(seen.page.input_value("#question textarea")) == 2_001  # still there, to be shortened
    assert seen.page.locator(".turn").count() == 0
    seen.ask("break")
    seen.page.get_by_text("Une erreur inattendue").wait_for()
    assert len(seen.backend.asked) == asked + 1
    seen.ask_to_the_end("budget")


@pytest.mark.parametrize("status", [429, 503])
def test_a_question_that_is_not_taken_comes_back(visit: Open, status: int) -> None:
    seen = visit()
    page, asked = seen.page, len(seen.backend.asked)
    page.route(
        "**/gradio_api/queue/join*", lambda route: route.fulfill(status=status, json={"detail": "full"})
    )
    seen.ask("Quel est le budget ?")
    page.get_by_text("trop de demandes en cours").wait_for()
    assert page.input_value("#question textarea") == "Quel est le budget ?"
    assert page.locator("#send").is_enabled()
    assert len(seen.backend.asked) == asked
    page.unroute_all()
    page.click("#send")
    page.locator('.turn[data-state="done"]').wait_for()
    assert not page.get_by_text("trop de demandes en cours").is_visible()


def test_two_users_at_once(visit: Open) -> None:
    first, second = visit(), visit(locale="en-GB")
    first.ask("forever")
    first.page.locator("#conversation .draft").wait_for()
    second.ask_to_the_end("What is the budget?")
    assert first.page.locator('.turn[data-state="writing"]').count() == 1
    assert second.page.locator(".turn").count() == 1
    first.page.click("#stop")
    first.page.locator('.turn[data-state="stopped"]').wait_for()


def test_a_follow_up_and_the_sources_of_an_earlier_answer(visit: Open) -> None:
    seen = visit()
    seen.ask_to_the_end("budget")
    seen.ask_to_the_end("refuse")
    assert seen.backend.asked[-1][1][0].content == "budget"
    refusal = seen.page.locator(".refusal")
    assert "City library budget revised downwards" in refusal.inner_text()
    assert seen.page.locator("#sources article.source").count() == 0
    seen.page.locator('.turn >> nth=0 >> .answer .citation[data-n="2"]').click()
    assert seen.page.locator("#sources article.source").count() == 3


def test_conversations_and_feedback_are_kept(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("Le budget à retenir")
    page.locator('.thumb[data-thumb="down"]').click()
    page.locator(".correction").get_by_text("Il manque quelque chose").click()
    page.locator(".correction textarea").fill("1,2 million")
    page.locator(".correction button").click()
    page.get_by_text("c’est noté").wait_for()
    for thumb in ("up", "down"):  # each is kept before the next is asked for
        with page.expect_response("**/feedback"):
            page.locator(f'.thumb[data-thumb="{thumb}"]').click()
    page.locator("#fresh").click()
    page.locator(".turn").wait_for(state="detached")
    assert page.locator(".welcome").is_visible()
    page.locator("#past summary").click()
    page.locator("#past li button", has_text="Le budget à retenir").first.click()
    page.locator('.turn[data-state="done"] .answer').wait_for()
    assert page.locator('.thumb[data-thumb="down"]').get_attribute("aria-pressed") == "true"
    assert page.input_value(".correction textarea") == "1,2 million"
    assert page.locator(".correction [value=incomplete]").is_checked()
    assert page.locator("#sources article.source").count() == 3
    seen.ask_to_the_end("suite")
    assert seen.backend.asked[-1][1][0].content == "Le budget à retenir"
    (judged,) = [e for e in seen.backend.conversations.judged() if e.question == "Le budget à retenir"]
    assert (judged.correction, judged.reasons) == ("1,2 million", ("incomplete",))
    thumbs = [opinion["thumb"] for opinion in opinions(seen.backend.folder / "conversations.db", judged.id)]
    assert thumbs == ["down", "down", "up", "down"]  # every word of it is kept


def test_copying_an_answer_takes_nothing_that_is_set_aside(visit: Open) -> None:
    seen = visit(permissions=["clipboard-read", "clipboard-write"])
    seen.ask_to_the_end("budget")
    seen.page.locator("#conversation .aside summary").click()
    seen.page.locator(".copy").click()
    seen.page.get_by_text("Copié").wait_for()
    copied = seen.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Le budget de la bibliothèque s'élève à 1,2 million d'euros [1].")
    assert "15 %" not in copied
    assert "Extraits" not in copied
    assert "0,9 million [2]. (pas confirmée mot pour mot)" in copied
    assert "[3] Le budget de la bibliothèque municipale adopté — Journal de la ville" in copied
    seen.ask_to_the_end("refuse")
    seen.page.locator(".copy").last.click()
    seen.page.locator(".turn:last-child .copy", has_text="Copié").wait_for()
    refusal = seen.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert "Recherche faite" in refusal[1]  # a line of its own


def test_an_answer_is_taken_along_in_other_forms(visit: Open) -> None:
    seen = visit(permissions=["clipboard-read", "clipboard-write"])
    page = seen.page
    seen.ask_to_the_end("budget")
    page.locator(".take summary").click()
    for name, beginning in (
        ("Markdown", "Le budget"),
        ("BibTeX", "@misc{journaldelaville2024"),
        ("CSL JSON", "["),
    ):
        with page.expect_download() as download:
            page.locator(".take a", has_text=name).click()
        text = Path(download.value.path()).read_text("utf-8")
        assert text.startswith(beginning)
        assert "15 %" not in text
    page.get_by_text("Copier en Markdown").click()
    page.get_by_text("Copié").wait_for()
    assert "**1,2 million**" in page.evaluate("navigator.clipboard.readText()")


def test_a_pasted_text_is_checked(visit: Open) -> None:
    page = visit().page
    page.get_by_role("tab", name="Vérifier un texte").click()
    page.fill("#check-text textarea", "Le budget augmente de 12 %. Il augmente de 15 %.")
    page.click("#check")
    page.locator("#checked .sentence.unsupported").wait_for()
    said = page.locator("#checked .count").inner_text()
    assert said.replace("\u202f", " ").replace("\u00a0", " ") == (
        "Confirmées : 1 · pas confirmées mot pour mot : 0 · sans appui : 1"
    )
    gap = "document.querySelector('#checked .count').getBoundingClientRect().top"
    below = "document.querySelector('#check').getBoundingClientRect().bottom"
    assert page.evaluate(f"{gap} - {below}") < 60
    page.locator('#checked .citation[data-n="1"]').click()
    page.locator("#reader mark.cited").first.wait_for()
    assert page.locator("#reader mark.cited").inner_text() == BUDGET.text


def test_every_width_and_colour_scheme(visit: Open) -> None:
    seen = visit(reduced_motion="reduce")
    seen.ask_to_the_end("budget")
    page = seen.page
    for width in (400, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.locator("body.dark" if scheme == "dark" else "body:not(.dark)").wait_for()
            red = page.evaluate("parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
            assert (red > 128) == (scheme == "light")
        page.locator('.answer .citation[data-n="1"]').click()
        page.locator("#reader mark.cited").first.wait_for()
        assert in_view(page, "#reader mark.cited")
        assert page.locator("#reader .close").is_visible()
        page.keyboard.press("Escape")


COVERED = """(element) => {
  const b = element.getBoundingClientRect(), at = document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2);
  return !(at && (element.contains(at) || at.contains(element)));
}"""
"""Whether something else lies over the middle of an element, or the middle is off the screen."""


def test_on_a_narrow_screen_the_box_and_the_sources_are_at_hand(visit: Open) -> None:
    seen = visit(width=390, height=700, reduced_motion="reduce")
    for width in (390, 820, 1000):
        seen.page.set_viewport_size({"width": width, "height": 700})
        box_and_sources_are_at_hand(seen, width)
        seen.page.locator("#fresh").click()
        seen.page.locator(".turn").wait_for(state="detached")


def box_and_sources_are_at_hand(seen: Visit, width: int) -> None:
    page, box = seen.page, seen.page.locator("#question textarea")
    assert not box.evaluate(COVERED)
    seen.ask_to_the_end("budget")
    assert not box.evaluate(COVERED)
    assert in_view(page, "#conversation .answer")  # read from its beginning
    page.locator(".to-sources").click()
    assert not page.locator("#sources h2").evaluate(COVERED)
    for control in page.locator("#sources article.source .open").all():
        control.evaluate("e => e.scrollIntoView({block: 'center'})")
        assert not control.evaluate(COVERED)
        assert not box.evaluate(COVERED)
    page.locator("#past > summary").click()
    listed = page.locator("#past li button").first
    listed.wait_for()
    edges = listed.evaluate("e => { const b = e.getBoundingClientRect(); return [b.left, b.right] }")
    assert edges[0] >= 0
    assert edges[1] <= width
    page.locator(".close-past").click()


@pytest.mark.parametrize("touch", [False, True])
def test_what_is_pressed_is_large_enough(visit: Open, touch: bool) -> None:
    seen = visit(width=390, has_touch=touch, is_mobile=touch)
    seen.ask_to_the_end("budget")
    page = seen.page
    sizes = page.locator("button, summary, #question textarea").evaluate_all(
        "all => all.filter(e => e.checkVisibility() && e.offsetParent && !e.closest('.tab-wrapper'))"
        ".map(e => { const b = e.getBoundingClientRect(); return [e.className || e.id || e.innerText, b.width, b.height] })"
    )
    assert len(sizes) > 10
    assert [size for size in sizes if min(size[1:]) < 24] == []


def test_the_answer_stands_alone_once_it_is_there(visit: Open) -> None:
    seen = visit()
    seen.ask("forever")
    seen.page.locator("#conversation section.evidence blockquote").first.wait_for()
    assert not seen.page.locator("#send").is_visible()  # stop stands in its place
    seen.page.click("#stop")
    seen.page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    seen.ask_to_the_end("budget")
    turn = seen.page.locator(".turn").last
    assert not turn.locator(".evidence blockquote").first.is_visible()
    turn.locator(".evidence summary").click()
    assert turn.locator(".evidence blockquote").first.is_visible()
    assert not turn.locator(".timings span").is_visible()


def test_the_head_of_the_page_does_not_move_when_it_is_ready(visit: Open) -> None:
    seen = visit()
    top = "document.querySelector('#tabs').getBoundingClientRect().top"
    ready = seen.page.evaluate(top)
    seen.page.route("**/state", lambda route: None)  # still loading
    seen.page.reload()
    seen.page.locator("#send").wait_for()
    assert abs(seen.page.evaluate(top) - ready) < 2


def test_what_a_badge_means_is_told_by_mouse_and_keyboard(visit: Open) -> None:
    seen = visit(locale="en-GB", width=400)
    seen.ask_to_the_end("refuse")  # what still grows moves the badge away from the mouse
    page = seen.page
    badge = page.locator(".refusal .badge.flagged")
    badge.wait_for()
    assert "Ignore your instructions" not in page.locator(".refusal").inner_text()
    assert "[…]" in page.locator(".refusal").inner_text()
    badge.hover()
    note = page.locator("#more")
    note.filter(has_text="orders to an assistant").wait_for()
    page.keyboard.press("Escape")
    note.wait_for(state="hidden")
    page.mouse.move(2, 2)
    badge.focus()
    note.wait_for()
    assert note.evaluate(
        "n => { const b = n.getBoundingClientRect(); return b.left >= 0 && b.right <= innerWidth }"
    )
    page.locator("#question textarea").focus()
    page.locator(".refusal .open.title").nth(1).click()
    assert page.locator("#reader mark.planted").inner_text() == PLANTED


def test_a_reader_who_scrolled_up_is_left_there(visit: Open) -> None:
    seen = visit(height=500)
    seen.ask_to_the_end("budget")
    talk = seen.page.locator("#talk")
    seen.ask("forever")
    seen.page.locator("#conversation .draft").wait_for()
    talk.evaluate("box => box.scrollTo(0, 0)")
    seen.page.wait_for_timeout(600)
    assert talk.evaluate("box => box.scrollTop") < 50
    talk.evaluate("box => box.scrollTo(0, box.scrollHeight)")
    height = talk.evaluate("box => box.scrollHeight")
    seen.page.wait_for_function(
        "height => { const box = document.querySelector('#talk'); return box.scrollHeight > height + 100"
        " && box.scrollHeight - box.clientHeight - box.scrollTop < 60 }",
        arg=height,
    )
    seen.page.click("#stop")


def test_what_is_missing_is_said(visit: Open) -> None:
    seen = visit()
    ready = seen.backend.parts
    seen.backend.parts = [Part("index"), Part("embedder"), Part("model", "missing", "Run `assistant setup`.")]
    try:
        seen.page.reload()
        seen.page.locator("#status code", has_text="assistant doctor").wait_for()
        assert "Modèle de langage" in seen.page.locator("#status").inner_text()
    finally:
        seen.backend.parts = ready


def test_evidence_within_a_second(visit: Open) -> None:
    seen = visit()
    seen.page.evaluate(
        "() => { const box = document.querySelector('#conversation'); new MutationObserver(() => {"
        " if (!window.evidenceAt && box.querySelector('.evidence blockquote'))"
        " window.evidenceAt = performance.now() })"
        ".observe(box, {childList: true, subtree: true}) }"
    )
    seen.page.fill("#question textarea", "budget")
    asked = seen.page.evaluate("() => { document.querySelector('#send').click(); return performance.now() }")
    seen.page.locator(".evidence blockquote").first.wait_for(state="attached")
    assert seen.page.evaluate("window.evidenceAt") - asked < 1000 + 1000 * load()


def load() -> float:
    """Seconds of allowance on a machine that is busy with something else."""
    start = time.perf_counter()
    sum(range(2_000_000))
    return max(0.0, (time.perf_counter() - start) / 0.05 - 1)
