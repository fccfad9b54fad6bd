"""What one message asks at once: two questions, a text with the wish to have it checked, several languages."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.intents.several import split_message

from .test_kinds import GivenKinds, tell_of

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


def test_a_claim_that_nothing_confirms_cites_nothing_and_each_half_has_its_nearest_words(
    tmp_path: Path,
) -> None:
    message = "Is this correct? The ferry company employs 90 people on two boats, and the moulin de Corvane closed in 1980."
    answer = tell_of(tmp_path, ARTICLES, "check", message)
    claim = next(one for one in answer.sentences if "90 people" in one.text)
    assert not claim.citations
    said = {citation.quote.text for citation in answer.citations}
    assert said == {"The company employs 40 people on two boats.", "Le moulin de Corvane a fermé en 1950."}


def test_the_sections_of_an_article_are_no_answer(tmp_path: Path) -> None:
    article = HEAD.format(title="Tides of the harbour", language="en") + (
        "## Why tides matter\n\nTides of the harbour lift boats.\n\n## How tides are read\n\n"
        "A gauge reads the tides of the harbour.\n\n## Who reads the tides\n\nThe keeper reads them at noon.\n"
    )
    answer = tell_of(
        tmp_path, {"tides.md": article}, "answer", "Are the tides of the harbour read by a gauge?"
    )
    assert "A gauge reads the tides of the harbour" in answer.text
    assert "Why tides matter" not in answer.text


def test_a_question_about_the_program_behind_a_greeting_stays_one() -> None:
    kinds = GivenKinds({"hi!": "chat.hello", "who are you?": "chat.who", "since when?": "previous.source"})
    assert [told.aspect for _, told in split_message("hi! who are you?", "en", kinds)] == ["who"]
    asked = split_message("Is the mill closed? since when?", "en", kinds)
    assert [told.kind for _, told in asked] == ["answer", "answer"]


def test_a_remark_on_the_form_tells_the_kind_of_the_question_before_it() -> None:
    kinds = GivenKinds({"Short overview pls": "overview", "Sum up the mill": "overview"})
    asked = "What is there on the mill?"
    (one,) = split_message(f"{asked} Short overview pls", "en", kinds)
    assert (one[0], one[1].kind) == (asked, "overview")
    assert len(split_message(f"{asked} Sum up the mill", "en", kinds)) == 2


def test_a_text_to_check_is_not_taken_apart() -> None:
    kinds = GivenKinds({"The mill closed in 1950.": "check", "Sum up the rest.": "overview"})
    message = "The mill closed in 1950. Sum up the rest."
    assert [text for text, _ in split_message(message, "en", kinds)] == [message]


def test_what_is_asked_of_the_answer_before_is_one_message() -> None:
    message = "Where did you read that? Give me the title of the article."
    kinds = GivenKinds({message: "previous.source", "Give me the title of the article.": "overview"})
    assert [told.kind for _, told in split_message(message, "en", kinds)] == ["previous"]


def test_the_second_half_of_a_question_is_searched_with_the_first(tmp_path: Path) -> None:
    bridge = HEAD.format(title="The bridge of Corvane", language="en") + (
        "The bridge of Corvane was opened by Nora Hale. Its owner was fined 300 dollars.\n"
    )
    fines = HEAD.format(title="Fines for owners", language="en") + "An owner of a dog was fined 20 dollars.\n"
    message = "Who opened the bridge of Corvane, and how much was the owner fined?"
    answer = tell_of(tmp_path, {"bridge.md": bridge, "fines.md": fines}, "answer", message)
    first, _, second = answer.text.partition("\n\n")
    assert "Nora Hale" in first
    assert "300 dollars" in second


def test_how_many_is_a_question_whatever_its_sign(tmp_path: Path) -> None:
    answer = tell_of(tmp_path, ARTICLES, "list", "the ferry company employs how many people")
    assert (answer.kind, answer.abstained) == ("answer", False)
    assert "40 people" in answer.text


def test_what_a_checked_text_is_about_counts_for_each_of_its_sentences(tmp_path: Path) -> None:
    files = {
        "storm.md": HEAD.format(title="The storm Zelda", language="en")
        + "The storm Zelda killed 39 people in Corvane. Three reactors went off.\n",
    }
    towns = ("Arlo", "Brume", "Cant", "Dorel", "Esk", "Falun", "Garo", "Hale")
    for town in towns:
        files[f"{town}.md"] = (
            HEAD.format(title=town, language="en") + f"Five buses had to be stopped in {town}.\n"
        )
    message = "Is this right? The storm Zelda killed 39 people in Corvane. Five reactors had to be stopped."
    answer = tell_of(tmp_path, files, "check", message)
    assert "Three reactors went off" in answer.text
