"""When a verifier is asked, what it reads, and what its word changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from builders import make_hits

from assistant.proof.second_opinion import LONGEST_PREMISE, SecondOpinion, shown
from assistant.proof.verifiers import Word
from assistant.types import Hit, Proof, Quote, Verdict


class Fixed:
    """Gives every sentence the verdict that it begins with, and believes a verifier by half."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof:
        verdicts: dict[str, Verdict] = {"Green": "supported", "Red": "unsupported", "Plain": "no_claim"}
        return Proof(verdicts.get(sentence.split()[0], "partial"), probability=0.5)

    def with_word(self, proof: Proof, word: float, verifier: str, language: str) -> Proof:
        assert (verifier, language) == ("oracle", "en")
        return replace(proof, verdict="supported" if word > 0.5 else "unsupported", probability=word)

    def knows(self, verifier: str, language: str) -> bool:
        return (verifier, language) == ("oracle", "en")


class Oracle:
    """A verifier that knows which claims it was told are true, and has no word on what is "odd"."""

    name = "oracle"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def words(self, premise: str, claims: Sequence[str]) -> Iterator[Word | None]:
        for number, probability in enumerate(self.entailed(premise, claims)):
            yield Word(number, probability)

    def entailed(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        self.asked += [(premise, claim) for claim in claims]
        return [None if "odd" in claim else 0.9 if "true" in claim else 0.1 for claim in claims]


HITS = make_hits(["First text.", "Second text."])


def test_only_what_is_undecided_is_asked_about() -> None:
    oracle = Oracle()
    prover = SecondOpinion(Fixed(), oracle)
    sentences = [
        "Green claim.",
        "Red claim.",
        "Plain words.",
        "A true claim.",
        "A false claim.",
        "An odd claim.",
    ]
    verdicts = [prover.prove(sentence, HITS, "en").verdict for sentence in sentences]
    assert verdicts == ["supported", "unsupported", "no_claim", "supported", "unsupported", "partial"]
    assert [claim for _, claim in oracle.asked] == sentences[3:]
    assert {premise for premise, _ in oracle.asked} == {
        "[1] Title 1\nFirst text.\n\n[2] Title 2\nSecond text."
    }


def test_an_answer_is_reviewed_over_the_same_passages_once_it_stands() -> None:
    oracle = Oracle()
    undecided = [
        (claim, Fixed().prove(claim, HITS, "en")) for claim in ("An odd one.", "A true one.", "A lie.")
    ]
    found = [*SecondOpinion(Fixed(), oracle).review(undecided, HITS, "en")]
    assert [one and (one[0], one[1].verdict) for one in found] == [None, (1, "supported"), (2, "unsupported")]
    assert len({premise for premise, _ in oracle.asked}) == 1
    assert not [*SecondOpinion(Fixed(), oracle).review(undecided, HITS, "fr")], "its worth is not known there"
    assert len(oracle.asked) == 3


def test_without_passages_there_is_nothing_to_ask() -> None:
    oracle = Oracle()
    assert SecondOpinion(Fixed(), oracle).prove("A true claim.", [], "en").verdict == "partial"
    assert oracle.asked == []


def test_of_long_passages_those_that_the_proof_rests_on_are_read() -> None:
    hits = make_hits(f"Text {number}. " * (LONGEST_PREMISE // 30) for number in range(9))
    proof = Proof("partial", (Quote("7.md", 0, 5, "Text ", 7),))
    chosen = shown(hits, proof)
    assert hits[7] in chosen
    assert chosen[0] == hits[0]
    assert sum(len(one.text) for one in chosen) <= LONGEST_PREMISE
    huge = make_hits(["x" * 20_000] * 4)
    assert shown(huge, proof.__class__("partial")) == huge[:2]


def test_what_would_be_read_for_too_long_is_not_asked_about() -> None:
    oracle = Oracle()
    undecided = [("A true one.", Proof("partial", (Quote("2.md", 0, 6, "Second", 1),), probability=0.5))]
    opinion = SecondOpinion(Fixed(), oracle)
    assert not [*opinion.review(undecided, HITS, "en", 10)]
    assert oracle.asked == []
    assert [*opinion.review(undecided, HITS, "en", 40)]
    assert [premise for premise, _ in oracle.asked] == ["[1] Title 2\nSecond text."]
