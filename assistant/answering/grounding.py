"""The proof: which exact words of the hits support a sentence, and what in it no source says.

It knows nothing of language models: it sees a sentence and the hits, and answers in milliseconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from assistant.answering.checks.dates import date_spans, missing_dates
from assistant.answering.checks.examine import Place, elsewhere, examine, named_before, values_of
from assistant.answering.checks.names import find_names, missing_tokens, source_names
from assistant.answering.checks.numbers import without
from assistant.answering.checks.polarity import denials, find_negations
from assistant.answering.checks.reasons import Finding, reason
from assistant.answering.checks.roles import in_another_order
from assistant.answering.evidence import choose_evidence
from assistant.answering.translation import PARTIAL_FROM as MARGIN_PARTIAL
from assistant.answering.translation import SUPPORTED_FROM as MARGIN_SUPPORTED
from assistant.answering.translation import Comparison, compared, likely_sentences
from assistant.answering.windows import (
    InverseDocumentFrequency,
    SourceSentence,
    Window,
    all_sentences,
    context_of,
    coverage,
    kindred,
    local_inverse_document_frequency,
    resemblance,
    stems_of,
    windows,
)
from assistant.types import Hit, Proof, Query, Quote, Verdict

if TYPE_CHECKING:
    from assistant.types import Vector

NEAR_FROM, UNSUPPORTED_BELOW, SUPPORTED_FROM = 0.15, 0.35, 0.60
"""Coverage from which a place is near enough to be shown, below which it proves nothing, from which it may prove."""
SAID_FROM = 0.3
"""Share of the words that are part of no name: below, the place tells of the same names, but not this of them."""
NAMED_BONUS = 0.05
PAIR_COST = 0.04
EXAMINED = 8
"""Windows with the most coverage, on which the checks are run."""
RIVAL_MARGIN = 0.12
"""A window with this much less coverage than the best one is no rival to it."""
TRANSLATED_EXAMINED = 4
RIVAL_MARGIN_ACROSS = 0.02
MARGIN_BEARING = 0.0
MOST_CHARACTERS = 20_000
"""Of a hit, in which names are looked for; no passage but a single endless sentence is longer."""
WRONG_COST = 0.4
"""What a wrong number, date or name takes from a window's score."""


@dataclass(frozen=True, slots=True)
class Candidate:
    window: Window
    coverage: float
    said: float
    """Coverage of the words that are part of no name."""
    score: float
    findings: tuple[Finding, ...] = ()

    @property
    def quote(self) -> Quote:
        return self.window.quote(round(self.coverage, 4))

    @property
    def decided(self) -> bool:
        """Whether there is no need to look into other languages."""
        return self.coverage >= SUPPORTED_FROM and self.said >= SAID_FROM and not self.wrong

    @property
    def wrong(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.wrong)


@dataclass(frozen=True, slots=True)
class Translated:
    """A sentence in another language as the support of a claim; `margin` of its cosine, None where unknown."""

    sentence: SourceSentence
    margin: float | None
    findings: tuple[Finding, ...]

    @property
    def quote(self) -> Quote:
        return Window((self.sentence,), self.sentence.text).quote(round(self.margin or 0.0, 4))

    @property
    def wrong(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.wrong)

    @property
    def supported(self) -> bool:
        return not self.findings and self.margin is not None and self.margin >= MARGIN_SUPPORTED

    @property
    def agrees(self) -> bool:
        """Whether nothing contradicts it, and it may well be a translation."""
        return not self.findings and self.margin is not None and self.margin >= MARGIN_PARTIAL

    @property
    def bears(self) -> bool:
        """Whether it has all that is claimed, and is nearer in meaning than most: it may be a row of several things."""
        return not self.findings and self.margin is not None and self.margin >= MARGIN_BEARING

    def tells(self, findings: Sequence[Finding], language: str) -> bool:
        """Whether it has what was missed in the claim's own language."""
        source = [(self.sentence.text, self.sentence.language)]
        return all(
            finding.kind in ("number", "date", "name") and elsewhere(finding, language, source)
            for finding in findings
        )

    def rivals(self, other: Translated) -> bool:
        return other.margin is None or (self.margin or 0.0) >= max(
            MARGIN_PARTIAL, other.margin - RIVAL_MARGIN_ACROSS
        )


LONGEST_CLAIM, LONGEST_WORD = 2000, 400
"""Characters beyond which a sentence, or one with such a word, is not checked: no one writes it, and it costs minutes."""


class Prover:
    """Chooses evidence and proves sentences against the hits of one question."""

    def __init__(
        self,
        similarity: Callable[[Sequence[str]], Vector] | None = None,
        inverse_document_frequency: InverseDocumentFrequency | None = None,
    ) -> None:
        self._comparison = Comparison(similarity) if similarity is not None else None
        self._idf = inverse_document_frequency

    def evidence(self, query: Query, hits: Sequence[Hit], limit: int) -> list[Quote]:
        """The sentences that answer best, verbatim, best first, at most `limit`."""
        stems = sorted(stems_of(query.search_text, query.language))
        weights = self._idf(stems, query.language) if self._idf is not None else None
        return choose_evidence(query, hits, limit, weights)

    def prove(self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = ()) -> Proof:
        """What the hits say about a sentence of an answer in `language`; `named`: hits the model cited, from 0."""
        if len(sentence) > LONGEST_CLAIM or max(map(len, sentence.split()), default=0) > LONGEST_WORD:
            return Proof("unsupported", reasons=(reason(Finding("long", ""), language),))
        if makes_no_claim(sentence, language):
            return Proof("no_claim")
        best = self._best(sentence, hits, language, named)
        if best is not None and best.decided:
            return _verdict(best, hits, language)
        places = self._translations(sentence, hits, language)
        first = list(islice(places, TRANSLATED_EXAMINED))
        translated = _best_of(first)
        if translated is not None and (
            best is None
            or best.coverage < UNSUPPORTED_BELOW
            or (translated.agrees and translated.tells(best.wrong, language))
        ):
            proof = _translated_verdict(sentence, translated, best, hits, language)
        elif best is not None:
            proof = _verdict(best, hits, language)
        else:
            return Proof("unsupported", reasons=(reason(Finding("nothing", ""), language),))
        if proof.verdict == "unsupported":
            all_places = chain(first, places)
            bearing = next((one for one in all_places if one.bears and _dates(sentence, language, one)), None)
            if bearing is not None:
                told = _reasons([Finding("translated", "")], hits, language)
                return Proof("partial", (bearing.quote,), told)
        return proof

    def _translations(self, sentence: str, hits: Sequence[Hit], language: str) -> Iterator[Translated]:
        """Places in other languages, the nearest in meaning first; each is examined when it is asked for."""
        likely = likely_sentences(sentence, language, hits)
        for margin, source in compared(sentence, likely, self._comparison):
            place = place_of(Window((source,), source.text), frozenset(), hits)
            yield Translated(source, margin, tuple(examine(sentence, language, place)))

    def _best(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int]
    ) -> Candidate | None:
        candidates = self._candidates(sentence, hits, language, named)
        enough = 0.0
        best: Candidate | None = None
        for candidate in candidates[:EXAMINED]:
            if best is not None and best.score >= candidate.score:
                break  # findings only take from a score, and the rest have less to begin with
            if candidate.coverage < enough:
                continue  # what speaks far less of this cannot clear what the best place contradicts
            examined = self._examined(candidate, sentence, hits, language)
            if best is None:  # the more of its values another place has, the fewer words it needs
                most = max(candidate.coverage for candidate in candidates)
                enough = most - RIVAL_MARGIN * max(1, len(examined.wrong))
            best = examined if best is None or examined.score > best.score else best
        return best

    def _candidates(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int]
    ) -> list[Candidate]:
        weights, unseen = self._weights(sentence, hits, language)
        claimed, said = claim_stems(sentence, language), said_stems(sentence, language)
        found = []
        for window in windows(hits):
            if window.language != language:
                continue
            offered = window.stems | stems_of(window.sentences[0].title, window.language)
            covered = coverage(claimed, offered, weights, unseen)
            score = covered + NAMED_BONUS * (window.hit in named) - PAIR_COST * (len(window.sentences) - 1)
            told = coverage(said, kindred(said, offered), weights, unseen)
            found.append(Candidate(window, covered, told, score))
        return sorted(found, key=lambda candidate: -candidate.score)

    def _weights(
        self, sentence: str, hits: Sequence[Hit], language: str
    ) -> tuple[Mapping[str, float], float]:
        sentences = all_sentences(hits)
        weights = local_inverse_document_frequency(sentences)
        if self._idf is not None:
            weights |= self._idf(sorted(stems_of(sentence, language)), language)
        return weights, math.log(2 + len(sentences))

    def _examined(self, candidate: Candidate, sentence: str, hits: Sequence[Hit], language: str) -> Candidate:
        place = place_of(candidate.window, stems_of(sentence, candidate.window.language), hits)
        findings = tuple(examine(sentence, language, place))
        if not findings and candidate.coverage < SUPPORTED_FROM:  # too little to say who "he" is
            findings = tuple(named_before(sentence, language, place))
        if not findings and candidate.said < SAID_FROM:
            findings = (Finding("little", ""),)
        wrong = sum(finding.wrong for finding in findings)
        return replace(candidate, score=candidate.score - WRONG_COST * wrong, findings=findings)


@lru_cache(maxsize=1024)
def claim_stems(sentence: str, language: str) -> frozenset[str]:
    """Stems of a sentence without its dates and numbers, which have checks of their own."""
    values = values_of(sentence, language)
    spans = [*date_spans(values.dates), *((q.start, q.end) for q in values.quantities if not q.loose)]
    return stems_of(without(sentence, spans).replace("\x00", " "), language)


@lru_cache(maxsize=1024)
def said_stems(sentence: str, language: str) -> frozenset[str]:
    """Those of its stems that are part of no name: what is said of the names."""
    named = [(name.start, name.end) for name in find_names(sentence, language)]
    return claim_stems(sentence, language) & stems_of(without(sentence, named).replace("\x00", " "), language)


def place_of(window: Window, stems: frozenset[str], hits: Sequence[Hit]) -> Place:
    first = window.sentences[0]
    main = max(window.sentences, key=lambda s: len(stems & s.stems))
    return Place(
        window.text,
        main.text,
        window.language,
        first.published,
        first.title,
        _before(first, hits[first.hit]),
        context_of(hits[first.hit])[1],
        _known_names(
            tuple(hit.text[:MOST_CHARACTERS] for hit in hits if hit.language == window.language),
            window.language,
        ),
    )


@lru_cache(maxsize=64)
def _known_names(texts: tuple[str, ...], language: str) -> frozenset[str]:
    """Names of one word ("Meta") in the texts of hits, seen where a capital means something."""
    return frozenset(
        name.tokens[0]
        for text in texts
        for name in source_names(text, language).names
        if not name.opening and len(name.tokens) == 1
    )


def _before(sentence: SourceSentence, hit: Hit, characters: int = 600) -> str:
    offset, text = context_of(hit)
    return text[max(0, sentence.start - offset - characters) : sentence.start - offset]


def _best_of(places: Sequence[Translated]) -> Translated | None:
    """The nearest in meaning that no check contradicts."""
    found: Translated | None = None
    for candidate in places:
        if found is None or (found.wrong and not candidate.wrong and candidate.rivals(found)):
            found = candidate
    return found


def _dates(sentence: str, language: str, place: Translated) -> bool:
    """Whether a sentence has an exact date, and the place gives it to something that the sentence names."""
    source = place.sentence
    claimed, given = values_of(sentence, language), values_of(source.text, source.language)
    ours = source_names(sentence, language)
    for moment in given.dates:
        if moment.day and not missing_dates([moment], claimed.dates, None):
            before = [name for name in given.names if name.end <= moment.start]
            if before and not missing_tokens(before[-1], source.text, source.language, [ours], cognates=True):
                return True
    return False


def _verdict(best: Candidate, hits: Sequence[Hit], language: str) -> Proof:
    wrong = best.wrong
    if wrong:
        return Proof("unsupported", reasons=_reasons(wrong, hits, language), nearest=(best.quote,))
    if best.coverage < UNSUPPORTED_BELOW:
        return _nothing(best, hits, language)
    findings = list(best.findings)
    if best.coverage < SUPPORTED_FROM:
        findings.append(Finding("little", ""))
    verdict: Verdict = "partial" if findings else "supported"
    return Proof(verdict, (best.quote,), _reasons(findings, hits, language))


def _may_differ(sentence: str, language: str, source: SourceSentence) -> bool:
    """Whether nearness in meaning may hide the contrary: a denial on one side only, or names the other way round."""
    ours, theirs = (
        bool(find_negations(text, of) or denials(text, of))
        for text, of in ((sentence, language), (source.text, source.language))
    )
    return ours != theirs or in_another_order(
        sentence,
        values_of(sentence, language).names,
        source.text,
        values_of(source.text, source.language).names,
    )


def _translated_verdict(
    sentence: str, found: Translated, own: Candidate | None, hits: Sequence[Hit], language: str
) -> Proof:
    """`own`: the best place in the claim's own language."""
    if found.wrong:
        nearest = (found.quote,) if _akin(sentence, language, found.sentence) else _near(own)
        return Proof("unsupported", reasons=_reasons(found.wrong, hits, language), nearest=nearest)
    if found.supported:
        if not _may_differ(sentence, language, found.sentence):
            return Proof("supported", (found.quote,))
    elif found.margin is not None and not (found.agrees and _akin(sentence, language, found.sentence)):
        return _nothing(own, hits, language)
    findings = found.findings or (Finding("translated", ""),)
    return Proof("partial", (found.quote,), _reasons(findings, hits, language))


def _akin(sentence: str, language: str, source: SourceSentence) -> bool:
    """Whether two texts in two languages have in common what the eye sees: a number, a name, words that look alike."""
    stems, offered = stems_of(sentence, language), [source_names(source.text, source.language)]
    return bool(stems & source.stems or resemblance(stems, source.stems)) or any(
        not missing_tokens(name, sentence, language, offered, cognates=True)
        for name in values_of(sentence, language).names
    )


def _nothing(own: Candidate | None, hits: Sequence[Hit], language: str) -> Proof:
    reasons = _reasons([Finding("nothing", "")], hits, language)
    return Proof("unsupported", reasons=reasons, nearest=_near(own))


def _near(own: Candidate | None) -> tuple[Quote, ...]:
    """The best place in the claim's language; what is not even near is not shown beside it."""
    return (own.quote,) if own is not None and own.coverage >= NEAR_FROM else ()


def _reasons(findings: Sequence[Finding], hits: Sequence[Hit], language: str) -> tuple[str, ...]:
    texts = [(hit.context_text or hit.text, hit.language) for hit in hits]
    located = [
        f._replace(elsewhere=True)
        if f.kind in ("number", "date", "name") and elsewhere(f, language, texts)
        else f
        for f in findings
    ]
    return tuple(dict.fromkeys(reason(finding, language) for finding in located))


_META = re.compile(
    r"^\W*(?:voici|here (?:is|are)|bonjour|hello|hi\b|bien sûr|of course|sure\b|certainly|d'accord|merci|thank)",
    re.IGNORECASE,
)


def makes_no_claim(sentence: str, language: str) -> bool:
    """A greeting, a question, an announcement of what follows, or no word of content."""
    bare = sentence.strip().rstrip("*_ \u00a0")
    if bare.endswith("?") or (not claim_stems(bare, language) and values_of(bare, language).empty):
        return True
    return bool(_META.match(bare)) and (bare.endswith((":", "!", ".")) and len(bare) < 80)
