"""A prover that asks a verifier about the sentences which it cannot decide itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..types import Hit, Proof
from .verifiers import Verifier, premise_of

LONGEST_PREMISE = 8000
"""Characters of passages that a small model's window takes beside its instructions."""
FEWEST_HITS = 2


class Weighs(Protocol):
    """What is needed of `Prover`: a proof, and the proof in the light of a verifier's word."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof: ...

    def with_word(self, proof: Proof, word: float, verifier: str, language: str) -> Proof: ...


class SecondOpinion:
    """A prover around a prover. Where the verifier has no word, the proof stays as it was."""

    def __init__(self, prover: Weighs, verifier: Verifier) -> None:
        self.prover = prover
        self.verifier = verifier

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof:
        proof = self.prover.prove(sentence, hits, language, named, question)
        if proof.verdict != "partial" or not hits:
            return proof
        (word,) = self.verifier.entailed(premise_of(shown(hits, proof)), [sentence])
        if word is None:
            return proof
        return self.prover.with_word(proof, word, self.verifier.name, language)


def shown(hits: Sequence[Hit], proof: Proof) -> list[Hit]:
    """The hits that a verifier reads: all where they are short, else those that the proof rests on, and the first."""
    if sum(len(hit.context_text or hit.text) for hit in hits) <= LONGEST_PREMISE:
        return list(hits)
    order = dict.fromkeys([*(quote.hit for quote in proof.quotes), *range(len(hits))])
    chosen: list[int] = []
    left = LONGEST_PREMISE
    for index in order:
        left -= len(hits[index].context_text or hits[index].text)
        if left < 0 and len(chosen) >= FEWEST_HITS:
            break
        chosen.append(index)
    return [hits[index] for index in sorted(chosen)]
