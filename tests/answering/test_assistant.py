"""The use case, on a scripted model and the real proof: what the contracts promise of every answer."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import pytest
from builders import make_hit

from assistant.answering.assistant import Assistant, Options
from assistant.answering.progress import answer_of
from assistant.composition.abstention import Gates
from assistant.composition.budget import PromptBudget
from assistant.composition.grounding import Prover
from assistant.errors import QuestionError
from assistant.intents.classifier import Prediction
from assistant.types import (
    Answer,
    ChatModel,
    Evidence,
    Finished,
    Hit,
    Notice,
    Retrieved,
    Sentence,
    Thought,
    Token,
    Turn,
)

from .scripted import DeadModel, FixedRetriever, ScriptedModel

RIGHT = make_hit(
    "Depuis le 21 janvier 2025, l'exclusivité de Microsoft est remplacée par un droit de premier refus sur les nouvelles "
    "capacités de calcul d'OpenAI. Le projet Stargate réunit SoftBank, OpenAI, Oracle et MGX."
)
OTHER = make_hit(
    "Mistral Small 3 compte 24 milliards de paramètres. Sa licence est Apache 2.0.",
    rank=2,
    article="b.md",
    title="Mistral",
)
QUESTION = "Quel droit Microsoft garde-t-il sur la puissance de calcul d'OpenAI ?"


def assistant(model: ChatModel | None, *hits: Hit, **options: object) -> Assistant:
    return Assistant(FixedRetriever(*(hits or (RIGHT, OTHER))), Prover(), model, embedder="fake", **options)  # type: ignore[arg-type]


def check_always(answer: Answer, hits: Sequence[Hit]) -> None:
    """Every "Always" of the contracts."""
    data = answer.as_json()
    used = [int(n) for n in re.findall(r"\[(\d+)\]", data["answer"])]
    assert list(dict.fromkeys(used)) == [citation["n"] for citation in data["citations"]]
    assert [citation["n"] for citation in data["citations"]] == list(range(1, len(data["citations"]) + 1))
    texts = {hit.passage.article: hit for hit in hits}
    for citation in [*data["citations"], *data["evidence"]]:
        hit = texts[citation["article"]]
        assert (
            citation["quote"]
            == hit.text[citation["start"] - hit.passage.start : citation["end"] - hit.passage.start]
        )
    for sentence in answer.sentences:
        assert data["answer"][sentence.start : sentence.end] == sentence.text
    if answer.abstained:
        assert not data["citations"]


def test_events_come_in_order_and_the_draft_becomes_the_answer() -> None:
    model = ScriptedModel(
        "Microsoft garde un droit de premier refus sur les capacités de calcul d'OpenAI [1]. Stargate réunit SoftBank et Oracle."
    )
    events = list(assistant(model).ask(QUESTION))
    kinds = [type(event) for event in events]
    assert kinds[0] is Retrieved
    assert kinds[1] is Evidence
    assert kinds[-1] is Finished
    assert kinds.index(Token) < kinds.index(Sentence)
    draft, answer = "", ""
    for event in events:
        if isinstance(event, Token):
            draft += event.text
        elif isinstance(event, Sentence):
            draft = draft[event.draft_length :]
            answer += event.before + event.text
    assert not draft.strip()
    assert answer == answer_of(iter(events)).text


def test_a_marker_the_model_forgot_is_added_and_exact() -> None:
    model = ScriptedModel(
        "Microsoft garde un droit de premier refus sur les nouvelles capacités de calcul d'OpenAI."
    )
    answer = answer_of(assistant(model).ask(QUESTION))
    assert answer.text.endswith("[1].")
    assert "droit de premier refus" in answer.citations[0].quote.text
    assert answer.sentences[0].verdict == "supported"
    check_always(answer, [RIGHT, OTHER])


def test_a_wrong_pointer_is_replaced() -> None:
    model = ScriptedModel(
        "Microsoft garde un droit de premier refus sur les nouvelles capacités de calcul d'OpenAI [2]."
    )
    answer = answer_of(assistant(model).ask(QUESTION))
    assert [citation.quote.article for citation in answer.citations] == ["a.md"]


def test_an_invented_number_is_marked_and_never_deleted() -> None:
    model = ScriptedModel("Mistral Small 3 compte 48 milliards de paramètres [2].")
    answer = answer_of(assistant(model).ask("Combien de paramètres compte Mistral Small 3 ?"))
    assert answer.sentences[0].verdict == "unsupported"
    assert "48" in answer.sentences[0].reasons[0]
    assert "48 milliards" in answer.text
    assert "24 milliards" in answer.text, "the words of the source follow"
    check_always(answer, [RIGHT, OTHER])


def test_a_code_that_is_searched_in_pieces_is_proved_as_it_was_asked() -> None:
    """The pieces of "BT49" gave the claim a number, 49, that stands in no source."""
    hit = make_hit(
        "La BT49 est achevée en six semaines seulement. Elle court pour la première fois au Canada."
    )
    asked = "En combien de semaines la BT49 a-t-elle été achevée ?"
    answer = answer_of(assistant(ScriptedModel("Six semaines."), hit).ask(asked))
    assert [(one.text, one.verdict) for one in answer.sentences] == [("Six semaines [1].", "supported")]


def test_what_nothing_proves_stays_struck_before_the_refusal() -> None:
    class Hardly(Gates):
        def after(self, refused: bool, sentences: Sequence[Sentence], *_: object) -> bool:
            return any(sentence.verdict == "unsupported" for sentence in sentences)

    model = ScriptedModel("Mistral Small 3 compte 48 milliards de paramètres [2].")
    answer = answer_of(assistant(model, gates=Hardly()).ask("Combien de paramètres compte Mistral Small 3 ?"))
    assert answer.abstained
    assert [sentence.verdict for sentence in answer.sentences] == ["unsupported", "no_claim"]
    assert answer.text.startswith(
        "Mistral Small 3 compte 48 milliards de paramètres.\n\nAucun passage ne prouve"
    )
    assert {quote.article for quote in answer.evidence} == {"a.md", "b.md"}
    check_always(answer, [RIGHT, OTHER])


def test_what_nothing_confirms_is_uncited_beside_the_refusal() -> None:
    class Hardly(Gates):
        def after(self, refused: bool, sentences: Sequence[Sentence], *_: object) -> bool:
            return True

    model = ScriptedModel("Microsoft garde un droit de regard sur les nouvelles usines de calcul [1].")
    answer = answer_of(assistant(model, gates=Hardly()).ask(QUESTION))
    assert answer.abstained
    assert answer.citations == ()
    assert [sentence.verdict for sentence in answer.sentences] == ["unsupported", "no_claim"]
    assert answer.text.startswith(
        "Microsoft garde un droit de regard sur les nouvelles usines de calcul.\n\n"
    )
    assert answer.sentences[0].nearest
    check_always(answer, [RIGHT, OTHER])


def test_without_a_model_the_answer_is_verbatim_evidence_with_a_warning() -> None:
    for model in (None, DeadModel()):
        answer = answer_of(assistant(model).ask(QUESTION))
        assert answer.mode == "evidence"
        assert answer.model is None
        assert answer.warnings
        assert "droit de premier refus" in answer.text
        check_always(answer, [RIGHT, OTHER])


def test_a_server_that_dies_midway_leaves_what_was_proved() -> None:
    reply = "Microsoft garde un droit de premier refus sur les nouvelles capacités de calcul d'OpenAI [1]. Et puis encore autre chose."
    answer = answer_of(assistant(ScriptedModel(reply, dies_after=100)).ask(QUESTION))
    assert answer.sentences[0].verdict == "supported"
    assert any("arrêté" in warning for warning in answer.warnings)
    check_always(answer, [RIGHT, OTHER])


@pytest.mark.parametrize("dies", [True, False], ids=["the server dies", "the limit is reached"])
@pytest.mark.parametrize("whole", [True, False], ids=["a whole sentence", "a part of one"])
def test_a_sentence_that_is_cut_claims_nothing(dies: bool, whole: bool) -> None:
    said = "Microsoft garde un droit de premier refus sur les nouvelles capacités de calcul d'OpenAI"
    reply = f"Bonjour. {said}." if whole else f"Bonjour. {said}"
    model = ScriptedModel(reply + "*" * 9, dies_after=len(reply), done_reason="length")
    if not dies:
        model = ScriptedModel(reply, done_reason="length")
    answer = answer_of(assistant(model).ask(QUESTION))
    last = next(sentence for sentence in answer.sentences if "Microsoft" in sentence.text)
    assert last.verdict == ("supported" if whole else "no_claim")
    assert bool(last.citations) is whole
    assert answer.model_finished is not dies
    check_always(answer, [RIGHT, OTHER])


def test_a_word_without_end_is_not_checked_for_minutes() -> None:
    word = "".join(chr(97 + number * number * 7 % 26) + str(number) for number in range(2000))
    answer = answer_of(assistant(ScriptedModel(f"Microsoft garde un {word}.")).ask(QUESTION))
    assert answer.sentences[0].verdict == "partial"
    assert "trop longue" in answer.sentences[0].reasons[0]


def test_the_sentinel_becomes_our_own_refusal() -> None:
    answer = answer_of(assistant(ScriptedModel("AUCUNE_SOURCE")).ask("Combien de salariés compte Mistral ?"))
    assert answer.abstained
    assert "AUCUNE_SOURCE" not in answer.text
    assert "Titre (2025-01-21)" in answer.text
    check_always(answer, [RIGHT, OTHER])


def test_nothing_found_is_a_refusal_that_asks_no_model() -> None:
    model = ScriptedModel()
    retriever = FixedRetriever()
    answer = answer_of(Assistant(retriever, Prover(), model).ask("Quel temps fait-il ?"))
    assert answer.abstained
    assert model.asked == []


@pytest.mark.parametrize("reply", ["", "   \n", "<think>rien</think>", "[1]", "```\n", "…"])
def test_a_model_that_says_nothing_gives_the_words_of_the_sources(reply: str) -> None:
    answer = answer_of(assistant(ScriptedModel(reply)).ask(QUESTION))
    assert not answer.abstained
    assert "droit de premier refus" in answer.text
    check_always(answer, [RIGHT, OTHER])


def test_thinking_is_no_answer() -> None:
    model = ScriptedModel(
        "<think>Voyons [1].</think>Un droit de premier refus sur les nouvelles capacités de calcul [1].",
        thinking="Hm.",
    )
    events = list(assistant(model).ask(QUESTION))
    assert "".join(event.text for event in events if isinstance(event, Thought)) == "Hm.Voyons [1]."
    assert "Voyons" not in answer_of(iter(events)).text


def test_a_loop_is_stopped_and_the_connection_closed() -> None:
    model = ScriptedModel("Le projet Stargate réunit SoftBank, OpenAI, Oracle et MGX. " * 200)
    answer = answer_of(assistant(model).ask(QUESTION))
    assert len(answer.sentences) <= 5
    assert any("répétait" in warning for warning in answer.warnings)
    assert model.closed == 1


def test_closing_the_events_stops_the_model() -> None:
    model = ScriptedModel("Microsoft garde un droit. " * 50)
    events = assistant(model).ask(QUESTION)
    for event in events:
        if isinstance(event, Token):
            break
    events.close()  # type: ignore[attr-defined]
    assert model.closed == 1


def test_a_slow_machine_is_given_fewer_sources_but_two() -> None:
    hits = [
        make_hit(
            f"Le fait numéro {n} concerne Microsoft et le calcul d'OpenAI. " * 8, rank=n, article=f"{n}.md"
        )
        for n in range(1, 7)
    ]
    slow, fast = PromptBudget(5), PromptBudget(5)
    slow.learn(3000, 0, 1000, 100.0)
    fast.learn(3000, 0, 1000, 0.1)
    for budget, expected in ((slow, 2), (fast, 6)):
        model = ScriptedModel("Oui.", parameters=20e9)
        answer_of(assistant(model, *hits, budget=budget, style="free").ask(QUESTION))
        assert model.asked[0][1].content.count("Titre · 2025-01-21") == expected


def test_asked_with_more_passages_the_model_is_given_more_and_takes_its_time() -> None:
    hits = [
        make_hit(
            f"Le fait numéro {n} concerne Microsoft et le calcul d'OpenAI. " * 8, rank=n, article=f"{n}.md"
        )
        for n in range(1, 9)
    ]
    slow = PromptBudget(5)
    slow.learn(3000, 0, 1000, 100.0)
    counts = []
    for width in (1, 2):
        model = ScriptedModel("Oui.", parameters=20e9)
        asking = assistant(model, *hits, budget=slow, style="free", top_k=4)
        answer = answer_of(asking.ask(QUESTION, options=Options(width)))
        counts.append(model.asked[0][1].content.count("Titre · 2025-01-21"))
        assert answer.given is not None
        assert (answer.given.width, answer.given.sought, answer.given.passages) == (
            width,
            4 * width,
            counts[-1],
        )
        assert answer.given.left_out == 4 * width - counts[-1]
    assert counts == [2, 8]


def test_a_small_model_is_given_more_sentences() -> None:
    said = (
        "Microsoft garde un droit de refus sur la puissance de calcul. OpenAI loue des serveurs à Oracle depuis juin. "
        "Microsoft vend la puissance de calcul du Texas. OpenAI dessine ses propres puces avec Broadcom. "
        "Microsoft reçoit vingt pour cent des recettes. OpenAI ouvre un centre en Norvège cet hiver. "
        "Microsoft forme ses modèles à Seattle. OpenAI emploie deux mille personnes."
    )
    hit = make_hit(said)
    given = []
    for width in (1, 2):
        model = ScriptedModel("Oui.", parameters=1e9)
        answer_of(assistant(model, OTHER, hit).ask(QUESTION, options=Options(width)))
        given.append(sum(sentence in model.asked[0][1].content for sentence in said.split(". ")))
    assert given[0] == 4
    assert given[1] > 4


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 20_000])
def test_an_empty_or_endless_question_is_a_clear_error(question: str) -> None:
    with pytest.raises(QuestionError):
        assistant(None).ask(question)


def test_a_question_in_a_third_language_is_answered_with_a_notice() -> None:
    events = list(
        assistant(None).ask("Welches Recht behält Microsoft an der neuen Rechenleistung von OpenAI?")
    )
    assert any(isinstance(event, Notice) and "no texts in the language" in event.text for event in events)


class EverythingLeans:
    """Takes every message for a question about the one before."""

    def __call__(self, message: str) -> Prediction:
        return Prediction("answer", "", 1.0)

    def leans(self, message: str) -> bool:
        return True


def test_what_is_found_for_a_follow_up_is_shown_before_the_model_has_said_what_it_means() -> None:
    model = ScriptedModel(
        "Quel droit Microsoft garde-t-il sur OpenAI ?",
        "Un droit de premier refus sur les nouvelles capacités [1].",
    )
    history = [Turn("user", "Que fait Microsoft avec OpenAI ?"), Turn("assistant", "Il investit.")]
    asking = assistant(model, classify=EverythingLeans())
    events = asking.ask("Et quel droit garde-t-il ?", history, options=Options(early=True))
    first, second = next(events), next(events)
    assert (type(first), type(second)) == (Retrieved, Evidence)
    assert model.asked == []
    rest = list(events)
    assert [type(event) for event in rest if isinstance(event, Retrieved | Evidence)] == [Retrieved, Evidence]
    assert isinstance(rest[-1], Finished)
    assert rest[-1].answer.search_text == "Quel droit Microsoft garde-t-il sur OpenAI ?"


def test_a_follow_up_is_rewritten_by_the_model_once() -> None:
    model = ScriptedModel(
        "Quel droit Microsoft garde-t-il sur OpenAI ?",
        "Un droit de premier refus sur les nouvelles capacités [1].",
    )
    history = [Turn("user", "Que fait Microsoft avec OpenAI ?"), Turn("assistant", "Il investit.")]
    events = list(assistant(model, classify=EverythingLeans()).ask("Et quel droit garde-t-il ?", history))
    assert isinstance(events[0], Retrieved)
    assert events[0].query.search_text == "Quel droit Microsoft garde-t-il sur OpenAI ?"
    assert len(model.asked) == 2
    assert answer_of(iter(events)).search_text == events[0].query.search_text


def test_no_citation_points_nowhere_over_random_streams() -> None:
    """Whatever a model writes: every [n] of the answer is a citation, every span and quote exact."""
    random.seed(11)
    atoms = [
        "[1]",
        "[2",
        "]",
        "[",
        "[[",
        "【1†a】",
        "(source 2)",
        "<think>",
        "</think>",
        " Microsoft ",
        "droit de premier refus ",
        ". ",
        "\n",
        "Sources:",
        "`",
        "[7]",
        "24 milliards ",
        "AUCUNE_",
        "SOURCE",
        " ne ",
        "« ",
        " »",
        "- ",
        "| a |",
        "é",
    ]
    for _ in range(1500):
        reply = "".join(random.choices(atoms, k=random.randint(1, 25)))
        answer = answer_of(assistant(ScriptedModel(reply)).ask(QUESTION))
        check_always(answer, [RIGHT, OTHER])
