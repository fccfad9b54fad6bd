"""The model's own word on whether the sources answer: how it is asked, read and weighed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import pytest
from answering.scripted import FixedRetriever, ScriptedModel
from builders import make_hit

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.abstention import Fitted, Gates, Situation
from assistant.composition.grounding import Prover
from assistant.composition.prompts import Source, answer_prompt
from assistant.composition.sufficiency import ask_sufficiency, odds, sufficiency_prompt
from assistant.model.ollama import OllamaModel
from assistant.types import Token

HITS = (
    make_hit("Le pont de Lormont mesure 420 mètres. Il a été ouvert en 1998.", title="Le pont"),
    make_hit("La bibliothèque compte douze mille livres.", rank=2, article="b.md", title="La bibliothèque"),
    make_hit("Le marché se tient le samedi.", rank=3, article="c.md", title="Le marché"),
)
QUESTION = "Combien mesure le pont de Lormont ?"


def idf(stems: Iterable[str], language: str) -> Mapping[str, float]:
    return dict.fromkeys(stems, 2.0)


def gates(threshold: float, model: str = "scripted:1b") -> Gates:
    """Gates whose first one never refuses."""
    open_ = Situation({}, 0.0)
    return Gates(Fitted({"": open_}, None, {model: threshold}), idf)


@pytest.mark.parametrize(
    ("likely", "sign"),
    [
        ({"Oui": 0.6, " oui": 0.1, "Non": 0.2}, 1),
        ({"no": 0.9, "yes": 0.05}, -1),
        ({"Non": 0.5}, -1),
        ({"Le": 0.9}, None),
        ({}, None),
    ],
)
def test_odds(likely: Mapping[str, float], sign: int | None) -> None:
    found = odds(likely)
    assert found is None if sign is None else math.copysign(1, found) == sign  # type: ignore[arg-type]


def test_odds_are_those_of_all_spellings_together() -> None:
    assert odds({"Oui": 0.4, "oui": 0.2, "NON": 0.2}) == pytest.approx(math.log(3), abs=1e-3)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_prompt_differs_from_the_answers_in_its_last_line_only(language: str) -> None:
    prompt = answer_prompt(QUESTION, [Source(0, "Le pont", "Il mesure 420 mètres.")], language)
    asked = sufficiency_prompt(prompt, language)
    assert asked[0] == prompt.messages[0]
    assert asked[1].content.split("\n")[:-1] == prompt.messages[1].content.split("\n")[:-1]
    assert asked[1].content.split("\n")[-1] != prompt.messages[1].content.split("\n")[-1]


def test_while_the_model_reads_who_waits_can_stop_it() -> None:
    model = ScriptedModel(word={"oui": 0.75, "non": 0.25})
    asking = ask_sufficiency(model, ())
    assert next(asking) == Token("")
    with pytest.raises(StopIteration) as end:
        next(asking)
    assert end.value.value == pytest.approx(math.log(3), abs=1e-2)


def answer(word: Mapping[str, float] | None, chosen: Gates) -> tuple[str, bool, int]:
    model = ScriptedModel("Le pont mesure 420 mètres [1].", word=word)
    found = answer_of(Assistant(FixedRetriever(*HITS), Prover(), model, gates=chosen).ask(QUESTION))
    return found.text, found.abstained, len(model.asked)


def test_a_model_that_says_no_ends_in_a_refusal_before_it_writes() -> None:
    text, abstained, calls = answer({"oui": 0.2, "non": 0.8}, gates(0.0))
    assert abstained
    assert "420" not in text
    assert calls == 1


@pytest.mark.parametrize(
    ("word", "chosen", "calls"),
    [
        ({"oui": 0.8, "non": 0.2}, gates(0.0), 2),
        ({"oui": 0.2, "non": 0.8}, gates(-9.0), 2),  # a doubt that is not enough
        ({}, gates(0.0), 2),  # a server that tells no probabilities
        ({"oui": 0.2, "non": 0.8}, gates(0.0, "another:7b"), 1),  # a model whose word has not been measured
        ({"oui": 0.2, "non": 0.8}, Gates(), 1),
    ],
)
def test_otherwise_it_answers(word: Mapping[str, float], chosen: Gates, calls: int) -> None:
    text, abstained, asked = answer(word, chosen)
    assert not abstained
    assert "420 mètres [1]" in text
    assert asked == calls


def test_both_prompts_carry_the_same_mark() -> None:
    """Else the server would read the excerpts twice."""
    model = ScriptedModel("Le pont mesure 420 mètres [1].", word={"oui": 1.0})
    answer_of(Assistant(FixedRetriever(*HITS), Prover(), model, gates=gates(0.0)).ask(QUESTION))
    first, second = (messages[1].content.rpartition("\n")[0] for messages in model.asked)
    assert first == second


@pytest.mark.models
def test_the_real_model_tells_how_likely_its_first_word_is(real_model: OllamaModel) -> None:
    sources = [Source(0, "Le pont", HITS[0].text)]
    asked = {
        question: sufficiency_prompt(answer_prompt(question, sources, "fr"), "fr")
        for question in (QUESTION, "Qui a peint le portrait du maire de Quimper ?")
    }
    chunks = list(real_model.stream(asked[QUESTION], max_tokens=1, likeliest=12))
    told = next(chunk.likeliest for chunk in chunks if chunk.likeliest)
    assert all(0 <= probability <= 1 for probability in told.values())
    assert sum(told.values()) == pytest.approx(1, abs=0.2)
    answered, other = (_odds(real_model, messages) for messages in asked.values())
    assert answered > other


def _odds(model: OllamaModel, messages: object) -> float:
    asking = ask_sufficiency(model, messages)  # type: ignore[arg-type]
    while True:
        try:
            next(asking)
        except StopIteration as end:
            return float(end.value)
