"""The proof in each language of XQuAD, on the same paragraphs: `python benchmarks/bench_languages.py DATA`.

DATA holds `xquad` (github.com/google-deepmind/xquad, as `documents.jsonl`): professional translations, so that what a
language lacks shows beside the others. A sentence as it stands is to be proved by its paragraph; one with another
number or another name is not. Prints a Markdown table with 95 % Wilson intervals.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bench_trust import Row, table

from assistant.composition.grounding import Prover
from assistant.proof.analysed import analysed
from assistant.reading.sentences import sentence_spans
from assistant.types import Hit, Passage

NUMBER = re.compile(r"(?<![\w.,-])\d{1,4}(?![\w.,-])")
Document = dict[str, str]


def documents(data: Path) -> list[Document]:
    lines = (data / "xquad" / "documents.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def hit_of(document: Document) -> Hit:
    text = document["text"]
    spans = tuple(sentence_spans(text, document["lang"]))
    passage = Passage("p", document["id"], 0, len(text))
    return Hit(1, passage, text, document["title"], document["lang"], sentences=spans)


def renumbered(sentence: str, source: str, drawn: random.Random) -> str | None:
    """The sentence with one number exchanged for another of as many digits, which the source has not."""
    found = list(NUMBER.finditer(sentence))
    if not found:
        return None
    match = drawn.choice(found)
    others = [str(n) for n in range(10 ** (len(match[0]) - 1), 10 ** len(match[0])) if str(n) not in source]
    return sentence[: match.start()] + drawn.choice(others) + sentence[match.end() :] if others else None


def renamed(sentence: str, source: str, language: str, others: list[str], drawn: random.Random) -> str | None:
    """The sentence with one name exchanged for one of another paragraph."""
    names = [name for name in analysed(sentence, language).names if not name.opening and not name.identifier]
    others = [name for name in others if not any(part in source for part in name.split())]
    if not names or not others:
        return None
    name = drawn.choice(names)
    return sentence[: name.start] + drawn.choice(others) + sentence[name.end :]


def cases(found: list[Document], language: str, drawn: random.Random) -> Iterator[tuple[str, str, Document]]:
    """(kind, claim, paragraph) of each sentence."""
    own = [document for document in found if document["lang"] == language]
    names = [
        n.text for d in own for n in analysed(d["text"], language).names if not n.opening and " " in n.text
    ]
    for document in own:
        text = document["text"]
        for span in sentence_spans(text, language):
            sentence = text[span.start : span.end].strip()
            if 40 <= len(sentence) <= 300:
                yield "as it stands", sentence, document
                if altered := renumbered(sentence, text, drawn):
                    yield "another number", altered, document
                if altered := renamed(sentence, text, language, names, drawn):
                    yield "another name", altered, document


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--languages", nargs="+", default=["en", "es", "de"])
    parser.add_argument("--show", type=int, default=0, help="failures of each kind to print")
    options = parser.parse_args()
    found, prover, rows = documents(options.data), Prover(), []
    for language in options.languages:
        counts: dict[str, list[bool]] = {}
        for kind, claim, document in cases(found, language, random.Random(1)):
            proof = prover.prove(claim, (hit_of(document),), language)
            right = (proof.verdict == "supported") == (kind == "as it stands")
            counts.setdefault(kind, []).append(right)
            if not right and counts[kind].count(False) <= options.show:
                print(f"{language} {kind}: {claim} {proof.verdict} {proof.reasons}")
        rows += [Row(kind, language, sum(right), len(right)) for kind, right in counts.items()]
    print(table(rows))


if __name__ == "__main__":
    main()
