"""Fit the weights by which evidence is ranked: `python benchmarks/fit_evidence.py DATA [--cache FOLDER] [--limit 800]`.

Questions of PIAF (French) and XQuAD (English; Spanish and German over English) whose answers people marked, those in the
language of the articles and those in another one apart. A sentence that has the answer is right. The weights maximise the likelihood of a right one among the sentences of the
hits (softmax); figures are those of five folds by question: the best sentence, or one of the best three, has the answer.
They are written by hand into `assistant/composition/evidence.py`, rounded.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from search_beds import Bed, CachedEmbedder, open_store, piaf, read, sample, set_up_embedder, xquad

from assistant.composition.evidence import (
    ACROSS_BY_MEANING,
    ACROSS_BY_WORDS,
    BY_MEANING,
    BY_WORDS,
    COMPARED,
    SPREAD,
    Signals,
    Weights,
    signals_of,
)
from assistant.evaluation.normalisation import answer_words, contains
from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question

FOLDS = 5
WORDS = ("own", "around", "kind", "passage")
NAMES = tuple(field.name for field in fields(Weights))
REGULAR = 1e-3


@dataclass
class Asked:
    """The sentences found for a question: signals (n, 5), log odds that are not fitted (n), which are right (n)."""

    question: str
    signals: Any
    rest: Any
    right: Any

    def best_by(self, weights: Any) -> Any:
        return np.argsort(-(self.signals @ weights + self.rest), kind="stable")

    def cut(self, weights: Any) -> Asked:
        """The sentences that are compared by meaning."""
        kept = self.best_by(weights)[:COMPARED]
        near = self.signals[kept]
        near[:, -1] = (near[:, -1] - near[:, -1].mean()) / SPREAD
        return Asked(self.question, near, self.rest[kept], self.right[kept])


def asked(
    bed: Bed, questions: Sequence[dict[str, Any]], embedder: CachedEmbedder, options: argparse.Namespace
) -> list[Asked]:
    documents = sample(bed.documents, options.documents)
    made = replace(bed, store=f"evidence-{bed.store}-{len(documents)}", documents=documents)
    retriever = HybridRetriever(open_store(made, options.cache, embedder), embedder)
    known = {document["id"] for document in documents}
    questions = [one for one in questions if one.get("answers") and known & {*one["doc_ids"]}]
    found = []
    for one in questions[:: max(1, len(questions) // options.limit)]:
        query = read_question(one["question"])
        signals = signals_of(query, retriever.retrieve(query, 6))
        right = np.array([_has(signal.sentence.text, one["answers"]) for signal in signals])
        if right.any():
            vector = embedder.embed_query(query.search_text)
            cosines = embedder.embed_passages([signal.words for signal in signals]) @ vector
            table = np.array([_row(signal, cosine) for signal, cosine in zip(signals, cosines, strict=True)])
            found.append(Asked(one["question"], table, np.array([s.rest for s in signals]), right))
    return found


def _row(signal: Signals, cosine: float) -> list[float]:
    return [signal.own, signal.around, float(signal.kind), signal.passage, float(cosine)]


def _has(text: str, answers: Sequence[str]) -> bool:
    words = answer_words(text)
    return any(contains(words, answer_words(answer)) for answer in answers)


def fit(found: Sequence[Asked], columns: int) -> Any:
    """Weights of the first `columns` signals; the others are 0."""
    from scipy.optimize import minimize

    def loss(weights: Any) -> tuple[float, Any]:
        total, gradient = 0.0, np.zeros(columns)
        for one in found:
            table = one.signals[:, :columns]
            odds = table @ weights + one.rest
            chance = np.exp(odds - odds.max())
            chance /= chance.sum()
            right = chance * one.right
            total -= np.log(right.sum() + 1e-12)
            gradient -= table.T @ (right / (right.sum() + 1e-12) - chance)
        return (
            total / len(found) + REGULAR * weights @ weights,
            gradient / len(found) + 2 * REGULAR * weights,
        )

    weights = minimize(loss, np.zeros(columns), jac=True, method="L-BFGS-B").x
    return np.pad(weights, (0, len(NAMES) - columns))


def fitted(found: Sequence[Asked]) -> tuple[Any, Any]:
    """The weights by words, and those by meaning of the sentences that these leave."""
    words = fit(found, len(WORDS))
    near = [cut for cut in (one.cut(words) for one in found) if cut.right.any()]
    return words, fit(near, len(NAMES))


def held(found: Sequence[Asked], words: Any, meaning: Any | None) -> Any:
    """For each question whether the best sentence, and one of the best three, has the answer (n, 2)."""
    rows = []
    for one in found:
        ranked, weights = (one, words) if meaning is None else (one.cut(words), meaning)
        right = ranked.right[ranked.best_by(weights)]
        rows.append((right[0], right[:3].any()))
    return np.array(rows)


def crossed(found: Sequence[Asked], *, by_meaning: bool) -> Any:
    folds = np.array([zlib.crc32(one.question.encode()) % FOLDS for one in found])
    rows = np.zeros((len(found), 2))
    for fold in range(FOLDS):
        words, meaning = fitted([one for one, f in zip(found, folds, strict=True) if f != fold])
        mine = np.flatnonzero(folds == fold)
        rows[mine] = held([found[int(index)] for index in mine], words, meaning if by_meaning else None)
    return rows


def show(name: str, way: str, rows: Any) -> None:
    best, three = 100 * rows.mean(0)
    print(f"| {name} | {way} | {len(rows)} | {best:.1f} % | {three:.1f} % |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".runtime/bench"))
    parser.add_argument("--documents", type=int, default=250, help="paragraphs that are indexed")
    parser.add_argument("--limit", type=int, default=800, help="questions of each set")
    options = parser.parse_args()
    embedder = set_up_embedder(options.cache)
    french = asked(piaf(options.data), read(options.data / "piaf" / "questions.jsonl"), embedder, options)
    bed, questions = xquad(options.data)[0], read(options.data / "xquad" / "questions.jsonl")
    english, spanish, german = (
        asked(bed, [one for one in questions if one["lang"] == language], embedder, options)
        for language in ("en", "es", "de")
    )
    for sets, in_use in (
        ({"piaf": french, "xquad, en": english}, (BY_WORDS, BY_MEANING)),
        ({"xquad, es over en": spanish, "xquad, de over en": german}, (ACROSS_BY_WORDS, ACROSS_BY_MEANING)),
    ):
        together = [one for found in sets.values() for one in found]
        for way, weights, used in zip(("words  ", "meaning"), fitted(together), in_use, strict=True):
            print(f"by {way} {dict(zip(NAMES, weights.round(2).tolist(), strict=True))}; in use {used}")
        print("\n| set | ranked by | questions | best sentence | best three |\n|---|---|---|---|---|")
        for way, by_meaning in (("words", False), ("words and meaning", True)):
            rows = crossed(together, by_meaning=by_meaning)
            for name, found in sets.items():
                show(name, way, rows[: len(found)])
                rows = rows[len(found) :]
        print()


if __name__ == "__main__":
    main()
