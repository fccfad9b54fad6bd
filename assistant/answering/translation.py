"""The proof of a sentence by a source in another language, where shared words mean nothing.

What can be checked across languages: numbers, dates, names, and by how much one sentence is nearer in
meaning than the others of the same hits. The cosine itself says little (e5 gives .80 to strangers), its
distance from the middle of the others does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from assistant.answering.windows import SourceSentence, all_sentences, resemblance, stems_of
from assistant.types import Hit

if TYPE_CHECKING:
    from assistant.types import Vector

NEAREST = 12
"""Sentences that look like the claim most (names, numbers, look-alike words), compared by meaning."""
BACKGROUND = 6
"""Others, compared to know what is usual; each sentence is embedded once for all claims."""
FEWEST_COMPARED = 4
"""With fewer sentences there is no middle to measure from."""
SUPPORTED_FROM, PARTIAL_FROM = 0.075, 0.055
"""Distance of the best cosine from the median. Measured with multilingual-e5-small on 90 translated sentences of
the Canadian Digital Service blog: .075 keeps 92 % of them and lets 8 % of those pass whose article was taken away."""
KEPT_VECTORS = 4096
LONGEST_EMBEDDED, LONGEST_WORD = 3000, 80


class Comparison:
    """Sentences compared by meaning; remembers the vectors of source sentences."""

    def __init__(self, similarity: Callable[[Sequence[str]], Vector]) -> None:
        self._similarity = similarity
        self._vectors: dict[str, Vector] = {}

    def margins(self, claim: str, texts: Sequence[str]) -> list[float]:
        """For each text its cosine with the claim, less the median of all."""
        import numpy as np

        self._embed([claim, *texts])
        own = self._vectors[claim]
        cosines = [float(self._vectors[text] @ own) for text in texts]
        middle = float(np.median(cosines))
        return [cosine - middle for cosine in cosines]

    def _embed(self, texts: Sequence[str]) -> None:
        if len(self._vectors) > KEPT_VECTORS:
            self._vectors.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._similarity([*map(_bounded, new)]), strict=True))


def _bounded(text: str) -> str:
    """As much of a text as the embedder reads anyway, its words cut: a tokenizer takes long over one without a space."""
    return " ".join(word[:LONGEST_WORD] for word in text[:LONGEST_EMBEDDED].split())


def likely_sentences(claim: str, language: str, hits: Sequence[Hit]) -> list[tuple[float, SourceSentence]]:
    """Sentences of the hits in other languages with their outward likeness, most alike first."""
    stems = stems_of(claim, language)
    scored = []
    for sentence in all_sentences(hits):
        if sentence.language != language:
            # equal stems are names and numbers for the most part
            equal = len(stems & sentence.stems) / len(stems) if stems else 0.0
            scored.append((resemblance(stems, sentence.stems) + equal, sentence))
    return sorted(scored, key=lambda pair: -pair[0])


def compared(
    claim: str,
    likely: Sequence[tuple[float, SourceSentence]],
    comparison: Comparison | None,
    words_of: Callable[[SourceSentence], str] = attrgetter("text"),
) -> list[tuple[float | None, SourceSentence]]:
    """Sentences with their margin, best first; None where meaning could not be compared.

    `words_of` gives the words of a sentence that are compared with the claim.
    """
    chosen = [sentence for _, sentence in likely[:NEAREST]]
    rest = [sentence for _, sentence in likely[NEAREST:]]
    chosen += rest[:: max(1, len(rest) // BACKGROUND)][:BACKGROUND]
    if comparison is None or len(chosen) < FEWEST_COMPARED:
        return [(None, sentence) for sentence in chosen]
    margins = comparison.margins(claim, [words_of(sentence) for sentence in chosen])
    ordered = sorted(zip(margins, range(len(chosen)), strict=True), reverse=True)
    return [(margin, chosen[index]) for margin, index in ordered]
