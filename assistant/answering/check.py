"""The proof for a text that someone else wrote: a draft, a press release, another assistant's answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..reading.language import detect_language
from ..reading.sentences import sentence_spans
from ..types import Citation, Hit, Json, Proof, Quote
from .composition import CITATIONS_A_SENTENCE, Proves


def check_text(text: str, retrieve: Callable[[str], Sequence[Hit]], prover: Proves) -> Json:
    """Prove each sentence of `text` against what `retrieve` finds for it; no language model takes part.

    The JSON of `assistant check`: sentence spans are offsets in `text`, citations run from 1 in order of first use.
    """
    language = detect_language(text)
    citations: dict[tuple[str, int, int], Citation] = {}
    sentences = []
    for span in sentence_spans(text, language):
        hits = retrieve(text[span.start : span.end])
        proof = prover.prove(text[span.start : span.end], hits, language)
        sentences.append(
            {
                "start": span.start,
                "end": span.end,
                "citations": [_number(quote, hits, citations) for quote in _cited(proof)],
                "verdict": proof.verdict,
                "reasons": list(proof.reasons),
                "nearest": [quote.as_json() for quote in proof.nearest],
            }
        )
    return {
        "text": text,
        "language": language,
        "sentences": sentences,
        "citations": [citation.as_json() for citation in citations.values()],
        "conflicts": [],
    }


def _cited(proof: Proof) -> Sequence[Quote]:
    return proof.quotes[:CITATIONS_A_SENTENCE] if proof.verdict in ("supported", "partial") else ()


def _number(quote: Quote, hits: Sequence[Hit], citations: dict[tuple[str, int, int], Citation]) -> int:
    key = (quote.article, quote.start, quote.end)
    if key not in citations:
        hit = hits[quote.hit]
        citations[key] = Citation(len(citations) + 1, quote, hit.title, hit.published, hit.url, hit.publisher)
    return citations[key].n
