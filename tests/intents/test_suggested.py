"""Messages to begin with, made from the user's own articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from builders import make_article

from assistant.intents.chat import suggested
from assistant.language.pack import pack
from assistant.library import ArticleSummary
from assistant.types import Article


class Few:
    """A library of a few articles."""

    def __init__(self, *articles: Article) -> None:
        self.known = {article.name: article for article in articles}

    def articles(self) -> Sequence[Any]:
        return [ArticleSummary(a.name, a.title, a.published, a.language, 1) for a in self.known.values()]


def titled(name: str, title: str, year: int, language: str = "fr", **facts: Any) -> Article:
    return make_article(
        "Le prix du pain\n\nDes mots.",
        name,
        title=title,
        language=language,
        published=date(year, 1, 1),
        **facts,
    )


def test_they_are_about_the_newest_articles_of_the_language() -> None:
    library = Few(
        titled("a.md", "Ancien", 2019), titled("b.md", "Récent", 2024), titled("c.md", "English one", 2025, "en"),
        titled("d.md", "Nouveau", 2025), titled("e.md", "x" * 200, 2026),
    )  # fmt: skip
    assert [words.replace("\u00a0", " ") for words in suggested(library, pack("fr"))] == [
        "Résume l’article « Nouveau »", "Que disent les articles de « Récent » ?", "Quels sont les derniers articles ?",
    ]  # fmt: skip
    assert suggested(library, pack("en"))[0] == "Summarise the article “English one”"
    assert suggested(library, pack("es"))[0] == "Resume el artículo «English one»"


def test_an_empty_library_suggests_nothing() -> None:
    assert suggested(Few(), pack("fr")) == []
