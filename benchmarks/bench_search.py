"""How well and how fast the search finds: the whole, every part alone, and the whole without each feature.

    python benchmarks/bench_search.py DATA [--cache FOLDER] [--embedder FOLDER] [--speed-only | --quality-only]

DATA holds the public sets named in `search_beds.py`. Prints tables in Markdown; the first run embeds about
2,500 passages (ten minutes on two cores), the next ones take what was kept in the cache.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from search_beds import Asked, Bed, CachedEmbedder, beds, open_store, read, write

from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.search.scoring import FEATURES, Candidate, ReciprocalRanks, Scorer, scorer_for
from assistant.store.index import Store, sync

Order = Callable[[Sequence[Candidate]], list[Candidate]]


def articles(names: Iterable[str]) -> list[str]:
    """Names of articles without their suffix, each once."""
    return list(dict.fromkeys(name.removesuffix(".md") for name in names))


def ndcg(found: Sequence[str], wanted: frozenset[str], k: int = 10) -> float:
    """Normalised discounted cumulative gain at k, binary relevance (Järvelin and Kekäläinen, 2002)."""
    gain = sum(1 / math.log2(rank + 1) for rank, name in enumerate(found[:k], start=1) if name in wanted)
    return gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(len(wanted), k) + 1))


class Line:
    """Results of one way of searching on one bed."""

    def __init__(self) -> None:
        self.ndcg: list[float] = []
        self.first: list[bool] = []
        self.fifth: list[bool] = []

    def add(self, found: Sequence[str], wanted: frozenset[str]) -> None:
        self.ndcg.append(ndcg(found, wanted))
        self.first.append(bool(wanted & set(found[:1])))
        self.fifth.append(bool(wanted & set(found[:5])))

    def __str__(self) -> str:
        return f"{np.mean(self.ndcg):.3f} ({np.mean(self.first):.2f} / {np.mean(self.fifth):.2f})"


def by_score(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda name: (-scores[name], name))


def ways(retriever: HybridRetriever) -> dict[str, Callable[[Sequence[Candidate], str], dict[str, float]]]:
    """Ways of ordering the same candidates: some features alone, the whole without each, plain fusion."""

    def weighted(weights: dict[str, float]) -> Callable[[Sequence[Candidate], str], dict[str, float]]:
        return replace(retriever.scorer, weights=weights).scores

    if not isinstance(retriever.scorer, Scorer):
        raise SystemExit("The weights of assistant/search/weights.json were fitted on another embedder.")
    whole = dict(retriever.scorer.weights)
    found = {
        "words alone (BM25)": weighted({"words": 1.0}),
        "standing alone": weighted({"standing": 1.0}),
        "reciprocal ranks with a language gate": ReciprocalRanks().scores,
    }
    for name in FEATURES:
        found[f"without {name}"] = weighted({key: value for key, value in whole.items() if key != name})
    return found


def measure(bed: Bed, store: Store, embedder: CachedEmbedder, questions: Sequence[Asked]) -> dict[str, Line]:
    retriever = HybridRetriever(store, embedder)
    still = HybridRetriever(store, embedder, scorer=replace(scorer_for(embedder), question_offsets={}))
    others = ways(retriever)
    names = ["the whole", "dense alone", *others, "question not moved into the language"]
    lines = {name: Line() for name in names}
    for asked in questions:
        query = replace(read_question(asked.text), language=asked.language, time=None)
        vector = embedder.embed_query(asked.text)
        found = retriever.find(query, vector)
        place = {candidate.place.id: candidate.place.article for candidate in found}
        lines["the whole"].add(
            articles(hit.passage.article for hit in retriever.retrieve(query, 10)), asked.articles
        )
        nearest = [name for name, _ in store.dense(vector, 60)]
        places = store.places(nearest)
        lines["dense alone"].add(articles(places[name].article for name in nearest), asked.articles)
        for name, scores in others.items():
            lines[name].add(
                articles(place[one] for one in by_score(scores(found, asked.language))), asked.articles
            )
        lines[names[-1]].add(
            articles(hit.passage.article for hit in still.retrieve(query, 10)), asked.articles
        )
    return lines


def quality(data: Path, cache: Path, embedder: CachedEmbedder, held_out: bool) -> None:
    columns: dict[str, dict[str, Line]] = {}
    counts: dict[str, int] = {}
    for bed in beds(data):
        questions = [asked for asked in bed.questions if not (held_out and asked.tuning)]
        with open_store(bed, cache, embedder) as store:
            lines = measure(bed, store, embedder, questions)
        kept = columns.setdefault(bed.name, {name: Line() for name in lines})
        counts[bed.name] = counts.get(bed.name, 0) + len(questions)
        for name, line in lines.items():
            for values, more in zip(vars(kept[name]).values(), vars(line).values(), strict=True):
                values.extend(more)
        print(f"<!-- {bed.name}: {kept['the whole']} -->", flush=True)
    print("\nnDCG@10 (hit@1 / hit@5)\n")
    print("| bed | n | " + " | ".join(next(iter(columns.values()))) + " |")
    print("|" + "---|" * (2 + len(next(iter(columns.values())))))
    for name, lines in columns.items():
        print(f"| {name} | {counts[name]} | " + " | ".join(map(str, lines.values())) + " |")


class NoEmbedder:
    """Gives any text a vector at once: what is timed is everything else."""

    name, fingerprint, dimension, max_tokens = "multilingual-e5-small", "none", 384, 512

    def tokenize(self, text: str) -> list[int]:
        return [len(word) for word in text.split() for _ in (0, 1)]  # about two tokens a word

    def embed_passages(self, texts: Sequence[str]) -> Any:
        return (
            np.stack([self.embed_query(text) for text in texts]) if texts else np.zeros((0, 384), np.float32)
        )

    def embed_query(self, text: str) -> Any:
        seed = int.from_bytes(sha256(text.encode()).digest()[:4], "big")
        vector = np.random.default_rng(seed).standard_normal(384).astype(np.float32) + 2
        return vector / np.linalg.norm(vector)


def speed(data: Path, cache: Path, passages: int = 10_000) -> None:
    """Seconds of a search beyond the question's embedding, French and English articles, 10,000 passages."""
    embedder = NoEmbedder()
    documents = [
        *read(data / "news_fr_en_cds" / "documents.jsonl"),
        *read(data / "piaf" / "documents.jsonl"),
        *read(data / "news_en_digitalgov" / "documents.jsonl"),
    ]
    corpus, folder = cache / "corpora" / "speed", cache / "stores" / "speed"
    write(documents, corpus)
    sync(corpus, folder, embedder, min_tokens=100, max_tokens=180)
    questions = [item["question"] for item in read(data / "piaf" / "questions.jsonl")[:300]]
    questions += [item["question"] for item in read(data / "xquad" / "questions.jsonl")[:100]]
    with Store.open(folder) as store:
        retriever = HybridRetriever(store, embedder)
        queries = [read_question(question) for question in questions]
        for query in queries[:20]:
            retriever.retrieve(query, 6)
        seconds = []
        for query in queries:
            started = time.perf_counter()
            embedder.embed_query(query.search_text)
            middle = time.perf_counter()
            retriever.retrieve(query, 6)
            seconds.append(time.perf_counter() - middle - (middle - started))
        p50, p95 = np.percentile(seconds, [50, 95]) * 1000
        print(f"\nA search beyond the embedding of the question, {store.size:,} passages {store.languages}:")
        print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms (n = {len(queries)})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".runtime/bench"))
    parser.add_argument("--embedder", type=Path, default=Path(".runtime/embedders/multilingual-e5-small"))
    parser.add_argument("--held-out", action="store_true", help="only the questions that chose no weight")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--speed-only", action="store_true")
    only.add_argument("--quality-only", action="store_true")
    options = parser.parse_args()
    if not options.speed_only:
        quality(
            options.data, options.cache, CachedEmbedder(options.embedder, options.cache), options.held_out
        )
    if not options.quality_only:
        speed(options.data, options.cache)


if __name__ == "__main__":
    main()
