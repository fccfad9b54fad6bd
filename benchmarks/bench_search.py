"""How well and how fast the search finds: the whole, every part alone, and the whole without each feature.

    python benchmarks/bench_search.py DATA [--only WORD] [--speed-only | --quality-only] [--cache FOLDER] [--embedder FOLDER]

DATA holds the public sets named in `search_beds.py`. Prints tables in Markdown, for all questions and for those
that chose no weight. The first run embeds about 2,500 passages (ten minutes on two cores); what it has embedded
stays in the cache, so that it can be stopped and goes on. `--only` takes the beds whose name holds that word.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from search_beds import Bed, BedQuestion, CachedEmbedder, beds, open_store, read, write

from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.search.scoring import FEATURES, Candidate, ReciprocalRanks, Scorer, scorer_for
from assistant.store.sync import Store, sync

Order = Callable[[Sequence[Candidate]], list[Candidate]]


def articles(names: Iterable[str]) -> list[str]:
    """Names of articles without their suffix, each once."""
    return list(dict.fromkeys(name.removesuffix(".md") for name in names))


def ndcg(found: Sequence[str], wanted: frozenset[str], k: int = 10) -> float:
    """Normalised discounted cumulative gain at k, binary relevance (Järvelin and Kekäläinen, 2002)."""
    gain = sum(1 / math.log2(rank + 1) for rank, name in enumerate(found[:k], start=1) if name in wanted)
    return gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(len(wanted), k) + 1))


class Line:
    """Results of one way of searching on one bed: for each question nDCG@10, hit@1, hit@5, and whether it tuned."""

    def __init__(self) -> None:
        self.results: list[tuple[float, bool, bool, bool]] = []

    def add(self, found: Sequence[str], asked: BedQuestion) -> None:
        wanted = asked.articles
        hits = bool(wanted & set(found[:1])), bool(wanted & set(found[:5]))
        self.results.append((ndcg(found, wanted), *hits, asked.tuning))

    def mean(self, held_out: bool) -> str:
        kept = [result[:3] for result in self.results if not (held_out and result[3])]
        return "{:.3f} ({:.2f} / {:.2f})".format(*np.mean(kept, axis=0))


def by_score(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda name: (-scores[name], name))


def fitted_on(scorer: Scorer | ReciprocalRanks) -> Scorer:
    if not isinstance(scorer, Scorer):
        raise SystemExit("The weights of assistant/search/weights.json were fitted on another embedder.")
    return scorer


def ways(retriever: HybridRetriever) -> dict[str, Callable[[Sequence[Candidate], str], dict[str, float]]]:
    """Ways of ordering the same candidates: some features alone, the whole without each, plain fusion."""
    scorer = fitted_on(retriever.scorer)

    def weighted(weights: dict[str, float]) -> Callable[[Sequence[Candidate], str], dict[str, float]]:
        return replace(scorer, weights=weights).scores

    whole = dict(scorer.weights)
    found = {
        "words alone (BM25)": weighted({"words": 1.0}),
        "standing alone": weighted({"standing": 1.0}),
        "reciprocal ranks with a language gate": ReciprocalRanks().scores,
    }
    for name in FEATURES:
        found[f"without {name}"] = weighted({key: value for key, value in whole.items() if key != name})
    return found


def measure(
    bed: Bed, store: Store, embedder: CachedEmbedder, questions: Sequence[BedQuestion]
) -> dict[str, Line]:
    retriever = HybridRetriever(store, embedder)
    still = HybridRetriever(
        store, embedder, scorer=replace(fitted_on(scorer_for(embedder)), question_offsets={})
    )
    others = ways(retriever)
    names = ["the whole", "dense alone", *others, "question not moved into the language"]
    lines = {name: Line() for name in names}
    for asked in questions:
        query = replace(read_question(asked.text), language=asked.language, time=None)
        vector = embedder.embed_query(asked.text)
        found = retriever.find(query, vector)
        place = {candidate.place.id: candidate.place.article for candidate in found}
        lines["the whole"].add(articles(hit.passage.article for hit in retriever.retrieve(query, 10)), asked)
        every = [pair for language in store.languages for pair in store.dense(vector, 60, language)]
        nearest = [name for name, _ in sorted(every, key=lambda pair: -pair[1])[:60]]
        places = store.places(nearest)
        lines["dense alone"].add(articles(places[name].passage.article for name in nearest), asked)
        for name, scores in others.items():
            lines[name].add(articles(place[one] for one in by_score(scores(found, asked.language))), asked)
        lines[names[-1]].add(articles(hit.passage.article for hit in still.retrieve(query, 10)), asked)
    return lines


def quality(data: Path, cache: Path, embedder: CachedEmbedder, only: str) -> None:
    columns: dict[str, dict[str, Line]] = {}
    for bed in beds(data):
        if only not in bed.name:
            continue
        with open_store(bed, cache, embedder) as store:
            lines = measure(bed, store, embedder, bed.questions)
        kept = columns.setdefault(bed.name, {name: Line() for name in lines})
        for name, line in lines.items():
            kept[name].results += line.results
        done = "; ".join(f"{name} {line.mean(held_out=False)}" for name, line in kept.items())
        print(f"<!-- {bed.name}: {done} -->", flush=True)
    for held_out in (False, True):
        print(f"\n{'Held-out questions' if held_out else 'All questions'}: nDCG@10 (hit@1 / hit@5)\n")
        print("| way | " + " | ".join(columns) + " |")
        print("|" + "---|" * (1 + len(columns)))
        counts = [
            sum(not (held_out and result[3]) for result in lines["the whole"].results)
            for lines in columns.values()
        ]
        print("| *questions* | " + " | ".join(map(str, counts)) + " |")
        for way in next(iter(columns.values())):
            print(f"| {way} | " + " | ".join(lines[way].mean(held_out) for lines in columns.values()) + " |")


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


def some(documents: list[Any], passages: int, embedder: NoEmbedder) -> list[Any]:
    """A fixed choice of documents that make about so many passages of 140 tokens, which is their mean."""
    chosen, size = [], 0.0
    for document in random.Random(1).sample(documents, len(documents)):
        if size >= passages:
            break
        chosen.append(document)
        size += max(1.0, len(embedder.tokenize(document["text"])) / 140)
    return chosen


def speed(data: Path, cache: Path, passages: int = 10_000) -> None:
    """Seconds of a search beyond the question's embedding, French and English articles, about so many passages."""
    embedder = NoEmbedder()
    documents = [
        *read(data / "news_fr_en_cds" / "documents.jsonl"),
        *read(data / "piaf" / "documents.jsonl"),
        *read(data / "news_en_digitalgov" / "documents.jsonl"),
    ]
    corpus, folder = cache / "corpora" / f"speed-{passages}", cache / "stores" / f"speed-{passages}"
    write(some(documents, passages, embedder), corpus)
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
    parser.add_argument("--only", default="", metavar="WORD", help="beds whose name holds this word")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--speed-only", action="store_true")
    only.add_argument("--quality-only", action="store_true")
    options = parser.parse_args()
    if not options.speed_only:
        quality(options.data, options.cache, CachedEmbedder(options.embedder, options.cache), options.only)
    if not options.quality_only:
        speed(options.data, options.cache)


if __name__ == "__main__":
    main()
