"""Numbers in both notations, in digits and in words, with units, scales and approximations."""

from __future__ import annotations

from random import Random

import pytest

from assistant.language.dates import date_spans, find_dates
from assistant.language.number_words import spelled_numbers
from assistant.language.numbers import Quantity, find_quantities
from assistant.proof.checks.numbers import missing_quantities


def quantities(text: str, language: str) -> tuple[Quantity, ...]:
    return find_quantities(text, language, date_spans(find_dates(text, language)))


@pytest.mark.parametrize(
    ("text", "language", "values", "unit"),
    [
        ("1 234,5 habitants", "fr", (1234.5,), None),
        ("1\u202f234\u202f567 habitants", "fr", (1234567,), None),
        ("1,234.5 people", "en", (1234.5,), None),
        ("3,5 %", "fr", (3.5,), "%"),
        ("12 pour cent", "fr", (12,), "%"),
        ("douze pour cent", "fr", (12,), "%"),
        ("12 percent", "en", (12,), "%"),
        ("12 per cent", "en", (12,), "%"),
        ("12.5%", "en", (12.5,), "%"),
        ("14,2 milliards d'euros", "fr", (14.2e9,), "EUR"),
        ("5 M€", "fr", (5e6,), "EUR"),
        ("3,5 Md€", "fr", (3.5e9,), "EUR"),
        ("$5bn", "en", (5e9,), "USD"),
        ("$3.5 million", "en", (3.5e6,), "USD"),
        ("2 million dollars", "en", (2e6,), "USD"),
        ("un million de dollars", "fr", (1e6,), "USD"),
        ("a million users", "en", (1e6,), None),
        ("1 000 millions", "fr", (1e9,), None),
        ("1 billion", "fr", (1e12,), None),
        ("1 billion", "en", (1e9,), None),
        ("7B parameters", "en", (7e9,), None),
        ("7 milliards de paramètres", "fr", (7e9,), None),
        ("a 1.5-billion-parameter model", "en", (1.5e9,), None),
        ("16 Go de mémoire", "fr", (16,), "gigabyte"),
        ("80 GB of memory", "en", (80,), "gigabyte"),
        ("a 10-year-old boy", "en", (10,), "year"),
        ("vingt et un jours", "fr", (21,), "day"),
        ("quatre-vingt-dix-neuf", "fr", (99,), None),
        ("deux cent mille", "fr", (200000,), None),
        ("twenty-one weeks", "en", (21,), "week"),
        ("two hundred and five", "en", (205,), None),
        ("une dizaine de jours", "fr", (10,), "day"),
        ("14 h 30", "fr", (870,), "clock"),
        ("2:30 p.m.", "en", (870,), "clock"),
        ("la moitié des élèves", "fr", (50,), "%"),
    ],
)
def test_a_number_is_read(text: str, language: str, values: tuple[float, ...], unit: str | None) -> None:
    last = quantities(text, language)[-1]
    assert last.values[0] == pytest.approx(values[0])
    assert last.unit == unit
    assert text[last.start : last.end] == last.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("GPT-4 et o3-mini", "fr"),
        ("gpt-oss-120b and DeepSeek-R1", "en"),
        ("COVID-19", "en"),
        ("1. Premier point", "fr"),
        ("- 2) Second point", "en"),
        ("mars 2025", "fr"),
        ("on May 3, 2024", "en"),
        ("XVIIIe siècle", "fr"),
    ],
)
def test_names_markers_and_dates_are_no_numbers(text: str, language: str) -> None:
    assert [quantity for quantity in quantities(text, language) if not quantity.loose] == []


SAME = [
    ("12 %", "fr", "12 percent", "en"),
    ("1 234,5", "fr", "1,234.5", "en"),
    ("1 milliard", "fr", "1 billion", "en"),
    ("1 milliard", "fr", "1,000 million", "en"),
    ("3 jours", "fr", "three days", "en"),
    ("vingt", "fr", "20", "en"),
    ("près de 12 %", "fr", "11.8 %", "en"),
    ("about 650 million", "en", "653 millions", "fr"),
    ("plus de 50 %", "fr", "52 %", "en"),
    ("moins de 10 %", "fr", "9,5 %", "fr"),
    ("50 %", "fr", "plus de 50 %", "fr"),
    ("entre 10 % et 15 %", "fr", "10 à 15 %", "fr"),
    ("3,7 milliards", "fr", "4 milliards aux vêtements et 3,7 aux biens", "fr"),
    ("3.7 billion", "en", "It gave 4 billion to clothes, and 3.7 to goods", "en"),
    ("2 billion", "en", "2 or 3 billion people", "en"),
    ("12 dollars", "en", "12", "en"),
    ("la moitié", "fr", "50 %", "fr"),
]
DIFFERENT = [
    ("12 %", "fr", "13 percent", "en"),
    ("1 milliard", "fr", "1 million", "en"),
    ("1 billion", "fr", "1 billion", "en"),
    ("3 jours", "fr", "three weeks", "en"),
    ("12 dollars", "en", "12 euros", "fr"),
    ("12 %", "fr", "12 euros", "fr"),
    ("environ 12 %", "fr", "13 %", "fr"),
    ("plus de 13 000 places", "fr", "plus de 14 000 places", "fr"),
    ("plus de 50 %", "fr", "moins de 50 %", "fr"),
    ("le deuxième", "fr", "le troisième", "fr"),
    ("quatre-vingts", "fr", "quatre-vingt-dix", "fr"),
    ("deux", "fr", "second-place", "en"),
    ("two billion", "en", "650 million by December, in less than two years", "en"),
    ("3 milliards", "fr", "Les 3 articles comptent les 12 milliards dépensés", "fr"),
    ("2 milliards", "fr", f"405 milliards.{' Un mot.' * 12} Les 2 autres attendent", "fr"),
]


def test_any_run_of_digits_and_signs_is_read() -> None:
    """Prices in a row ("114.80,47.40") are no number, and stop nothing."""
    random = Random(0)
    signs = [
        "1",
        "20",
        "114",
        "2024",
        ".",
        ",",
        "'",
        " ",
        "-",
        "/",
        "%",
        "€",
        "h",
        "er",
        "th",
        "²",
        "٣",
        "°C",
        "10^",
    ]
    for _ in range(3000):
        text = "".join(random.choice(signs) for _ in range(random.randint(1, 9)))
        for language in ("fr", "en", "es"):
            assert all(q.text == text[q.start : q.end] for q in find_quantities(text, language))
    assert find_quantities("114.80,47.40 euros", "en")


@pytest.mark.parametrize(("claim", "language", "source", "source_language"), SAME)
def test_the_same_number_is_confirmed(claim: str, language: str, source: str, source_language: str) -> None:
    assert missing_quantities(quantities(claim, language), quantities(source, source_language)) == []


@pytest.mark.parametrize(("claim", "language", "source", "source_language"), DIFFERENT)
def test_another_number_is_missed(claim: str, language: str, source: str, source_language: str) -> None:
    assert missing_quantities(quantities(claim, language), quantities(source, source_language)) != []


_FRENCH = (
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf"
).split()
_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()


def french(number: int) -> str:
    if number < 20:
        return _FRENCH[number]
    if number == 100:
        return "cent"
    tens, rest = divmod(number, 10)
    if tens in (7, 9):
        tens, rest = tens - 1, rest + 10
    word = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}[tens]
    if number == 80:
        return "quatre-vingts"
    joint = " et " if rest in (1, 11) and tens != 8 else "-"
    return word + (joint + _FRENCH[rest] if rest else "")


def english(number: int) -> str:
    if number < 20:
        return _ENGLISH[number]
    if number == 100:
        return "one hundred"
    tens, rest = divmod(number, 10)
    word = "twenty thirty forty fifty sixty seventy eighty ninety".split()[tens - 2]
    return word + (f"-{_ENGLISH[rest]}" if rest else "")


@pytest.mark.parametrize("number", range(101))
def test_words_from_zero_to_one_hundred(number: int) -> None:
    for written, language in ((french(number), "fr"), (english(number), "en")):
        assert [found.value for found in spelled_numbers(f"il y en a {written} la", language)] == [number], (
            written
        )


@pytest.mark.parametrize("altered", ["le règlement (UE) 2024/1690", "le règlement (UE) 2023/1689"])
def test_both_numbers_of_a_reference_are_compared(altered: str) -> None:
    reference = quantities("le règlement (UE) 2024/1689", "fr")
    assert missing_quantities(reference, reference) == []
    assert missing_quantities(quantities(altered, "fr"), reference)


@pytest.mark.parametrize(("written", "number"), [("vingt et unième", 21), ("soixante et onzième", 71)])
def test_an_ordinal_after_and_is_whole(written: str, number: int) -> None:
    (found,) = quantities(f"le {written} siècle", "fr")
    assert (found.text, found.values, found.ordinal) == (written, (float(number),), True)
