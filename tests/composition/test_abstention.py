"""When not to answer: the signals, the fitted weights, and what the refusal says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from answering.scripted import FixedRetriever, ScriptedModel
from builders import make_hit

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.cli.ask import _print_sources
from assistant.composition.abstention import (
    NO_DOUBT,
    UNPROVED,
    Fitted,
    Gates,
    Situation,
    fitted_for,
    signals_across,
    signals_within,
    unknown_names,
)
from assistant.composition.grounding import Prover
from assistant.composition.texts import refusal
from assistant.search.question import read_question
from assistant.types import Hit, Query, Quote, Sentence, Verdict

EMBEDDER = "/models/multilingual-e5-small"
FRENCH = (
    make_hit(
        "Mistral Small 3 est sorti le 30 janvier 2025. Le modèle compte 24 milliards de paramètres. "
        "Sa licence est Apache 2.0.",
        title="Mistral Small 3",
    ),
    make_hit(
        "Le 18 mars 2025, Llama a dépassé le milliard de téléchargements. Meta s'en félicite.",
        rank=2,
        article="b.md",
        title="Un milliard",
    ),
    make_hit(
        "Le règlement européen sur l'intelligence artificielle est entré en vigueur le 1er août 2024.",
        rank=3,
        article="c.md",
        title="Règlement européen",
    ),
)
ENGLISH = (
    make_hit(
        "Mistral Small 3 came out on 30 January 2025. The model has 24 billion parameters. Its licence is Apache 2.0.",
        language="en",
        title="Mistral Small 3",
    ),
    make_hit(
        "On 18 March 2025 Llama passed one billion downloads. Meta was pleased with it.",
        rank=2,
        article="b.md",
        language="en",
        title="One billion",
    ),
    make_hit(
        "The European regulation on artificial intelligence entered into force on 1 August 2024.",
        rank=3,
        article="c.md",
        language="en",
        title="European regulation",
    ),
)


def idf(stems: Sequence[str], language: str) -> Mapping[str, float]:
    """A collection of a thousand passages that has each long word in ten of them, and "nowhere" in none."""
    return {stem: math.log(1 + 1001 / (1 if stem in ("", "nowher") else 11)) for stem in stems}


def seen(hits: Sequence[Hit], *similarities: float) -> list[Hit]:
    """The hits with the cosines that an embedder would have given them."""
    return [replace(hit, similarity=similarity) for hit, similarity in zip(hits, similarities, strict=True)]


@pytest.mark.parametrize(
    ("question", "hits", "name", "value"),
    [
        ("Combien de paramètres compte Mistral Small 3 ?", FRENCH, "covered", 1.0),
        ("How many parameters does the Mistral Small 3 model have?", ENGLISH, "covered", 1.0),
        ("Quel temps fera-t-il demain à Quimper ?", FRENCH, "covered", 0.0),
        ("Combien de paramètres compte Llama 4 ?", FRENCH, "names_missing", 1.0),
        ("How many parameters does Llama 4 have?", ENGLISH, "names_missing", 1.0),
        ("Combien de paramètres compte Mistral Small 3 ?", FRENCH, "names_missing", 0.0),
        ("Combien de salariés Mistral compte-t-elle ?", FRENCH, "counted_missing", 1.0),
        ("How many employees does Mistral have?", ENGLISH, "counted_missing", 1.0),
        ("Combien de paramètres compte Mistral Small 3 ?", FRENCH, "counted_missing", 0.0),
    ],
)
def test_signals_within_a_language(question: str, hits: tuple[Hit, ...], name: str, value: float) -> None:
    assert signals_within(read_question(question), hits, idf)[name] == pytest.approx(value)


def test_a_form_of_a_word_counts_for_nearly_as_much() -> None:
    exact, form, other = (
        signals_within(read_question(f"Qui a {word} le milliard ?"), FRENCH, idf)["covered"]
        for word in ("dépassé", "dépasserait", "mangé")
    )
    assert exact >= form > other


@pytest.mark.parametrize(
    ("question", "hits"),
    [
        ("Combien de paramètres compte Mistral Small 3 ?", ENGLISH),
        ("How many parameters does Mistral Small 3 have?", FRENCH),
    ],
)
def test_across_languages_names_and_look_alike_words_count(question: str, hits: tuple[Hit, ...]) -> None:
    signals = signals_across(read_question(question), hits)
    assert signals["names_missing"] == 0
    assert signals["cognates"] > 0.4
    other = signals_across(read_question("Combien Total a-t-il versé à Engie ?"), hits)
    assert other["names_missing"] == 1


@pytest.mark.parametrize(
    ("question", "hits", "refused"),
    [
        ("Combien de paramètres compte Mistral Small 3 ?", seen(FRENCH, 0.91, 0.84, 0.82), False),
        ("Quel temps fera-t-il demain matin à Quimper ?", seen(FRENCH, 0.80, 0.80, 0.79), True),
        ("Qui a remporté la coupe du monde de rugby en 1995 ?", seen(FRENCH, 0.80, 0.80, 0.79), True),
        ("How many parameters does Mistral Small 3 have?", seen(ENGLISH, 0.91, 0.84, 0.82), False),
        ("Who won the rugby world cup in South Africa?", seen(ENGLISH, 0.80, 0.79, 0.79), True),
        ("Combien de paramètres compte Mistral Small 3 ?", seen(ENGLISH, 0.90, 0.83, 0.82), False),
        ("How many parameters does Mistral Small 3 have?", seen(FRENCH, 0.90, 0.84, 0.83), False),
        ("Qui a remporté la coupe du monde de rugby en 1995 ?", seen(ENGLISH, 0.76, 0.76, 0.76), True),
    ],
)
def test_the_first_gate(question: str, hits: list[Hit], refused: bool) -> None:
    gates = Gates(fitted_for(EMBEDDER, ""), idf)
    query = read_question(question)
    assert gates.before(query, hits, Prover().evidence(query, hits, 3)) is refused


@pytest.mark.parametrize(
    ("question", "hits", "names"),
    [
        ("Combien de paramètres compte Grok 4 ?", FRENCH, ("Grok 4",)),
        ("How many parameters does Grok have?", FRENCH, ("Grok",)),
        ("Who sued Elon Musk and Sam Altman?", ENGLISH, ("Elon Musk and Sam Altman",)),
        ("Combien de paramètres compte Llama 4 ?", (*FRENCH, *ENGLISH), ("Llama 4",)),
        # one of them is there; another spelling; another language's name of it; too short; none asked about
        ("Quel rapport entre Mistral et Grok ?", FRENCH, ()),
        ("Combien de paramètres compte Mistrale Small 3 ?", FRENCH, ()),
        ("Qui a fondé Mistral en Allemagne ?", ENGLISH, ()),
        ("In which US state was it released?", FRENCH, ()),
        ("Quelle est sa licence ?", FRENCH, ()),
        ("¿Cuántos parámetros tiene Grok?", FRENCH, ("Grok",)),
        # an institution, which sources call by another name
        ("Que demande l'Union européenne ?", FRENCH, ()),
        ("Wie viele Parameter hat Grok?", FRENCH, ()),
    ],
)
def test_names_that_no_hit_has(question: str, hits: tuple[Hit, ...], names: tuple[str, ...]) -> None:
    assert unknown_names(read_question(question), hits) == names


def test_in_a_collection_of_two_languages_a_name_that_is_nowhere_is_refused_and_said() -> None:
    gates = Gates(fitted_for(EMBEDDER, ""), idf)
    hits = [*seen(FRENCH, 0.85, 0.84, 0.82), *seen(ENGLISH, 0.86, 0.83, 0.82)]
    quotes = [Quote("b.md", 0, 1, "L", 0)]
    assert gates.before(read_question("Combien de paramètres compte Grok ?"), hits, quotes)
    assert not gates.before(read_question("Combien de paramètres compte Mistral Small 3 ?"), hits, quotes)
    assistant = Assistant(FixedRetriever(*hits), Prover(), None, gates=gates)
    answer = answer_of(assistant.ask("Combien de paramètres compte Grok ?"))
    assert answer.abstained
    assert (
        "Aucun passage trouvé ne parle de Grok." in answer.text.split("\n")[0]
    )  # the line that the page shows


def test_a_question_is_refused_only_where_no_language_can_answer() -> None:
    gates = Gates(fitted_for(EMBEDDER, ""), idf)
    query = read_question("Combien de paramètres compte Mistral Small 3 ?")
    strangers = seen((*FRENCH[1:], replace(FRENCH[2], rank=4)), 0.80, 0.79, 0.78)
    assert gates.before(query, strangers, [Quote("b.md", 0, 1, "L", 0)])
    assert not gates.before(
        query, [*strangers, *seen(ENGLISH, 0.90, 0.83, 0.82)], [Quote("b.md", 0, 1, "L", 0)]
    )


@pytest.mark.parametrize(("covered", "enough"), [(1.0, True), (0.8, False)])
def test_a_question_of_which_every_word_is_there_is_not_refused_for_their_being_common(
    covered: float, enough: bool
) -> None:
    weak = {"covered": covered, "first": covered, "rare": 0.1, "lexical": 0.1, "near": 0.84, "gap": 0.0}
    within = weak | {"counted_missing": 0.0, "names_missing": 0.0}
    assert fitted_for(EMBEDDER, "").enough("en", within, None, NO_DOUBT) is enough


def test_the_weights_say_what_they_were_fitted_on() -> None:
    fitted = fitted_for(EMBEDDER, "")
    assert {"fr", "en", ""} <= set(fitted.same)
    assert fitted.across is not None
    for situation in (*fitted.same.values(), fitted.across):
        assert situation.weights["names_missing"] < 0 < situation.weights["near"]


def test_another_embedder_gets_weights_without_its_cosines_that_refuse_less() -> None:
    known, unknown = fitted_for(EMBEDDER, "no such weights"), fitted_for("all-MiniLM", "1234")
    assert unknown.across is None, "what is in another language always might answer"
    assert set(unknown.same) == {""}
    assert "near" not in unknown.same[""].weights
    assert known.same["fr"] != unknown.same[""]
    query = read_question("Combien de paramètres compte Mistral Small 3 ?")
    assert unknown.may_answer(query, seen(ENGLISH, 0.1, 0.1, 0.1), idf)
    assert unknown.may_answer(query, FRENCH, idf)
    assert not unknown.may_answer(read_question("Quel temps fera-t-il demain matin à Quimper ?"), FRENCH, idf)


def test_unfitted_gates_refuse_only_where_nothing_was_found() -> None:
    query = read_question("Quel temps fera-t-il à Quimper ?")
    assert not Gates().before(query, FRENCH, [Quote("a.md", 0, 5, "Mistr", 0)])
    assert Gates().before(query, [], [])
    few = seen(FRENCH[:2], 0.7, 0.7)
    assert not Gates(fitted_for(EMBEDDER, ""), idf).before(query, few, [Quote("a.md", 0, 5, "Mistr", 0)]), (
        "too few"
    )
    assert Gates().before(query, FRENCH, [])


@pytest.mark.parametrize("question", ["?", "42", "…", "le la les", "QUI", "🙂", "a" * 3000, "Llama 4" * 50])
def test_odd_questions_get_a_verdict(question: str) -> None:
    gates = Gates(fitted_for(EMBEDDER, ""), idf)
    hits = seen(FRENCH, 0.8, 0.8, 0.8)
    assert gates.before(read_question(question), hits, [Quote("a.md", 0, 5, "Mistr", 0)]) in (True, False)


@pytest.mark.parametrize(
    ("refused", "verdicts", "expected"),
    [
        (True, (), True),
        (True, ("unsupported", "no_claim"), True),
        (True, ("supported",), False),
        (True, ("unsupported", "partial"), True),
        (False, ("unsupported",), False),
    ],
)
def test_the_last_gate(refused: bool, verdicts: tuple[Verdict, ...], expected: bool) -> None:
    sentences = [Sentence("x", 0, 1, 1, verdict) for verdict in verdicts]
    assert Gates().after(refused, sentences, read_question("Qui ?"), FRENCH) is expected


@pytest.mark.parametrize("verdicts", [("unsupported",), ("partial",), ("partial", "unsupported", "no_claim")])
def test_what_nothing_confirms_is_refused_only_where_the_sources_hardly_answer(
    verdicts: tuple[Verdict, ...],
) -> None:
    unproved = [Sentence("x", 0, 1, 1, verdict) for verdict in verdicts]
    for margin, expected in ((UNPROVED.same - 0.1, True), (UNPROVED.same + 0.1, False)):
        always = Situation({}, threshold=-margin)
        gates = Gates(Fitted({"": always}, None), lambda stems, language: dict.fromkeys(stems, 1.0))
        hits = seen(FRENCH, 0.8, 0.8, 0.8)
        assert not gates.before(read_question("Qui ?"), hits, [Quote("a.md", 0, 5, "Mistr", 0)])
        assert gates.after(False, unproved, read_question("Qui ?"), hits) is expected
        confirmed = [*unproved, Sentence("y", 1, 2, 1, "supported")]
        assert not gates.after(False, confirmed, read_question("Qui ?"), hits)


@pytest.mark.parametrize(
    ("text", "verdict", "language", "refused"),
    [
        ("300 000 [1].", "partial", "fr", False),
        ("Le 20 janvier 2025.", "partial", "fr", False),
        ("300 000 [1].", "unsupported", "fr", True),
        ("Le modèle de la revue [1].", "partial", "fr", True),
        ("300,000 [1].", "partial", "en", True),
    ],
)
def test_a_value_that_sources_in_another_language_have_is_not_refused(
    text: str, verdict: Verdict, language: str, refused: bool
) -> None:
    hardly = Situation({}, threshold=-(UNPROVED.same - 0.1))
    gates = Gates(
        Fitted({"": hardly}, Situation({}, threshold=-(UNPROVED.across - 0.1))),
        lambda stems, language: dict.fromkeys(stems, 1.0),
    )
    hits = seen(ENGLISH, 0.8, 0.8, 0.8)
    query = Query("Combien ?", "Combien ?", language)
    assert gates.after(False, [Sentence(text, 0, len(text), 0, verdict)], query, hits) is refused


@pytest.mark.parametrize(
    ("language", "hits", "lines"),
    [
        (
            "fr",
            FRENCH,
            [
                "Les articles ne donnent pas de réponse à cette question. Recherche faite : « Qui ? ».",
                "Ce qui s'en approche le plus :",
                "- Mistral Small 3 (2025-01-21)",
                "- Un milliard (2025-01-21)",
                "- Règlement européen (2025-01-21)",
            ],
        ),
        (
            "en",
            (replace(ENGLISH[0], published=None), replace(ENGLISH[0], rank=2), ENGLISH[1]),
            [
                'The articles do not answer this question. Searched for: "Qui ?".',
                "What comes nearest:",
                "- Mistral Small 3 (undated)",
                "- One billion (2025-01-21)",
            ],
        ),
        ("en", (), ['Nothing in the articles resembles this question. Searched for: "Qui ?".']),
    ],
)
def test_the_refusal_says_what_was_searched_and_names_each_nearest_article_once(
    language: str, hits: tuple[Hit, ...], lines: list[str]
) -> None:
    assert refusal("Qui ?", hits, language).splitlines() == lines


@pytest.mark.parametrize("reply", ["AUCUNE_SOURCE", "Je ne sais pas. AUCUNE_SOURCE"])
def test_a_refusal_comes_with_the_best_sentence_of_each_nearest_article(reply: str) -> None:
    assistant = Assistant(FixedRetriever(*FRENCH), Prover(), ScriptedModel(reply))
    answer = answer_of(assistant.ask("Combien de salariés compte Mistral Small 3 ?"))
    assert answer.abstained
    assert not answer.citations
    assert [quote.article for quote in answer.evidence] == ["a.md", "b.md", "c.md"]
    for quote in answer.evidence:
        assert quote.text == answer.hits[quote.hit].text[quote.start : quote.end]


def test_a_question_without_a_chance_asks_no_model() -> None:
    model = ScriptedModel()
    hits = seen(FRENCH, 0.80, 0.80, 0.79)
    assistant = Assistant(FixedRetriever(*hits), Prover(), model, gates=Gates(fitted_for(EMBEDDER, ""), idf))
    answer = answer_of(assistant.ask("Qui a remporté la coupe du monde de rugby en 1995 ?"))
    assert answer.abstained
    assert answer.mode == "evidence"
    assert model.asked == []


def test_the_command_line_prints_the_nearest_sentences_under_a_refusal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assistant = Assistant(FixedRetriever(*ENGLISH), Prover(), ScriptedModel("NO_SOURCE"))
    _print_sources(answer_of(assistant.ask("How many employees does Mistral have?")))
    err = capsys.readouterr().err
    assert "Mistral Small 3 · a.md:" in err
    assert "« On 18 March 2025 Llama passed one billion downloads. »" in err
    assert "b.md:0-" in err


@pytest.mark.parametrize(
    ("margin", "at_home", "doubted"), [(1.0, True, True), (1.0, False, False), (9.0, True, False)]
)
def test_a_subject_that_no_passage_names_is_doubted_in_a_language_of_the_articles(
    margin: float, at_home: bool, doubted: bool
) -> None:
    gates = Gates(
        Fitted({"": Situation({}, threshold=-margin)}, None),
        lambda stems, language: dict.fromkeys(stems, 1.0),
    )
    hits = seen(FRENCH, 0.8, 0.8, 0.8)
    assert gates.doubt(read_question("Qui ?"), hits, at_home) is doubted
    assert gates.doubt(read_question("Qui ?"), [], at_home)


def test_nearness_alone_lifts_no_doubt() -> None:
    """What a model has claimed and nothing confirms is not let through because its subject is near."""
    never = Situation({}, 1.0)
    gate = Fitted({"": never}, never)
    near = {"covered": 0.5, "first": 0.5, "near": 0.9, "names_missing": 0.0}
    assert gate.enough("en", near, None, NO_DOUBT)
    assert not gate.enough("en", near, None, UNPROVED)
    assert not gate.enough("en", {**near, "names_missing": 0.5}, None, NO_DOUBT)
    assert not gate.enough("en", {**near, "near": 0.85}, None, NO_DOUBT)


def test_a_hit_stands_apart_from_other_articles_not_from_its_own() -> None:
    """Passages of one article are all near a question about it."""
    found = [replace(hit, similarity=0.9 - 0.001 * place) for place, hit in enumerate(FRENCH)]
    mine = [replace(hit, passage=replace(hit.passage, article="a.md")) for hit in found]
    far = [replace(hit, similarity=0.8, passage=replace(hit.passage, article="b.md")) for hit in FRENCH]
    query = read_question("Qui a investi le milliard ?")
    assert signals_within(query, mine, idf)["gap"] == 0.0
    assert signals_within(query, mine, idf, far)["gap"] == pytest.approx(0.1)
    assert signals_within(query, [*mine, *far], idf)["gap"] == pytest.approx(0.1)
