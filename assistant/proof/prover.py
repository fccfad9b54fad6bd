"""The proof: which exact words of the hits support a sentence, how likely they do, and what in it no source says.

It knows nothing of language models: it sees a sentence and the hits, and answers in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.proof.across import Comparison, Translated, translations
from assistant.proof.analysed import Analysed, analysed
from assistant.proof.checks.reasons import Finding, reason
from assistant.proof.checks.registry import LANGUAGES
from assistant.proof.claims import claim_of, is_no, is_yes, makes_no_claim, parts_of
from assistant.proof.fit import Fit, fitted
from assistant.proof.signals import Judged, judge
from assistant.proof.sources import Place, Sources, sources_of
from assistant.proof.values import differences
from assistant.types import Hit, Proof, Quote, Verdict

if TYPE_CHECKING:
    from assistant.types import Vector

VALUES = ("number", "date", "name")
LONGEST_CLAIM, LONGEST_WORD = 2000, 400
"""Characters beyond which a sentence, or one with such a word, is not checked: no one writes it, and it costs minutes."""
NEAR_FROM = 0.15
"""Coverage from which a place is near enough to be shown beside a sentence."""
CONTRADICTED = 0.01
"""How far below the upper band a sentence stays that a check contradicts: undecided, whatever its words."""
VETOED = 0.03
"""Highest probability of a sentence with something in it that stands in no source."""
TRANSLATED, MAYBE_TRANSLATED, FOREIGN = 0.85, 0.5, 0.3
"""Probabilities of a sentence whose sources are in another language: surely near in meaning, perhaps, or not."""


class Prover:
    """Proves sentences against the hits of one question."""

    def __init__(
        self, similarity: Callable[[Sequence[str]], Vector] | None = None, fit: Fit | None = None
    ) -> None:
        self._comparison = Comparison(similarity) if similarity is not None else None
        self._fit = fit or fitted()

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof:
        """What the hits say about a sentence of an answer in `language`.

        `named` are hits that the model cited, from 0; a short answer is proved as the answer to `question`.
        """
        if len(sentence) > LONGEST_CLAIM or max(map(len, sentence.split()), default=0) > LONGEST_WORD:
            return Proof("partial", reasons=(reason(Finding("long", ""), language),), probability=0.5)
        said = claim_of(sentence)
        if is_yes(said) and question:
            said = claim_of(question).rstrip(" ?\u00a0\u202f")
        elif is_yes(said) or is_no(said):  # words alone show neither what was asked nor that it is not so
            return Proof("partial", reasons=(reason(Finding("little", ""), language),), probability=0.5)
        if makes_no_claim(said, language):
            return Proof("no_claim")
        claim = analysed(said, language)
        sources = sources_of(tuple(hits), language)
        judged = judge(claim, sources, question, named)
        proof = self._in_its_language(claim, judged, sources)
        if not judged.contradictions and not judged.nowhere:
            proof = self._by_parts(claim, proof, sources, question, named)
        foreign = {hit.language for hit in hits} - {language}
        if proof.verdict == "supported" or not foreign:
            return proof
        everywhere = [sources, *(sources_of(tuple(hits), other) for other in sorted(foreign))]
        return self._across(claim, judged, proof, everywhere)

    def band(self, probability: float, language: str, *, vetoed: bool = False) -> Verdict:
        """The verdict that a probability stands for."""
        if vetoed or probability < self._fit.unsupported_below:
            return "unsupported"
        return "supported" if probability >= self._fit.bar(language) else "partial"

    def knows(self, verifier: str, language: str) -> bool:
        """Whether the fit knows what this verifier's word is worth in this language."""
        return language in self._fit.words.get(verifier, ())

    def with_word(self, proof: Proof, word: float, verifier: str, language: str) -> Proof:
        """The proof in the light of a verifier's word, where the fit says what that is worth in this language."""
        if proof.probability is None or proof.verdict != "partial":
            return proof
        found = self._fit.with_word(proof.probability, word, verifier, language)
        if found is None:
            return proof
        probability, weighed = found
        if probability >= weighed.supported_from and not proof.differences and proof.quotes:
            return replace(proof, verdict="supported", reasons=(), probability=probability)
        return replace(proof, probability=probability)

    def _in_its_language(self, claim: Analysed, judged: Judged, sources: Sources) -> Proof:
        language = sources.language
        if language not in LANGUAGES:
            return _unchecked(claim, judged, sources)
        probability = self._fit.probability(judged.signals)
        if judged.nowhere:
            probability = min(probability, VETOED)
        elif judged.contradictions or judged.signals["unsaid"]:
            probability = min(probability, self._fit.bar(language) - CONTRADICTED)
        verdict = self.band(probability, language, vetoed=bool(judged.nowhere))
        near = _quotes(judged.places) if judged.signals["place"] >= NEAR_FROM else ()
        findings = _told(verdict, judged)
        return Proof(
            verdict,
            near if verdict != "unsupported" else (),
            tuple(dict.fromkeys(reason(finding, language) for finding in findings)),
            near[:1] if verdict == "unsupported" else (),
            probability,
            differences(claim, judged.places[0], findings) if judged.places else (),
        )

    def _by_parts(
        self, claim: Analysed, whole: Proof, sources: Sources, question: str, named: Sequence[int]
    ) -> Proof:
        """The proof of a sentence of several statements, each of which has its own place.

        It is supported where each statement is. Where one has a value that stands elsewhere, the words of the other
        do not cover for it.
        """
        parts = [analysed(part, claim.language) for part in parts_of(claim.text, claim.language)]
        if len(parts) == 1:
            return whole
        judged = [judge(part, sources, question, named, alone=True) for part in parts]
        proofs = [self._in_its_language(part, one, sources) for part, one in zip(parts, judged, strict=True)]
        probability = min(proof.probability or 0.0 for proof in proofs)
        if all(proof.verdict == "supported" for proof in proofs):
            quotes = dict.fromkeys(quote for proof in proofs for quote in proof.quotes)
            return (
                whole
                if whole.verdict == "supported"
                else Proof("supported", tuple(quotes), (), (), probability)
            )
        apart = [p for p, one in zip(proofs, judged, strict=True) if one.displaced and p.verdict == "partial"]
        if whole.verdict == "supported" and apart:
            reasons = tuple(dict.fromkeys(text for proof in apart for text in proof.reasons))
            return replace(whole, verdict="partial", reasons=reasons, probability=probability)
        return whole

    def _across(self, claim: Analysed, judged: Judged, own: Proof, everywhere: Sequence[Sources]) -> Proof:
        """With sources in other languages too: what none of them has is a veto, what one says may support."""
        language = everywhere[0].language
        nowhere = [
            finding
            for value, finding in judged.missing
            if not any(value.anywhere(sources) for sources in everywhere[1:])
        ]
        quoted = [finding for finding in judged.nowhere if finding.kind == "quotation"]
        reasons = tuple(dict.fromkeys(reason(finding, language) for finding in [*nowhere, *quoted]))
        vetoed = Proof("unsupported", (), reasons, own.nearest, VETOED, own.differences)
        contrary = any(finding.kind not in VALUES for finding in judged.contradictions)
        if nowhere:
            return vetoed
        if contrary and not quoted:  # nearness in meaning hides a contrary
            return own
        best = translations(claim, everywhere[0].all_hits, self._comparison)
        # words that are quoted may be translated; what is said to be quoted is then not confirmed
        if quoted and own.nearest and (best is None or not best.supported or best.findings):
            return vetoed
        if contrary:
            return own
        probability = min(_across_probability(best), MAYBE_TRANSLATED if quoted else 1.0)
        own_probability = 0.0 if judged.nowhere else own.probability or 0.0
        if best is None or (own.verdict == "partial" and own_probability >= probability):
            return own
        verdict = self.band(probability, language)
        found = quoted or [Finding("translated", "")]
        told = () if verdict == "supported" else tuple(reason(finding, language) for finding in found)
        return Proof(verdict, (best.quote,), told, (), probability)


def _across_probability(best: Translated | None) -> float:
    if best is None or best.findings:
        return FOREIGN
    if best.supported:
        return TRANSLATED
    return MAYBE_TRANSLATED if best.likely else FOREIGN


def _told(verdict: Verdict, judged: Judged) -> list[Finding]:
    """What is said of a sentence that is not green: what stands nowhere, else what its place contradicts."""
    if verdict == "supported":
        return []
    if judged.nowhere:
        return list(judged.nowhere)
    found = [*judged.displaced, *judged.contradictions]
    return found or [Finding("nothing" if verdict == "unsupported" else "little", "")]


def _unchecked(claim: Analysed, judged: Judged, sources: Sources) -> Proof:
    """In a language that no check knows, only the source's own words prove anything."""
    quotes = _quotes(judged.places)
    if judged.places and sources.has_words(claim):
        return Proof("supported", quotes, probability=1.0)
    reasons = (reason(Finding("unchecked", ""), sources.language),)
    return Proof("partial", quotes, reasons, probability=0.5)


def _quotes(places: Sequence[Place]) -> tuple[Quote, ...]:
    return tuple(place.window.quote(round(place.share, 4)) for place in places)
