from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import pytest

from assistant.errors import AssistantError
from assistant.language.pack import languages
from assistant.web.routes import SHELL_TEXTS
from assistant.web.templates import (
    after_heading,
    ascii_address,
    below_title,
    commands,
    plain_address,
    written_day,
)
from assistant.web.texts import texts_for, texts_of, translations, typeset

from .fakes import ENGLISH, FRENCH


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de-DE,de;q=0.9,fr;q=0.5", "fr"),
        ("de", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en;q=0.2, fr;q=0.7", "fr"),
        ("fr;q=0", "en"),
        ("fr;q=...", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_language_of_the_browser(header: str | None, language: str) -> None:
    assert texts_for(header).language == language


def test_every_text_that_the_page_names_is_in_the_packs() -> None:
    web = resources.files("assistant.web")
    sources = [file for folder in (web, web / "templates", web / "static") for file in folder.iterdir()]
    text = "\n".join(file.read_text("utf-8") for file in sources if file.is_file())
    scripts = "\n".join(
        file.read_text("utf-8") for file in (web / "static").iterdir() if file.name.endswith(".js")
    )
    uses = r'(?<![\w.])texts\.([a-z_]+)\b(?!\()|i18n\("([a-z_]+)"|data-(?:text|label)="([a-z_]+)"'
    named = {*SHELL_TEXTS, *("".join(found) for found in re.findall(uses, text))} - {"dataset"}
    assert len(named) > 60
    for texts in (FRENCH, ENGLISH):
        assert not {name for name in named if not getattr(texts, name, "")}
    fetched = re.findall(r'data-(?:text|label)="([a-z_]+)"', text) + re.findall(
        r"(?<![\w.])texts\.([a-z_]+)", scripts
    )
    assert set(fetched) <= set(SHELL_TEXTS)
    with pytest.raises(AttributeError, match=r"no page\.nothing_of_the_kind"):
        _ = ENGLISH.nothing_of_the_kind


def kinds_of(error: type[AssistantError]) -> Iterator[type[AssistantError]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds_of(kind)


@pytest.mark.parametrize("kind", [*kinds_of(AssistantError)], ids=lambda kind: kind.__name__)
def test_whatever_fails_is_said_in_the_language_of_the_page(kind: type[AssistantError]) -> None:
    said = {texts_of(language).problem_of(kind) for language in languages()}
    assert len(said) == len(languages())


def test_gradio_gets_the_texts_of_every_language() -> None:
    assert {"fr", "en", "es"} <= set(translations())
    assert translations()["fr"]["send"] == "Envoyer"


def test_french_print_has_its_spaces_and_its_apostrophe() -> None:
    texts = " ".join(FRENCH.values.values())
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


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Run `assistant setup`, then try again.", "Run <code>assistant setup</code>, then try again."),
        ("`<b>` and a lone ` sign", "<code>&lt;b&gt;</code> and a lone ` sign"),
        ("<i>no command</i>", "&lt;i&gt;no command&lt;/i&gt;"),
    ],
)
def test_commands_are_drawn_as_such_and_nothing_else_is(text: str, drawn: str) -> None:
    assert commands(text) == drawn


def test_the_section_of_a_passage_does_not_repeat_the_title() -> None:
    assert below_title("Le titre › Une partie", "Le titre") == "Une partie"
    assert below_title("Une partie", "Le titre") == "Une partie"


@pytest.mark.parametrize(
    ("text", "section", "shown"),
    [
        ("Le titre\n\nUne partie\n\nDes mots.", "Le titre › Une partie", "Des mots."),
        ("Des mots.", "Le titre", "Des mots."),
        ("Le titre", "Le titre", "Le titre"),
        ("Des mots.", "", "Des mots."),
    ],
)
def test_a_passage_is_shown_without_the_headings_that_stand_over_it(
    text: str, section: str, shown: str
) -> None:
    assert after_heading(text, section) == shown
