"""The proof for a text that someone else wrote: a draft, a press release, another assistant's answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..answer_json import CheckedJson, SentenceJson
from ..composition.composer import CITATIONS_A_SENTENCE, Proves
from ..composition.texts import say
from ..conflicts.finder import FoundConflict
from ..proof.analysed import analysed
from ..proof.claims import claim_of, is_opinion, makes_no_claim
from ..reading.language import detect_language
from ..reading.sentences import sentence_spans
from ..types import Citation, Conflict, ConflictSide, Hit, Proof, Quote, Span, located, rounded

LONGEST_HEADING = 12
"""Words of a line of its own without a full stop that is taken for a heading."""
_MARK = re.compile(r"\s{0,20}(?:[-*+•–—>|]|\(?\d{1,2}[.)]\s|#{1,6}\s)")
_ENDED = re.compile(r"[.!?…;:][\s»\"”’)\]*_]*$")

Retrieve = Callable[[str, str], Sequence[Hit]]
"""A sentence and its language become hits."""


class FindsConflictsOfSentence(Protocol):
    def of_sentence(self, sentence: str, language: str, hits: Sequence[Hit]) -> list[FoundConflict]: ...


@dataclass
class Checking:
    """One text being checked."""

    text: str
    language: str
    retrieve: Retrieve
    prover: Proves
    finder: FindsConflictsOfSentence | None
    citations: dict[tuple[str, int, int], Citation] = field(default_factory=dict)
    conflicts: dict[tuple[tuple[str, int, int], ...], Conflict] = field(default_factory=dict)
    headings: bool = True
    """Whether a line of its own without an end is taken for a heading; not where sentences are given as such."""
    question: str = ""
    """To which a short sentence is the answer."""
    before: str = ""
    """The last sentence that was proved: what "he" or "this law" stands for."""

    def sentence(self, span: Span) -> SentenceJson:
        """The JSON of one sentence; its citations and conflicts are kept."""
        claim = claim_of(self.text[span.start : span.end])
        if self.headings and _is_heading(self.text, span, claim, self.language):
            return _told(self.text, span, Proof("no_claim"))
        if makes_no_claim(claim, self.language):
            return _told(self.text, span, Proof("no_claim"))
        hits = self._hits(claim)
        proof = self.prover.prove(claim, hits, self.language, (), self.question)
        if proof.verdict != "supported" and is_opinion(claim, self.language):
            return _told(self.text, span, Proof("no_claim"))
        cited = [self._number(quote, hits) for quote in _cited(proof)]
        if self.finder is not None:
            for found in self.finder.of_sentence(claim, self.language, hits):
                self._disagree(found, claim, hits)
        self.before = claim
        return _told(self.text, span, proof, cited)

    def _hits(self, claim: str) -> Sequence[Hit]:
        """What is found for a sentence; with the one before, where it names nothing itself."""
        named = any(not name.opening for name in analysed(claim, self.language).names)
        return self.retrieve(claim if named or not self.before else f"{self.before} {claim}", self.language)

    def _number(self, quote: Quote, hits: Sequence[Hit]) -> int:
        key = _place(quote)
        if key not in self.citations:
            hit, number = hits[quote.hit], len(self.citations) + 1
            self.citations[key] = Citation.of(number, quote, hit)
        return self.citations[key].n

    def _disagree(self, found: FoundConflict, claim: str, hits: Sequence[Hit]) -> None:
        """Keep a conflict, once for all sentences that meet it."""
        key = tuple(sorted(_place(quote) for _, quote in found.sides))
        if key not in self.conflicts:
            sides = [
                ConflictSide(value, self._number(quote, hits), hits[quote.hit].published, newest)
                for value, quote, newest in found.dated(hits)
            ]
            self.conflicts[key] = Conflict(claim, tuple(sides))


def check_text(
    text: str,
    retrieve: Retrieve,
    prover: Proves,
    finder: FindsConflictsOfSentence | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    seconds: float | None = None,
) -> CheckedJson:
    """Prove each sentence of `text` against what `retrieve` finds for it; no language model takes part.

    The JSON of `assistant check`: sentence spans are offsets in `text`, citations run from 1 in order of first use.
    `progress` is told how many of how many sentences are done; what is left after `seconds` is marked as not checked.
    """
    language = detect_language(text)
    checking = Checking(text, language, retrieve, prover, finder)
    spans = sentence_spans(text, language)
    end = None if seconds is None else time.monotonic() + seconds
    sentences = []
    for done, span in enumerate(spans):
        if progress is not None:
            progress(done, len(spans))
        if end is not None and time.monotonic() > end:
            sentences.append(_told(text, span, Proof("partial", reasons=(say("not_checked", language),))))
        else:
            sentences.append(checking.sentence(span))
    if progress is not None:
        progress(len(spans), len(spans))
    return {
        "text": text,
        "language": language,
        "sentences": sentences,
        "citations": [citation.as_json() for citation in checking.citations.values()],
        "conflicts": [conflict.as_json() for conflict in checking.conflicts.values()],
    }


def _is_heading(text: str, span: Span, claim: str, language: str) -> bool:
    """A line of its own without an end, that gives no number and no date."""
    line = text[text.rfind("\n", 0, span.start) + 1 : span.end]
    item = _MARK.match(line)
    if item and "#" not in item.group():
        return False
    alone = not text[: span.start].rpartition("\n")[2].strip() and text[span.end : span.end + 1] in (
        "\n",
        "\r",
    )
    short = len(claim.split()) <= LONGEST_HEADING and not _ENDED.search(claim)
    return (bool(item) or (alone and short)) and not analysed(claim, language).values().exact


def _told(text: str, span: Span, proof: Proof, citations: Sequence[int] = ()) -> SentenceJson:
    return {
        "start": span.start,
        "end": span.end,
        "citations": list(citations),
        "verdict": proof.verdict,
        "probability": rounded(proof.probability),
        "differences": located(proof.differences, text[span.start : span.end], span.start),
        "reasons": list(proof.reasons),
        "nearest": [quote.as_json() for quote in proof.nearest],
    }


def _cited(proof: Proof) -> Sequence[Quote]:
    return proof.quotes[:CITATIONS_A_SENTENCE] if proof.verdict in ("supported", "partial") else ()


def _place(quote: Quote) -> tuple[str, int, int]:
    return quote.article, quote.start, quote.end
