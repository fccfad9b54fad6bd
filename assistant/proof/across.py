"""The proof of a sentence by a source in another language, where shared words mean nothing.

What can be checked across languages: numbers, dates, names, and by how much one sentence is nearer in
meaning than the others of the same hits. The cosine itself says little (e5 gives .80 to strangers), its
distance from the middle of the others does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from assistant.proof.analysed import Analysed, analysed
from assistant.proof.checks.dates import missing_dates
from assistant.proof.checks.names import is_translatable, missing_tokens, source_names
from assistant.proof.checks.numbers import missing_quantities
from assistant.proof.checks.polarity import denials, find_negations
from assistant.proof.checks.reasons import Finding
from assistant.proof.checks.roles import in_another_order
from assistant.proof.places import SourceSentence, Window, all_sentences, resemblance
from assistant.types import Hit, Quote

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
EXAMINED = 8
RIVAL_MARGIN = 0.02


class Comparison:
    """Sentences compared by meaning; remembers the vectors of source sentences."""

    def __init__(self, similarity: Callable[[Sequence[str]], Vector]) -> None:
        self._similarity = similarity
        self._vectors: dict[str, Vector] = {}

    def margins(self, claim: str, texts: Sequence[str]) -> list[float]:
        """For each text its cosine with the claim, less the median of all."""
        import numpy as np

        self._embed([claim])
        cosines = self.cosines(self._vectors[claim], texts)
        middle = float(np.median(cosines))
        return [cosine - middle for cosine in cosines]

    def cosines(self, vector: Vector, texts: Sequence[str]) -> list[float]:
        """The cosine of each text with `vector`, which has length 1."""
        self._embed(texts)
        return [float(self._vectors[text] @ vector) for text in texts]

    def _embed(self, texts: Sequence[str]) -> None:
        if len(self._vectors) > KEPT_VECTORS:
            self._vectors.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._similarity([*map(_bounded, new)]), strict=True))


def _bounded(text: str) -> str:
    """As much of a text as the embedder reads anyway, its words cut: a tokenizer takes long over one without a space."""
    return " ".join(word[:LONGEST_WORD] for word in text[:LONGEST_EMBEDDED].split())


def likely_sentences(claim: Analysed, hits: Sequence[Hit]) -> list[tuple[float, SourceSentence]]:
    """Sentences of the hits in other languages with their outward likeness, most alike first."""
    stems = claim.stems
    scored = []
    for sentence in all_sentences(hits):
        if sentence.language != claim.language:
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


@dataclass(frozen=True)
class Translated:
    """A sentence in another language as the support of a claim; `margin` of its cosine, None where unknown."""

    sentence: SourceSentence
    margin: float | None
    findings: tuple[Finding, ...]

    @property
    def quote(self) -> Quote:
        return Window((self.sentence,), self.sentence.text).quote(round(self.margin or 0.0, 4))

    @property
    def supported(self) -> bool:
        return not self.findings and self.margin is not None and self.margin >= SUPPORTED_FROM

    @property
    def likely(self) -> bool:
        """Whether nothing contradicts it, and it may well be a translation."""
        return not self.findings and (self.margin is None or self.margin >= PARTIAL_FROM)


def translations(claim: Analysed, hits: Sequence[Hit], comparison: Comparison | None) -> Translated | None:
    """The sentence in another language that is nearest in meaning, one that no value contradicts before others."""
    found: list[Translated] = []
    likely = likely_sentences(claim, hits)
    for margin, sentence in compared(claim.text, likely, comparison)[:EXAMINED]:
        found.append(Translated(sentence, margin, tuple(_findings(claim, sentence))))
    if not found:
        return None
    nearest = found[0].margin or 0.0
    agreeing = [
        one
        for one in found
        if not one.findings
        and (one.margin is None or one.margin >= max(PARTIAL_FROM, nearest - RIVAL_MARGIN))
    ]
    return agreeing[0] if agreeing else found[0]


def _findings(claim: Analysed, sentence: SourceSentence) -> Iterator[Finding]:
    """Values of a claim that a sentence in another language lacks, and signs that it says the contrary."""
    ours, theirs = claim.values(sentence.published), sentence.values
    for expression in missing_dates(ours.dates, theirs.dates, sentence.published):
        yield Finding("date", expression.text)
    for quantity in missing_quantities(ours.quantities, theirs.quantities):
        yield Finding("number", quantity.text)
    offered = [source_names(analysed(f"{sentence.title}\n{sentence.text}", sentence.language))]
    for name in ours.names:
        missing = missing_tokens(name, claim, offered, cognates=True)
        if missing and not name.opening and not is_translatable(name, missing, claim.language):
            yield Finding("name", name.text)
    if _denies(claim) != _denies(sentence.analysed):
        yield Finding("negation", "")
    if in_another_order(claim, sentence.analysed):
        yield Finding("roles", "")


def _denies(text: Analysed) -> bool:
    return bool(find_negations(text) or denials(text))
