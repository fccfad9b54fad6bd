"""A second opinion on what is undecided, asked once the answer stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, cast

from builders import make_hits

from assistant.answering.assistant import Assistant, Options
from assistant.composition.grounding import Prover
from assistant.errors import ModelUnavailable
from assistant.proof.fit import Fit, WordFit, fitted
from assistant.proof.second_opinion import SecondOpinion
from assistant.proof.verifiers import Word
from assistant.proof.verifiers.model_word import ModelWord
from assistant.types import Event, Finished, Reviewed, Sentence

from .scripted import FixedRetriever, ScriptedModel

if TYPE_CHECKING:
    from collections.abc import Generator

HITS = make_hits(["The bridge of Lormont was built in 1967. It carries the ring road over the river."])
QUESTION = "When was the bridge of Lormont built?"
EXACT = "The bridge of Lormont was built in 1967 [1]."
LOOSE = "Walkers of the whole region are fond of the bridge of Lormont [1]."
INVENTED = "It measures 420 metres [1]."


class Sure:
    """A verifier that is silent for a moment and then gives each claim the same word."""

    name = "sure"

    def __init__(self, word: float | None) -> None:
        self.word = word
        self.asked: list[str] = []
        self.closed = False

    def words(self, premise: str, claims: Sequence[str]) -> Iterator[Word | None]:
        try:
            for number, claim in enumerate(claims):
                yield None
                self.asked.append(claim)
                yield Word(number, self.word)
        finally:
            self.closed = True

    def entailed(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        return [self.word for _ in claims]


def prover(verifier: str) -> Prover:
    base = fitted()
    known = {verifier: {"en": WordFit(own=0.5, word=1.0, bias=0.0, supported_from=0.8)}}
    return Prover(
        fit=Fit(
            base.weights, base.bias, base.penalties, base.supported_from, base.unsupported_below, known, ""
        )
    )


def events(verifier: Sure | ModelWord, model: ScriptedModel) -> Iterator[Event]:
    proves = prover(verifier.name)
    assistant = Assistant(FixedRetriever(*HITS), proves, model, opinion=SecondOpinion(proves, verifier))
    return assistant.ask(QUESTION)


def finished(seen: Sequence[Event]) -> Finished:
    assert isinstance(seen[-1], Finished)
    return seen[-1]


def test_marks_change_once_the_answer_stands() -> None:
    verifier = Sure(0.99)
    seen = [*events(verifier, ScriptedModel(f"{EXACT} {LOOSE} {INVENTED}"))]
    written = [event for event in seen if isinstance(event, Sentence)]
    reviewed = [event.sentence for event in seen if isinstance(event, Reviewed)]
    assert [one.verdict for one in written] == ["supported", "partial", "unsupported"]
    assert [one.text for one in reviewed] == [written[1].text]
    assert reviewed[0].verdict == "supported"
    assert seen.index(written[2]) < seen.index(Reviewed(reviewed[0]))
    answer = finished(seen).answer
    assert [one.verdict for one in answer.sentences] == ["supported", "supported", "unsupported"]
    assert answer.sentences[1].citations == written[1].citations
    assert "[" not in verifier.asked[0]


def test_a_doubt_or_no_word_leaves_the_proof_as_it_was() -> None:
    for word in (0.01, None):
        answer = finished([*events(Sure(word), ScriptedModel(f"{EXACT} {LOOSE}"))]).answer
        assert [one.verdict for one in answer.sentences] == ["supported", "partial"]


def test_who_stops_reading_stops_the_verifier() -> None:
    verifier = Sure(0.99)
    with closing(cast("Generator[Event]", events(verifier, ScriptedModel(f"{EXACT} {LOOSE}")))) as asked:
        for event in asked:
            if isinstance(event, Sentence) and event.verdict == "partial":
                next(asked)  # the verifier is silent
                break
    assert verifier.closed
    assert verifier.asked == []


def test_a_model_is_asked_over_the_passages_of_the_answer() -> None:
    model = ScriptedModel(f"{EXACT} {LOOSE}", word={"yes": 0.9, "no": 0.1})
    answer = finished([*events(ModelWord(model), model)]).answer
    assert answer.sentences[1].verdict == "supported"
    asked = model.asked[1][-1].content
    assert HITS[0].text in asked
    assert "fond of the bridge" in asked


def test_the_model_that_words_the_answer_is_asked_be_it_another_than_the_usual_one() -> None:
    usual, chosen = ScriptedModel(), ScriptedModel(f"{EXACT} {LOOSE}", word={"yes": 0.9, "no": 0.1})
    proves = prover("model:scripted:1b")
    assistant = Assistant(
        FixedRetriever(*HITS), proves, usual, opinion=SecondOpinion(proves, ModelWord(usual))
    )
    answer = finished([*assistant.ask(QUESTION, options=Options(model=chosen))]).answer
    assert answer.sentences[1].verdict == "supported"
    assert (len(usual.asked), len(chosen.asked)) == (0, 2)


def test_a_server_that_is_lost_leaves_the_proof_as_it_was() -> None:
    class Lost(ScriptedModel):
        def stream(self, messages, *, max_tokens=None, likeliest=0):  # type: ignore[no-untyped-def]
            if likeliest:
                raise ModelUnavailable("The Ollama server is gone. Start it.")
            return super().stream(messages, max_tokens=max_tokens, likeliest=likeliest)

    model = Lost(f"{EXACT} {LOOSE}")
    answer = finished([*events(ModelWord(model), model)]).answer
    assert [one.verdict for one in answer.sentences] == ["supported", "partial"]
    assert not answer.warnings
