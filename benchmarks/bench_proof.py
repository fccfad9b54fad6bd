"""What it takes to prove a sentence: `python benchmarks/bench_proof.py [CORPUS]`, by default over the sample articles.

The sentences are the articles' own, each without its last word but one; their hits are four passages of their own article
and two of another one in the same language. No embedder and no model take part. Printed are milliseconds with what is
kept of texts already seen, and with all of that forgotten before each question; how many calls analyse a text given with
its language, of which some see the same text twice in one proof; and how many calls in `language/` and `reading/` read
a text, whatever else they are given.
"""

from __future__ import annotations

import functools
import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from types import CodeType, FrameType
from typing import Any

from assistant.composition.grounding import Prover
from assistant.reading.articles import find_articles, read_article
from assistant.types import Article, Hit, Passage, Span

CORPUS = Path(__file__).parent.parent / "corpus"
PASSAGE = 900
SENTENCES, SHORTEST, LONGEST = 6, 8, 45
"""Of each article at most; in words."""
TEXT = 13
"""Characters from which an argument is a text and not a word."""
Task = tuple[str, list[Hit], str]


def passages(article: Article) -> list[list[Span]]:
    """Runs of sentences of about `PASSAGE` characters."""
    found: list[list[Span]] = []
    for span in article.sentences:
        if found and span.end - found[-1][0].start <= PASSAGE:
            found[-1].append(span)
        else:
            found.append([span])
    return found


def hit(rank: int, article: Article, spans: Sequence[Span]) -> Hit:
    start, end = spans[0].start, spans[-1].end
    passage = Passage(f"{article.name}:{start}", article.name, start, end)
    text = article.text[start:end]
    return Hit(rank, passage, text, article.title, article.language, score=1 / rank, sentences=tuple(spans))


def tasks(corpus: Path) -> Iterator[Task]:
    """Sentences with the hits that they are proved against; those of one article share them."""
    articles = [article for file in find_articles(corpus) if (article := read_article(file)) is not None]
    for index, article in enumerate(articles):
        others = [one for one in articles if one.language == article.language and one is not article]
        other = others[index % len(others)] if others else article
        sources = [(article, spans) for spans in passages(article)[:4]]
        sources += [(other, spans) for spans in passages(other)[:2]]
        hits = [hit(rank, *source) for rank, source in enumerate(sources, start=1)]
        for span in [span for spans in passages(article)[:3] for span in spans][:SENTENCES]:
            words = article.text[span.start : span.end].split()
            if SHORTEST <= len(words) <= LONGEST:
                yield " ".join([*words[:-2], words[-1]]), hits, article.language


def takes_language(code: CodeType) -> bool:
    return "language" in code.co_varnames[: code.co_argcount]


def reads(code: CodeType) -> bool:
    """Whether a function stands in a room that reads texts, not in one that asks for what was read."""
    return "/assistant/language/" in code.co_filename or "/assistant/reading/" in code.co_filename


def analyses(
    prove: Callable[[], object], counted: Callable[[CodeType], bool] = takes_language
) -> Counter[tuple[str, str, str]]:
    """How often each `counted` function is called with a text, by module, name and text."""
    found: Counter[tuple[str, str, str]] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        given = [name for name in code.co_varnames[: code.co_argcount] if name != "self"]
        if event == "call" and given and "/assistant/" in code.co_filename and counted(code):
            text = frame.f_locals.get(given[0])
            if isinstance(text, str) and len(text) >= TEXT:
                found[code.co_filename, code.co_name, text] += 1

    sys.setprofile(note)
    try:
        prove()
    finally:
        sys.setprofile(None)
    return found


def forget() -> None:
    """Empty what is kept of texts; what is read once from packs and files stays."""
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and one.cache_info().maxsize is not None:
            one.cache_clear()


def counts_of(
    prover: Prover, given: Sequence[Task], those: Callable[[CodeType], bool]
) -> list[Counter[tuple[str, str, str]]]:
    """The calls of each proof, from nothing kept."""
    forget()
    return [analyses(lambda task=task: prover.prove(*task), those) for task in given]  # type: ignore[misc]


def seconds_of(prover: Prover, given: Sequence[Task], *, forgetting: bool) -> list[float]:
    taken, hits = [], None
    for task in given:
        if forgetting and task[1] is not hits:
            forget()
            hits = task[1]
        started = time.perf_counter()
        prover.prove(*task)
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def main(corpus: Path = CORPUS) -> None:
    given, prover = list(tasks(corpus)), Prover()
    firsts = [index == 0 or given[index - 1][1] is not task[1] for index, task in enumerate(given)]
    counts, readings = (counts_of(prover, given, those) for those in (takes_language, reads))
    print(f"{len(given)} sentences\n\n| | first of a question | each further one |\n|---|---|---|")
    rows: dict[str, list[int]] = {
        "calls that analyse a text given with its language": [count.total() for count in counts],
        "of them on a text seen before": [count.total() - len(count) for count in counts],
        "functions that do": [len({key[:2] for key in count}) for count in counts],
        "calls in `language/` and `reading/` that read a text": [count.total() for count in readings],
    }
    for label, measured in rows.items():
        values = [
            median(one for one, first in zip(measured, firsts, strict=True) if first is wanted)
            for wanted in (True, False)
        ]
        print(f"| {label} (median) | {values[0]:.0f} | {values[1]:.0f} |")
    for label, forgetting in (("texts seen before", False), ("all forgotten before each question", True)):
        taken = seconds_of(prover, given, forgetting=forgetting)
        p50, p95 = (1000 * taken[int(share * (len(taken) - 1))] for share in (0.5, 0.95))
        print(f"{label}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
