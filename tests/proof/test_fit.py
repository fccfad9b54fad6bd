"""The fitted judgement, and what it makes of a sentence."""

from __future__ import annotations

import pytest
from builders import make_hit

from assistant.composition.grounding import Prover
from assistant.proof.checks.registry import CHECKS
from assistant.proof.fit import Fit, WordFit, fitted

BRIDGE = make_hit(
    "Le pont de Lormont a été ouvert le 3 mai 1998 par Anne Marchand. Il mesure 420 mètres.", title="Le pont"
)


def test_every_check_has_a_weight_and_every_weight_a_signal() -> None:
    from assistant.proof.analysed import analysed
    from assistant.proof.signals import judge
    from assistant.proof.sources import sources_of

    signals = judge(analysed("Le pont est ouvert.", "fr"), sources_of((BRIDGE,), "fr")).signals
    fit = fitted()
    assert {check.name for check in CHECKS} <= set(fit.penalties)
    assert set(fit.weights) | set(fit.penalties) <= set(signals)


def test_the_probability_falls_with_what_stands_nowhere() -> None:
    fit = fitted()
    said = {"place": 1.0, "anywhere": 1.0, "order": 1.0}
    assert fit.probability(said) > fit.supported_from
    assert fit.probability({**said, "number_nowhere": 1.0}) < fit.supported_from
    assert fit.probability({}) < fit.unsupported_below


def test_differences_say_what_the_source_has_instead() -> None:
    proof = Prover().prove("Le pont de Lormont mesure 430 mètres.", (BRIDGE,), "fr")
    assert [(one.text, one.source) for one in proof.differences] == [("430 mètres", "420 mètres")]


@pytest.mark.parametrize(
    ("claim", "differs"),
    [
        ("Le barrage produit 381 mégawatts.", ("381 mégawatts", "380 mégawatts")),
        ("Le barrage emploie 15 ouvriers.", ("15", "12")),
        ("Le barrage a 25 vannes.", ("25", "")),
    ],
)
def test_of_several_values_the_one_in_the_same_words_stands_instead(
    claim: str, differs: tuple[str, str]
) -> None:
    source = make_hit(
        "Le barrage produit 380 mégawatts de courant pendant l'hiver et emploie depuis l'été 12 ouvriers."
    )
    proof = Prover().prove(claim, (source,), "fr")
    assert [(one.text, one.source) for one in proof.differences] == [differs]


def test_outside_the_languages_of_the_checks_nothing_but_the_sources_words_is_proved() -> None:
    source = make_hit("Die Brücke wurde am 3. Mai 1998 eröffnet von fünfhundert Arbeitern.", language="de")
    prover = Prover()
    assert prover.prove("Die Brücke wurde am 3. Mai 1998 eröffnet.", (source,), "de").verdict == "supported"
    for altered in (
        "Die Brücke wurde am 3. Juni 1998 eröffnet.",
        "Die Brücke wurde eröffnet von dreihundert Arbeitern.",
    ):
        proof = prover.prove(altered, (source,), "de")
        assert proof.verdict == "partial"
        assert "not checked in this language" in proof.reasons


def test_a_short_answer_is_proved_with_its_question() -> None:
    prover = Prover()
    question = "Quelle est la longueur du pont de Lormont ?"
    assert prover.prove("420 mètres.", (BRIDGE,), "fr", question=question).verdict != "unsupported"
    assert prover.prove("430 mètres.", (BRIDGE,), "fr", question=question).verdict == "unsupported"


@pytest.mark.parametrize("word", [0.99, 0.01])
def test_a_word_counts_only_where_its_worth_is_known(word: float) -> None:
    known = WordFit(own=0.5, word=1.0, bias=0.0, supported_from=0.8)
    base = fitted()
    fit = Fit(
        base.weights,
        base.bias,
        base.penalties,
        base.supported_from,
        base.unsupported_below,
        {"v": {"fr": known}},
        "",
    )
    proof = Prover(fit=fit).prove("Le pont a été inauguré dans la joie par toute la ville.", (BRIDGE,), "fr")
    assert proof.verdict == "partial"
    weighed = Prover(fit=fit).with_word(proof, word, "v", "fr")
    assert (weighed.verdict == "supported") == (word > 0.5)
    assert Prover(fit=fit).with_word(proof, word, "v", "en") == proof


@pytest.mark.parametrize(
    "sentence", ["x", "1", "| a | b |", "```\nfor i in x:\n```", "你好世界。", "mot " * 300, "é" * 5000]
)
def test_odd_sentences_have_a_verdict(sentence: str) -> None:
    empty = make_hit("", article="e.md")
    for hits in ((), (empty,), (BRIDGE, empty)):
        for language in ("fr", "en", "zh", "und"):
            assert Prover().prove(sentence, hits, language).verdict
