"""Lists as articles have them, and the one that a message asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.grounding import Prover
from assistant.intents.article_lists import ArticleList, lists_of
from assistant.intents.classifier import Prediction
from assistant.search.hybrid import HybridRetriever
from assistant.store.sync import Store, sync
from assistant.types import Answer, Turn

GARDEN = """---
title: How the town keeps its gardens
language: en
---

## The rules of the garden

Whoever keeps a garden promises to follow these rules, which the council made.

1. **Water in the evening.** The sun dries it up by day.
2. **Share the tools.** They are:

   - a spade,
   - two rakes

3. **Leave the gate open.** Others come after you.

Everyone may keep a garden for a year.

## The tools that the town lends

The shed beside the river has what gardeners need:

- spades
- barrows
- ladders
- hoses

## Steps to a garden

1. Write to the council

Say where you live.

2. Wait for a place

It takes a month.

3. Begin in spring
"""

TALKS = """---
title: Talks of the harbour days
language: en
---

The harbour days were held again.

### 1. Ships of the north

Ann Reed spoke of ice.

### 2. Maps of the quays

Paul Stone showed forty maps.

### 3. The price of fish

The market was full.
"""

SECTIONS = """---
title: The lighthouse and its alternatives
language: en
---

Boats need light, and the lighthouse gives it.

### Bell

A bell is heard in fog, where the lighthouse is not seen.

### Buoy

A buoy floats near the rocks.

### Radio

A radio needs power on the boat.
"""


def lists_in(tmp_path: Path, text: str) -> list[tuple[ArticleList, list[str]]]:
    """The lists of one article, with the words of their items."""
    embedder = FakeEmbedder()
    corpus = write_corpus(tmp_path / "corpus", {"a.md": text})
    sync(corpus, tmp_path / "store", embedder, min_tokens=5, max_tokens=200)
    with Store.open(tmp_path / "store") as store:
        article = store.article("a.md")
    return [(one, [article.text[a:b] for a, b in one.items]) for one in lists_of(article)]


class OneKind:
    """Tells one kind of every message."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def leans(self, message: str) -> bool:
        return False

    def __call__(self, message: str) -> Prediction:
        return Prediction(self.kind, "", 1.0)  # type: ignore[arg-type]


def told(
    tmp_path: Path, files: dict[str, str], kind: str, message: str, history: Sequence[Turn] = ()
) -> Answer:
    """The answer to a message of a kind over articles of its own."""
    store, embedder = tmp_path / "store", FakeEmbedder()
    sync(write_corpus(tmp_path / "corpus", files), store, embedder, min_tokens=5, max_tokens=200)
    with Store.open(store, embedder_fingerprint=embedder.fingerprint) as opened:
        retriever = HybridRetriever(opened, embedder)
        assistant = Assistant(
            retriever, Prover(), None, library=opened, classify=OneKind(kind), vectors=embedder
        )
        return answer_of(assistant.ask(message, history))


def items_of(answer: Answer) -> list[str]:
    return [citation.quote.text for citation in answer.citations]


def test_a_list_in_a_list_is_one_of_its_own(tmp_path: Path) -> None:
    rules, tools = lists_in(tmp_path, GARDEN)[1::-1]
    assert rules[1] == ["Water in the evening.", "Share the tools.", "Leave the gate open."]
    assert rules[0].heading == "The rules of the garden"
    assert rules[0].lead.endswith("which the council made.")
    assert tools[1] == ["a spade,", "two rakes"]
    assert "Share the tools" in tools[0].lead


def test_a_numbered_list_goes_on_behind_a_paragraph(tmp_path: Path) -> None:
    found = [items for _, items in lists_in(tmp_path, GARDEN)]
    assert ["Write to the council", "Wait for a place", "Begin in spring"] in found


def test_headings_beside_each_other_are_a_list(tmp_path: Path) -> None:
    (found, items), *_ = lists_in(tmp_path, TALKS)
    assert items == ["Ships of the north", "Maps of the quays", "The price of fish"]
    assert found.of_headings
    assert found.numbered


@pytest.mark.parametrize("kind", ["list", "answer"])
def test_the_words_above_a_list_tell_which_it_is(tmp_path: Path, kind: str) -> None:
    files = {"garden.md": GARDEN, "talks.md": TALKS}
    answer = told(tmp_path, files, kind, "What tools does the town lend to gardeners?")
    assert items_of(answer) == ["spades", "barrows", "ladders", "hoses"]
    assert answer.text.count("\n- ") == 4


def test_the_number_asked_for_tells_which_list_it_is(tmp_path: Path) -> None:
    files = {"garden.md": GARDEN, "talks.md": TALKS}
    for count, first in (("four", "spades"), ("two", "a spade,")):
        answer = told(tmp_path / count, files, "list", f"List the {count} tools of the gardens")
        assert items_of(answer)[0] == first


def test_the_sections_of_an_article_are_no_answer(tmp_path: Path) -> None:
    answer = told(tmp_path, {"light.md": SECTIONS}, "answer", "lighthouse alternatives bell")
    assert "Buoy" not in items_of(answer)
    assert "A bell is heard in fog, where the lighthouse is not seen." in items_of(answer)


def test_a_list_of_another_version_is_another_list(tmp_path: Path) -> None:
    head = "---\ntitle: Release {0} of the loom\n---\n\nThe changes of release {0} of the loom:\n\n"
    files = {
        f"{one}.md": f"{head.format(one)}- a shuttle for {one}\n- a treadle\n" for one in ("2.4.1", "2.4.10")
    }
    for asked, first in (("2.4.1", "a shuttle for 2.4.1"), ("2.4.10", "a shuttle for 2.4.10")):
        answer = told(tmp_path / asked, files, "list", f"List the changes of release {asked} of the loom")
        assert items_of(answer)[0] == first
    answer = told(tmp_path, files, "list", "List the changes of release 2.4.3 of the loom")
    assert "a treadle" not in items_of(answer)


def test_what_a_page_is_filed_under_is_no_list(tmp_path: Path) -> None:
    page = "---\ntitle: What the loom makes\n---\n\nThe loom makes cloth for the town.\n\nThe loom makes:\n\n- The loom\n- 2025\n"
    answer = told(tmp_path, {"loom.md": page}, "list", "List what the loom makes")
    assert "2025" not in items_of(answer)


def test_what_one_item_alone_has_is_asked_of_that_item(tmp_path: Path) -> None:
    answer = told(tmp_path, {"garden.md": GARDEN}, "answer", "Do gardens need water in the evening sun?")
    assert "\n- " not in answer.text


def test_a_list_is_looked_for_in_the_answer_before(tmp_path: Path) -> None:
    hits = {f"rules-{place}.md": _rules_of(place) for place in ("north", "south", "mill", "quay")}
    asked = "Who may keep a garden?"
    files = {**hits, "garden.md": GARDEN}
    before = told(tmp_path, files, "answer", asked)
    turns = [Turn("user", asked), Turn("assistant", before.text, before.as_json())]
    answer = told(tmp_path, files, "list", "give me the 3 rules", turns)
    assert {citation.quote.article for citation in answer.citations} == {"garden.md"}


def _rules_of(place: str) -> str:
    return (
        f"---\ntitle: The rules of the {place}\n---\n\nThe rules of the {place} are three and strict rules.\n"
    )


def test_without_a_list_a_message_is_answered_as_a_question(tmp_path: Path) -> None:
    answer = told(tmp_path, {"light.md": SECTIONS}, "list", "List what is heard in fog")
    assert "\n- " not in answer.text
    assert items_of(answer)[0] == "A bell is heard in fog, where the lighthouse is not seen."
