"""Fit the classifier of messages for an embedder, and tell how often it is right on messages it was not fitted on.

    python benchmarks/fit_intents.py [--embedder FOLDER] [--write] [--errors]

Prints accuracy by kind: five-fold over the examples, then on `held_back_messages.jsonl`. `--write` puts the weights
into the program.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.intents.classifier import (
    WEIGHTS,
    Embed,
    Example,
    Leaning,
    examples,
    fit,
    fit_leaning,
    fitted_on,
    leaning_examples,
    plain,
    save,
)
from assistant.store.embedding import SentenceTransformerEmbedder

if TYPE_CHECKING:
    from assistant.intents.classifier import Classifier

HERE = Path(__file__).parent
FOLDS = 5

QUESTIONS = 250
Judged = tuple[str, str, str]
"""Kind, kind that was told, message."""


def cross_validated(embed: Embed) -> list[Judged]:
    order = list(examples())
    random.Random(1).shuffle(order)
    judged = []
    for fold in range(FOLDS):
        left_out = set(order[fold::FOLDS])
        judged += judge(fit(embed, [one for one in order if one not in left_out]), left_out)
    return judged


def held_back() -> list[Example]:
    lines = (HERE / "held_back_messages.jsonl").read_text("utf-8").splitlines()
    return [Example(one["kind"], one["language"], one["text"]) for one in map(json.loads, lines)]


def leaning_cross_validated(fitted: Classifier) -> list[Judged]:
    order = list(leaning_examples())
    random.Random(1).shuffle(order)
    judged = []
    for fold in range(FOLDS):
        rest = [one for place, one in enumerate(order) if place % FOLDS != fold]
        lean = fit_leaning(fitted.embed, rest, fitted.mean, fitted.deviation)
        judged += judge_leaning(replace(fitted, lean=lean), order[fold::FOLDS])
    return judged


def held_back_leaning() -> list[Leaning]:
    lines = (HERE / "held_back_leaning.jsonl").read_text("utf-8").splitlines()
    return [Leaning(**json.loads(line)) for line in lines]


def asked_by_people(file: Path) -> list[Example]:
    """The same `QUESTIONS` of a file each time: each asks something of a text, so its kind is "answer"."""
    asked = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    random.Random(0).shuffle(asked)
    return [Example("answer", one.get("lang", "fr"), one["question"]) for one in asked[:QUESTIONS]]


def judge_leaning(fitted: Classifier, messages: Iterable[Leaning]) -> list[Judged]:
    kinds = {True: "leans", False: "stands alone"}
    return [(kinds[one.leans], kinds[fitted.leans(one.text)], one.text) for one in messages]


def judge(fitted: Classifier, messages: Iterable[Example]) -> list[Judged]:
    return [(one.label.partition(".")[0], fitted(plain(one.text)).kind, plain(one.text)) for one in messages]


def report(name: str, judged: list[Judged], say: Callable[[str], None], errors: bool) -> None:
    by: dict[str, list[bool]] = defaultdict(list)
    for kind, told, _ in judged:
        by[kind].append(kind == told)
    total = sum(map(sum, by.values()))
    say(f"| {name} | all | {total} of {len(judged)} | {total / len(judged):.3f} |")
    for kind, right in sorted(by.items()):
        say(f"| | {kind} | {sum(right)} of {len(right)} | {sum(right) / len(right):.3f} |")
    for kind, told, text in judged if errors else ():
        if kind != told:
            say(f"    {kind} told as {told}: {text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--embedder", type=Path, default=HERE.parent / ".runtime/embedders/multilingual-e5-small"
    )
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--errors", action="store_true")
    parser.add_argument(
        "--questions", type=Path, help="JSON lines with questions that people asked of a text"
    )
    options = parser.parse_args()
    embedder = SentenceTransformerEmbedder(options.embedder)
    embed = lru_cache(maxsize=None)(embedder.embed_query)
    say: Callable[[str], None] = print
    say("| messages | kind | right | share |\n|---|---|---|---|")
    report("cross-validated", cross_validated(embed), say, options.errors)
    fitted = fit(embed, examples())
    report("held back", judge(fitted, held_back()), say, options.errors)
    report("leans, cross-validated", leaning_cross_validated(fitted), say, options.errors)
    report("leans, held back", judge_leaning(fitted, held_back_leaning()), say, options.errors)
    if options.questions:
        report("questions", judge(fitted, asked_by_people(options.questions)), say, options.errors)
    if options.write:
        save(fitted, HERE.parent / "assistant/intents" / WEIGHTS, fitted_on(embedder.fingerprint))


if __name__ == "__main__":
    main()
