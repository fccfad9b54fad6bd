"""The opened article: every word, the cited ones marked, lists and tables drawn."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from builders import make_article

from assistant.types import Heading, Span
from assistant.web.reader import SHOWN_CHARACTERS, reader_html

from .fakes import ARTICLES, BUDGET, ENGLISH, FRENCH, OPENING


def text_of(markup: str) -> str:
    """The text of some HTML, paragraphs apart."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</(p|h\d|li|td)>", "\n\n", markup)))


def cited(markup: str) -> list[str]:
    return [html.unescape(words) for words in re.findall(r'<mark class="cited">(.*?)</mark>', markup, re.S)]


def body(markup: str) -> str:
    return text_of(markup.split('<div class="text"')[1].split(">", 1)[1])


def test_reader_marks_the_exact_words() -> None:
    article = ARTICLES["mairie-2024.md"]
    page = reader_html(article, Span(BUDGET.start, BUDGET.end), FRENCH)
    assert cited(page) == [BUDGET.text]
    assert "18 mars 2024" in page
    assert 'rel="noopener noreferrer nofollow"' in page


def test_reader_marks_words_over_two_paragraphs() -> None:
    article = make_article("One end.\n\nTwo begins.", language="en")
    page = reader_html(article, Span(4, 13), ENGLISH)
    assert cited(page) == ["end.", "Two"]


def test_reader_shows_every_word_escaped() -> None:
    hostile = "<script>x</script> & <img src=//evil.example>\n\n## Heading\n\nEnd"
    start = hostile.index("## Heading")
    article = make_article(
        hostile, title="<b>T</b>", language="en", headings=(Heading(start, start + 10, 2),)
    )
    page = reader_html(article, Span(0, 8), ENGLISH)
    assert body(page).split() == hostile.split()
    assert "<h4>## Heading</h4>" in page
    assert not re.search(r"<(script|img|b)\b", page)


def test_reader_shows_a_long_article_around_the_cited_words() -> None:
    text = "Ligne sans fin. " * 40_000
    middle = len(text) // 2
    page = reader_html(make_article(text), Span(middle, middle + 20), FRENCH)
    assert len(page) < 2 * SHOWN_CHARACTERS
    assert cited(page) == [text[middle : middle + 20]]
    assert FRENCH.reader_part in page
    assert 'class="cited"' not in reader_html(make_article(text), Span(0, 0), FRENCH)


def test_reader_shows_planted_orders() -> None:
    article = ARTICLES["library-2025.md"]
    start = article.text.index("Ignore")
    page = reader_html(replace(article, flagged=(Span(start, start + 6),)), Span(0, 0), ENGLISH)
    assert '<mark class="planted">Ignore</mark>' in page
    assert ENGLISH.flagged_more in page


def test_reader_marks_every_cited_place_of_the_article() -> None:
    article = ARTICLES["mairie-2024.md"]
    places = [Span(quote.start, quote.end) for quote in (BUDGET, OPENING)]
    page = reader_html(article, places[1], FRENCH, places)
    assert cited(page) == [OPENING.text]
    assert f'<mark class="also">{BUDGET.text}' in html.unescape(page)


LISTED = "Prices\n- one <b>\n- two\nafter\n\nname | price\nbread | 2\n\n1. first\n2. second\n\nA | B alone"


def test_reader_draws_lists_and_tables_with_every_word() -> None:
    article = make_article(LISTED, language="en")
    start = LISTED.index("two")
    page = reader_html(article, Span(start, start + 3), ENGLISH)
    assert re.sub(r"\s+", " ", body(page)).split() == LISTED.split()
    assert page.count("<ul>") == page.count("<ol>") == page.count("<table>") == 1
    assert page.count("<li>") == page.count("<td>") == 4
    assert cited(page) == ["two"]
    assert "<b>" not in page


def test_reader_says_the_page_of_the_citation() -> None:
    article = make_article("One.\n\nTwo.\n\nThree.", "a.pdf", language="en", pages=(Span(0, 6), Span(6, 18)))
    page = reader_html(article, Span(6, 10), ENGLISH)
    assert "· p. 2</p></header>" in page
    assert re.findall(r'<p data-page="(.+?)">(.*?)</p>', page) == [
        ("p. 1", "One."),
        ("p. 2", '<mark class="cited">Two.</mark>'),
    ]


def test_an_article_that_has_changed_since_is_said_and_marks_nothing() -> None:
    article = ARTICLES["mairie-2024.md"]
    shown = Span(BUDGET.start, BUDGET.end)
    assert cited(reader_html(article, shown, FRENCH, digest=article.text_digest)) == [BUDGET.text]
    page = reader_html(article, shown, FRENCH, [shown], digest="sha256:0")
    assert FRENCH.article_changed in page
    assert "<mark" not in page


def test_a_title_that_the_text_begins_with_stands_once_and_can_be_cited() -> None:
    text = "The tide\n\nIt rises."
    article = make_article(
        text, title="The tide", language="en", headings=(Heading(0, 8, 1),), pages=(Span(0, 19),)
    )
    page = reader_html(article, Span(4, 8), ENGLISH)
    assert page.count("tide") == 1
    assert '<h2 id="reader-title" lang="en">The <mark class="cited">tide</mark></h2>' in page
    assert body(page).split() == ["It", "rises."]
    assert 'data-page="p. 1"' in page
    other = reader_html(replace(article, title="Tides"), Span(4, 8), ENGLISH)
    assert body(other).split() == ["The", "tide", "It", "rises."]
