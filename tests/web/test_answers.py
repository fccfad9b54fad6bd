from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.types import Json
from assistant.web.answers import TurnView, turn_html
from assistant.web.chat import take
from assistant.web.checked import checked_patch
from assistant.web.texts import ENGLISH, FRENCH

from .fakes import FakeDesk


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


def drawn(desk: FakeDesk, question: str) -> str:
    view = TurnView("t", question)
    for event in desk.ask(question):
        take(view, event)
    return turn_html(view, FRENCH)


def test_each_verdict_has_its_mark(desk: FakeDesk) -> None:
    html = drawn(desk, "budget")
    assert '<span class="sentence supported">' in html
    assert 'class="sentence partial"' in html
    assert re.search(
        r'<del class="sentence unsupported" data-note="(note-t-2)" tabindex="0" aria-describedby="\1">', html
    )
    assert re.search(
        r'role="tooltip" id="note-t-2"><b>Non prouvé</b><span>15 % n&#39;est dans aucune source', html
    )


def test_a_marked_sentence_is_one_stop_of_the_keyboard(desk: FakeDesk) -> None:
    html = drawn(desk, "budget")
    partial = re.findall(r'<span class="sentence partial"[^>]*>', html)
    assert len(partial) == 2  # before and after its citation
    assert sum("tabindex" in tag for tag in partial) == 1


def test_marked_sentences_are_listed_with_the_closest_words(desk: FakeDesk) -> None:
    listed = drawn(desk, "budget").split('<details class="unproved" open>')[1]
    assert "2 phrases à vérifier" in listed
    assert "Il a ensuite été ramené à 0,9 million.</span>" in listed  # without its marker
    assert "soit 12 % de plus" in listed


def test_citations_are_buttons_with_names(desk: FakeDesk) -> None:
    html = drawn(desk, "budget")
    buttons = re.findall(
        r'<button type="button" class="citation" data-n="(\d)"[^>]*aria-label="([^"]+)"', html
    )
    assert buttons[0] == ("1", "Source 1 : Le budget de la bibliothèque municipale adopté")


def test_conflict_names_the_newest(desk: FakeDesk) -> None:
    card = drawn(desk, "budget").split('<section class="conflict"')[1].split("</section>")[0]
    older, newer = re.split(r'<div class="side latest">', card)
    assert "1,2 million" in older
    assert 'class="newest"' not in older
    assert "0.9 million" in newer
    assert 'class="newest"' in newer
    assert "9 janvier 2025" in newer


def test_refusal_offers_the_nearest_titles(desk: FakeDesk) -> None:
    html = drawn(desk, "refuse")
    refusal = html.split('<section class="refusal">')[1].split("</section>")[0]
    assert "- un titre" not in refusal  # the page lists the titles itself, with their best sentences
    assert "Le budget de la bibliothèque municipale adopté" in refusal
    assert "City library budget revised downwards" in refusal
    assert FRENCH.flagged in refusal
    assert "budget de la bibliothèque municipale</q>" in html
    assert 'class="evidence"' not in html


def test_an_evidence_answer_does_not_repeat_itself(desk: FakeDesk) -> None:
    html = drawn(desk, "evidence")
    assert 'class="answer evidence"' in html
    assert '<section class="evidence"' not in html
    assert FRENCH.mode_evidence in html


def test_thoughts_are_folded(desk: FakeDesk) -> None:
    view = TurnView("t", "q", thought="first <b>")
    assert '<details class="thought"><summary>' in turn_html(view, ENGLISH)
    assert "first &lt;b&gt;" in turn_html(view, ENGLISH)


def test_a_growing_answer_can_be_drawn_at_every_event(desk: FakeDesk) -> None:
    view = TurnView("t", "budget")
    for event in desk.ask("budget"):
        take(view, event)
        assert "<h2" in turn_html(view, FRENCH)
        assert view.busy == ("Finished" not in type(event).__name__)


def test_checked_text_is_shown_as_it_is(desk: FakeDesk) -> None:
    text = "Le budget augmente de 12 %.\n\n**Il** augmente de 15 % <b>[1]</b>."
    result: Json = desk.check(text)
    html = str(checked_patch(result, FRENCH)["html"])
    shown = html.split('<div class="answer plain"')[1].split("</div>")[0]
    assert "**Il** augmente de 15 % &lt;b&gt;[1]&lt;/b&gt;." in shown
    assert '<del class="sentence unsupported"' in shown
    assert "non prouvées" in html


def test_a_claim_that_nothing_proves_stays_struck_above_the_refusal() -> None:
    claim, refusal = "Il y en a 48.", "Aucun passage ne prouve cela.\n- un titre"
    answer = {
        "answer": f"{claim}\n\n{refusal}",
        "abstained": True,
        "mode": "model",
        "sentences": [
            {
                "start": 0,
                "end": 13,
                "citations": [],
                "verdict": "unsupported",
                "reasons": ["48"],
                "nearest": [],
            },
            {
                "start": 15,
                "end": 15 + len(refusal),
                "citations": [],
                "verdict": "no_claim",
                "reasons": [],
                "nearest": [],
            },
        ],
    }
    html = turn_html(TurnView("t", "Combien ?", state="done", answer=answer), FRENCH)
    assert re.search(r"<del[^>]*>Il y en a 48\.</del>", html)
    assert html.count("Aucun passage ne prouve cela.") == 1
    assert html.index("Il y en a 48") < html.index("Aucun passage")
    assert "un titre" not in html
