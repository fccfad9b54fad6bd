"""The date of a page's own article, whatever else on the page has one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.reading.articles import ArticleFile, read_article

PROSE = "".join(
    f"<p>The bakers of Corvane meet at the mill each week to share the flour of farm number {n}.</p>"
    for n in range(4)
)
TICKER = '<aside class="ticker"><time datetime="2025-09-01">1 Sep</time> Boats</aside>'


def published(folder: Path, body: str, head: str = "") -> date | None:
    path = folder / "page.html"
    path.write_text(
        f"<html lang=en><head><title>The mill is sold</title>{head}</head><body>{body}</body></html>", "utf-8"
    )
    article = read_article(ArticleFile("page.html", path, path.stat().st_size, 0))
    assert article is not None
    return article.published


def json_ld(headline: str, day: str, url: str = "") -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{headline}","datePublished":"{day}","url":"{url}"}}</script>'


@pytest.mark.parametrize(
    ("body", "head", "expected"),
    [
        (f'<header><time datetime="2026-06-03">Today</time></header>{TICKER}<article><h1>The mill is sold</h1>'
         f'<time datetime="2024-02-11">11 Feb</time>{PROSE}</article>', "", date(2024, 2, 11)),
        (f'<div class="related"><article><time datetime="2025-01-05">x</time></article></div><article><h1>The mill is sold</h1>'
         f'<time datetime="2024-02-11">11 Feb</time>{PROSE}</article>', "", date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1>{PROSE}", json_ld("Another mill", "2021-01-05") + json_ld("The mill is sold", "2024-02-11"), date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1><p>Published on 11 February 2024 by the editors</p>{PROSE}", "", date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1><p class="byline">Publié le 11 février 2024 par la rédaction</p>{PROSE}', "", date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1><p>Published on 11 February 2024, updated on 3 May 2025</p>{PROSE}", "", date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1><p class="date">11 February 2024</p>{PROSE}',
         json_ld("The mill is sold", "2024-02-12T02:30:00Z"), date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1>{PROSE}", json_ld("The mill is sold", "2024-02-11T23:30:00-05:00"), date(2024, 2, 11)),
        # the page shows another day than it states: it was published again
        (f'<h1>The mill is sold</h1><p class="date">3 May 2025</p>{PROSE}', json_ld("The mill is sold", "2024-02-11"), date(2025, 5, 3)),
        (f'<h1>The mill is sold</h1><p class="date">Updated 3 May 2025</p>{PROSE}', json_ld("The mill is sold", "2024-02-11"), date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1>{PROSE}<div class="teaser"><time datetime="2025-01-05">x</time></div>',
         json_ld("The mill is sold", "2024-02-11"), date(2024, 2, 11)),
        (f'<p>Friday, 3 May 2025</p><h1>The mill is sold</h1>{PROSE}', json_ld("The mill is sold", "2024-02-11"), date(2024, 2, 11)),
        (f"<h1>Fair of 3 May 2025</h1><figcaption>The mill, 3 May 2005</figcaption>{PROSE}", "", None),
        (f"<h1>The mill is sold</h1><p>Corvane, 11 February 2024</p>{PROSE}", "", date(2024, 2, 11)),
        # statements contradict each other
        (f"<h1>The mill is sold</h1>{PROSE}", json_ld("The mill is sold", "2020-01-10") + '<meta name="date" content="2023-01-01">', None),
        # noon in UTC is the same day everywhere but at the date line
        (f"<h1>The mill is sold</h1>{PROSE}", json_ld("The mill is sold", "2024-02-12T12:30:00Z")
         + '<link rel="canonical" href="https://x.example/2024/02/11/mill/">', date(2024, 2, 12)),
        (f"<h1>The mill is sold</h1>{PROSE}", json_ld("The mill is sold", "2024-02-12T02:30:00Z")
         + '<link rel="canonical" href="https://x.example/2024/02/11/mill/">', date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1><abbr class='published' title='2024-02-11T05:11:00-05:00'>5:11</abbr>{PROSE}", "", date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1><time class='updated' datetime='2025-05-03'>3 May</time>{PROSE}"
         "<p class='date'>11 February 2024</p>", "", date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1><p>The road is closed from 3 May 2025. Read more here about it.</p>{PROSE}", "", None),
        (f"<h1>The mill is sold</h1><p class=date>11.02.2024</p>{PROSE}", "", date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1>{PROSE}", '<script type="application/ld+json">{"@type": "Article", "datePublished": "2024-02-11",}</script>', date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1>{PROSE}", json_ld("Another thing to read", "2021-01-05"), None),
        (f"<h1>The mill is sold</h1>{PROSE}", '<script type="application/ld+json"><!-- {"@type": "Recipe", "name": "The mill is sold", "datePublished": "2024-02-11"} --></script>', date(2024, 2, 11)),
        (f"<h1>The mill is sold</h1>{PROSE}", '<script type="application/ld+json">{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "headline": "The mill is sold", "datePublished": "2024-02-11"}}</script>', date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1>{PROSE}<div class=related><div itemscope><meta itemprop=datePublished content="2021-01-05"></div></div>', "", None),
        (f'<h1>The mill is sold</h1><p>Updated <time datetime="2024-05-01">1 May</time></p><p>Published <time datetime="2024-02-11">11 Feb</time></p>{PROSE}', "", date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1><time datetime="11/02/2024">11 February 2024</time>{PROSE}', "", date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1><time datetime="1707638400">11 February 2024</time>{PROSE}', "", date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1><time datetime="2024-02-12T01:30:00Z">February 11, 2024 5:30 PM</time>{PROSE}', "", date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1><p>The fair is on <time datetime="2026-08-03">3 August</time>, the farmers say, in the yard of the mill.</p>{PROSE}', "", None),
        (f'<h1>The mill is sold</h1><p class=event>Fair: <time datetime="2026-08-03">3 August 2026</time></p><p class=byline>By Odile, <time datetime="2024-02-11">11 February 2024</time></p>{PROSE}', "", date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1><p>11 February 2024</p>{PROSE}<p class=date>Copyright 2026-01-01</p>', "", date(2024, 2, 11)),
        (f'<h1>The mill is sold</h1>{PROSE}<aside><h3>Related</h3><article><h4>Other</h4><time datetime="2021-01-05">x</time></article></aside>', "", None),
        (f"<h1>The mill is sold</h1>{PROSE}<ul class=comments><li><time datetime='2025-01-01'>x</time></li></ul>", "", None),
    ],
)  # fmt: skip
def test_the_articles_own_date(tmp_path: Path, body: str, head: str, expected: date | None) -> None:
    assert published(tmp_path, body, head) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# The battle of 3 May 1808\n\nIt began early in the town.", None),
        ("# The mill\n\nLaw of 8 August 2016\n\nIt began early in the town.", None),
        ("# Odile Corvin\n\nBorn 4 March 1976\n\nShe owns a mill.", None),
        ("# Le moulin\n\nDate limite : 4 mars 2026\n\nIl est vendu.", None),
        ("# Le moulin\n\nPar Odile Corvin, le 12 juill. 2023\n\nIl est vendu.", date(2023, 7, 12)),
        ("# Le moulin\n\nPublié le 12/07/23\n\nIl est vendu.", date(2023, 7, 12)),
        ("# Le moulin\n\n12/07/23\n\nIl est vendu.", None),
        ("---\ndate: 3 juill. 2019\n---\n# Le moulin\n\nIl est vendu.", date(2019, 7, 3)),
    ],
)
def test_dates_in_texts(tmp_path: Path, text: str, expected: date | None) -> None:
    path = tmp_path / "a.md"
    path.write_text(text, "utf-8")
    article = read_article(ArticleFile("a.md", path, path.stat().st_size, 0))
    assert article is not None
    assert article.published == expected


def test_british_pages_have_the_day_first(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        f"<html lang=en-GB><body><h1>The mill is sold</h1><p class=date>02/11/2024</p>{PROSE}", "utf-8"
    )
    article = read_article(ArticleFile("page.html", path, path.stat().st_size, 0))
    assert article is not None
    assert article.published == date(2024, 11, 2)


@pytest.mark.parametrize("headline", ["The mill is sold | The Herald", "THE MILL IS SOLD"])
def test_a_title_is_written_as_the_heading_is(tmp_path: Path, headline: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        f"<html><head>{json_ld(headline, '2024-02-11')}</head><h1>The mill is sold</h1>{PROSE}", "utf-8"
    )
    article = read_article(ArticleFile("page.html", path, path.stat().st_size, 0))
    assert article is not None
    assert article.title == "The mill is sold"
