"""What one message asks at once: two questions, a text with the wish to have it checked, several languages."""

from __future__ import annotations

import re
from pathlib import Path

from .test_kinds import tell_of

HEAD = "---\ntitle: {title}\npublished: 2024-05-02\nlanguage: {language}\n---\n\n"
FERRY = HEAD.format(title="The ferry of Lormont", language="en") + (
    "Ada Reed leads the ferry company. The company employs 40 people on two boats. "
    "She taught sailing in Pauillac before she came to the company.\n"
)
MILL = HEAD.format(title="Le moulin", language="fr") + "Le moulin de Corvane a fermé en 1950.\n"
ARTICLES = {"ferry.md": FERRY, "mill.md": MILL}


def test_a_second_question_may_begin_with_a_small_letter(tmp_path: Path) -> None:
    answer = tell_of(
        tmp_path, ARTICLES, "answer", "Who leads the ferry company? how many people does it employ?"
    )
    first, _, second = answer.text.partition("\n\n")
    assert "Ada Reed" in first
    assert "40 people" in second


def test_a_statement_that_is_to_be_checked_is_checked_whatever_it_looks_like(tmp_path: Path) -> None:
    message = "Is this correct? The ferry company employs 40 people on two boats."
    assert tell_of(tmp_path, ARTICLES, "overview", message).kind == "check"


def test_how_many_there_are_in_each_of_two_languages(tmp_path: Path) -> None:
    message = "How many articles are in English and how many in French?"
    text = tell_of(tmp_path, ARTICLES, "collection.count", message).text
    assert re.search(r"1 in English", text)
    assert re.search(r"1 in French", text)


def test_a_why_is_a_question_and_no_list(tmp_path: Path) -> None:
    assert tell_of(tmp_path, ARTICLES, "list", "Why does the company have two boats?").kind == "answer"
