"""The sample corpus and its judged questions: every article is read as meant, every judged span is exact."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from assistant.evaluation.questions import check_gold, read_questions
from assistant.reading.articles import find_articles, read_article
from assistant.types import Article, Json

CORPUS = Path(__file__).parent.parent / "corpus"
PUBLISHED = {
    "en/deepseek-r1.md": "2025-01-21",
    "en/gpt-2-full-weights.md": "2019-11-05",
    "en/gpt-oss-released.md": "2025-08-05",
    "en/gpt-oss-released-updated.md": "2025-08-06",
    "en/llama-650-million-downloads.md": "2024-12-31",
    "en/microsoft-invests-in-openai.md": "2019-07-31",
    "en/open-model-next-week.md": "2025-07-09",
    "en/open-model-postponed.md": "2025-06-10",
    "en/open-source-ai-definition.html": "2024-10-28",
    "en/openai-microsoft-timeline.pdf": "2025-07-23",
    "en/openai-plans-open-model.md": "2025-03-31",
    "en/revenue-share.html": "2025-05-31",
    "en/stargate-right-of-first-refusal.md": "2025-01-22",
    "fr/altman-reddit.md": "2025-02-01",
    "fr/deepseek-r1.md": "2025-01-21",
    "fr/gpt-oss.html": "2025-08-06",
    "fr/heberger-un-modele.docx": "2025-08-20",
    "fr/llama-milliard.md": "2025-03-18",
    "fr/microsoft-fournisseur-exclusif.md": "2023-01-31",
    "fr/mistral-modeles-ouverts.md": "2025-01-31",
    "fr/modele-ouvert-reporte.md": "2025-07-12",
    "fr/musk-contre-openai.md": "2024-08-06",
    "fr/openai-annonce-modele-ouvert.md": "2025-04-01",
    "fr/openai-de-l-ouvert-au-ferme.md": "2025-02-14",
    "fr/poids-ouverts.txt": None,
    "fr/reglement-europeen-ia.html": "2024-08-01",
    "fr/stargate-droit-de-premier-refus.md": "2025-01-22",
}
KINDS = {
    "fact": 26,
    "cross": 14,
    "time": 10,
    "conflict": 5,
    "followup": 6,
    "unanswerable": 16,
    "injection": 3,
}
MONTHS = re.findall(
    r"\w+",
    "January February March April May June July August September October November December "
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)
QUESTIONS: list[Json] = [json.loads(line) for line in (CORPUS / "questions.jsonl").read_text().splitlines()]


@cache
def articles() -> dict[str, Article]:
    read = (read_article(file) for file in find_articles(CORPUS))
    return {article.name: article for article in read if article is not None}


def text_of(name: str) -> str | None:
    article = articles().get(name)
    return article.text if article else None


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("’", "'").lower()


def by_kind(*kinds: str) -> list[Json]:
    return [question for question in QUESTIONS if question["kind"] in kinds]


def test_every_article_is_read_and_the_readme_is_left_out() -> None:
    assert set(articles()) == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_date_language_and_length_are_as_intended(name: str) -> None:
    article = articles()[name]
    expected = PUBLISHED[name]
    assert article.published == (date.fromisoformat(expected) if expected else None)
    assert article.language == name[:2]
    assert article.author is None
    assert 140 <= len(article.text.split()) <= 600


@pytest.mark.parametrize("name", PUBLISHED)
def test_furniture_markup_and_hidden_text_are_gone(name: str) -> None:
    text = articles()[name].text
    furniture = r"cookie|Mentions légales|Terms of use|Page \d of|À lire aussi|tamarin|<p>|\*\*|^#|published:"
    assert not re.search(furniture, text, re.MULTILINE)


def test_no_article_knows_what_came_after_it() -> None:
    """Full dates in a text lie before its publication, except the ones a law announced beforehand."""
    number = {name: i % 12 + 1 for i, name in enumerate(MONTHS)}
    announced = {("fr/reglement-europeen-ia.html", date(2025, 8, 2))}
    for name, article in articles().items():
        for day, month, year in re.findall(r"(\d{1,2})(?:er)?\s(\w+)\s(\d{4})", article.text):
            if month in number and article.published:
                said = date(int(year), number[month], int(day))
                assert said <= article.published or (name, said) in announced, (name, said)


def test_the_planted_order_is_flagged_and_the_hidden_one_reported() -> None:
    visible, hidden = articles()["fr/mistral-modeles-ouverts.md"], articles()["fr/gpt-oss.html"]
    assert any("mirabelle" in visible.text[start:end] for start, end in visible.flagged)
    assert hidden.warnings
    flagged = {name for name, article in articles().items() if article.flagged}
    assert flagged <= {visible.name, hidden.name}


def test_the_near_duplicate_is_near_and_nothing_else_is() -> None:
    def shingles(name: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", articles()[name].text.lower())
        return set(zip(words, words[1:], words[2:], words[3:], strict=False))

    def resemblance(one: str, other: str) -> float:
        a, b = shingles(one), shingles(other)
        return len(a & b) / len(a | b)

    names = sorted(articles())
    alike = {(a, b) for a in names for b in names if a < b and resemblance(a, b) >= 0.5}
    pair = ("en/gpt-oss-released-updated.md", "en/gpt-oss-released.md")
    assert alike == {pair}
    assert 0.8 <= resemblance(*pair) < 1


def test_the_evaluation_reads_every_question_without_a_problem() -> None:
    judged = read_questions(CORPUS / "questions.jsonl")
    assert len(judged.questions) == len(QUESTIONS)
    assert not judged.problems
    assert not check_gold(judged.questions, text_of)


def test_questions_are_counted_by_kind_and_language() -> None:
    assert Counter(question["kind"] for question in QUESTIONS) == KINDS
    assert Counter(question["language"] for question in QUESTIONS) == {"fr": 40, "en": 40}
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_every_span_is_exact_and_holds_an_answer(question: Json) -> None:
    assert {span["article"] for span in question["spans"]} == set(question["articles"])
    for span in question["spans"]:
        quote = articles()[span["article"]].text[span["start"] : span["end"]]
        assert quote == span["quote"]
        assert any(folded(answer) in folded(quote) for answer in question["answers"])


@pytest.mark.parametrize("question", by_kind("unanswerable"), ids=lambda question: question["id"])
def test_unanswerable_questions_promise_nothing(question: Json) -> None:
    assert question["answerable"] is False
    assert question["answers"] == question["articles"] == question["spans"] == []


def test_cross_questions_have_their_answer_in_the_other_language_only() -> None:
    for question in by_kind("cross"):
        answering = {name[:2] for name in question["articles"]}
        assert answering == {"en" if question["language"] == "fr" else "fr"}, question["id"]


def test_no_gold_article_is_younger_than_the_day_of_the_question() -> None:
    for question in QUESTIONS:
        for name in question["articles"] if "as_of" in question else ():
            assert (PUBLISHED[name] or "") <= question["as_of"], (question["id"], name)


def test_both_sides_of_each_conflict_are_in_different_articles() -> None:
    for question in by_kind("conflict"):
        holders = [
            {span["article"] for span in question["spans"] if any(v in folded(span["quote"]) for v in side)}
            for side in [[folded(value) for value in side] for side in question["sides"]]
        ]
        assert len(holders) == 2
        assert all(holders)
        assert not holders[0] & holders[1], question["id"]


def test_followups_need_their_history() -> None:
    for question in by_kind("followup"):
        assert [turn["role"] for turn in question["history"]] == ["user", "assistant"]
