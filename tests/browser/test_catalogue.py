"""The view of the articles, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.library import Behind

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def test_what_was_read_what_was_not_and_why(visit: Open) -> None:
    seen = visit()
    page = seen.page
    page.get_by_role("tab", name="Articles").click()
    listed = page.locator("#articles .files li")
    listed.first.wait_for()
    assert "Articles : 2 · 2024–2025" in page.locator("#articles .sum").inner_text().replace("\u00a0", " ")
    assert "rejetés" in page.locator("#articles .sum").inner_text()
    assert (
        "protégé par un mot de passe, ou c’est un ancien .doc."
        in page.locator(".files .rejected").inner_text()
    )
    assert "The Courier · 9 janvier 2025 · anglais" in listed.first.inner_text()  # the newest first
    page.select_option("#article-sort", "oldest")
    page.wait_for_function(
        "document.querySelector('.files li .from').textContent.includes('Journal de la ville')"
    )
    assert "Journal de la ville · 18 mars 2024 · français" in listed.first.inner_text()
    page.select_option("#article-language", "en")
    listed.nth(1).wait_for(state="detached")
    assert "The Courier" in listed.inner_text()
    page.select_option("#article-language", "")
    listed.nth(2).wait_for()
    page.fill("#article-search", "BIBLIOTHEQUE adopte")
    listed.nth(1).wait_for(state="detached")
    assert "municipale adopté" in listed.inner_text()
    listed.locator(".title").click()
    page.locator("#reader .text").wait_for()
    assert "municipale adopté" in page.locator("#reader-title").inner_text()
    page.keyboard.press("Escape")
    page.fill("#article-search", "")
    page.select_option("#article-only", "rejected")
    page.locator(".files .open").first.wait_for(state="detached")
    assert listed.count() == 1
    page.fill("#article-search", "mot de passe")  # why it was rejected is searched as it is read
    listed.first.wait_for()
    assert "Enregistrez-le en .docx, sans mot de passe." in listed.inner_text()


@pytest.mark.parametrize(
    ("locale", "reason"),
    [
        ("en-GB", "It is locked with a password, or an old .doc. Save it again as .docx without password."),
        ("es-ES", "El archivo está protegido con contraseña, o es un .doc antiguo. Guárdelo como .docx, sin contraseña."),
    ],
)  # fmt: skip
def test_why_a_file_was_rejected_is_said_in_the_language_of_the_page(
    visit: Open, locale: str, reason: str
) -> None:
    page = visit(locale=locale).page
    page.locator('#tabs [role="tab"]').nth(2).click()
    page.locator(".files .rejected").wait_for()
    assert reason in page.locator(".files .rejected").inner_text()


def test_an_index_that_is_out_of_date_is_said(visit: Open) -> None:
    seen = visit(locale="en-GB")
    page = seen.page
    changes, seen.backend.changes = seen.backend.changes, Behind(["a.md", "b.md", "c<b>.md"], ["d.md"], [])
    try:
        seen.backend.indexing.want()  # the status line looks again
        page.reload()
        page.locator("#status .to-articles").click()
        behind = page.locator("#articles .behind")
        behind.wait_for()
        assert "The index is out of date: new: 3, changed: 1." in behind.inner_text()
        behind.locator("summary").click()
        assert "new: c<b>.md" in behind.inner_text()
        behind.locator(".index-now").click()
        page.locator("#articles .indexing .ran").wait_for()
        assert seen.backend.indexing.wanted[-1] is None
    finally:
        seen.backend.changes = changes


def test_one_article_is_asked(visit: Open) -> None:
    seen = visit()
    page = seen.page
    page.get_by_role("tab", name="Articles").click()
    page.locator('.files .ask-here[data-article="library-2025.md"]').click()
    page.locator("#chips .chip").wait_for()
    assert page.locator("#chips .chip").inner_text() == "library-2025.md"
    seen.ask_to_the_end("budget")
    assert seen.backend.filters[-1].articles == ("library-2025.md",)
