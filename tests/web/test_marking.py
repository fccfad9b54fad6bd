from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.conversations.conversations import Conversations
from assistant.evaluation.question_sets import from_feedback
from assistant.types import Span
from assistant.web.app import create_app
from assistant.web.marking import place_of

from .fakes import ARTICLES, FakeBackend

TEXT = "Le pont coûte 3 millions.\n\n- Il ouvre en mai.\n- Il ferme en juin.\n\nnom | prix\npont | 3\n\nLe pont coûte 3 millions."


@pytest.mark.parametrize(
    ("words", "near", "quote", "start"),
    [
        ("coûte 3 millions", 0, "coûte 3 millions", 8),
        ("coûte 3 millions", 90, "coûte 3 millions", 96),
        ("ouvre en mai. Il ferme", 0, "ouvre en mai.\n- Il ferme", 32),
        ("nom\tprix", 0, "nom | prix", 67),
        ("coûte 4 millions", 0, None, 0),
        (" ", 0, None, 0),
        ("a " * 500, 0, None, 0),
        ("(.*)+", 0, None, 0),
    ],
)
def test_selected_words_are_found_in_the_text(words: str, near: int, quote: str | None, start: int) -> None:
    place = place_of(TEXT, words, near)
    assert (place and TEXT[place.start : place.end]) == quote
    assert place is None or place == Span(start, start + len(quote or ""))


def test_a_marked_passage_becomes_a_question_of_the_evaluation(tmp_path: Path) -> None:
    backend = FakeBackend(tmp_path)
    conversations: Conversations = backend.conversations
    message = conversations.begin(conversations.start(), "Quand commencent les travaux ?")
    with TestClient(create_app(backend), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 1)) as client:

        def mark(words: str, article: str = "mairie-2024.md") -> int:
            passage = {"article": article, "words": words, "near": 0}
            return client.post("/feedback", json={"answer": message, "passage": passage}).status_code

        assert mark("Les travaux commenceront en juin.") == 200
        assert mark("Les travaux commenceront en juillet.") == 404
        assert mark("Les travaux", "none.md") == 404
        assert mark("") == 422
    (question,) = from_feedback(conversations.judged())
    start = ARTICLES["mairie-2024.md"].text.index("Les travaux commenceront")
    (span,) = question.spans
    assert (span.article, span.start, span.quote) == (
        "mairie-2024.md",
        start,
        "Les travaux commenceront en juin.",
    )
    assert question.articles == ("mairie-2024.md",)
    assert question.answers == ("Les travaux commenceront en juin.",)
    assert question.answerable is True
