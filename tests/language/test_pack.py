"""Language packs: each has the keys of the English one."""

from __future__ import annotations

import re
from datetime import date

import pytest

from assistant.language.lexicon import one_of, table_in, words_in
from assistant.language.pack import languages, missing_keys, pack
from assistant.language.reading_pack import DATES, missing_reading_keys, reading_packs


@pytest.mark.parametrize("language", languages())
def test_every_pack_is_complete(language: str) -> None:
    assert pack(language).language == language


@pytest.mark.parametrize("language", languages())
def test_every_text_is_filled_in_with_the_same_names(language: str) -> None:
    for section in ("texts", "answer", "reasons", "failures", "page", "prompts"):
        texts, english = getattr(pack(language), section), getattr(pack("en"), section)
        assert set(texts) == set(english)
        for key, text in texts.items():
            names = [sorted(set(re.findall(r"\$\w+|\{\w+\}", one))) for one in (text, english[key])]
            same = names[0] == names[1] or section in ("failures", "prompts")  # these name themselves
            assert same, f"{section}.{key}"
            assert text.strip(" \n") or not english[key].strip(), f"{section}.{key} is empty"


def test_missing_keys_are_named() -> None:
    assert missing_keys({"texts": {"a": ""}}, {"texts": {"a": "", "b": ""}, "words": {"c": []}}) == [
        "texts.b",
        "words.c",
    ]


def test_a_language_without_a_pack_has_the_english_one() -> None:
    assert pack("xx").language == "en"


def test_every_reading_pack_is_complete() -> None:
    packs = reading_packs()
    assert {"fr", "en", "es"} <= set(packs)
    for language, data in packs.items():
        assert set(data) - {"dates", "time"} == set(packs["en"])
        assert set(data["orders"]) == set(packs["en"]["orders"])
        assert len(data["short_months"]) == 12
        if language in languages():
            assert not {"dates", "time"} & set(data)
        else:
            assert set(DATES) <= set(data["dates"])
            assert set(data["time"]) == set(pack("en").time)


def test_missing_keys_of_a_reading_pack_are_named() -> None:
    whole = {"months": [], "orders": {"ai": [], "task": []}, "fields": {"title": []}}
    given = {"months": [], "orders": {"ai": []}, "fields": {}}
    assert missing_reading_keys(given, whole) == ["orders.task"]
    assert missing_reading_keys({"fields": {}}, whole) == ["months", "orders"]


def test_words_of_other_languages_stand_beside_those_of_the_text() -> None:
    assert {"environ", "about"} <= set(words_in("fr", "numbers", "about"))
    assert table_in("fr", "dates", "steps")["week"] == "week"
    assert words_in("fr", "numbers", "about")[0] == "environ"  # its own first
    assert words_in("xx", "numbers", "about") == words_in("en", "numbers", "about")


def test_days_and_months_as_people_write_them() -> None:
    first = date(2025, 3, 1)
    assert [pack(code).day(first) for code in ("fr", "en", "es")] == [
        "1er mars 2025",
        "1 March 2025",
        "1 de marzo de 2025",
    ]
    assert [pack(code).month(2025, 3) for code in ("fr", "es")] == ["mars 2025", "marzo de 2025"]


def test_an_empty_list_of_words_matches_nothing() -> None:
    assert re.search(one_of([]), "anything") is None
    assert re.fullmatch(one_of(["a", "a b"]), "a b")
