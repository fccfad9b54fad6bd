"""A quoted title says nothing about the kind of a message, nor about its language."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.intents.classifier import Prediction
from assistant.intents.titled import Titled
from assistant.search.question import language_of

TITLE = "Microsoft loses its exclusive right, and gains another"


class Recording:
    """Says of every message that it is of one kind, and keeps what it was shown."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.shown: list[str] = []

    def __call__(self, message: str) -> Prediction:
        self.shown.append(message)
        return Prediction(self.kind, "", 0.9)  # type: ignore[arg-type]

    def leans(self, message: str) -> bool:
        return False


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (f"Résume l’article «\u00a0{TITLE}\u00a0»", "Résume l’article «\u00a0 Microsoft loses \u00a0»"),
        (f"Summarise “{TITLE.upper()}”", "Summarise “ MICROSOFT LOSES ”"),
        ("Is it true: “The bridge was closed in May”?", "Is it true: “The bridge was closed in May”?"),
        (f"“{TITLE}”", f"“{TITLE}”"),
        ("How many bridges?", "How many bridges?"),
    ],
)
def test_a_quoted_title_is_shortened_before_the_kind_is_told(message: str, shown: str) -> None:
    classify = Recording("overview")
    Titled(classify, lambda: [SimpleNamespace(title=TITLE)])(message)
    assert classify.shown == [shown]


def test_who_names_an_article_does_not_mean_the_answer_before() -> None:
    titled = Titled(Recording("previous"), lambda: [SimpleNamespace(title=TITLE)])
    assert titled(f"Summarise “{TITLE}”").kind == "overview"
    assert titled("Summarise it").kind == "previous"


def test_the_words_around_a_quotation_tell_the_language() -> None:
    assert (
        language_of("Resume el artículo «DeepSeek-R1 arrives with open weights and an MIT licence»") == "es"
    )
    assert language_of("Summarise the article “OpenAI, dix ans entre ouverture et fermeture”") == "en"
