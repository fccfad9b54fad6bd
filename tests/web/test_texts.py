from __future__ import annotations

import re
from dataclasses import fields

import pytest

from assistant.web.templates import ascii_address, plain_address, written_day
from assistant.web.texts import ENGLISH, FRENCH, texts_for, typeset


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de-DE,de;q=0.9,fr;q=0.5", "fr"),
        ("de", "en"),
        ("en;q=0.2, fr;q=0.7", "fr"),
        ("fr;q=0", "en"),
        ("fr;q=...", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_language_of_the_browser(header: str | None, language: str) -> None:
    assert texts_for(header).language == language


def test_both_languages_say_the_same_things() -> None:
    for field in fields(FRENCH):
        french, english = getattr(FRENCH, field.name), getattr(ENGLISH, field.name)
        assert french.strip()
        assert english.strip()
        assert re.findall(r"\{\w+\}", french).sort() == re.findall(r"\{\w+\}", english).sort()


def test_french_print_has_its_spaces_and_its_apostrophe() -> None:
    texts = " ".join(getattr(FRENCH, field.name) for field in fields(FRENCH))
    assert not re.search(r" [:;?!»%]|« |\w'\w", texts)
    assert typeset("C'est « dit » : 12 % ?", "fr") == "C’est «\u00a0dit\u00a0»\u00a0: 12\u00a0%\u00a0?"
    assert typeset("It's 12 % : no", "en") == "It's 12 % : no"


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        ("2025-03-01", "fr", "1er mars 2025"),
        ("2025-08-18", "fr", "18 août 2025"),
        ("2025-03-01", "en", "1 March 2025"),
    ],
)
def test_dates_as_people_write_them(value: str, language: str, written: str) -> None:
    assert written_day(value, language) == written


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://journal.example/a?b=c#d", True),
        ("http://journal.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//journal.example/a", False),
        ("https://user@journal.example/", False),
        ('https://journal.example/"onmouseover="x', False),
        ("https://journal.example/a b", False),
        ("https://[", False),
        ("https://[::1]:8080/a", True),
        ("http://host:80:80/", False),
        ("http://host:99999/", False),
        ("http://host:/", False),
        ("http://jour%6eal.example/", False),
        ("http://jоurnal.example/", False),  # a Cyrillic о
        ("http://xn--jurnal-wqf.example/", True),
        ("", False),
        (None, False),
    ],
)
def test_addresses_that_may_be_clicked(url: str | None, plain: bool) -> None:
    assert plain_address(url) is plain


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://jоurnal.example/a", "http://xn--jurnal-wqf.example/a"),  # a Cyrillic о
        ("https://presse。example/", "https://presse.example/"),
        ("javascript:alert(1)", ""),
        ("http://host:80:80/", ""),
        ("http://..example/", ""),
        (None, ""),
    ],
)
def test_hosts_in_other_letters_are_shown_as_what_they_are(url: str | None, shown: str) -> None:
    assert ascii_address(url) == shown


def test_decimal_sign() -> None:
    assert FRENCH.seconds(0.061) == "0,06 s"
    assert ENGLISH.seconds(12.34) == "12.3 s"
