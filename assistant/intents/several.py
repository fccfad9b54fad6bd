"""Two messages in one ("How many articles are there? Summarise the one on the bridge."): both are answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..composition.answer_type import questions_in
from ..reading.sentences import sentence_spans
from ..types import (
    Answer,
    Citation,
    Conflict,
    Event,
    Evidence,
    Finished,
    Hit,
    Quote,
    Retrieved,
    Sentence,
    Token,
)
from .check import asks_to_check
from .classifier import MessageClassifier, Prediction
from .subject import subject_of

if TYPE_CHECKING:
    from collections.abc import Generator

MOST = 3
IN_A_FORM = ("overview", "list", "timeline", "compare")
SURE = 0.5
"""Probability from which a sentence that asks nothing is a message of its own."""
QUESTION = Prediction("answer", "", 1.0)
_MARKER = re.compile(r"\[(\d{1,4})\]")
_NEXT = re.compile(r"(?<=[?!])\s+(?![?!»\"”])")


def split_message(message: str, language: str, classify: MessageClassifier) -> list[tuple[str, Prediction]]:
    """The messages in a message, each with its kind; one where it is one. A greeting beside another is dropped."""
    if asks_to_check(message, language):
        return [(message, Prediction("check", "", 1.0))]
    whole = classify(message)
    sentences = _sentences(message, language)
    questions = questions_in(sentences[0], language) if len(sentences) == 1 else ()
    if len(questions) > 1 and whole.kind in ("answer", "list"):
        joined = [(question, _as_question(classify(question))) for question in questions]
        if whole.kind == "answer" or all(told.kind == "answer" for _, told in joined):
            return joined[:MOST]
    if whole.kind in ("check", "previous") or not 1 < len(sentences) <= 2 * MOST:
        return [(message, whole)]
    sentences, whole = _without_remark(sentences, whole, language, classify)
    if len(sentences) == 1:
        return [(sentences[0], whole)]
    told = [(sentence, classify(sentence)) for sentence in sentences]
    told[1:] = [
        (text, QUESTION if one.kind == "previous" and text.endswith("?") else one) for text, one in told[1:]
    ]
    asked = [(text, one) for text, one in told if one.kind != "chat"] or told[-1:]
    alone = all(
        text.rstrip(' »"”').endswith("?") or (one.kind != "answer" and one.probability >= SURE)
        for text, one in asked
    )
    checks = any(one.kind == "check" for _, one in asked)
    if not alone or checks or any(one.kind == "previous" for _, one in asked[1:]):
        return [(message, whole)]
    return asked[:MOST]


def _without_remark(
    sentences: list[str], whole: Prediction, language: str, classify: MessageClassifier
) -> tuple[list[str], Prediction]:
    """What is asked, without a last sentence that only says in what form: "What is there on fires? Short overview pls"."""
    *first, last = sentences
    if (
        not last.endswith("?")
        and len(first) == 1
        and first[0].endswith("?")
        and not subject_of(last, language)
    ):
        told = classify(last)
        if told.kind in IN_A_FORM and told.probability >= SURE:
            return first, told
    return sentences, whole


def _sentences(message: str, language: str) -> list[str]:
    """The sentences of a message; in a chat a new one may begin with a small letter ("where? and what does it cost?")."""
    whole = [message[start:end] for start, end in sentence_spans(message, language)]
    parts = [part.strip() for sentence in whole for part in _NEXT.split(sentence)]
    return [part for part in parts if any(map(str.isalnum, part))]


def _as_question(told: Prediction) -> Prediction:
    """Half of a sentence that asks ("and who published it?") may look like talk about the answer before."""
    return told if told.kind in ("list", "overview", "timeline") else QUESTION


def one_after_the_other(question: str, parts: Sequence[Iterator[Event]]) -> Iterator[Event]:
    """The events of several answers as those of one; its kind is the first's."""
    done: Answer | None = None
    for events in parts:
        joined = _Joined(question, done)
        with closing(cast("Generator[Event]", events)) as running:
            for event in running:
                taken = joined.take(event)
                if taken is not None:
                    yield taken
        done = joined.answer
    assert done is not None, "each part ends with Finished"
    yield Finished(done)


class _Joined:
    """The answer to one part, put behind what was answered before."""

    def __init__(self, question: str, before: Answer | None) -> None:
        self.question = question
        self.before = before
        self.answer: Answer | None = None
        self._own: list[Sentence] = []
        self._draft = 0

    def take(self, event: Event) -> Event | None:
        """The event as it looks behind the other answer; None for the end, which is kept."""
        before = self.before
        match event:
            case Finished():
                self.answer = self._whole(event.answer)
                return None
            case Retrieved() if before is not None:
                return replace(event, hits=(*before.hits, *self._hits(event.hits)))
            case Evidence() if before is not None:
                return replace(event, quotes=(*before.evidence, *map(self._quote, event.quotes)))
            case Sentence() if before is not None:
                cut = event.start - len(event.before)
                self._own = [one for one in self._own if one.end <= cut] + [event]
                return self._moved(self._own)[-1]
            case Token():
                return event
        return event

    def _hits(self, hits: Sequence[Hit]) -> list[Hit]:
        assert self.before is not None
        offset = len(self.before.hits)
        return [replace(hit, rank=offset + hit.rank) for hit in hits]

    def _quote(self, quote: Quote) -> Quote:
        assert self.before is not None
        return replace(quote, hit=quote.hit + len(self.before.hits))

    def _citation(self, citation: Citation) -> Citation:
        assert self.before is not None
        return replace(citation, n=citation.n + len(self.before.citations), quote=self._quote(citation.quote))

    def _moved(self, sentences: Sequence[Sentence]) -> list[Sentence]:
        """Sentences with the numbers and places that they have in the whole answer."""
        assert self.before is not None
        shift = len(self.before.citations)
        length = len(self.before.text)
        moved: list[Sentence] = []
        for sentence in sentences:
            text = _shifted(sentence, shift)
            gap = sentence.before if moved else "\n\n" + sentence.before.lstrip("\n")
            start = length + len(gap)
            length = start + len(text)
            moved.append(
                replace(
                    sentence,
                    text=text,
                    before=gap,
                    start=start,
                    end=length,
                    citations=tuple(map(self._citation, sentence.citations)),
                    nearest=tuple(map(self._quote, sentence.nearest)),
                )
            )
        return moved

    def _whole(self, own: Answer) -> Answer:
        before = self.before
        if before is None:
            return replace(own, question=self.question)
        sentences = self._moved(own.sentences)
        return replace(
            own,
            question=self.question,
            kind=before.kind,
            language=before.language,
            text=before.text + "".join(one.before + one.text for one in sentences),
            abstained=before.abstained and own.abstained,
            mode="model" if "model" in (before.mode, own.mode) else "evidence",
            sentences=(*before.sentences, *sentences),
            citations=(*before.citations, *map(self._citation, own.citations)),
            evidence=(*before.evidence, *map(self._quote, own.evidence)),
            conflicts=(*before.conflicts, *map(self._conflict, own.conflicts)),
            hits=(*before.hits, *self._hits(own.hits)),
            warnings=tuple(dict.fromkeys((*before.warnings, *own.warnings))),
            model=before.model or own.model,
            model_digest=before.model_digest or own.model_digest,
            context_length=before.context_length or own.context_length,
            timings=replace(before.timings, total_s=own.timings.total_s),
            search_text=before.search_text or own.search_text,
            invalid_citations=before.invalid_citations + own.invalid_citations,
            articles=tuple(dict.fromkeys((*before.articles, *own.articles))),
        )

    def _conflict(self, conflict: Conflict) -> Conflict:
        assert self.before is not None
        shift = len(self.before.citations)
        sides = tuple(replace(side, citation=side.citation + shift) for side in conflict.sides)
        return replace(conflict, sides=sides)


def _shifted(sentence: Sentence, shift: int) -> str:
    """The text of a sentence with its citations numbered from `shift` on."""
    known = {citation.n for citation in sentence.citations}

    def renumbered(match: re.Match[str]) -> str:
        return f"[{int(match[1]) + shift}]" if int(match[1]) in known else match[0]

    return _MARKER.sub(renumbered, sentence.text)
