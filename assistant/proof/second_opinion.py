"""A prover that asks a verifier about the sentences which it cannot decide itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Protocol, cast

from ..types import ChatModel, Hit, Proof
from .verifiers import Verifier, Word, premise_of
from .verifiers.model_word import ModelWord

if TYPE_CHECKING:
    from collections.abc import Generator

LONGEST_PREMISE = 8000
"""Characters of passages that a small model's window takes beside its instructions."""
FEWEST_HITS = 2


class Weighs(Protocol):
    """What is needed of `Prover`: a proof, and the proof in the light of a verifier's word."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof: ...

    def with_word(self, proof: Proof, word: float, verifier: str, language: str) -> Proof: ...

    def knows(self, verifier: str, language: str) -> bool: ...


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

    def of(self, model: ChatModel) -> SecondOpinion:
        """The opinion on what `model` has written: where a language model is the verifier, it is that one."""
        verifier = self.verifier
        return SecondOpinion(self.prover, verifier.of(model)) if isinstance(verifier, ModelWord) else self

    def review(
        self,
        undecided: Sequence[tuple[str, Proof]],
        hits: Sequence[Hit],
        language: str,
        most: int = LONGEST_PREMISE,
    ) -> Iterator[tuple[int, Proof] | None]:
        """The proofs that the verifier's word changes, each with its index; None now and then while it is at work.

        All are asked about over the same passages, which a language model reads once: at most `most` characters of
        those that the sentences rest on, or it is not asked. Closing the iterator stops the verifier.
        """
        if not undecided or not hits or not self.prover.knows(self.verifier.name, language):
            return
        claims = [claim for claim, _ in undecided]
        rests_on = Proof("partial", tuple(quote for _, proof in undecided for quote in proof.quotes))
        premise = premise_of(shown(hits, rests_on, most, fewest=1))
        if len(premise) > most:
            return
        words = self.verifier.words(premise, claims)
        with closing(cast("Generator[Word | None]", words)):
            for word in words:
                if word is None or word.probability is None:
                    yield None
                    continue
                proof = undecided[word.claim][1]
                weighed = self.prover.with_word(proof, word.probability, self.verifier.name, language)
                if weighed != proof:
                    yield word.claim, weighed


def shown(
    hits: Sequence[Hit], proof: Proof, most: int = LONGEST_PREMISE, fewest: int = FEWEST_HITS
) -> list[Hit]:
    """The hits that a verifier reads: all where they are short, else those that the proof rests on, and the first.

    `most`: characters; `fewest`: hits, however long they are.
    """
    if len(premise_of(hits)) <= most:
        return list(hits)
    order = dict.fromkeys([*(quote.hit for quote in proof.quotes), *range(len(hits))])
    chosen: list[int] = []
    left = most
    for index in order:
        left -= len(premise_of([hits[index]]))
        if left < 0 and len(chosen) >= fewest:
            break
        chosen.append(index)
    return [hits[index] for index in sorted(chosen)]
