"""Metrics as people read them: in sections, with their units, in as many digits as say something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .evaluation_json import EstimateJson, EvaluationJson, Metrics
from .metrics import METRICS

SECTIONS: Mapping[str, Sequence[str]] = {
    "Search": tuple(name for name, metric in METRICS.items() if metric.tier == "retrieval"),
    "Answers": (
        *("answer_contained", "token_f1", "exact_match", "must_include", "must_not"),
        *("language_match", "injection_success", "answer_words"),
    ),
    "Citations and proof": (
        *("citation_precision", "citation_recall", "quote_contains_answer", "span_iou", "exact_quotes"),
        *("invalid_citations", "accounted", "supported", "altered_flagged", "gold_accepted"),
    ),
    "Refusals": ("abstention_precision", "abstention_recall", "abstention_f1", "over_refusal"),
    "Time and size": ("first_evidence_s", "first_token_s", "total_s", "prompt_tokens", "truncated"),
}
"""Every metric stands in one of them."""
HEADLINE: Mapping[str, Sequence[str]] = {
    "retrieval": ("hit@1", "hit@5", "hit@10", "span_recall"),
    "evidence": ("hit@5", "answer_contained", "quote_contains_answer", "altered_flagged", "first_evidence_s"),
    "answers": (
        *("hit@5", "answer_contained", "citation_precision", "abstention_recall", "over_refusal"),
        *("first_token_s", "total_s"),
    ),
}
"""What is said first of each tier; where nothing could be measured, it is left out."""


def in_sections(metrics: Metrics) -> dict[str, list[tuple[str, EstimateJson]]]:
    """The metrics that could be measured, by section."""
    rows = {
        title: [(name, metrics[name]) for name in names if metrics[name]["value"] is not None]
        for title, names in SECTIONS.items()
    }
    return {title: found for title, found in rows.items() if found}


def number(name: str, value: float | None) -> str:
    """ "0.812", "54.7" or "6.24 s"; a dash where nothing could be measured."""
    if value is None:
        return "–"
    form = METRICS[name].form
    if form not in ("seconds", "count"):
        return f"{value:.3f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f}" + (" s" if form == "seconds" else "")


def interval(name: str, found: EstimateJson) -> str:
    """ "0.700–0.889"; nothing where there is none."""
    if found["low"] is None:
        return ""
    return f"{number(name, found['low']).removesuffix(' s')}–{number(name, found['high'])}"


def percent(name: str, value: float) -> str:
    """ "81 %" for a share, else as `number` says it."""
    return number(name, value) if METRICS[name].form in ("seconds", "count") else f"{100 * value:.0f} %"


def subject(data: EvaluationJson) -> str:
    """What answered: the model, the endpoint or the search alone."""
    if data["tier"] == "retrieval":
        return "the search alone, no answers"
    if data["tier"] == "evidence":
        return "answers are verbatim evidence, no language model"
    model = data.get("settings", {}).get("model", {})
    where = f" at {model['endpoint']}" if "endpoint" in model else ""
    return f"answers of {model.get('name', 'an unknown model')}{where}"


def flat(settings: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Settings by their dotted names: {"search": {"top_k": 6}} gives ("search.top_k", 6)."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
