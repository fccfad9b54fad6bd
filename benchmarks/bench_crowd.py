"""Many people at one page, and many questions after each other: `python benchmarks/bench_crowd.py [--questions N]`.

The page, a scripted model server (a word each 10 ms) and the people, who ask over HTTP, are one process. Prints when
20 people who ask at once see what was found and the end of their answers; how soon the model stops once a page is
closed; and what the process holds of memory while questions are asked in 20 pages in turn.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fakes_ollama import FakeOllama
from web.visitors import Visitor, crowded, number_in

PEOPLE = 20
STEP = 100


def together(ollama: FakeOllama, address: str, asks: int) -> None:
    """All ask at once."""
    people = [Visitor(address, f"person{n}", asks) for n in range(PEOPLE)]
    questions = [f"Combien coûte le pont numéro {n + 30} ?" for n in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(Visitor.ask, people, questions))
    found = [one.first("coûte") for one in people]
    ended = [one.seen[-1][0] for one in people]
    own = sum(f"pont numéro {n + 30} coûte" in one.html for n, one in enumerate(people))
    print(
        f"{PEOPLE} people at once: found after {statistics.median(found):.2f} s (last {max(found):.2f} s), "
        f"answered after {statistics.median(ended):.2f} s (last {max(ended):.2f} s), own answers {own}"
    )


def closing(ollama: FakeOllama, address: str, asks: int, rounds: int = 5) -> None:
    """How soon the model stops."""
    seconds = []
    ollama.delay = 0.5
    for number in range(rounds):
        page = Visitor(address, f"closing{number}", asks)
        patches = page.asking("Combien coûte le pont numéro 1 ?")
        next(change for change in patches if ollama.writing)
        patches.close()  # type: ignore[attr-defined]
        begun = time.perf_counter()
        while ollama.writing:
            time.sleep(0.01)
        seconds.append(time.perf_counter() - begun)
    ollama.delay = 0.0
    print(
        f"page closed: the model stops after {statistics.median(seconds):.2f} s (at most {max(seconds):.2f} s)"
    )


def many(ollama: FakeOllama, address: str, asks: int, questions: int) -> None:
    """Memory over many questions."""
    process, told = psutil.Process(), []
    begun = time.perf_counter()
    for number in range(questions + 1):
        if number % STEP == 0:
            ollama.requests.clear()
            ollama.authorizations.clear()
            gc.collect()
            told.append(f"{process.memory_info().rss / 2**20:.0f}")
        page = Visitor(address, f"many{number % PEOPLE}", asks)
        page.ask(f"Combien coûte le pont numéro {number} ?")
        assert page.seen, f"question {number} showed nothing: {page.last}"
        assert number_in(page.html) == number
    each = (time.perf_counter() - begun) / questions
    print(f"{questions} questions, {1000 * each:.0f} ms each: {' → '.join(told)} MiB after each {STEP}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=500)
    questions = parser.parse_args().questions
    with (
        tempfile.TemporaryDirectory() as folder,
        FakeOllama(delay=0.01) as ollama,
        crowded(Path(folder), ollama) as (address, asks),
    ):
        together(ollama, address, asks)
        closing(ollama, address, asks)
        many(ollama, address, asks, questions)


if __name__ == "__main__":
    main()
