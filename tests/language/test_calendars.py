"""Calendars and signs of numbers."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assistant.language.calendars import decimal_sign, month_names, weekday_names
from assistant.language.lexicon import ANY, month_numbers, table_in, weekday_numbers, words_in


@pytest.mark.parametrize(
    ("language", "month", "day", "sign"),
    [
        ("fr", "août", "lundi", ","),
        ("en", "August", "Monday", "."),
        ("es", "agosto", "lunes", ","),
        ("de", "August", "Montag", ","),
        ("xx", "August", "Monday", "."),
    ],
)
def test_calendars_of_languages(language: str, month: str, day: str, sign: str) -> None:
    assert month_names(language)[7] == month
    assert weekday_names(language)[0] == day
    assert decimal_sign(language) == sign


def test_months_and_days_of_a_text_and_of_the_languages_beside_it() -> None:
    assert (
        month_numbers("fr")["fevrier"] == month_numbers("fr")["february"] == month_numbers("fr")["fevr"] == 2
    )
    assert weekday_numbers("es")["miercoles"] == 2


def test_words_of_every_language_together() -> None:
    months = month_numbers(ANY)
    assert months["marz"] == months["marco"] == months["mars"] == 3
    assert months["aout"] == months["ago"] == 8
    assert {"printemps", "fruhling", "verao"} <= set(table_in(ANY, "dates", "seasons"))
    assert {"depuis", "since", "seit"} <= set(words_in(ANY, "time", "before_month"))


def test_calendars_are_read_on_first_use() -> None:
    code = (
        "import sys, assistant.reading.articles, assistant.search.question, assistant.evaluation.question_generation; "
        "print('babel' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
