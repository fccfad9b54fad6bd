"""A draft becomes an answer: sentence after sentence is proved, and citations are numbered in order of first use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ..proof.checks.reasons import Finding, reason
from ..proof.places import stems_of
from ..reading.sentences import sentence_spans
from ..types import Citation, Hit, Proof, Quote, Sentence, Verdict
from .markers import without_mentions
from .prompt_injection import repeated_injection
from .prompts import head
from .stream import Named, Retracted, Text
from .texts import say

SETTLED = re.compile(r"(?s)(?=.{12}).{0,40}?\w\W|.{40}")
"""A sentence is complete once so much of the next one stands: "art." may still go on with "5"."""
LOOP_REPEATS = 3
FEWEST_WORDS = 3
"""Words of a sentence that is not said twice."""
CITATIONS_A_SENTENCE = 3
STUCK_CHARACTERS, STUCK_PERIOD = 300, 60
"""So much text that repeats itself with at most this period, and holds no end of a sentence, is a loop."""
LEADING = 2
"""How far behind its place a marker is put that stands before its sentence, at the start of a line."""

_LINE_START = re.compile(r"(?:^|\n)[ \t*•|>-]*$")
_MAY_END = re.compile(r"[.!?…。！？]")
_LIST_NUMBER = re.compile(r"^\W*(?:\d+[.)]\s*)?")
_STRAY_NUMBER = re.compile(r"(?:(?<!\s)\s+)?\[\d{1,9}\]")
_CLOSING = re.compile(r"\s{0,9}(?:[.!?…:;,]{1,9}[\s»\"”’)\]*_|]{0,40}|[\s»\"”’*_|]{0,40})$")
"""Brackets belong to it behind an end alone: "(See below.)", not "Owens (GSA)"."""
_ENDED = re.compile(r"[^\W\d][»\"”’)\]*_ \u00a0\u202f]{0,8}[.!?…。！？][»\"”’)\]*_ \u00a0\u202f]{0,8}$")
"""A figure before the full stop may have gone on: "3." with "3.5"."""
_SPACE_BEFORE = re.compile(r"(?<![ \t\u00a0\u202f])[ \t\u00a0\u202f]+(?=[.,)\]])")


class Proves(Protocol):
    """What a composition needs of `grounding.Prover`."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof: ...


class Composition:
    """The answer to one question as it grows.

    `offered[i]` is the index of the hit that stood under number i + 1 in the prompt. `unknown_stems` are stems of the question
    that no hit has: what a sentence says with them, a model took from the question. A short answer is proved as the
    answer to `question`.
    """

    def __init__(
        self,
        prover: Proves,
        hits: Sequence[Hit],
        language: str,
        offered: Sequence[int] = (),
        unknown_stems: frozenset[str] = frozenset(),
        question: str = "",
    ) -> None:
        self.prover = prover
        self.hits = hits
        self.language = language
        self.offered = offered
        self.unknown_stems = unknown_stems
        self.question = question
        self.text = ""
        self.sentences: list[Sentence] = []
        self.citations: dict[tuple[str, int, int], Citation] = {}
        self._draft = ""
        self._taken = 0
        self._origin = 0
        """Where the answer begins in the draft: what a model thought aloud stands before."""
        self._line = 0
        """Where the line begins of which `_done` sentences are proved."""
        self._done = 0
        self._said: set[str] = set()
        self._heads = {
            _bare(part) for hit in hits if hit.published for part in (head(hit), f"{hit.published}")
        }
        self._repeated = 0
        """Sentences in a row that were said before."""
        self._unsaid: set[int] = set()
        """Sentences with words of the question that no hit has: no second opinion makes them green."""
        self._skipped = 0
        """Characters of the draft that were left out since the last sentence."""
        self._markers: list[tuple[int, tuple[int, ...]]] = []
        self.cut = False
        """Whether the model was stopped in the middle of its answer: a last sentence without its end says nothing."""

    @property
    def has_support(self) -> bool:
        """Whether any sentence is at least partly supported."""
        return any(sentence.verdict in ("supported", "partial") for sentence in self.sentences)

    @property
    def loops(self) -> bool:
        """The model says what it has said, sentence after sentence, or words without end."""
        return self._repeated >= LOOP_REPEATS - 1 or self._is_stuck()

    def _is_stuck(self) -> bool:
        tail = self._draft[max(self._taken, len(self._draft) - STUCK_CHARACTERS) :]
        return (
            len(tail) == STUCK_CHARACTERS
            and any(map(str.isalnum, tail))
            and any(tail[period:] == tail[:-period] for period in range(1, STUCK_PERIOD + 1))
        )

    @property
    def draft(self) -> str:
        """What the model has written of its answer, as it came."""
        return self._draft[self._origin :]

    def add(self, piece: Text | Named | Retracted) -> None:
        """Take the next piece of the draft."""
        if isinstance(piece, Text):
            self._draft += piece.text
        elif isinstance(piece, Named):
            leading = LEADING if _LINE_START.search(self._draft[-8:] or "\n") else 0
            named = tuple(self.offered[number - 1] for number in piece.ids)
            self._markers.append((len(self._draft) + leading, named))
        else:
            self.text, self.sentences, self.citations = "", [], {}
            self._origin = self._line = len(self._draft)
            self._done = self._repeated = 0
            self._said, self._unsaid = set(), set()

    def proved(self, final: bool = False) -> Iterator[Sentence]:
        """Prove the sentences of the draft that are complete; all of them when `final`. Models do not wrap lines."""
        while self._line < len(self._draft):
            newline = self._draft.find("\n", self._line)
            ended = final or newline >= 0
            if not ended and not _MAY_END.search(self._draft, self._taken):
                return
            base, end = self._line, newline + 1 if newline >= 0 else len(self._draft)
            # always from the line's beginning: what is found must not depend on how the text came
            spans = sentence_spans(self._draft[base:end], self.language)
            followings = [*(base + span.start for span in spans[1:]), end]
            for span, following in [*zip(spans, followings, strict=False)][self._done :]:
                if not ended and not SETTLED.match(self._draft, following):
                    return
                self._done += 1
                if self._says_nothing_new(base + span.start, base + span.end):
                    continue
                yield self._prove(base + span.start, base + span.end, following)
            if not ended:
                return
            self._line, self._done = end, 0

    def _says_nothing_new(self, start: int, end: int) -> bool:
        """Whether a sentence has no word, was said before, or is the head of an excerpt; then it is left out."""
        bare = _bare(self._draft[start:end])
        if bare in self._heads:
            bare = ""
        repeats = len(bare.split()) >= FEWEST_WORDS and bare in self._said
        self._said.add(bare)
        self._repeated = self._repeated + 1 if repeats else 0
        if not repeats and any(map(str.isalnum, bare)):
            return False
        self._skipped += end - self._taken
        self._taken = end
        return True

    def _prove(self, start: int, end: int, next_start: int) -> Sentence:
        before = self._draft[self._taken : start]
        clean = _SPACE_BEFORE.sub("", _unnumbered(self._draft[start:end]))
        clean, mentioned = without_mentions(clean)
        named = [hit for offset, hits in self._markers if start < offset <= next_start for hit in hits]
        named += [self.offered[n - 1] for n in mentioned if 1 <= n <= len(self.offered)]
        proof = self.prover.prove(clean, self.hits, self.language, tuple(dict.fromkeys(named)), self.question)
        if proof.verdict == "supported" and self.unknown_stems & stems_of(clean, self.language):
            told = reason(Finding("little", ""), self.language)
            proof = replace(proof, verdict="partial", reasons=(told,))
            self._unsaid.add(len(self.sentences))
        if proof.verdict in ("partial", "unsupported"):
            order = repeated_injection(clean, self.hits, self.language)
            if order is not None:
                proof = Proof("unsupported", reasons=(say("planted", self.language),), nearest=(order,))
        if self.cut and not self._draft[end:].strip() and not _ENDED.search(clean):
            clean, proof = f"{said_once(clean).rstrip()}…", Proof("no_claim")
        length = end - self._taken + self._skipped
        self._taken, self._skipped = end, 0
        if not before and self.text.endswith(":"):  # what the program said before: "On the whole:"
            before = " "
        return self.append(clean, proof, before=before, draft_length=length)

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
        marked = _mark(_unnumbered(text), cited)
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
            probability=proof.probability,
            differences=proof.differences,
        )
        self.text += before + marked
        self.sentences.append(sentence)
        return sentence

    def undecided(self) -> list[tuple[int, str, Proof]]:
        """The sentences whose proof is undecided: index, words without citations, proof."""
        return [
            (
                index,
                _SPACE_BEFORE.sub("", _unnumbered(one.text)),
                Proof(
                    "partial",
                    tuple(citation.quote for citation in one.citations),
                    one.reasons,
                    one.nearest,
                    one.probability,
                    one.differences,
                ),
            )
            for index, one in enumerate(self.sentences)
            if one.verdict == "partial" and index not in self._unsaid
        ]

    def revise(self, index: int, proof: Proof) -> Sentence:
        """Take another proof of a sentence; its words and citations stay."""
        self.sentences[index] = replace(
            self.sentences[index],
            verdict=proof.verdict,
            reasons=proof.reasons,
            probability=proof.probability,
        )
        return self.sentences[index]

    def set_aside(self) -> None:
        """Leave what was claimed uncited: a refusal follows, and what it stands beside is confirmed by nothing."""
        kept, self.text, self.sentences, self.citations = self.sentences, "", [], {}
        for sentence in kept:
            proof = Proof("no_claim")
            if sentence.verdict != "no_claim":
                nearest = sentence.nearest or tuple(citation.quote for citation in sentence.citations[:1])
                proof = Proof(
                    "unsupported", (), sentence.reasons, nearest, sentence.probability, sentence.differences
                )
            text = _SPACE_BEFORE.sub("", _unnumbered(sentence.text))
            self.append(text, proof, before=sentence.before, draft_length=sentence.draft_length)

    def quote(self, quote: Quote, *, before: str = " ") -> Sentence:
        """Add a source's own words as a sentence of the answer."""
        return self.append(" ".join(quote.text.split()), Proof("supported", (quote,)), before=before)

    def note(self, text: str, citations: Sequence[Citation], *, before: str = "\n\n") -> Sentence:
        """Add a sentence of the program's own that speaks of citations by the numbers they already have."""
        start = len(self.text) + len(before)
        sentence = Sentence(text, start, start + len(text), 0, "no_claim", tuple(citations), before=before)
        self.text += before + text
        self.sentences.append(sentence)
        return sentence

    def _cite(self, quote: Quote) -> Citation:
        key = (quote.article, quote.start, quote.end)
        if key not in self.citations:
            self.citations[key] = Citation.of(len(self.citations) + 1, quote, self.hits[quote.hit])
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
    return " ".join(_LIST_NUMBER.sub("", _unnumbered(text)).lower().split())


def _unnumbered(text: str) -> str:
    """Text in which nothing looks like a citation; what is left once one is taken out may look like one."""
    while (shorter := _STRAY_NUMBER.sub("", text)) != text:
        text = shorter
    return text


def said_once(text: str) -> str:
    """A text that ends in words repeated over and over, with those words once."""
    tail = text.rstrip()[-STUCK_CHARACTERS // 2 :]
    period = next((p for p in range(1, STUCK_PERIOD + 1) if tail[p:] == tail[:-p]), None)
    if period is None or 2 * period > len(tail):
        return text
    end = len(text.rstrip())
    start = end - period
    while start > 0 and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return text[: start + period]
