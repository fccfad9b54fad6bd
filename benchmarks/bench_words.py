"""The two ways to search words, on the same passages: python benchmarks/bench_words.py DATA [--passages N]

FTS5 within SQLite (`store/lexical`) and tantivy (`store/word_index`). Passages are made from the paragraphs of DATA
as `bench_store` makes them, a quarter French; every question is asked of both languages, as a question of the product is.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from bench_store import materials, perturbed, questions

from assistant.library import ALL
from assistant.reading.words import content_stems
from assistant.search.candidates import content_words
from assistant.store import full_text
from assistant.store.word_index import IndexedPassage, WordIndex
from assistant.types import Filters

LENGTH = 1100
FIRST = date(2000, 1, 1)
DAYS = 9000
PERIODS = (0.5, 0.04, 0.001)
"""Shares of the passages that lie in a period that is asked for."""


def make_passages(data: Path, count: int) -> dict[str, list[tuple[int, str]]]:
    draw = random.Random(1)
    paragraphs, words = materials(data)
    made: dict[str, list[tuple[int, str]]] = {"en": [], "fr": []}
    for row in range(count):
        language = "fr" if row % 4 == 0 else "en"
        text: list[str] = []
        while sum(map(len, text)) < LENGTH:
            text.append(perturbed(draw.choice(paragraphs[language]), words[language], draw))
        made[language].append((row, "\n".join(text)))
    return made


def day_of(row: int) -> date:
    return FIRST + timedelta(days=row * 7919 % DAYS)


def fill(
    work: Path, stems: dict[str, list[tuple[int, list[str]]]]
) -> tuple[sqlite3.Connection, dict[str, WordIndex]]:
    size = sum(map(len, stems.values()))
    connection = sqlite3.connect(work / "fts5.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE passages (id INTEGER PRIMARY KEY, name TEXT, day TEXT)")
    rows = [(row, f"p{row}", str(day_of(row))) for each in stems.values() for row, _ in each]
    connection.executemany("INSERT INTO passages VALUES (?, ?, ?)", rows)
    started = time.perf_counter()
    for language, each in stems.items():
        for first in range(0, len(each), 500):
            connection.execute("BEGIN")
            full_text.add_stems(connection, language, each[first : first + 500])
            connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"| filled, FTS5 (passages/s) | {size / (time.perf_counter() - started):.0f} |")
    started = time.perf_counter()
    for language, each in stems.items():
        index = WordIndex(work / "words", language, writing=True)
        index.add(
            IndexedPassage(row, language, f"{row}.md", day_of(row), of_passage) for row, of_passage in each
        )
        index.commit()
    print(f"| filled, tantivy (passages/s) | {size / (time.perf_counter() - started):.0f} |")
    for name, files in (("FTS5", work.glob("fts5.db")), ("tantivy", (work / "words").glob("*/*"))):
        print(f"| bytes a passage, {name} | {sum(file.stat().st_size for file in files) / size:.0f} |")
    return connection, {language: WordIndex(work / "words", language) for language in stems}


def took(asked: Sequence[dict[str, list[str]]], search: Callable[[str, list[str]], object]) -> str:
    seconds = []
    for question in asked:
        started = time.perf_counter()
        for language, stems in question.items():
            search(language, stems)
        seconds.append(time.perf_counter() - started)
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    return f"{p50:.1f} / {p95:.1f}"


def compare(
    connection: sqlite3.Connection, indexes: dict[str, WordIndex], asked: Sequence[dict[str, list[str]]]
) -> None:
    print("\n| p50 / p95 of a question (ms) | FTS5 | tantivy |\n|---|---|---|")

    def line(
        what: str, fts5: Callable[[str, list[str]], object], ours: Callable[[str, list[str]], object]
    ) -> None:
        print(f"| {what} | {took(asked, fts5)} | {took(asked, ours)} |", flush=True)

    def fts5(language: str, stems: list[str], k: int, admitted: tuple[str, list[str]] = ("", [])) -> object:
        return full_text.search(connection, stems, k, language, admitted)

    def tantivy(language: str, stems: list[str], k: int, filters: Filters = ALL) -> object:
        return indexes[language].search(stems, k, filters)

    for k in (50, 500, 2000):
        line(f"the {k} best", partial(fts5, k=k), partial(tantivy, k=k))
    for share in PERIODS:
        until = FIRST + timedelta(days=int(share * DAYS) - 1)
        admitted = (" AND n.day <= ?", [str(until)])
        line(
            f"the 500 best of a period that holds {share:.1%}",
            partial(fts5, k=500, admitted=admitted),
            partial(tantivy, k=500, filters=Filters(until=until)),
        )
    line(
        "how many passages have each word",
        lambda language, stems: full_text.frequencies(connection, stems, language),
        lambda language, stems: indexes[language].frequencies(stems),
    )
    for k in (10, 50):
        shares = [
            len(first & {f"p{row}" for row, _ in indexes[language].search(stems, k, Filters())}) / len(first)
            for question in asked
            for language, stems in question.items()
            if (first := {name for name, _ in full_text.search(connection, stems, k, language)})
        ]
        print(f"\nOf the {k} best of FTS5 tantivy has {np.mean(shares):.3f}.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    given = parser.parse_args()
    made = make_passages(given.data, given.passages)
    asked = [
        {
            language: list(dict.fromkeys(content_stems(content_words(text, "en"), language)))
            for language in made
        }
        for text in questions(given.data, 300)
    ]
    print(f"{given.passages} passages, {len(asked)} questions\n\n| what | measured |\n|---|---|")
    started = time.perf_counter()
    stems = {
        language: [(row, content_stems(text, language)) for row, text in rows]
        for language, rows in made.items()
    }
    print(f"| analysed (passages/s) | {given.passages / (time.perf_counter() - started):.0f} |")
    with tempfile.TemporaryDirectory() as folder:
        compare(*fill(Path(folder), stems), asked)


if __name__ == "__main__":
    main()
