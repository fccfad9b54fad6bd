"""A question and its answer become HTML. What is drawn is ANSWER of the contracts, finished or growing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from markupsafe import Markup

from ..answer_json import (
    AnswerJson,
    CitationJson,
    ConflictJson,
    FiltersJson,
    HitJson,
    PlaceJson,
    SentenceJson,
)
from ..composition.set_aside import Joiner, is_aside
from ..conversations.conversations import UNANSWERED
from ..language.pack import pack
from ..types import Json
from .events import WIDEST
from .markup import Mark, Piece, answer_html
from .sources import without_planted
from .suggestions import suggestions
from .templates import render
from .texts import Texts

State = Literal["searching", "writing", "done", "stopped", "interrupted", "failed"]
MARKED = ("partial", "unsupported")
"""Verdicts whose sentences tell more on hover and on focus."""
NEAREST = 3
Reason = Literal["wrong", "incomplete", "outdated", "off_topic", "sources", "unclear"]
REASONS = get_args(Reason)
"""What may be ticked of an answer that is not good."""


@dataclass
class TurnView:
    """One question with what is known of its answer so far."""

    key: str
    """Its id in the page."""
    question: str
    state: State = "searching"
    answer: AnswerJson = field(default_factory=lambda: AnswerJson())
    """Keys of ANSWER; those that are not known yet are absent."""
    draft: str = ""
    thought: str = ""
    before: int = 0
    """Questions of others that the model answers first."""
    notices: list[str] = field(default_factory=list)
    error: str | None = None
    detail: str = ""
    """The error in the words of the program."""
    kept: str | None = None
    """The id under which feedback is given."""
    thumb: str | None = None
    correction: str | None = None
    reasons: tuple[str, ...] = ()
    conversation: str = ""
    """Id of the conversation that it belongs to."""
    filters: FiltersJson | None = None
    """What its search is limited to, as `types.Filters` in JSON."""
    limits: list[str] = field(default_factory=list)
    """The same in words."""
    replaced: bool = False
    """It was asked again, or in other words."""
    started: float = field(default_factory=time.monotonic)

    @property
    def waited(self) -> int:
        """Whole seconds since the question was asked."""
        return int(time.monotonic() - self.started)

    @property
    def hits(self) -> list[HitJson]:
        return list(self.answer.get("hits", ()))

    @property
    def citations(self) -> list[CitationJson]:
        return list(self.answer.get("citations", ()))

    @property
    def places(self) -> Sequence[HitJson | CitationJson | PlaceJson]:
        """Where quotes may come from: the hits, or what is cited and what is known of other articles."""
        return self.hits or [*self.citations, *self.answer.get("places", ())]

    @property
    def wider(self) -> int:
        """Times the usual passages that the question can be asked again with; 0 where more cannot help."""
        given = self.answer.get("given")
        if not given or self.answer.get("kind", "answer") != "answer" or len(self.hits) < given["sought"]:
            return 0  # nothing was sought, or everything that there is was found
        full = given["width"] > 1 and given["left_out"] > 0
        return 0 if full or given["width"] >= WIDEST else 2 * int(given["width"])

    def as_interrupted(self) -> AnswerJson:
        """What is kept of an answer that does not come to its end."""
        return {**UNANSWERED, **self.answer, "draft": self.draft, "filters": self.filters}

    @property
    def busy(self) -> bool:
        return self.state in ("searching", "writing")


def turn_html(view: TurnView, texts: Texts) -> str:
    """A question, its evidence and its answer, in the order in which they come."""
    answer = view.answer
    # verbatim sentences are shown by an answer made of them, and by a refusal, themselves
    own = answer.get("abstained") or (answer.get("mode") == "evidence" and not view.busy)
    return render(
        "turn.html",
        view=view,
        answer=answer,
        texts=texts,
        shows_evidence=bool(answer.get("evidence")) and not own,
        nearest=_nearest(view),
        refusal=_refusal(view),
        drawn=_drawn(view, texts),
        summary=_summary(answer, texts),
        reasons=REASONS,
        suggested=suggestions(answer) if view.state == "done" else [],
        **verdicts(view),
    )


# --------------------------------------------------------------------------- sentences


def _drawn(view: TurnView, texts: Texts) -> Markup:
    pieces = _sentence_pieces(view, texts)
    if view.draft.strip():
        opening = Markup('<span class="draft">')
        pieces.append(Piece(view.draft, "", Mark(opening, opening, Markup("</span>"))))
    return answer_html(pieces, lambda n: citation_button(n, view, texts))


def _boxed(view: TurnView) -> set[int]:
    """Sentences that say in the text what the boxes of the conflicts show: an opening, then two for each side."""
    answer, boxed = view.answer, set[int]()
    conflicts = iter(answer.get("conflicts", ()))
    opening = pack(answer.get("language", "")).say("conflict", "answer")
    for index, sentence in enumerate(answer.get("sentences", ())):
        if answer["answer"][sentence["start"] : sentence["end"]] == opening:
            conflict = next(conflicts, None)
            boxed |= set(range(index, index + 1 + 2 * len(conflict["sides"]))) if conflict else set()
    return boxed


def _sentence_pieces(view: TurnView, texts: Texts) -> list[Piece]:
    """The sentences of an answer that are shown, each with its mark; those set aside are folded elsewhere."""
    answer: str = view.answer.get("answer", "")
    pieces, position, joiner, boxed = [], 0, Joiner(), _boxed(view)
    sentences = view.answer.get("sentences", ())
    # the refusal itself, the last sentence, has a place of its own
    for index, sentence in enumerate(sentences[:-1] if view.answer.get("abstained") else sentences):
        before = answer[position : sentence["start"]]
        # verbatim sentences of several sources are not one paragraph; a list or a table brings its own marks
        separate = view.answer.get("mode") == "evidence" and "\n" in before and not before.strip()
        position = sentence["end"]
        words = answer[sentence["start"] : position]
        if is_aside(sentence) or index in boxed:
            joiner.leave_out(before, words)
            continue
        mark = sentence_mark(sentence, f"note-{view.key}-{index}", view, texts)
        before = "\n\n" if separate else joiner.before(before)
        pieces.append(Piece(words, before, mark, frozenset(sentence["citations"])))
    return pieces


def sentence_mark(sentence: SentenceJson, key: str, view: TurnView, texts: Texts) -> Mark:
    """How a sentence is drawn: plain where it is proved, else with its reasons on hover and on focus."""
    verdict = sentence["verdict"]
    if verdict not in MARKED:
        span = Markup('<span class="sentence {}">').format(verdict)
        return Mark(span, span, Markup("</span>"))
    return Mark(
        Markup('<span class="sentence {}" data-note="{}" tabindex="0" aria-describedby="{}">').format(
            verdict, key, key
        ),
        Markup('<span class="sentence {}" data-note="{}">').format(verdict, key),
        Markup("</span>"),
        render("note.html", sentence=told(sentence, view), key=key, view=view, texts=texts),
    )


def told(sentence: SentenceJson, view: TurnView) -> Json:
    """A sentence with what its note and its fold show: its words, what differs, the nearest quotes."""
    text: str = view.answer.get("answer", "")
    start, end = sentence["start"], sentence["end"]
    runs, differences, position = [], [], start
    for item in sorted(sentence.get("differences") or (), key=lambda item: item["start"]):
        if position <= item["start"] < item["end"] <= end:
            runs += [(text[position : item["start"]], None), (text[item["start"] : item["end"]], item)]
            differences.append({"words": text[item["start"] : item["end"]], "source": item["source"]})
            position = item["end"]
    runs.append((text[position:end], None))
    quoted = [citation for citation in view.citations if citation["n"] in sentence["citations"]]
    return {
        **sentence,
        "runs": [(words, differs) for words, differs in runs if words],
        "differences": [item for item in differences if item["source"]],
        "nearest": sentence.get("nearest") or quoted,
    }


def citation_button(n: int, view: TurnView, texts: Texts) -> Markup:
    """A citation in the text: a button that opens its source."""
    found = next((citation for citation in view.citations if citation["n"] == n), None)
    return Markup() if found is None else render("citation.html", citation=found, texts=texts)


# --------------------------------------------------------------------------- what follows an answer


def verdicts(view: TurnView) -> Json:
    """Values of the template of the same name: conflicts and the sentences set aside."""
    return {
        "conflicts": [_conflict(item, view) for item in view.answer.get("conflicts", ())],
        "aside": [told(item, view) for item in view.answer.get("sentences", ()) if is_aside(item)],
    }


def _conflict(conflict: ConflictJson, view: TurnView) -> Json:
    """A conflict with the source of each side; the newest is named where the dates differ."""
    sources = {citation["n"]: citation for citation in view.citations}
    sides: list[Json] = []
    for side in conflict["sides"]:
        source = sources.get(side["citation"])
        published = side.get("published") or (source["published"] if source else None)
        sides.append({**side, "source": source, "published": published})
    dates = {side["published"] for side in sides if side["published"]}
    for drawn in sides:
        drawn["newest"] = len(dates) > 1 and drawn["published"] == max(dates)
    return {**conflict, "sides": sides}


def _refusal(view: TurnView) -> str:
    """The first line of a refusal; the nearest articles are drawn as quotes."""
    if not view.answer.get("abstained"):
        return ""
    last = view.answer["sentences"][-1]
    words: str = view.answer["answer"][last["start"] : last["end"]]
    return words.split("\n")[0]


def _nearest(view: TurnView) -> list[Mapping[str, object]]:
    """For a refusal: the best quote of each of the nearest articles, or the beginning of their passage."""
    best: dict[str, Mapping[str, object]] = {}
    for quote in view.answer.get("evidence", ()):
        best.setdefault(quote["article"], quote)
    for hit in view.hits:
        best.setdefault(hit["article"], {**hit, "quote": _opening(without_planted(hit))})
    return list(best.values())[:NEAREST]


def _opening(text: str, limit: int = 200) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(None, 1)[0] + " …"


def _summary(answer: AnswerJson, texts: Texts) -> list[str]:
    """The small print, folded: who answered, and how long it took."""
    parts = [model] if (model := answer.get("model")) else []
    parts += _work(answer, texts)
    if timings := answer.get("timings"):
        named = (
            (texts.first_evidence, timings.get("first_evidence_s")),
            (texts.first_token, timings.get("first_token_s")),
            (texts.total, timings.get("total_s")),
        )
        parts += [f"{name} {texts.seconds(value)}" for name, value in named if value is not None]
    return parts


def _work(answer: AnswerJson, texts: Texts) -> Iterator[str]:
    """What the model was given, how fast it wrote, and where it runs."""
    given, timings = answer.get("given"), answer.get("timings")
    if given is not None and given["passages"] is not None:
        yield texts.detail_passages.format(given=given["passages"], found=len(answer.get("hits", ())))
    if (used := answer.get("prompt_tokens")) and (window := answer.get("context_length")):
        yield texts.detail_tokens.format(used=texts.count(used), window=texts.count(window))
    if timings and (written := answer.get("completion_tokens")) and (seconds := timings.get("writing_s")):
        yield texts.detail_speed.format(n=f"{written / seconds:.1f}".replace(".", texts.decimal))
    if place := answer.get("runs_on"):
        yield texts.place(place)
