"""One HTML page for an evaluation: it needs nothing but itself, and opens from the disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..answer_json import CitationJson, HitJson, QuoteJson
from ..errors import EvaluationError
from ..files import write_whole
from ..types import Json
from .evaluation_json import EstimateJson, EvaluationJson
from .metrics import METRICS
from .plots import quality_plot, times_plot
from .questions import Question
from .records import RecordJson
from .run import Run
from .wording import HEADLINE, flat, in_sections, interval, number, percent, subject

TEMPLATE = Path(__file__).parent / "report.html"
AROUND = 160
"""Characters of the article shown before and after the cited words."""
TEXT_OF = Callable[[str], str | None]

SHORT = ("hit@5", "ndcg@10", "answer_contained", "citation_precision", "over_refusal", "abstention_recall")
GROUPS = {"kind": "Kind", "language": "Language of the question", "pair": "Question → article"}
PLOTTED = ("hit@5", "answer_contained", "citation_precision", "quote_contains_answer")
TIMES = {"first_evidence_s": "first evidence", "first_token_s": "first word", "total_s": "whole answer"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an article's text: cited, gold, both or neither."""

    text: str
    cited: bool = False
    gold: bool = False


def shortcomings_of(scores: Mapping[str, float], record: RecordJson, failed: bool) -> list[str]:
    """What went wrong with a question, in the words of the page's filter."""
    tests: Iterable[tuple[str, bool]] = (
        ("could not be answered", failed),
        ("not found", scores.get("hit@10") == 0),
        ("gold answer missing", scores.get("answer_contained") == 0 and not record.get("abstained")),
        ("no right citation", scores.get("citation_precision") == 0),
        ("some citations wrong", 0 < scores.get("citation_precision", 1) < 1),
        ("refused wrongly", bool(scores.get("over_refusal"))),
        ("answered the unanswerable", scores.get("abstention_recall") == 0),
        ("sentence not supported", scores.get("supported", 1) < 1),
        ("altered fact accepted", scores.get("altered_flagged") == 0),
        ("true sentence flagged", scores.get("gold_accepted") == 0),
        ("wrong language", scores.get("language_match") == 0),
        ("forbidden words", bool(scores.get("must_not"))),
        ("invalid citation", bool(scores.get("invalid_citations"))),
    )
    return [name for name, wrong in tests if wrong]


def marked(text: str, start: int, end: int, question: Question, article: str) -> list[Piece]:
    """The cited words with what stands around them, and the gold spans in it."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    # whole words at both ends
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < len(text) and not text[last].isspace():
        last -= 1
    gold = [(s.start, s.end) for s in question.spans if s.article == article]
    cuts = {first, last, start, end, *(cut for span in gold for cut in span)}
    places = sorted(cut for cut in cuts if first <= cut <= last)
    pieces = [
        Piece(text[a:b], start <= a < end, any(s <= a < e for s, e in gold)) for a, b in pairwise(places)
    ]
    before, after = [Piece("… ")] if first > 0 else [], [Piece(" …")] if last < len(text.rstrip()) else []
    return [*before, *pieces, *after]


def _answer_parts(record: RecordJson) -> Iterator[tuple[str, str, list[str]]]:
    """The answer cut at its sentences: text, verdict ("" between them) and reasons."""
    text, place = record["answer"], 0
    for sentence in record.get("sentences") or []:
        if sentence["start"] > place:
            yield text[place : sentence["start"]], "", []
        yield text[sentence["start"] : sentence["end"]], sentence["verdict"], sentence["reasons"]
        place = sentence["end"]
    if place < len(text):
        yield text[place:], "", []


def _sources(question: Question, record: RecordJson, text_of: TEXT_OF) -> Iterator[Json]:
    """Citations, or where there are none the evidence, with their words marked in the article; then the
    first gold span, where none of them shows one."""
    cited = record.get("citations") or []
    shows_gold = False
    quotes: Sequence[CitationJson | QuoteJson] = cited or (record.get("evidence") or [])[:2]
    for place, one in enumerate(quotes):
        text = text_of(one["article"])
        if text is not None:
            pieces = marked(text, one["start"], one["end"], question, one["article"])
            shows_gold = shows_gold or any(piece.gold for piece in pieces)
            label = f"[{cited[place]['n']}]" if cited else "Nearest:"
            yield _source(label, one["article"], pieces, one["article"] in question.articles)
    for span in question.spans[: 0 if shows_gold else 1]:
        text = text_of(span.article)
        if text is not None:
            pieces = marked(text, span.start, span.end, question, span.article)
            yield _source("Gold:", span.article, [replace(p, cited=False) for p in pieces], True)


def _source(label: str, article: str, pieces: Sequence[Piece], gold: bool) -> Json:
    return {"label": label, "article": article, "pieces": pieces, "gold": gold}


def _question_view(
    question: Question,
    measured: Mapping[str, Any],
    hits: Sequence[HitJson],
    record: RecordJson,
    failure: str | None,
    text_of: TEXT_OF,
) -> Json:
    scores = measured.get("scores", {})
    return {
        "question": question,
        "scores": scores,
        "language": measured.get("language", question.language),
        "failures": shortcomings_of(scores, record, failure is not None),
        "failure": failure,
        "parts": list(_answer_parts(record)) if "answer" in record else [],
        "reasons": list(dict.fromkeys(r for s in record.get("sentences") or [] for r in s["reasons"])),
        "abstained": bool(record.get("abstained")),
        "sources": list(_sources(question, record, text_of)),
        "hits": [
            {**hit, "gold": bool({hit["article"], *hit.get("also_in", [])} & set(question.articles))}
            for hit in hits
        ],
        "timings": record.get("timings") or {},
        "warnings": record.get("warnings") or [],
    }


def question_views(run: Run, questions: Iterable[Question], text_of: TEXT_OF) -> list[Json]:
    """What the page shows of each question; of repeats the first."""
    measured = {m.question.id: m.as_json() for m in run.evaluation.measured}
    hits = {one.question.id: one.as_json()["hits"] for one in run.found}
    records = {one.question.id: one.record for one in reversed(run.outcomes) if one.failure is None}
    reasons = {failure["id"]: failure["reason"] for failure in run.evaluation.failures}
    views = []
    for question in questions:
        name, record = question.id, records.get(question.id, RecordJson())
        found = hits.get(name) or record.get("hits") or []
        views.append(
            _question_view(question, measured.get(name, {}), found, record, reasons.get(name), text_of)
        )
    return views


def _headline(data: EvaluationJson) -> list[tuple[str, EstimateJson]]:
    found = ((name, data["metrics"][name]) for name in HEADLINE[data["tier"]])
    return [(name, one) for name, one in found if one["value"] is not None]


def _plots(data: EvaluationJson) -> list[tuple[str, str]]:
    times = {
        label: [q["scores"][name] for q in data["questions"] if name in q["scores"]]
        for name, label in TIMES.items()
    }
    drawn = (
        ("Quality by kind of question, with 95 % intervals", quality_plot(data["by"]["kind"], PLOTTED)),
        ("How soon answers come", times_plot(times)),
    )
    return [(title, svg) for title, svg in drawn if svg is not None]


def report_html(run: Run, questions: Sequence[Question], text_of: TEXT_OF, title: str) -> str:
    """The page. `text_of` gives an article's text, None for an unknown one."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    data = run.evaluation.as_json()
    views = question_views(run, questions, text_of)
    counts: dict[str, int] = {}
    for view in views:
        for failure in view["failures"]:
            counts[failure] = counts.get(failure, 0) + 1
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    for filter_ in (number, interval, percent):
        environment.filters[filter_.__name__] = lambda found, name, say=filter_: say(name, found)
    page = environment.from_string(TEMPLATE.read_text("utf-8")).render(
        title=title,
        data=data,
        metrics=METRICS,
        subject=subject(data),
        headline=_headline(data),
        sections=in_sections(data["metrics"]),
        groups=GROUPS,
        settings=dict(flat(data["settings"])),
        short=[name for name in SHORT if data["metrics"][name]["value"] is not None],
        plots=[(name, Markup(svg)) for name, svg in _plots(data)],  # drawn from numbers and names
        views=views,
        counts=dict(sorted(counts.items(), key=lambda item: -item[1])),
        kinds=sorted({question.kind for question in questions}),
    )
    return re.sub(r"\n\s*\n+", "\n", page)


def write_report(path: Path, page: str) -> None:
    """Write the page. Raises `EvaluationError` where the disk does not take it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page)
    except OSError as error:
        raise EvaluationError(
            f"The report {str(path)!r} cannot be written: {error.strerror}. Give another file with --report."
        ) from error
