"""What a small model should be given to read: `python benchmarks/bench_given.py DATA [--cache FOLDER] [--documents 250] [--limit 400]`.

PIAF's questions (see `search_beds.py`), those that ask why or how apart. For each way of choosing from the hits it prints
in percent how often what is given holds the answer that people marked, and how many words it has: what a model is not
given it cannot say, and every word costs time before the first one of the answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from search_beds import open_store, piaf, read, sample, set_up_embedder

from assistant.composition.answer_type import answer_type_of, asks_why
from assistant.composition.evidence import with_next_sentence
from assistant.composition.prompts import Source, chosen_sentences, whole_passages, with_passage
from assistant.evaluation.normalisation import answer_words, contains
from assistant.intents.answer import RANKED
from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.types import Hit, Quote
from assistant.wiring import make_prover

WAYS: dict[str, Callable[[Sequence[Quote], Sequence[Hit]], list[Source]]] = {
    "3 sentences": lambda ranked, hits: chosen_sentences(ranked[:3], hits),
    "3 sentences and the one after the best (shown)": lambda ranked, hits: chosen_sentences(
        with_next_sentence(ranked[:3], hits), hits
    ),
    "6 sentences": lambda ranked, hits: chosen_sentences(ranked[:6], hits),
    "8 sentences": lambda ranked, hits: chosen_sentences(ranked[:8], hits),
    "12 sentences": lambda ranked, hits: chosen_sentences(ranked[:12], hits),
    "first passage, 4 sentences": lambda ranked, hits: with_passage(0, ranked[:4], hits),
    "passage of the best sentence, 4 sentences": lambda ranked, hits: with_passage(
        ranked[0].hit, ranked[:4], hits
    ),
    "passage of the best sentence, 8 sentences": lambda ranked, hits: with_passage(
        ranked[0].hit, ranked[:8], hits
    ),
    "2 passages": lambda ranked, hits: whole_passages(hits[:2]),
    "3 passages": lambda ranked, hits: whole_passages(hits[:3]),
    "all passages": lambda ranked, hits: whole_passages(hits),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".runtime/bench"))
    parser.add_argument("--documents", type=int, default=250, help="paragraphs that are indexed")
    parser.add_argument("--limit", type=int, default=400, help="questions of each kind")
    options = parser.parse_args()
    embedder = set_up_embedder(options.cache)
    bed = piaf(options.data)
    documents = sample(bed.documents, options.documents)
    store = open_store(
        replace(bed, store=f"given-{len(documents)}", documents=documents), options.cache, embedder
    )
    known = {document["id"] for document in documents}
    retriever, prover = HybridRetriever(store, embedder), make_prover(embedder)
    asked = [
        one
        for one in read(options.data / "piaf" / "questions.jsonl")
        if one.get("answers") and known & {*one["doc_ids"]}
    ]
    kinds: dict[str, list[dict[str, Any]]] = {
        "why and how": [],
        "a value (date, number, name)": [],
        "anything else": [],
    }
    for one in asked:
        wants = answer_type_of(one["question"], "fr").kind
        why = asks_why(one["question"], "fr")
        kinds["why and how" if why else "a value (date, number, name)" if wants else "anything else"].append(
            one
        )
    for kind, questions in kinds.items():
        step = max(1, len(questions) // options.limit)
        print(
            f"\n{kind}: {len(questions[::step])} questions\n\n| given | holds the answer | words |\n|---|---|---|"
        )
        found: dict[str, list[tuple[bool, int]]] = {way: [] for way in WAYS}
        for one in questions[::step]:
            query = read_question(one["question"])
            hits = retriever.retrieve(query, 6)
            ranked = prover.evidence(query, hits, limit=RANKED)
            if not ranked:
                continue
            for way, choose in WAYS.items():
                text = " ".join(source.text for source in choose(ranked, hits))
                words = answer_words(text)
                held = any(contains(words, answer_words(answer)) for answer in one["answers"])
                found[way].append((held, len(text.split())))
        for way, rows in found.items():
            print(
                f"| {way} | {100 * mean(held for held, _ in rows):.1f} % | {mean(n for _, n in rows):.0f} |"
            )


if __name__ == "__main__":
    main()
