"""Words of a question that stand in no article, in the spelling of what was found."""

from __future__ import annotations

import pytest
from builders import make_article, make_hit
from fakes import FakeEmbedder

from assistant.intents.spelling import respelt, with_seams
from assistant.store.memory import MemoryLibrary
from assistant.types import Query

FRENCH = "Elon Musk a retiré sa plainte de 2024 contre OpenAI. Il comptait en déposer une autre. La ville de Brossard l'a su."
ENGLISH = (
    "Elon Musk withdrew his first suit in June. The town of Brossard knew. The machine ZX-480/B was sold."
)


@pytest.mark.parametrize(
    ("language", "asked", "searched"),
    [
        ("en", "What did the town of Brosard know?", "What did the town of Brossard know?"),
        ("fr", "Que savait la ville de Brosard ?", "Que savait la ville de Brossard ?"),
        ("en", "Was the machyne sold?", "Was the machine sold?"),
        ("en", "Was the zx480b sold?", "Was the ZX-480/B sold?"),
        # a word of one's own language is no other spelling of one in another
        ("en", "Which was the first complaint?", "Which was the first complaint?"),
    ],
)
def test_the_spelling_of_the_articles(language: str, asked: str, searched: str) -> None:
    articles = [make_article(FRENCH, "a.md"), make_article(ENGLISH, "b.md", language="en")]
    library = MemoryLibrary(articles, FakeEmbedder(), min_tokens=20, max_tokens=40)
    hits = [make_hit(FRENCH, article="a.md"), make_hit(ENGLISH, article="b.md", language="en", rank=2)]
    assert respelt(Query(asked, asked, language), hits, library).search_text == searched


def test_a_code_is_searched_whole_and_taken_apart() -> None:
    assert with_seams(Query("", "Was the zx480b sold?", "en")).search_text == "Was the zx480b zx 480 b sold?"
    plain = Query("", "Was the machine sold?", "en")
    assert with_seams(plain) is plain
