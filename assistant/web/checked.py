"""A text that someone else wrote, with each of its sentences proved or marked."""

from __future__ import annotations

from markupsafe import Markup, escape

from ..types import Json
from .answers import TurnView, citation_button, sentence_mark, verdicts
from .sources import sources_html
from .templates import render
from .texts import Texts


def checked_patch(result: Json, texts: Texts) -> Json:
    """The result of `check` as a patch of the page; sentence spans are offsets in the text itself."""
    view = TurnView("check", "", state="done", answer={**result, "answer": result["text"]})
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
    text, position, parts = view.answer["text"], 0, []
    for index, sentence in enumerate(view.answer["sentences"]):
        mark = sentence_mark(sentence, f"note-check-{index}", view, texts)
        words = escape(text[sentence["start"] : sentence["end"]])
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
