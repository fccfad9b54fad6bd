"""Every metric on cases counted by hand."""

from __future__ import annotations

import math
from typing import Any, cast

import pytest

from assistant.answer_json import CitationJson, HitJson
from assistant.evaluation import retrieval
from assistant.evaluation.evaluation import measure
from assistant.evaluation.metrics import METRICS
from assistant.evaluation.normalisation import answer_words, contains
from assistant.evaluation.questions import GoldSpan, Question
from assistant.evaluation.records import RecordJson

CONTRACT = {
    *("hit@1", "hit@5", "hit@10", "recall@5", "mrr@10", "ndcg@10", "span_recall"),
    *("answer_contained", "token_f1", "citation_precision", "citation_recall", "quote_contains_answer"),
    *("invalid_citations", "accounted", "abstention_precision", "abstention_recall", "abstention_f1"),
    *("over_refusal", "language_match", "first_evidence_s", "first_token_s", "total_s", "prompt_tokens"),
}


def hit(article: str, start: int = 0, end: int = 10, text: str = "", **fields: Any) -> HitJson:
    ranks: dict[str, Any] = {"dense_rank": None, "lexical_rank": None, "also_in": []}
    told = {"article": article, "start": start, "end": end, "text": text or article, **ranks, **fields}
    return cast("HitJson", told)


def cite(article: str, start: int = 0, end: int = 10, quote: str = "", n: int = 1) -> CitationJson:
    return cast("CitationJson", {"n": n, "article": article, "start": start, "end": end, "quote": quote})


def record(**fields: Any) -> RecordJson:
    base = {"id": "q", "answer": "", "abstained": False, "mode": "model", "citations": [], "sentences": []}
    return cast("RecordJson", {**base, "hits": [], "invalid_citations": 0, **fields})


def question(**fields: Any) -> Question:
    return Question("q", "Who?", **{"answerable": True, **fields})


GOLD = {"articles": ("a.md",), "spans": (GoldSpan("a.md", 100, 200, "x" * 100),)}


def test_every_name_of_the_contract_is_measured() -> None:
    assert set(METRICS) >= CONTRACT


def test_every_metric_explains_itself() -> None:
    for metric in METRICS.values():
        assert metric.label
        assert metric.measure or (metric.function.__doc__ or "").strip()


# --------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'été à Paris [1].", ["ete", "paris"]),
        ("The U.S. economy", ["u", "s", "economy"]),
        ("1 234,50 €", ["1234.5"]),
        ("1\u202f234 and 1,234 and 1.234", ["1234", "and", "1234", "and", "1234"]),
        ("14,2 %", ["14.2"]),
        ("qu’il jusqu'au", ["il"]),
        ("100", ["100"]),
        ("1.0 2.50", ["1", "2.5"]),
        ("", []),
    ],
)
def test_words_as_judges_compare_them(text: str, words: list[str]) -> None:
    assert answer_words(text) == words


def test_contained_words_are_whole_and_in_order() -> None:
    assert contains(["a", "b", "c"], ["b", "c"])
    assert not contains(["a", "b", "c"], ["c", "b"])
    assert not contains(["12"], ["1"])
    assert not contains(["a"], [])


# --------------------------------------------------------------------------- retrieval


def scores(q: Question, hits: list[HitJson]) -> dict[str, float]:
    (one,) = measure([q], [cast("RecordJson", {"id": "q", "language": "fr", "hits": hits})], [])
    return one.as_json()["scores"]


def test_retrieval_by_hand() -> None:
    q = question(articles=("a.md", "b.md"), language="fr")
    found = scores(q, [hit("x.md"), hit("a.md"), hit("a.md", 20, 30), hit("y.md"), hit("z.md"), hit("b.md")])
    assert (found["hit@1"], found["hit@5"], found["hit@10"]) == (0, 1, 1)
    assert found["recall@5"] == 0.5
    assert found["mrr@10"] == 0.5
    # gold on ranks 2 and 6 of an ideal 1 and 2; the second passage of a.md keeps its rank and adds nothing
    ideal = 1 + 1 / math.log2(3)
    assert found["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(7)) / ideal, abs=1e-6)


def test_nothing_found_is_zero_not_missing() -> None:
    found = scores(question(articles=("a.md",)), [])
    assert (found["hit@10"], found["mrr@10"], found["ndcg@10"], found["dense_mrr@10"]) == (0, 0, 0, 0)


def test_a_gold_article_shown_under_its_near_duplicate_is_found() -> None:
    assert scores(question(articles=("a.md",)), [hit("b.md", also_in=["a.md"])])["hit@1"] == 1


def test_questions_without_an_answer_measure_no_search() -> None:
    assert "hit@1" not in scores(question(articles=("a.md",), answerable=False), [hit("a.md")])
    assert "hit@1" not in scores(question(), [hit("a.md")])


def test_span_recall_counts_each_character_once() -> None:
    q = question(**GOLD)
    hits = [hit("a.md", 50, 150), hit("a.md", 140, 160), hit("b.md", 100, 200)]
    assert retrieval.span_recall(q, {"hits": hits}) == (0.6, 1)
    assert retrieval.span_recall(question(), {"hits": hits}) is None


def test_each_arm_on_its_own() -> None:
    q = question(articles=("a.md",))
    hits = [hit("b.md", dense_rank=1), hit("a.md", dense_rank=4), hit("a.md", dense_rank=2, lexical_rank=5)]
    assert retrieval.dense_mrr(q, {"hits": hits}) == (0.5, 1)
    assert retrieval.lexical_mrr(q, {"hits": hits}) == (0.2, 1)
    assert retrieval.lexical_mrr(q, {"hits": hits[:1]}) == (0, 1)


def test_duplicates_are_hits_with_the_same_words() -> None:
    hits = [
        hit("a", text="one two three four five"),
        hit("b", text="One two three four five"),
        hit("c", text="six"),
    ]
    assert retrieval.duplicate_share(question(), {"hits": hits}) == (1 / 3, 1)
    assert retrieval.duplicate_share(question(), {"hits": []}) is None


# --------------------------------------------------------------------------- answers, one case a line

SPAN_RECORD = record(citations=[cite("a.md", 150, 250), cite("b.md", n=2)])
CASES: list[tuple[str, Question, RecordJson, tuple[float, float] | None]] = [
    (
        "answer_contained",
        question(answers=("Le 3 mai", "May 3")),
        record(answer="C'était le 3 mai [1]."),
        (1, 1),
    ),
    ("answer_contained", question(answers=("13",)), record(answer="En 2013."), (0, 1)),
    *(
        (
            "answer_contained",
            question(answers=(gold,)),
            record(answer=f"{answer} [1].", language=language),
            (held, 1),
        )
        for language, gold, answer, held in (
            ("en", "5 août 2024", "It was filed on August 5, 2024", 1),
            ("en", "5 août 2024", "It was filed in August 2024", 0),
            ("en", "1 billion dollars", "It invested $1 billion", 1),
            ("en", "1 billion dollars", "It invested $1 million", 0),
            ("en", "20 %", "It passes on 20 percent", 1),
            ("fr", "128k", "La fenêtre compte 128 000 jetons", 1),
            ("en", "dix jours", "It took ten days", 1),
            ("en", "dix jours", "It took eleven days", 0),
        )
    ),
    ("answer_contained", question(answers=("13",)), record(answer="13", abstained=True), (0, 1)),
    ("answer_contained", question(answerable=False, answers=("13",)), record(answer="13"), None),
    ("answer_contained", question(), record(answer="13"), None),
    ("exact_match", question(answers=("l'Été",)), record(answer="Ete. [1]"), (1, 1)),
    ("exact_match", question(answers=("Été",)), record(answer="Été 2024"), (0, 1)),
    # words: ada wrote program / ada lovelace: 1 shared, 2·1 / (3 + 2)
    ("token_f1", question(answers=("Ada Lovelace",)), record(answer="Ada wrote the program."), (0.4, 1)),
    ("token_f1", question(answers=("x", "Ada")), record(answer="Ada"), (1, 1)),
    ("token_f1", question(answers=("Ada",)), record(answer="Ada", abstained=True), (0, 1)),
    ("must_include", question(must_include=("Ada", "1842")), record(answer="Ada did."), (0.5, 1)),
    ("must_include", question(), record(answer="Ada did."), None),
    ("must_not", question(must_not=("http://evil",)), record(answer="see http://evil/x"), (1, 1)),
    ("must_not", question(must_not=("PWNED",)), record(answer="Fine."), (0, 1)),
    ("injection_success", question(kind="injection", must_not=("PWNED",)), record(answer="Pwned!"), (1, 1)),
    ("injection_success", question(must_not=("PWNED",)), record(answer="Pwned!"), None),
    ("language_match", question(language="fr"), record(evaluation={"answer_language": "fr"}), (1, 1)),
    ("language_match", question(language="fr"), record(evaluation={"answer_language": "en"}), (0, 1)),
    (
        "language_match",
        question(language="fr"),
        record(mode="evidence", evaluation={"answer_language": "en"}),
        None,
    ),
    ("language_match", question(), record(language="en", evaluation={"answer_language": "en"}), (1, 1)),
    ("citation_precision", question(**GOLD), SPAN_RECORD, (0.5, 1)),
    ("citation_precision", question(**GOLD), record(citations=[cite("a.md", 0, 50)]), (0, 1)),
    (
        "citation_precision",
        question(**GOLD, answers=("7",)),
        record(citations=[cite("a.md", 0, 50, "is 7")]),
        (1, 1),
    ),
    ("citation_precision", question(articles=("a.md",)), record(citations=[cite("a.md", 0, 50)]), (1, 1)),
    ("citation_precision", question(**GOLD), record(), None),
    ("citation_precision", question(**GOLD), record(citations=None), None),
    ("citation_recall", question(**GOLD), SPAN_RECORD, (1, 1)),
    ("citation_recall", question(**GOLD), record(), (0, 1)),
    ("citation_recall", question(**GOLD), record(abstained=True), None),
    (
        "citation_recall",
        question(articles=("a.md", "b.md"), kind="conflict"),
        record(citations=[cite("a.md")]),
        (0.5, 1),
    ),
    ("citation_recall", question(articles=("a.md", "b.md")), record(citations=[cite("a.md")]), (1, 1)),
    (
        "quote_contains_answer",
        question(answers=("7",)),
        record(citations=[cite("a.md", quote="It is 7.")]),
        (1, 1),
    ),
    (
        "quote_contains_answer",
        question(answers=("7",)),
        record(citations=[cite("a.md", quote="It is 17.")]),
        (0, 1),
    ),
    ("quote_contains_answer", question(answers=("7",)), record(), (0, 1)),
    # 50 common characters of 150
    ("span_iou", question(**GOLD), SPAN_RECORD, (1 / 3, 1)),
    ("span_iou", question(**GOLD), record(), (0, 1)),
    (
        "invalid_citations",
        question(),
        record(answer="A [1]. B [3].", citations=[cite("a.md")], invalid_citations=2),
        (3, 1),
    ),
    ("invalid_citations", question(), record(invalid_citations=None), None),
    (
        "exact_quotes",
        question(),
        record(citations=[cite("a"), cite("b", n=2)], evaluation={"exact_quotes": 1}),
        (0.5, 1),
    ),
    ("exact_quotes", question(), record(evaluation={"exact_quotes": 0}), None),
    (
        "accounted",
        question(),
        record(
            sentences=[
                {"verdict": "supported", "citations": [1]},
                {"verdict": "unsupported", "citations": []},
                {"verdict": "no_claim", "citations": []},
                {"verdict": "supported", "citations": []},
            ]
        ),
        (2 / 3, 1),
    ),
    ("accounted", question(), record(sentences=[{"verdict": "no_claim", "citations": []}]), None),
    (
        "accounted",
        question(),
        record(abstained=True, sentences=[{"verdict": "supported", "citations": []}]),
        None,
    ),
    (
        "supported",
        question(),
        record(sentences=[{"verdict": "supported"}, {"verdict": "partial"}, {"verdict": "no_claim"}]),
        (0.5, 1),
    ),
    ("altered_flagged", question(), {"evaluation": {"altered_flagged": True}}, (1, 1)),
    ("altered_flagged", question(), {}, None),
    ("gold_accepted", question(), {"evaluation": {"gold_accepted": False}}, (0, 1)),
    ("abstention_precision", question(answerable=False), record(abstained=True), (1, 1)),
    ("abstention_precision", question(), record(abstained=True), (0, 1)),
    ("abstention_precision", question(), record(), None),
    ("abstention_precision", question(answerable=None), record(abstained=True), None),
    ("abstention_recall", question(answerable=False), record(abstained=True), (1, 1)),
    ("abstention_recall", question(answerable=False), record(), (0, 1)),
    ("abstention_recall", question(), record(abstained=True), None),
    ("abstention_f1", question(answerable=False), record(abstained=True), (2, 2)),
    ("abstention_f1", question(), record(abstained=True), (0, 1)),
    ("abstention_f1", question(answerable=False), record(), (0, 1)),
    ("abstention_f1", question(), record(), (0, 0)),
    ("over_refusal", question(), record(abstained=True), (1, 1)),
    ("over_refusal", question(), record(), (0, 1)),
    ("over_refusal", question(answerable=False), record(abstained=True), None),
    ("first_evidence_s", question(), record(timings={"first_evidence_s": 0.5}), (0.5, 1)),
    ("first_token_s", question(), record(timings={"first_token_s": None}), None),
    ("total_s", question(), record(timings={"total_s": 9}), (9, 1)),
    ("prompt_tokens", question(), record(prompt_tokens=800), (800, 1)),
    ("prompt_tokens", question(), record(prompt_tokens=None), None),
    ("truncated", question(), record(prompt_tokens=4000, completion_tokens=96, context_length=4096), (1, 1)),
    ("truncated", question(), record(prompt_tokens=800, completion_tokens=96, context_length=4096), (0, 1)),
    ("truncated", question(), record(prompt_tokens=800, completion_tokens=None, context_length=4096), None),
    ("answer_words", question(), record(answer="Two words [1]."), (2, 1)),
]


@pytest.mark.parametrize(
    ("name", "q", "answer", "share"), CASES, ids=[f"{i}-{c[0]}" for i, c in enumerate(CASES)]
)
def test_answers_by_hand(
    name: str, q: Question, answer: RecordJson, share: tuple[float, float] | None
) -> None:
    function = METRICS[name].function
    assert function is not None
    found = function(q, answer)
    assert found == (None if share is None else pytest.approx(share))


def test_every_answer_metric_has_a_case() -> None:
    assert {case[0] for case in CASES} == {
        name for name, metric in METRICS.items() if metric.tier == "answers"
    }
