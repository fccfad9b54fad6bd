from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from builders import make_answer, make_article
from fakes import NamedModel

from assistant.conversations.conversations import Exchange
from assistant.errors import EvaluationError
from assistant.evaluation.question_generation import facts_of, make_questions, rewording, round_trip
from assistant.evaluation.question_sets import from_feedback, import_beir, import_squad, validate
from assistant.evaluation.questions import GoldSpan, Question, check_gold
from assistant.types import Chunk, Citation, Message, Quote, Span

FRENCH = (
    "Le barrage de Serre-Ponçon retient 1 272 millions de mètres cubes d'eau depuis sa mise en service. "
    "Les travaux du chantier ont commencé le 3 mai 1955 dans la vallée de la Durance. "
    "L'ouvrage a été dessiné par l'ingénieur Ivan Wilhelm pour les autorités de la région. "
    "La centrale produit 380 mégawatts quand toutes les turbines tournent ensemble. Il pleut."
)
ENGLISH = (
    "The dam of Serre-Ponçon has been drawn by the engineer Ivan Wilhelm in the valley of the Durance. "
    "Its power station gives 380 megawatts when every turbine runs at the same time. "
    "Building of the great dam began on May 3, 1955 after years of argument. "
    "The reservoir belongs to the state and was filled for the first time in 1960."
)
OTHER = (
    "The lighthouse keeper Maria Jensen lived on the island for 27 years with her two dogs. "
    "Storms broke the windows of the tower on January 12, 1931 and nobody was hurt."
)


ARTICLES = [
    make_article(FRENCH, "a.fr.md"),
    make_article(ENGLISH, "a.en.md", language="en"),
    make_article(OTHER, "b.en.md", language="en"),
]
TEXTS = {one.name: one.text for one in ARTICLES}


def test_facts_are_dates_numbers_and_names_of_whole_sentences() -> None:
    facts = [(fact.sort, fact.answer) for fact in facts_of(ARTICLES[0])]
    assert facts == [
        ("number", "1 272 millions"),
        ("date", "3 mai 1955"),
        ("name", "Ivan Wilhelm"),
        ("number", "380"),
    ]


def test_a_question_is_a_sentence_with_a_gap() -> None:
    asked = {q.question for q in make_questions(ARTICLES, 30) if q.answerable}
    assert (
        "Quelle date manque ici : « Les travaux du chantier ont commencé le … dans la vallée de la Durance » ?"
        in asked
    )
    assert (
        "Which date is missing here: “Building of the great dam began on … after years of argument”?" in asked
    )


def test_a_year_is_a_date_and_a_number_of_a_name_is_not_asked_for() -> None:
    text = (
        "The first large turbine of the dam was built in 1957 by a company of the valley. "
        "The drawings of the dam are free under Apache 2.0 for every school of the valley. "
        "The engineers of the dam met again on 4 March for a long dinner in the valley."
    )
    assert [(f.sort, f.answer) for f in facts_of(make_article(text, language="en"))] == [("date", "1957")]


def test_a_small_number_alone_makes_no_question_across_languages() -> None:
    french = make_article(
        f"{FRENCH} Le musée du barrage accueille les écoles pendant 27 semaines.", "a.fr.md"
    )
    english = make_article(
        f"{ENGLISH} An old man fished there for 27 summers without a break.", "a.en.md", language="en"
    )
    crossed = [q for q in make_questions([french, english], 30) if q.kind == "cross"]
    assert {q.answers for q in crossed} == {("380",)}


def test_a_planted_order_is_never_asked_for() -> None:
    flagged = make_article(FRENCH, flagged=(Span(0, 50),))
    assert "1 272 millions" not in {fact.answer for fact in facts_of(flagged)}


def test_made_questions_have_their_gold_where_they_say() -> None:
    made = make_questions(ARTICLES, 12, seed=3)
    assert len(made) == len({question.id for question in made})
    assert check_gold(made, TEXTS.get) == []
    for question in made:
        assert question.synthetic
        if question.answerable:
            span = question.spans[0]
            assert span.quote == question.answers[0]
            assert TEXTS[span.article][span.start : span.end] == span.quote
            assert span.quote not in question.question


def test_the_same_seed_makes_the_same_questions_in_any_order_of_articles() -> None:
    assert make_questions(ARTICLES, 8, seed=1) == make_questions(ARTICLES[::-1], 8, seed=1)
    assert make_questions(ARTICLES, 8, seed=1) != make_questions(ARTICLES, 8, seed=2)


def test_a_number_that_both_versions_state_becomes_a_question_across_languages() -> None:
    crossed = [q for q in make_questions(ARTICLES, 20) if q.kind == "cross"]
    assert {frozenset(q.articles) for q in crossed} == {frozenset({"a.fr.md", "a.en.md"})}
    assert {span.quote for q in crossed for span in q.spans} == {"380"}


def test_unanswerable_ones_ask_of_what_no_sentence_says() -> None:
    missing = [q for q in make_questions(ARTICLES, 20) if q.answerable is False]
    assert missing
    for question in missing:
        assert question.kind == "unanswerable"
        assert not question.answers
        assert "near miss" in question.tags


def test_what_the_search_does_not_find_again_is_left_out() -> None:
    def keep(question: Question) -> bool:
        return round_trip(["b.en.md"], question)

    kept = [q for q in make_questions(ARTICLES, 20, keep=keep) if q.answerable]
    assert kept
    assert {name for q in kept for name in q.articles} == {"b.en.md"}


class Scripted(NamedModel):
    """A language model that always writes the same."""

    def __init__(self, text: str) -> None:
        super().__init__("scripted")
        self.text = text
        self.prompts: list[str] = []

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, likeliest: int = 0
    ) -> Iterator[Chunk]:
        self.prompts.append(messages[-1].content)
        yield Chunk(self.text[:5])
        yield Chunk(self.text[5:], done=True)


def test_a_model_may_word_the_questions() -> None:
    model = Scripted("How much power does the station give?\nSure!")
    made = make_questions(ARTICLES, 3, reword=rewording(model))
    assert {q.question for q in made if q.answerable} == {"How much power does the station give?"}
    assert "Ivan Wilhelm" in "".join(model.prompts)


@pytest.mark.parametrize(
    "text", ["", "No question.", "380 or 27 or 1955, 1931, Ivan Wilhelm, 1 272 millions?"]
)
def test_what_is_no_question_or_gives_the_answer_away_is_left_out(text: str) -> None:
    made = make_questions(ARTICLES, 50, reword=rewording(Scripted(text)))
    assert not [q for q in made if q.answers and q.answers[0] in text]
    assert made == [] or text.endswith("?")


# --------------------------------------------------------------------------- care


def question(*spans: GoldSpan) -> Question:
    return Question("q", "Who?", articles=tuple({span.article: None for span in spans}), spans=spans)


def test_moved_spans_are_found_again_and_stale_ones_are_listed() -> None:
    texts = {"a.md": "Ada wrote. Bob read. Ada\nwrote again."}
    result = validate(
        [
            question(
                GoldSpan("a.md", 0, 9, "Ada wrote"),
                GoldSpan("a.md", 40, 49, "Ada wrote"),
                GoldSpan("a.md", 0, 3, "Eve"),
                GoldSpan("gone.md", 0, 3, "Ada"),
            )
        ],
        texts.get,
    )
    assert result.questions[0].spans[:2] == (
        GoldSpan("a.md", 0, 9, "Ada wrote"),
        GoldSpan("a.md", 21, 30, "Ada\nwrote"),
    )
    assert [(m["from"], m["to"]) for m in result.moved] == [([40, 49], [21, 30])]
    assert [(s["article"], s["quote"]) for s in result.stale] == [("a.md", "Eve"), ("gone.md", "Ada")]


def test_an_article_that_is_gone_is_stale_even_without_a_span() -> None:
    result = validate([Question("q", "Who?", articles=("gone.md",))], lambda name: None)
    assert result.stale == ({"id": "q", "article": "gone.md", "quote": None},)


def test_squad(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    qas = [
        {"id": 1, "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}]},
        {"id": 2, "question": "Why?", "answers": [], "is_impossible": True},
    ]
    paragraphs = [{"context": "First one.", "qas": []}, {"context": "Ada wrote.", "qas": qas}]
    path.write_text(json.dumps({"data": [{"title": "L'été", "paragraphs": paragraphs}]}))
    found = import_squad(path)
    (name,) = found.articles
    assert name == "l-été-0.txt"
    assert check_gold(found.questions, found.articles.get) == []
    assert [(q.id, q.answerable) for q in found.questions] == [("1", True), ("2", False)]


def test_beir(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "title": "T", "text": "Text."}\n')
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "What?"}\n{"_id": "q2", "text": "Else?"}\n'
    )
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td1\t0\n")
    found = import_beir(tmp_path)
    assert found.articles == {"d1.txt": "T\n\nText."}
    assert [(q.id, q.articles) for q in found.questions] == [("q1", ("d1.txt",))]


def test_another_form_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[]")
    with pytest.raises(EvaluationError, match="not in the form of SQuAD"):
        import_squad(path)
    with pytest.raises(EvaluationError, match="not in the form of BEIR"):
        import_beir(tmp_path)


CITED = make_answer(
    "Who?", language="en", citations=(Citation(1, Quote("a.md", 0, 3, "Ada", 0), "A", None),)
).as_json()


def test_feedback_becomes_questions() -> None:
    up, down, corrected, refused = from_feedback(
        [
            Exchange("1", "Who?", CITED, "up", None),
            Exchange("2", "Who?", CITED, "down", None),
            Exchange("3", "Who?", CITED, "down", " Bob "),
            Exchange("4", "Who?", {**CITED, "abstained": True, "citations": []}, "up", None),
        ]
    )
    assert (up.spans, up.answerable) == ((GoldSpan("a.md", 0, 3, "Ada"),), True)
    assert (down.spans, down.answerable, down.tags) == ((), None, ("feedback", "thumb down"))
    assert (corrected.answers, corrected.answerable) == (("Bob",), True)
    assert (refused.kind, refused.answerable) == ("unanswerable", False)
