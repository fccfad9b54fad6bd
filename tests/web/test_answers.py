from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer_json import AnswerJson, GivenJson, SentenceJson
from assistant.types import ConflictSide, Kind
from assistant.web.answers import TurnView, turn_html
from assistant.web.chat import take
from assistant.web.checked import checked_patch, with_places

from .fakes import ENGLISH, FRENCH, FakeBackend


@pytest.fixture
def backend(tmp_path: Path) -> FakeBackend:
    return FakeBackend(tmp_path)


def drawn(backend: FakeBackend, question: str) -> str:
    view = TurnView("t", question)
    for event in backend.ask(question):
        take(view, event)
    return turn_html(view, FRENCH).replace("\u00a0", " ")


def test_only_what_is_not_confirmed_is_marked_and_quietly(backend: FakeBackend) -> None:
    html = drawn(backend, "budget")
    assert '<span class="sentence supported">' in html
    assert re.search(
        r'<span class="sentence partial" data-note="(note-t-1)" tabindex="0" aria-describedby="\1">', html
    )
    note = html.split('role="tooltip" id="note-t-1">')[1].split("\n</span>")[0]
    assert note.startswith("<b>Pas confirmée mot pour mot</b><span>L’attribution manque")
    assert "<q>It now stands at 0.9 million euros.</q> — City library budget" in note  # what it cites
    assert "<del" not in html


def test_a_marked_sentence_is_one_stop_of_the_keyboard(backend: FakeBackend) -> None:
    html = drawn(backend, "budget")
    partial = re.findall(r'<span class="sentence partial"[^>]*>', html)
    assert len(partial) == 2  # before and after its citation
    assert sum("tabindex" in tag for tag in partial) == 1


def test_a_sentence_set_aside_leaves_the_answer_for_a_closed_fold(backend: FakeBackend) -> None:
    html = drawn(backend, "budget")
    answer, fold = html.split('<details class="aside">')
    assert "Il augmente de 15" not in answer.split('<div class="answer')[1]
    assert "<summary>1 phrase écartée</summary>" in fold
    extracts = html.split('<details class="evidence"><summary>Extraits, mot pour mot (2)</summary>')
    shown = re.sub(r'data-more="[^"]*"', "", extracts[0])
    assert shown.count("It now stands at 0.9 million euros.") == 2  # in a note and in the conflict
    assert 'class="evidence"' not in extracts[0]  # nothing stands twice
    assert "Il augmente de 15 % sur un an." in fold
    assert "15 % n’est dans aucune source ; la plus proche dit 12 %." in fold
    assert "soit 12 % de plus" in fold
    assert "ramené" not in fold  # not confirmed is not set aside


def test_what_the_source_says_instead_stands_beside_the_words_that_differ() -> None:
    text = "Il coûte 617 euros <b> en mai."
    sentence: SentenceJson = {
        "start": 0, "end": len(text), "citations": [], "verdict": "unsupported", "reasons": [], "nearest": [],
        "probability": None,
        "differences": [{"start": 23, "end": 29, "source": ""}, {"start": 9, "end": 12, "source": "671 <i>"}],
    }  # fmt: skip
    answer: AnswerJson = {"answer": text, "sentences": [sentence], "mode": "model"}
    html = turn_html(TurnView("t", "?", state="done", answer=answer), FRENCH)
    marked = '<mark class="differs">617</mark><span class="instead"> → 671 &lt;i&gt;</span> euros &lt;b&gt;'
    assert f'<p>Il coûte {marked} <mark class="differs">en mai</mark>.</p>' in html
    assert FRENCH.reason_unknown not in html  # what differs says it


def test_citations_are_buttons_with_names(backend: FakeBackend) -> None:
    html = drawn(backend, "budget")
    buttons = re.findall(
        r'<button type="button" class="citation" data-n="(\d)"[^>]*aria-label="([^"]+)"', html
    )
    assert buttons[0] == ("1", "Source 1 : Le budget de la bibliothèque municipale adopté")


def test_conflict_names_the_newest(backend: FakeBackend) -> None:
    card = drawn(backend, "budget").split('<section class="conflict"')[1].split("</section>")[0]
    older, newer = re.split(r'<div class="side latest">', card)
    assert "1,2 million" in older
    assert 'class="newest"' not in older
    assert "0.9 million" in newer
    assert 'class="newest"' in newer
    assert "9 janvier 2025" in newer


def test_a_conflict_stands_in_its_box_alone() -> None:
    parts = [
        "Il est ouvert.",
        "Les sources divergent sur ce point :",
        "En mars :",
        "Deux jours.",
        "En mai :",
        "Trois jours.",
    ]
    text, sentences = "", list[SentenceJson]()
    for part in parts:
        sentence: SentenceJson = {
            "start": len(text), "end": len(text) + len(part), "citations": [], "verdict": "no_claim", "probability": None,
            "differences": [], "reasons": [], "nearest": [],
        }  # fmt: skip
        sentences.append(sentence)
        text += part + "\n"
    view = TurnView("t", "Combien ?", state="done")
    view.answer = {"answer": text, "language": "fr", "sentences": sentences, "citations": [], "hits": []}
    assert "Deux jours." in turn_html(view, FRENCH)
    sides = [ConflictSide("deux", 1).as_json(), ConflictSide("trois", 2).as_json()]
    view.answer["conflicts"] = [{"about": "jours", "sides": sides}]
    answer = turn_html(view, FRENCH).split('<div class="answer')[1].split("</div>")[0]
    assert "Il est ouvert." in answer
    assert not any(part in answer for part in parts[1:])


def test_refusal_offers_the_nearest_titles(backend: FakeBackend) -> None:
    html = drawn(backend, "refuse")
    refusal = html.split('<section class="refusal">')[1].split("</section>")[0]
    assert "- un titre" not in refusal  # the page lists the titles itself, with their best sentences
    assert "Le budget de la bibliothèque municipale adopté" in refusal
    assert "City library budget revised downwards" in refusal
    assert FRENCH.flagged in refusal
    assert "budget de la bibliothèque municipale</q>" in html
    assert 'class="evidence"' not in html


def test_an_evidence_answer_does_not_repeat_itself(backend: FakeBackend) -> None:
    html = drawn(backend, "evidence")
    assert 'class="answer evidence"' in html
    assert '<section class="evidence"' not in html
    assert f'<span class="mode">{FRENCH.mode_evidence}</span>'.replace("\u00a0", " ") in html


def test_thoughts_are_folded(backend: FakeBackend) -> None:
    view = TurnView("t", "q", thought="first <b>")
    assert '<details class="thought"><summary>' in turn_html(view, ENGLISH)
    assert "first &lt;b&gt;" in turn_html(view, ENGLISH)


def test_a_growing_answer_can_be_drawn_at_every_event(backend: FakeBackend) -> None:
    view = TurnView("t", "budget")
    for event in backend.ask("budget"):
        take(view, event)
        assert "<h2" in turn_html(view, FRENCH)
        assert view.busy == ("Finished" not in type(event).__name__)


def test_checked_text_is_shown_as_it_is(backend: FakeBackend) -> None:
    text = "Le budget augmente de 12 %.\n\n**Il** augmente de 15 % <b>[1]</b>."
    result = with_places(backend.check(text), backend.article)
    html = str(checked_patch(result, FRENCH)["html"])
    shown = html.split('<div class="answer plain"')[1].split("</div>")[0]
    assert "**Il** augmente de 15 % &lt;b&gt;[1]&lt;/b&gt;." in shown
    assert '<span class="sentence unsupported"' in shown
    assert "sans appui\u00a0: 1" in html
    assert '<details class="aside" open><summary>1 phrase que les sources ne disent pas' in html


def test_of_a_checked_text_only_the_altered_words_are_marked(backend: FakeBackend) -> None:
    text = "Le budget augmente de 15 %. À mon avis c'est trop."
    result = backend.check(text)
    altered, opinion = result["sentences"]
    altered["differences"] = [{"start": 22, "end": 26, "source": "12 %"}]
    opinion["verdict"] = "no_claim"
    result["citations"] = []
    html = str(checked_patch(with_places(result, backend.article), FRENCH)["html"])
    shown = html.split('<div class="answer plain"')[1].split("</div>")[0]
    assert (
        'Le budget augmente de <mark class="differs">15 %</mark><span class="instead"> → 12 %</span>.'
        in shown
    )
    assert '<span class="sentence no_claim">À mon avis' in shown
    quoted = html.split('<details class="aside"')[1]
    assert "Le budget de la bibliothèque municipale adopté" in quoted  # not only the name of its file
    assert "18 mars 2024" in quoted


def test_a_claim_that_nothing_proves_is_folded_beside_the_refusal() -> None:
    claim, refusal = "Il y en a 48.", "Aucun passage ne prouve cela.\n- un titre"
    answer: AnswerJson = {
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
                "probability": None,
                "differences": [],
            },
            {
                "start": 15,
                "end": 15 + len(refusal),
                "citations": [],
                "verdict": "no_claim",
                "reasons": [],
                "nearest": [],
                "probability": None,
                "differences": [],
            },
        ],
    }
    html = turn_html(TurnView("t", "Combien ?", state="done", answer=answer), FRENCH)
    assert "Il y en a 48." in html.split('<details class="aside">')[1]
    assert "<summary>1 phrase écartée" in html
    assert html.count("Aucun passage ne prouve cela.") == 1
    assert "un titre" not in html


@pytest.mark.parametrize(
    ("given", "kind", "wider"),
    [
        ({"width": 1, "sought": 2, "passages": 2, "left_out": 0}, "answer", 2),
        ({"width": 2, "sought": 2, "passages": 2, "left_out": 0}, "answer", 4),
        ({"width": 4, "sought": 2, "passages": 2, "left_out": 0}, "answer", 0),
        ({"width": 1, "sought": 3, "passages": 2, "left_out": 0}, "answer", 0),  # all there is was found
        ({"width": 1, "sought": 2, "passages": 1, "left_out": 1}, "answer", 2),  # the time was short
        ({"width": 2, "sought": 2, "passages": 1, "left_out": 1}, "answer", 0),  # the window is full
        ({"width": 1, "sought": 2, "passages": 2, "left_out": 0}, "timeline", 0),
        (None, "answer", 0),
    ],
)
def test_more_passages_are_offered_only_where_they_can_help(
    backend: FakeBackend, given: GivenJson | None, kind: Kind, wider: int
) -> None:
    view = TurnView("t", "budget")
    for event in backend.ask("budget"):
        take(view, event)
    view.answer["given"], view.answer["kind"] = given, kind
    html = turn_html(view, FRENCH)
    assert (f'data-width="{wider}"' in html) == bool(wider)
    assert ("Avec plus de passages" in html) == bool(wider)


def test_what_the_program_says_of_itself_is_not_called_words_of_the_articles(backend: FakeBackend) -> None:
    backend.rework = lambda answer: replace(answer, citations=(), evidence=(), kind="chat")
    html = drawn(backend, "evidence")
    assert 'class="mode"' not in html
    assert 'class="answer "' in html
