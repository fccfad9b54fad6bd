"""Cards of sources: what is cited, then the other passages that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..answer_json import CitationJson, HitJson
from ..types import Json
from .templates import hit_of, render
from .texts import Texts


def sources_html(citations: Sequence[CitationJson], hits: Sequence[HitJson], texts: Texts) -> str:
    """The sources panel: a card `article.source[data-n]` for each citation, then the other passages found."""
    cited = [_source(citation, hit_of(citation, hits)) for citation in citations]
    quoted = {(source["article"], source.get("passage")) for source in cited}
    others = [
        {**hit, "text": without_planted(hit)}
        for hit in hits
        if (hit["article"], hit["passage"]) not in quoted
    ]
    return render("sources.html", cited=cited, others=others, texts=texts)


def _source(citation: CitationJson, hit: Mapping[str, object]) -> Json:
    return {**hit, **{key: value for key, value in citation.items() if value is not None}}


def without_planted(hit: HitJson) -> str:
    """The text of a hit without the orders planted in it: they are shown in the opened article alone, and marked."""
    text: str = hit["text"]
    for span in sorted(hit.get("orders") or (), key=lambda span: -span["start"]):
        start, end = max(span["start"] - hit["start"], 0), span["end"] - hit["start"]
        text = (
            f"{text[:start].rstrip()} […] {text[max(end, 0) :].lstrip()}"
            if end > 0 and start < len(text)
            else text
        )
    return text.strip()
