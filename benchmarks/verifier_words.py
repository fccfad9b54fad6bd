"""A verifier's word on sentences that people judged, for the fit and to see what it is worth alone.

    python benchmarks/verifier_words.py FOLDER OUT.jsonl [--sets a,b] [--contexts N] [--verifier NAME]

FOLDER is that of bench_natural.py. Of each set it takes the passages of N contexts (those with most bad sentences
first) and of each as many faithful as bad sentences, at least `LEAST`, so the shares of the classes are not the
natural ones. OUT gets one line a sentence: set, id, sentence, claim, faithful, verifier, p, seconds;
lines that are there already are not asked again. It prints per set the AUROC of the word, the best balanced accuracy
that any threshold gives, and the median of the seconds of all sentences but the first of their context.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench_natural import Row, auroc, is_faithful, read_sets

from assistant import wiring
from assistant.answering.batch import task_of
from assistant.answering.given import GivenPassages
from assistant.proof.verifiers import Verifier, premise_of
from assistant.settings import load

LEAST, MOST, FEWEST_WORDS = 4, 6, 4


def judged_sentences(row: Row) -> Iterator[Row]:
    """The judged sentences of an answer, cut as `check --batch` cuts them."""
    task = task_of(
        {key: row[key] for key in row if key not in ("answer", "sentences") or row[key] is not None}
    )
    for number, span in enumerate(task.sentences):
        claim = task.text[span.start : span.end]
        faithful = is_faithful(row, number, {"start": span.start, "end": span.end})
        if faithful is not None and len(claim.split()) >= FEWEST_WORDS:
            yield {
                "set": row["set"],
                "id": row["id"],
                "sentence": number,
                "claim": claim,
                "faithful": faithful,
            }


def contexts(rows: Sequence[Row], most: int) -> Iterator[tuple[Row, list[Row]]]:
    """A row of each context, and the sentences that are asked about with it."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[json.dumps([row["question"], row["passages"]])].append(row)
    chosen = []
    drawn = random.Random(7)
    for group in groups.values():
        sentences = [one for row in group for one in judged_sentences(row)]
        drawn.shuffle(sentences)
        bad = [one for one in sentences if not one["faithful"]][:MOST]
        good = [one for one in sentences if one["faithful"]][: max(LEAST, len(bad))]
        chosen.append((group[0], bad + good, len(bad)))
    chosen.sort(key=lambda one: -one[2])
    yield from ((row, sentences) for row, sentences, _ in chosen[:most])


def asked(
    verifier: Verifier, row: Row, sentences: Sequence[Row], known: set[tuple[str, ...]]
) -> Iterator[Row]:
    task = task_of({"passages": row["passages"], "answer": "", "language": row["language"]})
    premise = premise_of(GivenPassages(task.passages, task.language).for_sentence("", task.language))
    for sentence in sentences:
        if key_of(sentence) not in known:
            started = time.perf_counter()
            (word,) = verifier.entailed(premise, [sentence["claim"]])
            yield {
                **sentence,
                "verifier": verifier.name,
                "p": word,
                "seconds": round(time.perf_counter() - started, 3),
            }


def key_of(line: Row) -> tuple[str, ...]:
    return tuple(str(line[name]) for name in ("set", "id", "sentence"))


def best_balanced(good: Sequence[float], bad: Sequence[float]) -> float | None:
    """Highest mean of the shares of faithful sentences from a threshold on and of bad ones below it."""
    if not good or not bad:
        return None
    return max(
        (sum(p >= t for p in good) / len(good) + sum(p < t for p in bad) / len(bad)) / 2
        for t in [*good, *bad]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sets", default="ragtruth-qa,lfqa,memerag-en,memerag-fr")
    parser.add_argument("--contexts", type=int, default=30)
    parser.add_argument("--verifier", default="model")
    options = parser.parse_args()
    verifier = wiring.make_verifier(load(proof={"verifier": options.verifier}))
    assert verifier is not None, "give a verifier"
    lines = (
        [json.loads(line) for line in options.out.read_text("utf-8").splitlines()]
        if options.out.exists()
        else []
    )
    known = {key_of(line) for line in lines}
    for name in options.sets.split(","):
        with options.out.open("a", encoding="utf-8") as out:
            for row, sentences in contexts(list(read_sets(options.folder, [name], None)), options.contexts):
                for number, line in enumerate(asked(verifier, row, sentences, known)):
                    lines.append({**line, "first": number == 0})
                    out.write(json.dumps(lines[-1], ensure_ascii=False) + "\n")
                    out.flush()
        told(name, [line for line in lines if line["set"] == name and line["p"] is not None])


def told(name: str, lines: Sequence[Row]) -> None:
    good, bad = ([one["p"] for one in lines if one["faithful"] is kind] for kind in (True, False))
    seconds = [line["seconds"] for line in lines if not line["first"]]
    area, balanced = auroc(good, bad), best_balanced(good, bad)
    if area is not None and balanced is not None and seconds:
        print(
            f"{name}: {len(good)} faithful, {len(bad)} bad, AUROC {area:.3f}, balanced accuracy {balanced:.3f}, "
            f"{statistics.median(seconds):.2f} s a sentence"
        )


if __name__ == "__main__":
    main()
