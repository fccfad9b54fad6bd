"""The report: one page that needs nothing else, small, and right in a real browser."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.evaluation_json import EstimateJson
from assistant.evaluation.journal import Journal
from assistant.evaluation.metrics import METRICS
from assistant.evaluation.plots import quality_plot, times_plot
from assistant.evaluation.questions import GoldSpan, Question, QuestionSet
from assistant.evaluation.records import RecordJson
from assistant.evaluation.report import (
    Piece,
    marked,
    question_views,
    report_html,
    shortcomings_of,
    write_report,
)
from assistant.evaluation.run import Run, Subject, evaluate
from assistant.evaluation.runner import AssistantAsker
from assistant.evaluation.wording import HEADLINE, SECTIONS, interval, number, percent

from .fakes import ParagraphRetriever, QuotingAssistant, WordProver

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TEXTS = {
    "<b>ada</b>.md": "Ada wrote the program in 1843.\nShe lived in London with <script>alert(1)</script>.",
    "bell.md": "Bell called Watson in 1876.\nThe telephone was patented.",
}
QUESTIONS = (
    Question(
        "ada", "When was the program of Ada wrote?", 1, "en", ("1843",), ("<b>ada</b>.md",), True,
        (GoldSpan("<b>ada</b>.md", 25, 29, "1843"),),
    ),
    Question("bell", "When has Bell called Watson?", 2, "en", ("1877",), ("bell.md",), True, kind="time"),
    Question("moon", "Qui a fait <img src=x onerror=alert(1)> ?", 3, "fr", (), (), False, kind="unanswerable"),
    Question("fails", "Who breaks it?", 4, "en", ("x",), ("bell.md",), True),
)  # fmt: skip


def made(tmp_path: Path, questions: tuple[Question, ...] = QUESTIONS) -> Run:
    retriever = ParagraphRetriever(TEXTS, fails_on="breaks")
    subject = Subject(
        "evidence",
        retriever,
        AssistantAsker(QuotingAssistant(retriever), TEXTS.get, require_model=False),
        Journal(tmp_path / "answers.jsonl", "run", questions),
        WordProver(),
        dict.fromkeys(TEXTS, "en"),
        {"embedder": {"name": "words"}},
        {"corpus": "sha256:c"},
    )
    return evaluate(subject, QuestionSet(questions))


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    path = folder / "report.html"
    write_report(path, report_html(made(folder), QUESTIONS, TEXTS.get, "Evaluation of questions"))
    return path


def test_the_page_names_nothing_outside_itself(page_file: Path) -> None:
    page = page_file.read_text("utf-8")
    references = re.findall(r"(?:\b(?:src|href)=|url\()\s*[\"']?([^\"'\s>)]+)", page)
    assert [one for one in references if not one.startswith("#")] == ["x"]  # "x": the escaped question
    assert "@import" not in page


def test_words_of_articles_and_questions_stay_text(page_file: Path) -> None:
    page = page_file.read_text("utf-8")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_cited_and_gold_words_are_marked_in_the_article() -> None:
    question = Question("q", "?", spans=(GoldSpan("a.md", 4, 9, ""),))
    assert marked("one two three four", 4, 13, question, "a.md") == [
        Piece("one "),
        Piece("two t", cited=True, gold=True),
        Piece("hree", cited=True),
        Piece(" four"),
    ]
    long = "word " * 100
    pieces = marked(long, 250, 254, question, "b.md")
    assert (pieces[0].text, pieces[-1].text) == ("… ", " …")
    assert pieces[1].text.startswith("word")
    assert pieces[-2].text.endswith("word")
    assert "".join(p.text for p in pieces[1:-1]) in long
    assert len(pieces[1].text) <= 160


@pytest.mark.parametrize(
    ("scores", "record", "failed", "names"),
    [
        ({}, {}, True, ["could not be answered"]),
        ({"hit@10": 0.0, "answer_contained": 0.0}, {}, False, ["not found", "gold answer missing"]),
        ({"answer_contained": 0.0, "over_refusal": 1.0}, {"abstained": True}, False, ["refused wrongly"]),
        ({"citation_precision": 0.5}, {}, False, ["some citations wrong"]),
        ({"citation_precision": 0.0}, {}, False, ["no right citation"]),
        ({"abstention_recall": 0.0}, {}, False, ["answered the unanswerable"]),
        ({"hit@10": 1.0, "citation_precision": 1.0, "supported": 1.0, "altered_flagged": 1.0}, {}, False, []),
    ],
)
def test_failures_have_names(
    scores: dict[str, float], record: RecordJson, failed: bool, names: list[str]
) -> None:
    assert shortcomings_of(scores, record, failed) == names


def test_gold_that_no_citation_shows_is_shown_itself(page_file: Path, tmp_path: Path) -> None:
    missed = Question("q", "When has Bell called Watson?", 1, "en", ("1843",), ("<b>ada</b>.md",), True,
                      (GoldSpan("<b>ada</b>.md", 25, 29, "1843"),))  # fmt: skip
    run = made(tmp_path, (missed,))
    labels = [source["label"] for source in question_views(run, (missed,), TEXTS.get)[0]["sources"]]
    assert labels == ["[1]", "Gold:"]
    assert "Gold: &lt;b&gt;ada" not in page_file.read_text("utf-8")


def test_every_part_has_its_interval(page_file: Path) -> None:
    page = page_file.read_text("utf-8")
    part = page[page.index('<table class="parts">') :].split("</table>")[0]
    values = re.findall(r'<td class="n">([^<]+)<small>([^<]+)</small>', part)
    assert len(values) > 10
    assert all(value == "–" or re.match(r"[\d.]+–[\d.]+, n \d+", rest) for value, rest in values)


def test_every_metric_has_its_place_and_its_unit() -> None:
    assert sorted(name for names in SECTIONS.values() for name in names) == sorted(METRICS)
    assert {name for names in HEADLINE.values() for name in names} <= set(METRICS)
    assert all(len(metric.label) <= 30 for metric in METRICS.values())  # a terminal shows it on one line
    numbers = [number("hit@5", 0.8125), number("total_s", 6.241), number("prompt_tokens", 812.4)]
    assert numbers == ["0.812", "6.24 s", "812"]
    assert number("hit@5", None) == "–"
    assert interval("total_s", {"value": 8.0, "low": 5.0, "high": 12.0, "n": 3}) == "5.00–12.0 s"
    assert percent("hit@5", 0.8125) == "81 %"


def test_without_anything_to_draw_there_is_no_plot() -> None:
    nothing: EstimateJson = {"value": None, "low": None, "high": None, "n": 0}
    assert quality_plot({"fact": {"hit@5": nothing}}, ["hit@5"]) is None
    assert times_plot({"first": []}) is None


def test_plots_are_small_the_same_every_time_and_take_the_pages_colour() -> None:
    half: EstimateJson = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 9}
    group = {"fact $x$ <b>": {"hit@5": half}}
    once, again = quality_plot(group, ["hit@5"]), quality_plot(group, ["hit@5"])
    assert once == again
    assert once is not None
    assert "currentColor" in once
    assert "<b>" not in once
    several = times_plot({"a": [0.1, 0.2], "b": [10.0, 20.0]})
    assert several is not None
    assert len(several) < 60_000


def test_a_disk_that_refuses_is_named() -> None:
    with pytest.raises(EvaluationError, match="cannot be written"):
        write_report(Path("/dev/null/report.html"), "")


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, base = tmp_path_factory.mktemp("large"), QUESTIONS[0]
    words = f"{base.question} {'and why ' * 12}"
    many = tuple(
        Question(f"q{i}", f"{words} {i}?", i, "en", base.answers, base.articles, True, base.spans)
        for i in range(1000)
    )
    write_report(folder / "large.html", report_html(made(folder, many), many, TEXTS.get, "Large"))
    return folder / "large.html"


def test_a_thousand_questions_make_a_small_page(large_file: Path) -> None:
    assert large_file.stat().st_size < 8_000_000
    assert large_file.read_text("utf-8").count("<details") == 1000


# --------------------------------------------------------------------------- in a browser


Scheme = Literal["light", "dark"]


def opened(
    browser: Browser, path: Path, width: int = 1400, scheme: Scheme = "light"
) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: complaints.append(request.url) if request.url != path.as_uri() else None
    )
    page.goto(path.as_uri())
    return page, complaints


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_narrow_and_wide_light_and_dark(
    browser: Browser, page_file: Path, width: int, scheme: Scheme
) -> None:
    page, complaints = opened(browser, page_file, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(card => card.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    light = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ink, paper)]
    assert (light[0] < light[1]) == (scheme == "light")
    assert complaints == []
    page.close()


@pytest.mark.browser
def test_failures_are_filtered_and_cited_words_are_marked(browser: Browser, page_file: Path) -> None:
    page, _ = opened(browser, page_file)
    page.select_option("#failure", "could not be answered")
    assert page.locator(".question:visible").count() == 1
    page.select_option("#failure", "-")
    assert "ada" in (page.locator(".question:visible").first.text_content() or "")
    page.select_option("#failure", "+")
    assert page.locator("#shown").inner_text() == "3 of 4"
    page.select_option("#failure", "")
    page.select_option("#kind", "time")
    assert page.locator("#shown").inner_text() == "1 of 4"
    page.locator(".question:visible summary").click()
    assert page.locator(".question:visible mark").text_content() == "Bell called Watson in 1876."
    page.close()


@pytest.mark.browser
def test_a_large_page_filters_without_a_visible_wait(browser: Browser, large_file: Path) -> None:
    page, _ = opened(browser, large_file)
    started = time.monotonic()
    page.fill("#words", "why  77")
    assert page.locator("#shown").inner_text() == "11 of 1000"
    assert time.monotonic() - started < 2
    page.close()
