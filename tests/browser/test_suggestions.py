"""What may be asked next: under the last answer alone, asked by one click."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def test_a_suggestion_is_asked_by_a_click_and_stands_under_the_last_answer_alone(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("une refuse")
    suggested = page.locator(".suggested button:visible")
    assert suggested.count() == 2
    words = suggested.first.inner_text()
    assert words == "Résume l’article «\u00a0Le budget de la bibliothèque municipale adopté\u00a0»"
    suggested.first.click()
    page.locator('.turn[data-state="done"]').nth(1).wait_for()
    assert seen.backend.asked[-1][0] == words
    assert page.locator(".turn").first.locator(".suggested:visible").count() == 0
    seen.ask_to_the_end("encore une refuse")
    page.locator('.turn:last-of-type .thumb[data-thumb="down"]').click()
    page.locator(".turn:last-of-type .correction textarea").fill("autre chose")
    assert page.locator(".suggested:visible").count() == 1
    assert seen.complaints == []
