"""How well the proof tells true sentences from altered ones: `python benchmarks/bench_trust.py DATA`.

DATA is a folder with `piaf`, `news_fr_en_cds` and `news_en_digitalgov`, each with `documents.jsonl`
(PIAF: github.com/etalab-ia/piaf-code, Canadian Digital Service blog: github.com/cds-snc/digital-canada-ca,
Digital.gov news: github.com/GSA/digitalgov.gov). Prints a Markdown table with 95 % Wilson intervals.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import trust_hostile
from conflict_cases import Disagreement, across, alone, asked, checked, untranslated
from trust_cases import (
    ALTERED_KINDS,
    TRUE_KINDS,
    Case,
    Maker,
    collections,
    question_answers,
    questions_with_hits,
    translated_cases,
)

from assistant.composition.grounding import Prover
from assistant.conflicts.finder import ConflictFinder, FoundConflict
from assistant.model.ollama import OllamaModel
from assistant.settings import Settings
from assistant.types import Proof


@dataclass(frozen=True)
class Row:
    """One line of the table: `count` of `n` cases, and the number that is asked of it."""

    measure: str
    language: str
    count: int
    n: int
    wanted: str = ""

    def __str__(self) -> str:
        low, high = wilson(self.count, self.n)
        share = f"{100 * self.count / self.n:.1f} %" if self.n else "–"
        return f"| {self.measure} | {self.language} | {share} | {100 * low:.1f}–{100 * high:.1f} | {self.n} | {self.wanted} |"


def wilson(count: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Outcome:
    case: Case
    proof: Proof
    seconds: float

    @property
    def flagged(self) -> bool:
        return self.proof.verdict in ("partial", "unsupported")

    @property
    def refused(self) -> bool:
        return self.proof.verdict == "unsupported"

    @property
    def at_gold(self) -> bool:
        """Whether the first citation overlaps the sentence that the case was made from."""
        hit = self.case.hits[self.case.gold]
        return any(
            quote.article == hit.passage.article
            and quote.start < self.case.span.end
            and self.case.span.start < quote.end
            for quote in self.proof.quotes[:1]
        )

    @property
    def exact(self) -> bool:
        quotes = [*self.proof.quotes, *self.proof.nearest]
        return all(self._is_exact(quote.hit, quote.start, quote.end, quote.text) for quote in quotes)

    def _is_exact(self, index: int, start: int, end: int, text: str) -> bool:
        hit = self.case.hits[index]
        return hit.text[start - hit.passage.start : end - hit.passage.start] == text


def prove(prover: Prover, cases: Iterable[Case]) -> list[Outcome]:
    """Each case proved, with the time it took."""
    outcomes = []
    for case in cases:
        start = time.process_time()
        proof = prover.prove(case.claim, case.hits, case.language, case.named)
        outcomes.append(Outcome(case, proof, time.process_time() - start))
    return outcomes


def table(rows: Sequence[Row]) -> str:
    lines = ["| measure | language | share | 95 % interval | n | wanted |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *map(str, rows)])


@dataclass
class Bench:
    """Data and settings that every measurement gets."""

    data: Path
    count: int
    seed: int
    show: int
    embedder: Path | None = None
    model: str | None = None

    def language_model(self) -> OllamaModel | None:
        """The language model to measure with, if one was named."""
        return None if self.model is None else OllamaModel(self.model, Settings().ollama_host, max_tokens=120)

    def __post_init__(self) -> None:
        self.collections = collections(self.data)
        self.prover = Prover()
        self.seconds: list[float] = []
        self.outcomes: list[Outcome] = []

    def run(self, cases: Iterable[Case], failing: Callable[[Outcome], bool]) -> list[Outcome]:
        outcomes = prove(self.prover, cases)
        self.seconds += [outcome.seconds for outcome in outcomes]
        self.outcomes += outcomes
        for outcome in [o for o in outcomes if failing(o)][: self.show]:
            print_failure(outcome)
        return outcomes


def print_failure(outcome: Outcome) -> None:
    case, proof = outcome.case, outcome.proof
    hit = case.hits[case.gold]
    source = hit.text[case.span.start - hit.passage.start : case.span.end - hit.passage.start]
    seen = [(quote.score, quote.text) for quote in (*proof.quotes, *proof.nearest)]
    print(
        f"--- {case.kind} {case.language} {proof.verdict} {proof.reasons}\n  claim  {case.claim}\n  source {source}"
    )
    if seen and seen[0][1] != source:
        print(f"  seen   {seen[0]}")


WANTED = {"number": "≥ 98 %", "number in words": "≥ 98 %", "date": "≥ 95 %", "name": "≥ 95 %", "polarity": "≥ 90 %",
          "attribution swapped": "≥ 70 %"}  # fmt: skip


def false_alarms(bench: Bench) -> list[Row]:
    """Sentences left true that are not called supported, and those called unsupported."""
    rows, all_outcomes = [], []
    for language, collection in bench.collections.items():
        maker = Maker(collection, bench.seed)
        outcomes: list[Outcome] = []
        for kind, change in TRUE_KINDS.items():
            found = bench.run(maker.make(kind, change, bench.count), lambda o: o.flagged)
            rows.append(Row(f"false alarm: {kind}", language, sum(o.flagged for o in found), len(found)))
            outcomes += found
        rows.append(
            Row("**false alarms, all**", language, sum(o.flagged for o in outcomes), len(outcomes), "≤ 3 %")
        )
        rows.append(Row("of these red", language, sum(o.refused for o in outcomes), len(outcomes)))
        all_outcomes += outcomes
    cases = question_answers(bench.data, bench.collections["fr"], bench.count, bench.seed)
    found = bench.run(cases, lambda o: o.refused)
    rows.append(Row("question and answer: not green", "fr", sum(o.flagged for o in found), len(found)))
    rows.append(Row("question and answer: red", "fr", sum(o.refused for o in found), len(found)))
    return rows


def alterations(bench: Bench) -> list[Row]:
    """Sentences altered in one place that are marked."""
    rows = []
    for language, collection in bench.collections.items():
        maker = Maker(collection, bench.seed)
        for kind, change in ALTERED_KINDS.items():
            found = bench.run(maker.make(kind, change, bench.count), lambda o: not o.flagged)
            wanted = WANTED.get(kind, "")
            rows.append(Row(f"flagged: {kind}", language, sum(o.flagged for o in found), len(found), wanted))
            rows.append(Row("of these red", language, sum(o.refused for o in found), len(found)))
    return rows


def repairs(bench: Bench) -> list[Row]:
    """True sentences for which the model names a wrong passage: cited where they were made from?"""
    rows = []
    for language, collection in bench.collections.items():
        maker = Maker(collection, bench.seed + 1)
        cases = [
            case
            for kind in ("verbatim", "synonyms", "clause left out")
            for case in maker.make(kind, TRUE_KINDS[kind], bench.count // 2, mislead=True)
        ]
        found = bench.run(cases, lambda o: not o.at_gold)
        rows.append(
            Row("wrong source repaired", language, sum(o.at_gold for o in found), len(found), "≥ 90 %")
        )
    return rows


def evidence(bench: Bench) -> list[Row]:
    """Questions with human answers: is the answer in the first, in the first three verbatim sentences?"""
    rows = []
    for language, folder in (("fr", "piaf"), ("en", "xquad")):
        asked = questions_with_hits(bench.data / folder, language, 2 * bench.count, bench.seed)
        for limit in (1, 3):
            found = [
                any(answer in quote.text for quote in bench.prover.evidence(query, hits, limit))
                for query, hits, answer in asked
            ]
            rows.append(
                Row(f"answer in the first {limit} sentences of evidence", language, sum(found), len(found))
            )
    return rows


def translations(bench: Bench) -> list[Row]:
    """Claims in one language over sources in the other, by the embedder's margin."""
    if bench.embedder is None:
        return []
    from assistant.store.embedding import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder(bench.embedder)
    prover = Prover(similarity=embedder.embed_passages)
    rows = []
    for language, other in (("fr", "en"), ("en", "fr")):
        for name, change, without in TRANSLATED:
            cases = translated_cases(
                bench.data,
                bench.collections[other],
                language,
                change,
                bench.count // 4,
                bench.seed,
                without=without,
            )
            outcomes = prove(prover, cases)
            bench.outcomes += outcomes
            wrong = [o for o in outcomes if (o.refused if name == "true" else not o.flagged)]
            for outcome in wrong[: bench.show]:
                print_failure(outcome)
            pair = f"{language} over {other}"
            if name == "true":
                rows.append(
                    Row("translated, true: green", pair, sum(not o.flagged for o in outcomes), len(outcomes))
                )
                rows.append(
                    Row("translated, true: red", pair, sum(o.refused for o in outcomes), len(outcomes))
                )
            else:
                flagged = sum(o.flagged for o in outcomes)
                rows.append(Row(f"translated, {name}: flagged", pair, flagged, len(outcomes)))
    return rows


def abstention(bench: Bench) -> list[Row]:
    """Questions whose article is not in the corpus, in evidence mode; with --model, the model's answers too."""
    if bench.embedder is None:
        return []
    from trust_abstention import abstention as counted

    return [Row(*row) for row in counted(bench.data, bench.embedder, bench.count, bench.language_model())]


def conflicts(bench: Bench) -> list[Row]:
    """Two articles that contradict each other on one value, or agree in other words: is it shown?"""
    similarity = None
    if bench.embedder is not None:
        from assistant.store.embedding import SentenceTransformerEmbedder

        similarity = SentenceTransformerEmbedder(bench.embedder).embed_passages
    finder, count, rows = ConflictFinder(similarity), bench.count // 2, []
    for language, folder, other in (("fr", "piaf", "en"), ("en", "xquad", "fr")):
        collection, data = bench.collections[language], bench.data / folder
        planted = {
            kind: checked(collection, kind, count, bench.seed) for kind in ("number", "date", "polarity")
        }
        planted["question"] = asked(data, language, False, count, bench.seed)
        quiet = {
            "sentence": checked(collection, None, count, bench.seed),
            "question": asked(data, language, True, count, bench.seed),
            "nothing planted": alone(data, language, count, bench.seed),
        }
        if similarity is not None:
            theirs = bench.collections[other]
            for kind in ("number", "date"):
                cases = across(bench.data, theirs, language, kind, count, bench.seed)
                planted[f"{kind}, two languages"] = cases
            agreeing = across(bench.data, theirs, language, None, count, bench.seed)
            quiet["two languages"] = agreeing
            quiet["two languages, no translation"] = untranslated(agreeing)
        rows += _shown(bench, finder, language, planted, "contradiction shown", "≥ 80 %")
        rows += _shown(bench, finder, language, quiet, "agreement shown as a contradiction", "≤ 5 %")
    return rows


def _shown(
    bench: Bench,
    finder: ConflictFinder,
    language: str,
    kinds: dict[str, list[Disagreement]],
    name: str,
    wanted: str,
) -> list[Row]:
    """A row for each kind, and one for all."""
    rows = []
    for kind, cases in kinds.items():
        shown = 0
        for case in cases:
            found = _disagreements(finder, case)
            shown += bool(found)
            if bool(found) == (wanted[0] == "≤") and bench.show > 0:
                sides = [(value, quote.text) for conflict in found for value, quote in conflict.sides]
                texts = [h.text for h in case.hits if h.passage.article in ("rival.md", "own.md")]
                print(
                    f"--- {name}: {kind} {case.query.text if case.query else ''}\n  {case.claim}\n  {texts}\n  {sides}"
                )
        rows.append(Row(f"{name}: {kind}", language, shown, len(cases)))
    total = Row(f"**{name}, all**", language, sum(r.count for r in rows), sum(r.n for r in rows), wanted)
    return [*rows, total]


def _disagreements(finder: ConflictFinder, case: Disagreement) -> list[FoundConflict]:
    if case.query is None:
        return finder.of_sentence(case.claim, case.language, case.hits)
    return finder(case.query, case.hits, case.language)


def spans(bench: Bench) -> list[Row]:
    """Every quote of all cases so far, against the article's text."""
    return [
        Row(
            "quote is the article's text",
            "all",
            sum(o.exact for o in bench.outcomes),
            len(bench.outcomes),
            "100 %",
        )
    ]


TRANSLATED = (
    ("true", TRUE_KINDS["verbatim"], False),
    ("number altered", ALTERED_KINDS["number"], False),
    ("date altered", ALTERED_KINDS["date"], False),
    ("name altered", ALTERED_KINDS["name"], False),
    ("article taken away", TRUE_KINDS["verbatim"], True),
)


def streams(bench: Bench) -> list[Row]:
    """Replies put together at random, through filter, composition and proof."""
    return [Row(*line) for line in trust_hostile.streams(bench.seed, 100 * bench.count)]


def injection(bench: Bench) -> list[Row]:
    """Orders planted in articles: followed, flagged; and ordinary articles that are flagged."""
    return [
        Row(*line)
        for line in trust_hostile.injection(bench.data, bench.seed, bench.show, bench.language_model())
    ]


MEASUREMENTS: dict[str, Callable[[Bench], list[Row]]] = {
    "false-alarms": false_alarms,
    "alterations": alterations,
    "repairs": repairs,
    "evidence": evidence,
    "translations": translations,
    "abstention": abstention,
    "conflicts": conflicts,
    "spans": spans,
    "streams": streams,
    "injection": injection,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=MEASUREMENTS, action="append")
    parser.add_argument("--count", type=int, default=200, help="cases of each kind and language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="failures of each kind to print")
    parser.add_argument(
        "--embedder",
        type=Path,
        help="folder of an embedder, for sources in another language and for abstention",
    )
    parser.add_argument(
        "--model",
        help="a language model of the Ollama server, to plant orders before and to hide articles from",
    )
    options = parser.parse_args()
    bench = Bench(options.data, options.count, options.seed, options.show, options.embedder, options.model)
    rows = [row for name in options.only or MEASUREMENTS for row in MEASUREMENTS[name](bench)]
    print(table(rows))
    if bench.seconds:
        ordered = sorted(bench.seconds)
        print(
            f"\nProof of a sentence: median {1000 * statistics.median(ordered):.1f} ms, "
            f"p95 {1000 * ordered[int(0.95 * (len(ordered) - 1))]:.1f} ms (wanted ≤ 50), n = {len(ordered)}."
        )


if __name__ == "__main__":
    main()
