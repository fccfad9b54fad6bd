"""A draft becomes an answer: sentence after sentence is proved, and citations are numbered in order of first use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from ..reading.sentences import sentence_spans
from ..types import Citation, Hit, Proof, Quote, Sentence, Verdict
from .stream import Named, Text

SETTLED_CHARACTERS = 12
"""A sentence is complete once so much of the next one stands: "art." may still go on with "5"."""
LOOP_REPEATS = 3
CITATIONS_A_SENTENCE = 2

_STRAY_NUMBER = re.compile(r"\s*\[\s*(\d+)\s*\]")
_CLOSING = re.compile(r"\s*[.!?…:;,]*[\s»\"”’)\]*_|]*$")
_SPACE_BEFORE = re.compile(r"[ \t\u00a0\u202f]+(?=[.,)\]])")


class Proves(Protocol):
    """What a composition needs of `grounding.Prover`."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = ()
    ) -> Proof: ...


class Composition:
    """The answer to one question as it grows.

    `offered[i]` is the index of the hit that stood under number i + 1 in the prompt.
    """

    def __init__(
        self, prover: Proves, hits: Sequence[Hit], language: str, offered: Sequence[int] = ()
    ) -> None:
        self.prover = prover
        self.hits = hits
        self.language = language
        self.offered = offered
        self.text = ""
        self.sentences: list[Sentence] = []
        self.citations: dict[tuple[str, int, int], Citation] = {}
        self._draft = ""
        self._taken = 0
        self._markers: list[tuple[int, tuple[int, ...]]] = []

    @property
    def has_support(self) -> bool:
        """Whether any sentence is at least partly supported."""
        return any(sentence.verdict in ("supported", "partial") for sentence in self.sentences)

    @property
    def loops(self) -> bool:
        """The model has begun to repeat itself."""
        last = [_bare(sentence.text) for sentence in self.sentences[-LOOP_REPEATS:]]
        return len(last) == LOOP_REPEATS and len(set(last)) == 1 and bool(last[0])

    def add(self, piece: Text | Named) -> None:
        """Take the next piece of the draft."""
        if isinstance(piece, Text):
            self._draft += piece.text
        else:
            self._markers.append((len(self._draft), tuple(self.offered[number - 1] for number in piece.ids)))

    def proved(self, final: bool = False) -> Iterator[Sentence]:
        """Prove the sentences of the draft that are complete; all of them when `final`."""
        base = self._taken
        spans = sentence_spans(self._draft[base:], self.language)
        followings = [*(base + span.start for span in spans[1:]), len(self._draft)]
        for span, following in zip(spans, followings, strict=False):
            if not final and len(self._draft) - following < SETTLED_CHARACTERS:
                return
            yield self._prove(base + span.start, base + span.end, following)

    def _prove(self, start: int, end: int, next_start: int) -> Sentence:
        named = [hit for offset, hits in self._markers if start < offset <= next_start for hit in hits]
        before = self._draft[self._taken : start]
        clean = _SPACE_BEFORE.sub("", _STRAY_NUMBER.sub("", self._draft[start:end]))
        proof = self.prover.prove(clean, self.hits, self.language, tuple(dict.fromkeys(named)))
        length = end - self._taken
        self._taken = end
        return self.append(clean, proof, before=before if self.text else "", draft_length=length)

    def append(self, text: str, proof: Proof, *, before: str = " ", draft_length: int = 0) -> Sentence:
        """Add a proved sentence to the answer, its citations before its closing punctuation."""
        cited = (
            [self._cite(quote) for quote in proof.quotes[:CITATIONS_A_SENTENCE]]
            if _may_cite(proof.verdict)
            else []
        )
        cited = list(dict.fromkeys(cited))
        before = before if self.text else ""
        start = len(self.text) + len(before)
        marked = _mark(_STRAY_NUMBER.sub("", text), cited)
        sentence = Sentence(
            text=marked,
            start=start,
            end=start + len(marked),
            draft_length=draft_length,
            verdict=proof.verdict,
            citations=tuple(cited),
            reasons=proof.reasons,
            nearest=proof.nearest,
            before=before,
        )
        self.text += before + marked
        self.sentences.append(sentence)
        return sentence

    def quote(self, quote: Quote, *, before: str = " ") -> Sentence:
        """Add a source's own words as a sentence of the answer."""
        return self.append(" ".join(quote.text.split()), Proof("supported", (quote,)), before=before)

    def _cite(self, quote: Quote) -> Citation:
        key = (quote.article, quote.start, quote.end)
        if key not in self.citations:
            hit = self.hits[quote.hit]
            self.citations[key] = Citation(
                n=len(self.citations) + 1,
                quote=quote,
                title=hit.title,
                published=hit.published,
                url=hit.url,
                publisher=hit.publisher,
            )
        return self.citations[key]


def _may_cite(verdict: Verdict) -> bool:
    return verdict in ("supported", "partial")


def _mark(text: str, citations: Sequence[Citation]) -> str:
    if not citations:
        return text
    closing = _CLOSING.search(text)
    cut = closing.start() if closing else len(text)
    return text[:cut] + " " + "".join(f"[{citation.n}]" for citation in citations) + text[cut:]


def _bare(text: str) -> str:
    return " ".join(_STRAY_NUMBER.sub("", text).lower().split())
