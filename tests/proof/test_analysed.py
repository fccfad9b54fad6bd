"""A text is analysed once, and what was read in it stays with it."""

from __future__ import annotations

from datetime import date

from assistant.proof.analysed import Analysed, analysed, kept

TEXT = "Anne Marchand n’a pas signé les 12 contrats hier."


def test_the_same_text_in_the_same_language_is_one_analysis() -> None:
    assert analysed(TEXT, "fr") is analysed(TEXT, "fr")
    assert analysed(TEXT, "fr") is not analysed(TEXT, "en")


def test_what_is_read_in_a_text_is_read_once() -> None:
    asked: list[str] = []

    @kept
    def length(text: Analysed) -> int:
        asked.append(text.text)
        return len(text.text)

    given = Analysed(TEXT, "fr")
    assert length(given) == length(given) == len(TEXT)
    assert asked == [TEXT]
    assert length(Analysed("Non.", "fr")) == 4


def test_what_a_text_has() -> None:
    text = Analysed(TEXT, "fr")
    assert [name.text for name in text.names] == ["Anne Marchand"]
    assert [word.stem for word in text.content] == list(text.content_stems)
    assert text.stems < text.all_stems
    assert text.folded.startswith("anne marchand n'a pas signe")
    assert [quantity.values for quantity in text.values().quantities] == [(12.0,)]


def test_relative_dates_depend_on_the_day_of_the_article() -> None:
    text = Analysed(TEXT, "fr")
    (unknown,) = text.values().dates
    (known,) = text.values(date(2024, 5, 3)).dates
    assert unknown.years is None
    assert (known.years, known.day) == ((2024, 2024), 2)
    plain = Analysed("Le pont a ouvert le 3 mai 1998.", "fr")
    assert plain.values(date(2024, 5, 3)) is plain.values()
