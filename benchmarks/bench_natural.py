"""The proof against people's judgement, on answers that language models wrote from given passages.

    python benchmarks/bench_natural.py FOLDER [--sets a,b] [--limit N] [--out SENTENCES.jsonl] [--json]

FOLDER holds JSON lines: {"set", "id", "language", "question", "passages": [{"title", "text"}]} and either
"answer" with "unfaithful" [{"start", "end"}] or "sentences" [{"text", "faithful": true | false | null}].
Each answer goes the way of `assistant check --batch`. Of each set it prints, in percent: faithful sentences
struck (`unsupported`) and green (`supported`), bad ones green and struck, balanced accuracy of "not green"
and of "struck" as signs of a bad sentence; then the AUROC of the probability, and milliseconds a sentence.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant import wiring
from assistant.answering.batch import check_task, task_of
from assistant.composition.composer import Proves
from assistant.settings import load

Row = dict[str, Any]

LEAST_OVERLAP = 4
"""Characters of a sentence that must lie in an unfaithful span for it to be bad."""
GREEN, STRUCK = "supported", "unsupported"


def read_sets(folder: Path, sets: Sequence[str], limit: int | None) -> Iterator[Row]:
    """The rows of the chosen sets (all where none is named), at most `limit` of each, the same ones every time."""
    for file in sorted(folder.glob("*.jsonl")):
        if sets and file.stem not in sets:
            continue
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        if limit is not None and limit < len(rows):
            rows = random.Random(0).sample(rows, limit)
        yield from ({**row, "set": row.get("set", file.stem)} for row in rows)


def is_faithful(row: Row, number: int, sentence: Row) -> bool | None:
    """People's label of a proved sentence; None where the judges did not agree."""
    if row.get("sentences") is not None:
        label: bool | None = row["sentences"][number]["faithful"]
        return label
    return not any(
        min(sentence["end"], span["end"]) - max(sentence["start"], span["start"]) >= LEAST_OVERLAP
        for span in row["unfaithful"]
    )


def proved(row: Row, prover: Proves) -> Iterator[Row]:
    """One line a judged sentence: what people said, what the proof says."""
    given = {key: row[key] for key in ("id", "language", "question", "passages")}
    given |= {key: row[key] for key in ("answer", "sentences") if row.get(key) is not None}
    started = time.perf_counter()
    sentences = check_task(task_of(given), prover)["sentences"]
    milliseconds = 1000 * (time.perf_counter() - started) / max(1, len(sentences))
    for number, sentence in enumerate(sentences):
        faithful = is_faithful(row, number, sentence)
        if faithful is not None:
            yield {
                "set": row["set"],
                "id": row["id"],
                "sentence": number,
                "claim": sentence["text"],
                "faithful": faithful,
                "verdict": sentence["verdict"],
                "p": sentence["probability"],
                "reasons": sentence["reasons"],
                "ms": round(milliseconds, 2),
            }


def auroc(good: Sequence[float], bad: Sequence[float]) -> float | None:
    """Probability that a faithful sentence has the higher value, ties counted half (Mann-Whitney)."""
    if not good or not bad:
        return None
    ranks: dict[float, list[int]] = defaultdict(list)
    for rank, value in enumerate(sorted([*good, *bad]), start=1):
        ranks[value].append(rank)
    total = sum(statistics.fmean(ranks[value]) for value in good)
    return (total - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad))


def measured(lines: Sequence[Row]) -> dict[str, float | int | None]:
    """The figures of one set. A sentence that makes no claim is neither green nor struck."""
    good = [line for line in lines if line["faithful"]]
    bad = [line for line in lines if not line["faithful"]]

    def share(those: Sequence[Row], verdict: str) -> float | None:
        return sum(one["verdict"] == verdict for one in those) / len(those) if those else None

    def balanced(kept: float | None, caught: float | None) -> float | None:
        return None if kept is None or caught is None else (kept + caught) / 2

    good_green, bad_green = share(good, GREEN), share(bad, GREEN)
    good_struck, bad_struck = share(good, STRUCK), share(bad, STRUCK)
    values = [[one["p"] for one in those if one["p"] is not None] for those in (good, bad)]
    return {
        "faithful": len(good),
        "bad": len(bad),
        "good struck": good_struck,
        "good green": good_green,
        "bad green": bad_green,
        "bad struck": bad_struck,
        "good no claim": share(good, "no_claim"),
        "bad no claim": share(bad, "no_claim"),
        "ba not green": balanced(good_green, None if bad_green is None else 1 - bad_green),
        "ba struck": balanced(None if good_struck is None else 1 - good_struck, bad_struck),
        "auroc": auroc(*values),
        "ms": statistics.median(line["ms"] for line in lines),
    }


def table(by_set: Mapping[str, Sequence[Row]]) -> str:
    """A Markdown table, a row a set."""
    rows = {name: measured(lines) for name, lines in by_set.items()}
    names = list(next(iter(rows.values()), {}))
    lines = ["| set | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for name, figures in rows.items():
        lines.append(f"| {name} | " + " | ".join(_told(key, figures[key]) for key in names) + " |")
    return "\n".join(lines)


def _told(name: str, value: float | int | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return str(value)
    return f"{value:.3f}" if name == "auroc" else f"{value:.1f}" if name == "ms" else f"{100 * value:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default="", help="names of files without .jsonl, with commas between")
    parser.add_argument("--limit", type=int, help="rows of each set")
    parser.add_argument("--out", type=Path, help="one JSON line a sentence")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    chosen = [name for name in options.sets.split(",") if name]
    prover = wiring.make_batch_prover(load())
    by_set: dict[str, list[Row]] = defaultdict(list)
    for row in read_sets(options.folder, chosen, options.limit):
        by_set[row["set"]] += proved(row, prover)
    if options.out is not None:
        lines = [json.dumps(line, ensure_ascii=False) + "\n" for rows in by_set.values() for line in rows]
        options.out.write_text("".join(lines), "utf-8")
    if options.json:
        json.dump({name: measured(lines) for name, lines in by_set.items()}, sys.stdout, indent=1)
    else:
        print(table(by_set))


if __name__ == "__main__":
    main()
