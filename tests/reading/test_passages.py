"""Passages: exact offsets, whole sentences, sizes, sections, ids, for any text."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from builders import make_article
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.hygiene import clean
from assistant.reading.passages import split_passages
from assistant.types import Heading, Passage, Span


def by_word(text: str) -> list[int]:
    """Whole words, as a wordpiece tokenizer sees common ones."""
    return [len(word) for word in re.findall(r"\w+|[^\w\s]", text)]


def by_character(text: str) -> list[int]:
    """White space counts too: joined parts have more tokens than the parts together."""
    return [ord(character) for character in text]


def by_pair(text: str) -> list[int]:
    """Tokens that cross word boundaries: the parts have more tokens than the whole, or fewer."""
    return list(range(0, len(text), 2))


TOKENIZERS = [by_word, by_character, by_pair]


def words_of(passages: list[Passage], text: str) -> str:
    return "".join("".join(text[passage.start : passage.end].split()) for passage in passages)


AWKWARD = st.text(
    st.one_of(
        st.sampled_from(list("abcÀéœ. .!?…«»\"'()-\n\n\t\u00a0\u202f\u200b\ufeff01,\U0001f600漢字。\u0301")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=600,
)
REPEATED = st.builds(lambda unit, times: unit * times, AWKWARD.filter(len), st.integers(1, 40))


@settings(max_examples=120, deadline=None)
@given(
    st.one_of(AWKWARD, REPEATED),
    st.sampled_from(TOKENIZERS),
    st.integers(1, 40),
    st.integers(40, 120),
)
def test_any_text(raw: str, tokenize: object, least: int, most: int) -> None:
    text, _ = clean(raw)
    made = split_passages(make_article(text), tokenize, least, most)  # type: ignore[arg-type]
    previous = 0
    for passage in made:
        inside = text[passage.start : passage.end]
        assert previous <= passage.start < passage.end <= len(text)
        assert inside == inside.strip() != ""
        assert len(tokenize(inside)) <= most  # type: ignore[operator]
        previous = passage.end
    assert words_of(made, text) == "".join(text.split())
    assert len({passage.id for passage in made}) == len(made)
    assert made == split_passages(make_article(text), tokenize, least, most)  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(3, 30), min_size=1, max_size=80))
def test_sizes_and_whole_sentences(lengths: list[int]) -> None:
    text = " ".join(" ".join(["mot"] * (length - 1)) + "." for length in lengths)
    text = re.sub(r"(^|\. )m", r"\1M", text)
    found = make_article(text)
    made = split_passages(found, by_word, 60, 120)
    starts, ends = {span.start for span in found.sentences}, {span.end for span in found.sentences}
    assert all(passage.start in starts and passage.end in ends for passage in made)
    sizes = [len(by_word(text[passage.start : passage.end])) for passage in made]
    assert max(sizes) <= 120
    # With sentences of at most 30 tokens every passage can hold 60 but where two share 121 to 135.
    assert len(sizes) == 1 or min(sizes) >= 45


def test_a_section_begins_a_passage_and_names_it() -> None:
    sections = [f"Titre {n}\n\n" + "Une phrase de cinq mots. " * 6 for n in range(4)]
    text = "\n\n".join(section.strip() for section in sections)
    starts = [text.index(f"Titre {n}") for n in range(4)]
    headings = tuple(Heading(start, start + 7, 1 if n == 0 else 2) for n, start in enumerate(starts))
    made = split_passages(make_article(text, headings=headings), by_word, 20, 60)
    assert [passage.start for passage in made] == starts
    assert [passage.section for passage in made] == [
        "Titre 0",
        *(f"Titre 0 › Titre {n}" for n in range(1, 4)),
    ]


def test_a_heading_stays_with_what_follows() -> None:
    text = "Une phrase de cinq mots. " * 9 + "\n\nTitre\n\n" + "Encore une phrase de mots. " * 9
    text = text.replace(". \n", ".\n").strip()
    start = text.index("Titre")
    for most in range(40, 70):
        made = split_passages(make_article(text, headings=(Heading(start, start + 5, 2),)), by_word, 38, most)
        assert not any(text[passage.start : passage.end].endswith("Titre") for passage in made)


def test_pages() -> None:
    text = "Une phrase de cinq mots. " * 30
    text = text.strip()
    made = split_passages(
        make_article(text, pages=(Span(0, 250), Span(250, 500), Span(500, len(text)))), by_word, 20, 40
    )
    assert [passage.page for passage in made] == [1 + min(2, passage.start // 250) for passage in made]


def test_ids_depend_on_article_and_text_only() -> None:
    text = "Une phrase de cinq mots. " * 12 + "Une autre."
    first = split_passages(make_article(text), by_word, 20, 40)
    longer = split_passages(make_article(text + "\n\n" + "Bien autre chose est dit. " * 20), by_word, 20, 40)
    assert first[0].id == longer[0].id
    assert first[0].id != first[1].id  # the same words a second time


def test_no_text_no_passage() -> None:
    assert split_passages(make_article(""), by_word, 20, 40) == []


def test_five_million_characters_take_seconds() -> None:
    for unit, length in (("Une phrase de cinq mots. ", 5_000_000), ("x", 300_000), ("漢字 ", 300_000)):
        text = (unit * (length // len(unit))).strip()
        started = time.process_time()
        made = split_passages(make_article(text), by_word if unit != "x" else by_pair, 200, 350)
        assert made[-1].end == len(text)
        assert time.process_time() - started < 30


@pytest.mark.models
def test_with_the_real_tokenizer() -> None:
    from tokenizers import Tokenizer

    folder = Path(__file__).parents[2] / ".runtime/embedders/multilingual-e5-small"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def tokenize(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    text = (Path(__file__).parents[1] / "data/articles/front-matter-fr.md").read_text("utf-8") * 20
    text, _ = clean(text)
    made = split_passages(make_article(text), tokenize, 200, 350)
    sizes = [len(tokenize(text[passage.start : passage.end])) for passage in made]
    assert max(sizes) <= 350
    assert min(sizes) >= 175
