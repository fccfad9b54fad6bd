"""The one date grammar: every form of a date in every language, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pattern_times import slow_on

from assistant.language.date_rules import rules_in
from assistant.language.dates import ANY, find_dates, is_range, place_of

AS_OF = date(2024, 5, 15)  # a Wednesday


def days(text: str, language: str = ANY) -> list[tuple[str, str] | None]:
    """First and last day of each expression."""
    spans = (one.days for one in find_dates(text, language, AS_OF))
    return [span and (span[0].isoformat(), span[1].isoformat()) for span in spans]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-05-03", "2024-05-03", "2024-05-03"),
        ("2024-05-03T23:30:00-08:00", "2024-05-03", "2024-05-03"),
        ("2024/05/03", "2024-05-03", "2024-05-03"),
        ("20240503", "2024-05-03", "2024-05-03"),
        ("2024-5-3", "2024-05-03", "2024-05-03"),
        ("Datum:13.05.2024", "2024-05-13", "2024-05-13"),
        ("13/05/24", "2024-05-13", "2024-05-13"),
        ("13.05.99", "1999-05-13", "1999-05-13"),
        ("3 mai 24", "2024-05-03", "2024-05-03"),
        ("3-mai-2024", "2024-05-03", "2024-05-03"),
        ("3. März 2024", "2024-03-03", "2024-03-03"),
        ("3 mag 2024", "2024-05-03", "2024-05-03"),
        ("3 de maio de 2024", "2024-05-03", "2024-05-03"),
        ("2024-05", "2024-05-01", "2024-05-31"),
        ("05/2024", "2024-05-01", "2024-05-31"),
        ("l'hiver 2023", "2023-12-01", "2024-02-29"),
        ("S1 2024", "2024-01-01", "2024-06-30"),
        ("au dernier trimestre de 2023", "2023-10-01", "2023-12-31"),
        ("mars dernier", "2024-03-01", "2024-03-31"),
        ("last June", "2023-06-01", "2023-06-30"),
        ("l'été dernier", "2023-06-01", "2023-08-31"),
        ("this spring", "2024-03-01", "2024-05-31"),
        ("last quarter", "2024-01-01", "2024-03-31"),
        ("the 1990s", "1990-01-01", "1999-12-31"),
        ("gestern", "2024-05-14", "2024-05-14"),
    ],
)
def test_a_date_in_any_language(text: str, first: str, last: str) -> None:
    assert days(text) == [(first, last)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("du 3 au 5 mai 2024", "2024-05-03", "2024-05-05"),
        ("May 3-5, 2024", "2024-05-03", "2024-05-05"),
        ("March to June 2023", "2023-03-01", "2023-06-30"),
        ("de décembre à mars 2024", "2023-12-01", "2024-03-31"),
        ("2019-2021", "2019-01-01", "2021-12-31"),
        ("2023/24", "2023-01-01", "2024-12-31"),
        ("1999–00", "1999-01-01", "2000-12-31"),
        ("last week", "2024-05-06", "2024-05-12"),
    ],
)
def test_the_ends_of_a_range(text: str, first: str, last: str) -> None:
    readings = find_dates(text, ANY, AS_OF)
    assert len({place_of(one) for one in readings}) == 1
    assert is_range(readings)
    ends = readings[0].days, readings[-1].days
    assert ends[0] is not None
    assert ends[1] is not None
    assert (ends[0][0].isoformat(), ends[1][1].isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("05/03/2024", ["2024-03-05", "2024-05-03"]),
        ("2008-09", ["2008-09-01", "2008-01-01", "2009-01-01"]),
    ],
)
def test_readings_of_one_date(text: str, readings: list[str]) -> None:
    found = find_dates(text, ANY)
    assert [one.days and one.days[0].isoformat() for one in found] == readings
    assert not is_range(found)


@pytest.mark.parametrize("language", ["fr", "en", "es", ANY])
@pytest.mark.parametrize(
    "text",
    [
        "(UE) 2024/1689",
        "2021/953",
        "n° 2016-1321",
        "2023-417",
        "345/2024",
        "1 234 2024",
        "01.02.03.04.05",
        "2000 euros",
        "3.10.12",
        "v2.0",
        "2024-13-45",
    ],
)
def test_what_only_looks_like_a_date(text: str, language: str) -> None:
    assert find_dates(text, language) == ()


@pytest.mark.parametrize(
    "text",
    ["What came out 2 days late?", "the Gen 3 and the Set 5", "3 set pieces", "en sept jours", "by mar"],
)
def test_a_short_month_of_another_language_is_a_word_like_any(text: str) -> None:
    assert find_dates(text, ANY) == ()
    assert find_dates("since Feb", ANY)


@pytest.mark.parametrize(
    "text",
    ["the last years of his reign", "the last week of the war", "the first quarterback", "1400 people"],
)
def test_what_is_counted_from_elsewhere(text: str) -> None:
    assert find_dates(text, "en", AS_OF) == ()


def test_a_full_stop_after_a_month_ends_the_sentence() -> None:
    (one,) = find_dates("Elle est partie le 3 mai.", "fr")
    assert one.text == "3 mai"


@given(st.text(max_size=200), st.sampled_from(["fr", "en", "es", "xx", ANY]))
def test_any_text(text: str, language: str) -> None:
    for one in find_dates(text, language, AS_OF):
        assert one.text == text[one.start : one.end] != ""
        assert one.days is None or one.days[0] <= one.days[1]


def test_time_grows_with_the_text_alone() -> None:
    assert [pattern.pattern for pattern, _ in rules_in(ANY) if slow_on(pattern)] == []


@pytest.mark.parametrize("text", ["An 18F member", "An 18-year-old man", "An 80 percent cut"])
def test_an_english_article_is_no_french_year(text: str) -> None:
    assert find_dates(text, "en") == ()
    assert [one.text for one in find_dates("en l'an 80", "fr")] == ["l'an 80"]
