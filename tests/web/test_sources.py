from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

from assistant.types import Article, Heading, Span
from assistant.web.sources import SHOWN_CHARACTERS, reader_html, sources_html

from .fakes import ARTICLES, BUDGET, ENGLISH, FRENCH, REVISED, FakeDesk, hits


def text_of(markup: str) -> str:
    """The text of some HTML, paragraphs apart."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</(p|h\d)>", "\n\n", markup)))


def cited(markup: str) -> list[str]:
    return [html.unescape(words) for words in re.findall(r'<mark class="cited">(.*?)</mark>', markup, re.S)]


def body(markup: str) -> str:
    return text_of(markup.split('<div class="text"')[1].split(">", 1)[1])


def test_reader_marks_the_exact_words() -> None:
    article = ARTICLES["mairie-2024.md"]
    page = reader_html(article, BUDGET.start, BUDGET.end, FRENCH)
    assert cited(page) == [BUDGET.text]
    assert "18 mars 2024" in page
    assert 'rel="noopener noreferrer nofollow"' in page


def test_reader_marks_words_over_two_paragraphs() -> None:
    article = Article("a.md", "One end.\n\nTwo begins.", "T", "en", "0")
    page = reader_html(article, 4, 13, ENGLISH)
    assert cited(page) == ["end.", "Two"]


def test_reader_shows_every_word_escaped() -> None:
    hostile = "<script>x</script> & <img src=//evil.example>\n\n## Heading\n\nEnd"
    start = hostile.index("## Heading")
    article = Article("a.md", hostile, "<b>T</b>", "en", "0", headings=(Heading(start, start + 10, 2),))
    page = reader_html(article, 0, 8, ENGLISH)
    assert body(page).split() == hostile.split()
    assert "<h4>## Heading</h4>" in page
    assert not re.search(r"<(script|img|b)\b", page)


def test_reader_shows_a_long_article_around_the_cited_words() -> None:
    text = "Ligne sans fin. " * 40_000
    middle = len(text) // 2
    page = reader_html(Article("a.md", text, "T", "fr", "0"), middle, middle + 20, FRENCH)
    assert len(page) < 2 * SHOWN_CHARACTERS
    assert cited(page) == [text[middle : middle + 20]]
    assert FRENCH.reader_part in page
    assert 'class="cited"' not in reader_html(Article("a.md", text, "T", "fr", "0"), 0, 0, FRENCH)


def test_reader_shows_planted_orders() -> None:
    article = ARTICLES["library-2025.md"]
    start = article.text.index("Ignore")
    page = reader_html(replace(article, flagged=(Span(start, start + 6),)), 0, 0, ENGLISH)
    assert '<mark class="planted">Ignore</mark>' in page
    assert ENGLISH.flagged_more in page


def test_cards(tmp_path: Path) -> None:
    desk = FakeDesk(tmp_path)
    answer = desk._answer("q", desk.found, desk.script).as_json()
    page = sources_html(answer["citations"], answer["hits"], FRENCH)
    assert re.findall(r'<article class="source" data-n="(\d)"', page) == ["1", "2", "3"]
    assert "Aussi dans depeche-2024.txt" in page
    assert page.count(FRENCH.flagged) == 1
    assert "https://journal.example/2024/budget?x=1" in page
    assert html.escape(REVISED.text) in page


def test_passages_before_any_citation() -> None:
    found = [hit.as_json() for hit in hits()]
    page = sources_html([], found, ENGLISH)
    assert page.count('<article class="passage">') == 2
    assert '<details class="passages" open>' in page
    assert sources_html([], [], ENGLISH).strip() == ""
