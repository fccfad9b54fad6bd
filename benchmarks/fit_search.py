"""Fits the weights of `assistant/search/weights.json` on the tuning half of the beds' questions.

    python benchmarks/fit_search.py DATA [--cache FOLDER] [--embedder FOLDER]

Every point of a small grid; what is maximised is the mean nDCG@10 over the beds. The weight of `standing` is 1: only
the proportions matter. The questions about the posts are translated titles, so those beds would raise the weight of
`title` without end: the posts stand for the questions across languages in the mixed index only, and the grid ends where
questions that are no titles begin to lose
(hit@1 of the sample corpus' questions: .91 at 4, .89 at 8.5, .83 at 18).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from bench_search import articles, ndcg
from search_beds import Bed, CachedEmbedder, beds, open_store, read

from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.search.scoring import FEATURES, Scorer

GRID = {
    "title_floor": (0.83, 0.84, 0.85, 0.86),
    "words": (2.0, 2.5, 3.0, 3.5, 4.0, 4.5),
    "title": (0.0, 2.0, 4.0, 6.0, 8.5),
    "same_language": (0.0, -0.25, -0.5, -0.75),
}


@dataclass
class Judged:
    """One question: the features of its candidates (titles as plain cosines) and the articles they are of."""

    features: Any
    names: list[str]
    wanted: frozenset[str]
    tuning: bool

    def ndcg(self, weights: dict[str, float]) -> float:
        features = self.features.copy()
        floor, place = weights["title_floor"], FEATURES.index("title")
        features[:, place] = np.maximum(0, (features[:, place] - floor) / (1 - floor))
        scores = features @ np.array([weights[name] for name in FEATURES])
        return ndcg(articles(self.names[row] for row in np.argsort(-scores, kind="stable")), self.wanted)


def judged(bed: Bed, cache: Path, embedder: CachedEmbedder, offsets: dict[str, Any]) -> Iterator[Judged]:
    raw = Scorer(dict.fromkeys(FEATURES, 1.0), title_floor=0.0, question_offsets=offsets)
    with open_store(bed, cache, embedder) as store:
        retriever = HybridRetriever(store, embedder, scorer=raw)
        for asked in bed.questions:
            query = replace(read_question(asked.text), language=asked.language, time=None)
            found = retriever.find(query, embedder.embed_query(asked.text))
            features = np.array([[candidate.features[name] for name in FEATURES] for candidate in found])
            yield Judged(features, [one.place.article for one in found], asked.articles, asked.tuning)


def question_offsets(data: Path, embedder: CachedEmbedder, questions: int = 200) -> dict[str, Any]:
    """Mean difference between a question in a language and the same one in English, on translated questions."""
    asked = read(data / "xquad" / "questions.jsonl")
    pairs: dict[str, list[tuple[str, str]]] = {}
    texts = {item["id"]: item["question"] for item in asked}
    english = sorted(name for name in texts if name.endswith("-en"))[: questions * 2 : 2]
    for language in ("es", "de", "ro"):
        pairs[language] = [(texts[name[:-2] + language], texts[name]) for name in english]
    titles = {
        item["same_lang_doc_ids"][0]: item for item in read(data / "news_fr_en_cds" / "questions.jsonl")
    }
    french = sorted(name for name, item in titles.items() if item["lang"] == "fr")[::2]
    pairs["fr"] = [
        (titles[name]["question"], titles[titles[name]["doc_ids"][0]]["question"]) for name in french
    ]
    offsets: dict[str, Any] = {"en": np.zeros(embedder.dimension, np.float32)}
    for language, both in pairs.items():
        one, other = (
            np.stack([embedder.embed_query(text) for text in side]) for side in zip(*both, strict=True)
        )
        offsets[language] = (one - other).mean(axis=0)
    return offsets


def mean_ndcg(groups: Sequence[Sequence[Judged]], weights: dict[str, float], tuning: bool) -> float:
    return float(
        np.mean([np.mean([one.ndcg(weights) for one in group if one.tuning == tuning]) for group in groups])
    )


def fit(groups: Sequence[Sequence[Judged]]) -> dict[str, float]:
    tried = [{"standing": 1.0, **dict(zip(GRID, values, strict=True))} for values in product(*GRID.values())]
    reached = [mean_ndcg(groups, weights, tuning=True) for weights in tried]
    ranked = sorted(zip(reached, range(len(tried)), strict=True), reverse=True)
    for mean, place in ranked[:5]:
        print(f"{mean:.4f} {tried[place]}", flush=True)
    return tried[ranked[0][1]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".runtime/bench"))
    parser.add_argument("--embedder", type=Path, default=Path(".runtime/embedders/multilingual-e5-small"))
    options = parser.parse_args()
    embedder = CachedEmbedder(options.embedder, options.cache)
    offsets = question_offsets(options.data, embedder)
    chosen = [bed for bed in beds(options.data) if not bed.name.startswith("posts")]
    groups = [list(judged(bed, options.cache, embedder, offsets)) for bed in chosen]
    weights = fit(groups)
    print(f"tuning {mean_ndcg(groups, weights, True):.4f}, held out {mean_ndcg(groups, weights, False):.4f}")
    floor = weights.pop("title_floor")
    asked = "\n".join(sorted(one.text for bed in chosen for one in bed.questions if one.tuning))
    fitted = {
        "embedder": {"name": Path(embedder.name).name, "fingerprint": embedder.fingerprint},
        "fitted_on": {
            "beds": sorted({bed.name for bed in chosen}),
            "questions": sum(one.tuning for bed in chosen for one in bed.questions),
            "sha256": sha256(asked.encode()).hexdigest(),
        },
        "weights": weights,
        "title_floor": floor,
        "question_offsets": {name: [round(float(x), 4) for x in offset] for name, offset in offsets.items()},
    }
    file = resources.files("assistant.search").joinpath("weights.json")
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in fitted.items()]
    Path(str(file)).write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
