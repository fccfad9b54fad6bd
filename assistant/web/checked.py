"""A text that someone else wrote, with each of its sentences proved or marked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from markupsafe import Markup, escape

from ..answer_json import AnswerJson, CheckedJson, PlacedJson, PlaceJson
from ..errors import AssistantError
from ..types import Article, Json
from .answers import TurnView, citation_button, sentence_mark, told, verdicts
from .sources import sources_html
from .templates import render
from .texts import Texts


def with_places(result: CheckedJson, article: Callable[[str], Article]) -> PlacedJson:
    """The result of `check` with titles and dates of the articles that are quoted without being cited."""
    cited = {citation["article"] for citation in result["citations"]}
    quotes = [quote for sentence in result["sentences"] for quote in sentence["nearest"]]
    places = []
    for name in dict.fromkeys(quote["article"] for quote in quotes if quote["article"] not in cited):
        with suppress(AssistantError):  # it has been removed since: its name must do
            places.append(_place(article(name)))
    return {**result, "places": places}


def _place(article: Article) -> PlaceJson:
    return {
        "article": article.name,
        "start": 0,
        "end": len(article.text),
        "title": article.title,
        "language": article.language,
        "published": article.published.isoformat() if article.published else None,
        "publisher": article.publisher,
    }


def checked_patch(result: PlacedJson, texts: Texts) -> Json:
    """The result of `check` as a patch of the page; sentence spans are offsets in the text itself."""
    answer: AnswerJson = {
        "answer": result["text"],
        "language": result["language"],
        "sentences": result["sentences"],
        "citations": result["citations"],
        "conflicts": result["conflicts"],
        "places": result["places"],
    }
    view = TurnView("check", "", state="done", answer=answer)
    return {
        "turn": view.key,
        "state": view.state,
        "html": _checked_html(view, texts),
        "sources": sources_html(view.citations, view.hits, texts),
    }


def _checked_html(view: TurnView, texts: Texts) -> str:
    counts = {
        verdict: sum(sentence["verdict"] == verdict for sentence in view.answer["sentences"])
        for verdict in ("supported", "partial", "unsupported")
    }
    drawn = _marked_text(view, texts)
    return render(
        "checked.html",
        view=view,
        answer=view.answer,
        counts=counts,
        drawn=drawn,
        texts=texts,
        **verdicts(view),
    )


def _marked_text(view: TurnView, texts: Texts) -> Markup:
    """The text as it was pasted, never read as Markdown: it is not ours to change."""
    text, position, parts = view.answer["answer"], 0, []
    for index, sentence in enumerate(view.answer["sentences"]):
        mark = sentence_mark(sentence, f"note-check-{index}", view, texts)
        words = render("differing.html", runs=told(sentence, view)["runs"])
        cited = Markup().join(citation_button(n, view, texts) for n in sentence["citations"])
        parts += [
            escape(text[position : sentence["start"]]),
            mark.opening,
            words,
            mark.closing,
            mark.after,
            cited,
        ]
        position = sentence["end"]
    return Markup().join([*parts, escape(text[position:])])
