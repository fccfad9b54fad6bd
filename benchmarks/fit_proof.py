"""Fit the judgement of the proof: `python benchmarks/fit_proof.py NATURAL SEEDED [--words WORDS.jsonl] [--write]`.

NATURAL holds answers that people judged (see bench_natural.py), SEEDED the public articles of bench_trust.py, of whose
sentences some are left true and some altered in one place. Two steps:
1. Logistic regression of "people call it supported" on the signals of coverage and of what stands nowhere, fitted on
   RAGTruth and RTE3 (each set weighs the same), printed with five folds for those two and as it is for all others.
2. With that kept, one penalty for each signal of a contradiction, by likelihood on the same sentences, on DACCORD's
   contradictions and on the seeded ones. A signal that gets none is to be taken out.
LFQA and MEMERAG are measured only. Signals are kept in --cache, since they take minutes. --words: lines
{"set", "id", "sentence", "p", "verifier"} of verifier_words.py; the worth of each verifier is fitted by language.
--write puts the result into assistant/proof/fit.json.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from bench_natural import Row, is_faithful, read_sets
from trust_cases import ALTERED_KINDS, TRUE_KINDS, Maker, collections

from assistant.answering.batch import task_of
from assistant.answering.given import GivenPassages
from assistant.proof.analysed import analysed
from assistant.proof.claims import claim_of, makes_no_claim
from assistant.proof.prover import VETOED
from assistant.proof.signals import judge
from assistant.proof.sources import sources_of

FIT_FILE = Path(__file__).resolve().parent.parent / "assistant" / "proof" / "fit.json"
COVERAGE = ("place", "anywhere", "order", "number_nowhere", "date_nowhere", "name_nowhere",
            "quotation_nowhere")  # fmt: skip
CONTRARY = (
    "number_displaced",
    "date_displaced",
    "name_displaced",
    "negation",
    "negation_lost",
    "roles",
    "speaker",
    "substituted",
    "row",
    "unsaid",
)
FITTED_ON = ("ragtruth-qa", "rte3-fr")
PENALISED_ON = (*FITTED_ON, "daccord", "seeded-fr", "seeded-en")
SEEDED_WEIGHT = 1.0
FOLDS = 5
BAD_GREEN, GOOD_STRUCK = 0.10, 0.055
BAD_LIFTED = 0.05
"""Share of the bad sentences that were undecided which a verifier's word may make green."""
"""Bad sentences of RAGTruth that may reach the upper band, faithful ones of any set that may fall below the lower."""
BAD_GREEN_IN_FRENCH = 0.175
"""Bad sentences of RTE3 that may; made to mislead, they are nearer to their sources than what models write."""
LEAST_PENALTY = 0.05
LEAST_LOWER = 0.2
"""What has hardly a word in common with its sources stays below."""
MOST_PENALTY = (0.3, 1.5)
"""Of a finding and of a margin: enough to make a sentence undecided, never to call it false."""
SUPPORTED_SHARE = 0.65
"""Of the sentences that a reader meets; between the sets it goes from .5 to .95."""


@dataclass
class Sample:
    """A judged sentence with its signals."""

    set: str
    id: str
    sentence: int
    language: str
    kind: str
    good: bool | None
    signals: dict[str, float]


def natural(folder: Path, limit: int | None) -> Iterator[Sample]:
    for row in read_sets(folder, (), limit):
        yield from _judged(row)


def _judged(row: Row) -> Iterator[Sample]:
    given = {key: row[key] for key in ("id", "language", "question", "passages")}
    given |= {key: row[key] for key in ("answer", "sentences") if row.get(key) is not None}
    task = task_of(given)
    passages = GivenPassages(task.passages, task.language)
    for number, span in enumerate(task.sentences):
        claim = claim_of(task.text[span.start : span.end])
        if makes_no_claim(claim, task.language):
            continue
        good = is_faithful(row, number, {"start": span.start, "end": span.end})
        hits = tuple(passages.for_sentence(claim, task.language))
        sources = sources_of(hits, task.language)
        signals = dict(judge(analysed(claim, task.language), sources, task.question or "").signals)
        yield Sample(row["set"], str(row["id"]), number, task.language, "", good, signals)


def seeded(folder: Path, count: int, seed: int) -> Iterator[Sample]:
    for language, collection in collections(folder).items():
        maker = Maker(collection, seed)
        for good, kinds in ((True, TRUE_KINDS), (False, ALTERED_KINDS)):
            for kind, change in kinds.items():
                for number, case in enumerate(maker.make(kind, change, count)):
                    sources = sources_of(case.hits, language)
                    signals = dict(judge(analysed(claim_of(case.claim), language), sources).signals)
                    yield Sample(f"seeded-{language}", f"{kind}-{number}", 0, language, kind, good, signals)


@dataclass
class Fitted:
    """Both steps, with what is needed to apply them to a table of signals."""

    weights: Any
    bias: float
    penalties: Any

    def probability(self, coverage: Any, contrary: Any) -> Any:
        return np.exp(-(contrary @ self.penalties)) / (1 + np.exp(-(self.bias + coverage @ self.weights)))


def fit(samples: Sequence[Sample]) -> Fitted:
    weights, bias = first_step([s for s in samples if s.set in FITTED_ON])
    base = Fitted(weights, bias, np.zeros(len(CONTRARY)))
    chosen = [s for s in samples if s.set in PENALISED_ON]
    return Fitted(weights, bias, second_step(chosen, base))


def first_step(samples: Sequence[Sample]) -> tuple[Any, float]:
    from sklearn.linear_model import LogisticRegression

    table = signals_of(samples, COVERAGE)
    middle, spread = table.mean(0), table.std(0) + 1e-9
    model = LogisticRegression(max_iter=5000)
    model.fit((table - middle) / spread, [s.good for s in samples], sample_weight=set_weights(samples))
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - middle @ weights)


def second_step(samples: Sequence[Sample], base: Fitted) -> Any:
    from scipy.optimize import minimize

    coverage, contrary = signals_of(samples, COVERAGE), signals_of(samples, CONTRARY)
    before = base.probability(coverage, contrary)
    good, weights = np.array([s.good for s in samples], float), set_weights(samples)

    def loss(penalties: Any) -> tuple[float, Any]:
        p = np.clip(before * np.exp(-(contrary @ penalties)), 1e-6, 1 - 1e-6)
        value = (
            -(weights * (good * np.log(p) + (1 - good) * np.log(1 - p))).sum() + 0.02 * penalties @ penalties
        )
        return value, -(contrary.T @ (weights * (p - good) / (1 - p))) + 0.04 * penalties

    found = minimize(
        loss,
        np.full(len(CONTRARY), 0.5),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, MOST_PENALTY[name.endswith("_displaced")]) for name in CONTRARY],
    )
    return found.x


def signals_of(samples: Sequence[Sample], names: Sequence[str]) -> Any:
    return np.array([[s.signals[name] for name in names] for s in samples])


def set_weights(samples: Sequence[Sample]) -> Any:
    """Every set weighs the same and has the same share of supported sentences, so that no signal stands for its set.

    A seeded set, or one with contradictions only, weighs less.
    """
    groups = Counter((s.set, s.good) for s in samples)
    weights = []
    for s in samples:
        share = SUPPORTED_SHARE if s.good else 1 - SUPPORTED_SHARE
        least = SEEDED_WEIGHT if s.set.startswith("seeded") or s.set == "daccord" else 1.0
        weights.append(100 * least * share / groups[s.set, s.good])
    return np.array(weights)


def crossed(samples: Sequence[Sample]) -> Any:
    """Probabilities of all samples, each of a fit that did not see its answer."""
    folds = np.array([zlib.crc32(f"{s.set}{s.id}".encode()) % FOLDS for s in samples])
    seen = np.array([s.set in PENALISED_ON for s in samples])
    coverage, contrary = signals_of(samples, COVERAGE), signals_of(samples, CONTRARY)
    found = fit([s for s in samples if s.good is not None]).probability(coverage, contrary)
    for fold in range(FOLDS):
        kept = [s for s, f in zip(samples, folds, strict=True) if f != fold and s.good is not None]
        mine = seen & (folds == fold)
        found[mine] = fit(kept).probability(coverage[mine], contrary[mine])
    return found


def vetoed(samples: Sequence[Sample]) -> Any:
    names = [name for name in COVERAGE if name.endswith("nowhere")]
    return signals_of(samples, names).sum(1) > 0


def bands(samples: Sequence[Sample], probabilities: Any) -> tuple[float, float]:
    """The probability that a tenth of RAGTruth's bad sentences reach, and that few faithful ones fall below."""
    veto = vetoed(samples)
    sets = np.array([s.set for s in samples])
    good = np.array([s.good is True for s in samples])
    bad = np.array([s.good is False for s in samples])
    upper = float(np.quantile(np.where(veto, 0, probabilities)[bad & (sets == "ragtruth-qa")], 1 - BAD_GREEN))
    shown = np.where(veto, np.minimum(probabilities, VETOED), probabilities)
    lower = [float(np.quantile(shown[good & (sets == name)], GOOD_STRUCK)) for name in NATURAL]
    return upper, max(LEAST_LOWER, min(lower))


NATURAL = ("ragtruth-qa", "lfqa", "memerag-fr", "memerag-en", "rte3-fr")


def french_bar(samples: Sequence[Sample], probabilities: Any) -> float:
    """The probability that few of RTE3's bad sentences reach."""
    bad = np.array([s.set == "rte3-fr" and s.good is False for s in samples])
    return float(np.quantile(np.where(vetoed(samples), 0, probabilities)[bad], 1 - BAD_GREEN_IN_FRENCH))


def report(samples: Sequence[Sample], probabilities: Any, upper: float, lower: float) -> None:
    veto = vetoed(samples)
    sets = np.array([s.set for s in samples])
    good = np.array([s.good is True for s in samples])
    bad = np.array([s.good is False for s in samples])
    shown = np.where(veto, np.minimum(probabilities, VETOED), probabilities)
    print(
        f"bands: supported from {upper:.3f} (fr {french_bar(samples, probabilities):.3f}), unsupported below {lower:.3f}\n"
    )
    print(
        "| set | n | AUROC | best BA | good green | bad green | good struck | bad struck | BA not green | green at 10/20 % bad |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in NATURAL:
        g, b = shown[good & (sets == name)], shown[bad & (sets == name)]
        if not len(g) or not len(b):
            continue
        steps = np.unique(np.concatenate([g, b]))
        best = max(((g >= t).mean() + (b < t).mean()) / 2 for t in steps)
        at = [
            f"{100 * max([(g >= t).mean() for t in steps if (b >= t).mean() <= most], default=0):.0f}"
            for most in (0.1, 0.2)
        ]
        row = [
            (g >= upper).mean(),
            (b >= upper).mean(),
            (g < lower).mean(),
            (b < lower).mean(),
            ((g >= upper).mean() + (b < upper).mean()) / 2,
        ]
        print(
            f"| {name} | {len(g)}+{len(b)} | {auroc(g, b):.3f} | {100 * best:.1f} | "
            + " | ".join(f"{100 * x:.1f}" for x in row)
            + f" | {' / '.join(at)} |"
        )
    print("\nseeded: kind, share that is not green")
    for name in ("seeded-fr", "seeded-en"):
        for kind in dict.fromkeys(s.kind for s in samples if s.set == name):
            of = np.array([s.set == name and s.kind == kind for s in samples])
            print(
                f"  {name} {kind}: {100 * (shown[of] < upper).mean():.1f} (struck {100 * (shown[of] < lower).mean():.1f})"
            )
    unseen = np.isin(sets, ("lfqa", "memerag-fr", "memerag-en")) & (good | bad)
    print("\ncalibration on sets that were not fitted on: bin, n, mean probability, share supported")
    for low in np.arange(0, 1, 0.1):
        inside = unseen & (shown >= low) & (shown < low + 0.1)
        if inside.any():
            print(
                f"  {low:.1f}-{low + 0.1:.1f}: {inside.sum()}, {shown[inside].mean():.2f}, {good[inside].mean():.2f}"
            )


def auroc(good: Any, bad: Any) -> float:
    return float((good[:, None] > bad[None]).mean() + 0.5 * (good[:, None] == bad[None]).mean())


def odds(p: Any) -> Any:
    """Logarithm of the odds."""
    return np.log(np.clip(p, 1e-4, 1 - 1e-4) / np.clip(1 - p, 1e-4, 1))


def words_worth(
    samples: Sequence[Sample], probabilities: Any, file: Path, undecided: Callable[[float, str], bool]
) -> dict[str, Any]:
    """For each verifier and language, its word beside the probability: only where that tells more than either alone."""
    from sklearn.linear_model import LogisticRegression

    place = {(s.set, s.id, s.sentence): i for i, s in enumerate(samples)}
    found: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for line in map(json.loads, file.read_text("utf-8").splitlines()):
        index = place.get((line["set"], str(line["id"]), line["sentence"]))
        if index is not None and line["p"] is not None and samples[index].good is not None:
            language = samples[index].language
            found.setdefault(line["verifier"], {}).setdefault(language, []).append((index, line["p"]))
    worth: dict[str, Any] = {}
    for model, by_language in found.items():
        for language, pairs in by_language.items():
            fitted_on = [(i, p) for i, p in pairs if samples[i].set in FITTED_ON] or pairs
            table = np.array([[odds(probabilities[i]), odds(p)] for i, p in fitted_on])
            labels = np.array([samples[i].good for i, _ in fitted_on])
            folds = np.array([zlib.crc32(samples[i].id.encode()) % FOLDS for i, _ in fitted_on])
            joint = np.zeros(len(labels))
            for fold in range(FOLDS):
                if (folds == fold).any() and len(set(labels[folds != fold])) == 2:
                    joint[folds == fold] = (
                        LogisticRegression()
                        .fit(table[folds != fold], labels[folds != fold])
                        .decision_function(table[folds == fold])
                    )
            scores = [auroc(x[labels], x[~labels]) for x in (table[:, 0], table[:, 1], joint)]
            print(
                f"word of {model}, {language}: n = {len(labels)}, AUROC own {scores[0]:.3f}, word {scores[1]:.3f}, both {scores[2]:.3f}"
            )
            whole = LogisticRegression().fit(table, labels)
            for name in sorted({samples[i].set for i, _ in pairs}):
                rows = [(i, p) for i, p in pairs if samples[i].set == name]
                inside = np.array([[odds(probabilities[i]), odds(p)] for i, p in rows])
                truth = np.array([samples[i].good for i, _ in rows])
                both = whole.decision_function(inside) if name not in FITTED_ON else joint
                steps = np.unique(both)
                best = [
                    max(((x[truth] >= t).mean() + (x[~truth] < t).mean()) / 2 for t in np.unique(x))
                    for x in (inside[:, 0], inside[:, 1], both)
                ]
                green = max(
                    [(both[truth] >= t).mean() for t in steps if (both[~truth] >= t).mean() <= 0.1], default=0
                )
                print(
                    f"   {name}: n = {len(rows)}, AUROC {auroc(inside[truth, 0], inside[~truth, 0]):.3f} {auroc(both[truth], both[~truth]):.3f}, BA {best[0]:.3f} {best[1]:.3f} {best[2]:.3f}, green at 10 % bad {green:.2f}"
                )
            if scores[2] > scores[0] + 0.01:
                p = 1 / (1 + np.exp(-joint))
                asked = np.array([undecided(probabilities[i], language) for i, _ in fitted_on])
                upper = float(np.quantile(p[asked & ~labels], 1 - BAD_LIFTED))
                worth.setdefault(model, {})[language] = {
                    "own": round(float(whole.coef_[0][0]), 4), "word": round(float(whole.coef_[0][1]), 4),
                    "bias": round(float(whole.intercept_[0]), 4), "supported_from": round(upper, 4),
                }  # fmt: skip
    return worth


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("natural", type=Path)
    parser.add_argument("seeded", type=Path)
    parser.add_argument("--count", type=int, default=60, help="seeded cases of each kind and language")
    parser.add_argument("--limit", type=int, help="rows of each natural set")
    parser.add_argument("--words", type=Path)
    parser.add_argument("--cache", type=Path, help="file of signals, made where it is missing")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.cache and options.cache.exists():
        samples = pickle.loads(options.cache.read_bytes())
    else:
        samples = [*natural(options.natural, options.limit), *seeded(options.seeded, options.count, 7)]
        if options.cache:
            options.cache.write_bytes(pickle.dumps(samples))
    probabilities = crossed(samples)
    upper, lower = bands(samples, probabilities)
    report(samples, probabilities, upper, lower)
    whole = fit([s for s in samples if s.good is not None])
    weights = {n: round(float(w), 4) for n, w in zip(COVERAGE, whole.weights, strict=True)}
    penalties = {n: round(float(p), 4) for n, p in zip(CONTRARY, whole.penalties, strict=True)}
    print("\nweights", weights, round(whole.bias, 4), "\npenalties", penalties)
    bars = {"fr": max(upper, french_bar(samples, probabilities))}

    def undecided(probability: float, language: str) -> bool:
        return lower <= probability < bars.get(language, upper)

    words = words_worth(samples, probabilities, options.words, undecided) if options.words else {}
    print(json.dumps(words, indent=1))
    if options.write:
        told = {
            "weights": weights, "bias": round(whole.bias, 4),
            "penalties": {n: p for n, p in penalties.items() if p >= LEAST_PENALTY},
            "supported_from": round(upper, 4), "unsupported_below": round(lower, 4), "words": words,
            "fitted_on": fingerprint(samples),
            "own_bars": {language: round(bar, 4) for language, bar in bars.items()},
        }  # fmt: skip
        FIT_FILE.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def fingerprint(samples: Sequence[Sample]) -> str:
    """What it was fitted on: sets, number of sentences, and a checksum of their signals."""
    counts = {name: sum(s.set == name for s in samples) for name in PENALISED_ON}
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    checksum = zlib.crc32(repr([(s.id, sorted(s.signals.items())) for s in samples]).encode())
    return f"{told}; {checksum:08x}"


if __name__ == "__main__":
    main()
