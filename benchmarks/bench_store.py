"""The store at size, and what a question waits for: python benchmarks/bench_store.py DATA [--articles N | --passages N]

DATA holds `news_en_digitalgov/documents.jsonl` (1,812 dated posts of digital.gov) and
`news_fr_en_cds/documents.jsonl` with `questions.jsonl` (articles of the Canadian Digital Service, both languages),
each line {"id", "title", "lang", "date", "text"}. From their paragraphs it makes N articles (default 10,000, about
ten passages each), every tenth word replaced by another of the same language, so that no two passages are alike.
Vectors are perturbed; their making is timed apart and left out. With --embedder they are those of real paragraphs,
perturbed (else of random directions, which no graph of neighbours can serve: recall means nothing then), and that
sentence-transformers model is timed too: `sync` against the raw encoder on the same passages.

With --passages N the store is filled without files (`fill_store.py`) and only what a question waits for is measured. CPU
seconds are given beside the times, for machines that do other work too; the threads of Chroma count.

With --scratch the work can be done in parts: --minutes ends a building run, the next one takes it up, and the
times of all are added.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from fill_store import Took, fill
from memory import most_memory
from search_beds import CachedEmbedder

from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.store import chroma_side
from assistant.store.database import Database
from assistant.store.sync import Store, sync
from assistant.store.vector_search import counted
from assistant.store.vectors import FOLDER, PASSAGES, Chroma
from assistant.store.writer import Writer
from assistant.types import Filters
from assistant.wiring import be_private

DIMENSION = 384
DIRECTIONS = 1500
NOISE = 0.3
"""Length of the noise; the vectors of two paragraphs are about twice as far apart."""
MIN_TOKENS, MAX_TOKENS = 200, 350
SMALL, LARGE = (40, 600), (100, 2500)
"""Milliseconds that 95 of 100 questions stay under and MB of the searching process, up to 100,000 passages and beyond."""
PIECE = re.compile(r"\w{1,5}|[^\w\s]")  # about as many as a word-piece tokenizer makes


class PerturbedEmbedder:
    """One of so many directions, by a checksum of the text, and noise of the text's own; counts the seconds it takes."""

    dimension = DIMENSION
    max_tokens = 512

    def __init__(self, base: Path) -> None:
        self.seconds = 0.0
        real = base.exists()
        self.name = self.fingerprint = (
            "perturbed, of real paragraphs" if real else "perturbed, of random directions"
        )
        random_ones = np.random.default_rng(20261123).standard_normal((DIRECTIONS, DIMENSION))
        self._base = np.load(base) if real else _unit(random_ones.astype(np.float32))

    def tokenize(self, text: str) -> list[int]:
        return [0] * sum(1 for _ in PIECE.finditer(text))

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        started = time.perf_counter()
        vectors = np.stack([self.embed_query(text) for text in texts])
        self.seconds += time.perf_counter() - started
        return vectors

    def embed_query(self, text: str) -> np.ndarray:
        checksum = zlib.crc32(text.encode())
        noise = np.random.default_rng(checksum).standard_normal(DIMENSION).astype(np.float32)
        return _unit(self._base[checksum % len(self._base)] + NOISE * noise / np.sqrt(DIMENSION))


def _unit(vectors: np.ndarray) -> np.ndarray:
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def write_base(data: Path, folder: Path, base: Path) -> None:
    """The vectors of real paragraphs."""
    be_private()
    paragraphs = [p for document in documents(data) for p in document["text"].split("\n") if len(p) > 80]
    chosen = random.Random(20261123).sample(sorted(set(paragraphs)), DIRECTIONS)
    np.save(base, _unit(CachedEmbedder(folder, Path(".runtime/bench")).embed_passages(chosen)))


def documents(data: Path) -> list[dict[str, Any]]:
    names = ("news_en_digitalgov", "news_fr_en_cds")
    lines = (line for name in names for line in (data / name / "documents.jsonl").open(encoding="utf-8"))
    return [json.loads(line) for line in lines]


def write_corpus(data: Path, corpus: Path, count: int) -> None:
    """`count` articles of about ten passages each, from the paragraphs of one language."""
    draw = random.Random(20261123)
    paragraphs, words = materials(data)
    for number in range(count):
        language = "fr" if number % 4 == 0 else "en"
        text: list[str] = []
        while sum(map(len, text)) < 12_000:
            text.append(perturbed(draw.choice(paragraphs[language]), words[language], draw))
        folder = corpus / f"{number % 100:02}"
        folder.mkdir(parents=True, exist_ok=True)
        head = f"---\ntitle: Article {number}\npublished: 20{number % 25:02}-03-0{number % 9 + 1}\nlanguage: {language}\n---\n"
        (folder / f"{number:05}.md").write_text(head + "\n\n".join(text), "utf-8")


def materials(data: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Paragraphs, and words to put into them, of each language."""
    draw = random.Random(20261123)
    paragraphs: dict[str, list[str]] = {}
    for document in documents(data):
        paragraphs.setdefault(document["lang"], []).extend(
            p for p in document["text"].split("\n") if len(p) > 80
        )
    words = {
        language: re.findall(r"\w{4,}", " ".join(draw.sample(texts, 400)))
        for language, texts in paragraphs.items()
    }
    return paragraphs, words


def perturbed(paragraph: str, words: list[str], draw: random.Random) -> str:
    return re.sub(r"\w{4,}", lambda match: draw.choice(words) if draw.random() < 0.1 else match[0], paragraph)


def timed(function: Callable[..., Any], clock: dict[str, float], part: str) -> Callable[..., Any]:
    """`function`, whose seconds and CPU seconds are added up."""

    def call(*args: Any, **kwargs: Any) -> Any:
        started, cpu = time.perf_counter(), time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            clock[part] += time.perf_counter() - started
            clock[f"{part}_cpu"] += time.process_time() - cpu

    return call


def build(corpus: Path, store: Path, notes: Path, base: Path, minutes: float) -> None:
    """Run in a process of its own, so that its memory can be told; adds what it took to `notes`."""
    be_private()
    import chromadb
    from llama_index.core.node_parser import SentenceSplitter

    assert chromadb, SentenceSplitter  # loaded before the clock and the memory are read
    embedder = PerturbedEmbedder(base)
    embedder.embed_passages(["warm"])
    embedder.seconds = 0.0
    before = most_memory()
    clock = {"sqlite": 0.0, "sqlite_cpu": 0.0, "chroma": 0.0, "chroma_cpu": 0.0}
    for owner, method, part in (
        (Writer, "put", "sqlite"),
        (Writer, "add_vectors", "sqlite"),
        (chroma_side, "_apply", "chroma"),
    ):
        setattr(owner, method, timed(getattr(owner, method), clock, part))
    started = time.perf_counter()
    passages = 0
    with contextlib.suppress(KeyboardInterrupt):
        passages = sync(
            corpus, store, embedder, min_tokens=MIN_TOKENS, max_tokens=MAX_TOKENS,
            interrupted=lambda: time.perf_counter() - started > 60 * minutes,
        ).passages  # fmt: skip
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    took = {
        "seconds": time.perf_counter() - started, "embedding": embedder.seconds, **clock,
        "cpu": cpu.ru_utime + cpu.ru_stime, "memory": (most_memory() - before) / 2**20,
    }  # fmt: skip
    earlier = json.loads(notes.read_text()) if notes.exists() else dict.fromkeys(took, 0.0)
    total = {key: earlier[key] + value for key, value in took.items()}
    total["memory"] = max(earlier["memory"], took["memory"])
    total |= {"passages": passages, "articles": sum(1 for _ in corpus.rglob("*.md"))}
    notes.write_text(json.dumps(total))


def questions(data: Path, count: int) -> list[str]:
    """Real questions, French and English."""
    real = [json.loads(line) for line in (data / "news_fr_en_cds/questions.jsonl").open(encoding="utf-8")]
    draw = random.Random(1)
    return [q["question"] for q in draw.sample(real, min(count, len(real)))]


def rows(
    data: Path, corpus: Path, store: Path, base: Path, built: dict[str, float]
) -> Iterator[tuple[str, str, str, bool]]:
    passages, stored = built["passages"], built["sqlite"] + built["chroma"]
    yield line("storing: SQLite and words (passages/s)", passages / built["sqlite"], 1500, at_least=True)
    yield line("storing: the same per CPU second", passages / built["sqlite_cpu"], None)
    yield line("storing: with Chroma (passages/s)", passages / stored, None)
    yield line(
        "storing: the same per CPU second", passages / (built["sqlite_cpu"] + built["chroma_cpu"]), None
    )
    rest = built["seconds"] - built["embedding"] - stored
    yield line("reading, splitting, near-duplicates, statistics (passages/s)", passages / rest, None)
    yield line("memory while indexing, beyond the start (MB)", built["memory"], 400)
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    yield line("disk a passage (kB)", size / passages / 1000, 12)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        report = sync(corpus, store, PerturbedEmbedder(base), min_tokens=MIN_TOKENS, max_tokens=MAX_TOKENS)
        seconds.append(time.perf_counter() - started)
        assert report.unchanged == built["articles"], report
    yield line("sync of the unchanged store (s)", min(seconds), 3)
    command = [sys.executable, __file__, str(data), "--search", str(store), str(base)]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    yield from (tuple(row) for row in found)


def search(data: Path, store: Path, base: Path, count: int) -> None:
    """Run in a process of its own, so that its memory can be told; prints its rows."""
    be_private()
    embedder = PerturbedEmbedder(base)
    before = most_memory()
    with Store.open(store) as opened:
        found = [*waits(data, opened, embedder, count)]
        found.append(
            line(
                "memory of the searching process, beyond the start (MB)",
                (most_memory() - before) / 2**20,
                wanted(opened)[1],
            )
        )
        found += [
            *plain(data, store / FOLDER, opened, embedder, count),
            *recall(data, opened, embedder, count),
        ]
    print(json.dumps(found))


def waits(
    data: Path, store: Store, embedder: PerturbedEmbedder, count: int
) -> Iterator[tuple[str, str, str, bool]]:
    """What a question waits for beyond its embedding: `HybridRetriever.retrieve`, as every command and the page call it."""
    retriever = HybridRetriever(store, embedder)
    asked = [read_question(text) for text in questions(data, count)]
    started = time.perf_counter()
    retriever.retrieve(asked[0], 6)
    yield line("first question of a process: Chroma is loaded (s)", time.perf_counter() - started, None)
    middle = Filters(since=date(2012, 1, 1))
    few = Filters(since=date(2012, 1, 1), until=date(2012, 12, 31))
    for what, filters, limit in (
        ("", Filters(), wanted(store)[0]),
        (", from 2012 on", middle, None),
        (", of 2012", few, None),
    ):
        waited = []
        for query in asked:
            embedding = clock(partial(embedder.embed_query, query.search_text))
            query = replace(query, time=None, filters=filters)
            waited.append(clock(partial(retriever.retrieve, query, 6)) - embedding)
        yield from lines(f"a question{what}", waited, limit)


def wanted(store: Store) -> tuple[int, int]:
    return SMALL if sum(store.languages.values()) <= 101_000 else LARGE


def clock(call: Callable[[], Any]) -> np.ndarray:
    """Seconds and CPU seconds."""
    started = time.perf_counter(), time.process_time()
    call()
    return np.array((time.perf_counter(), time.process_time())) - started


def lines(
    what: str, waited: Sequence[np.ndarray], limit: float | None = None
) -> Iterator[tuple[str, str, str, bool]]:
    for share in (50, 95):
        seconds, cpu = np.percentile(waited, share, axis=0) * 1000
        yield line(f"{what}, p{share} (ms)", float(seconds), limit if share == 95 else None)
        yield line(f"{what}, p{share} (ms of CPU)", float(cpu), None)


def plain(
    data: Path, folder: Path, store: Store, embedder: PerturbedEmbedder, count: int
) -> Iterator[tuple[str, str, str, bool]]:
    """LlamaIndex's own vector store over the same collections: by meaning alone, no words, titles or texts read."""
    from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters, VectorStoreQuery
    from llama_index.vector_stores.chroma import ChromaVectorStore

    since = MetadataFilters(filters=[MetadataFilter(key="published", value=20120101, operator=">=")])
    with contextlib.closing(Chroma(folder)) as chroma:
        stores = [
            ChromaVectorStore(chroma_collection=chroma._collections[f"passages-{one}"])
            for one in store.languages
        ]
        for what, filters, most in (("", None, count), (", `where` from 2012 on", since, min(count, 40))):
            waited: list[np.ndarray] = []
            for text in questions(data, most):
                vector = embedder.embed_query(text).tolist()
                query = VectorStoreQuery(query_embedding=vector, similarity_top_k=50, filters=filters)
                waited.append(np.sum([clock(partial(one.query, query)) for one in stores], axis=0))
            yield from lines(f"plain LlamaIndex over Chroma, 50 best{what}", waited)


def recall(
    data: Path, store: Store, embedder: PerturbedEmbedder, count: int
) -> Iterator[tuple[str, str, str, bool]]:
    shares = []
    with contextlib.closing(Database.open(store.folder)) as database:
        for text in questions(data, min(count, 50)):
            vector = embedder.embed_query(text)
            for language in store.languages:
                exact = {name for name, _ in counted(database.packed(PASSAGES, language), vector, 50)}
                shares.append(
                    len(exact & {name for name, _ in store.dense(vector, 50, language)}) / len(exact)
                )
    yield line(
        "recall of the 50 nearest against counting in full", float(np.mean(shares)), 0.99, at_least=True
    )


def encoder(data: Path, folder: Path, scratch: Path) -> Iterator[tuple[str, str, str, bool]]:
    """The encoder on its own against the same within `sync`, and against all that `sync` does."""
    be_private()
    from assistant.store.embedding import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder(folder)
    corpus = scratch / "small"
    write_corpus(data, corpus, 60)
    embedder.embed_passages(["warm " * 200] * 16)
    write_corpus(data, scratch / "one", 1)  # loads the libraries
    sync(scratch / "one", scratch / "one-store", embedder, min_tokens=MIN_TOKENS, max_tokens=MAX_TOKENS)
    clock = {"embedding": 0.0, "embedding_cpu": 0.0}
    texts: list[str] = []
    method = timed(embedder.embed_passages, clock, "embedding")

    def noted(asked: Sequence[str]) -> Any:
        texts.extend(asked)
        return method(asked)

    embedder.embed_passages = noted  # type: ignore[method-assign,assignment]
    started = time.perf_counter()
    report = sync(corpus, scratch / "small-store", embedder, min_tokens=MIN_TOKENS, max_tokens=MAX_TOKENS)
    ours = time.perf_counter() - started
    within = clock["embedding"]
    method(sorted(texts, key=len, reverse=True))
    raw = clock["embedding"] - within
    what = f"of the raw encoder on {report.passages} passages"
    yield line(f"embedding within `sync`, rate {what}", raw / within, 0.95, at_least=True)
    yield line(f"`sync` in all, rate {what}", raw / ours, None)


def line(what: str, value: float, limit: float | None, at_least: bool = False) -> tuple[str, str, str, bool]:
    kept = limit is None or (value >= limit if at_least else value <= limit)
    sign = "" if limit is None else f"{'≥' if at_least else '≤'} {limit:g}"
    return what, f"{value:.3g}" if value < 1000 else f"{value:.0f}", sign, kept


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--passages", type=int, help="fill the store without files")
    parser.add_argument("--embedder", type=Path, help="folder of a sentence-transformers model")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--scratch", type=Path, help="keep corpus and store here, and use what is there")
    parser.add_argument("--minutes", type=float, default=60, help="end a building run after so many (60)")
    parser.add_argument("--build", nargs=4, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--search", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.search:
        store, base = given.search
        search(given.data, store, base, given.questions)
        return
    if given.build:
        corpus, store, notes, base = given.build
        build(corpus, store, notes, base, given.minutes)
        return
    with tempfile.TemporaryDirectory() as temporary:
        run(given, given.scratch or Path(temporary))


def at_size(given: argparse.Namespace, scratch: Path, store: Path, base: Path) -> None:
    """Fill the store where it is not full yet, and measure what a question waits for."""
    be_private()
    scratch.mkdir(parents=True, exist_ok=True)
    if given.embedder and not base.exists():
        write_base(given.data, given.embedder, base)
    paragraphs, words = materials(given.data)
    took = Took()
    fill(
        store, given.passages, PerturbedEmbedder(base),
        lambda language, draw: perturbed(draw.choice(paragraphs[language]), words[language], draw), took,
    )  # fmt: skip
    print(
        f"{given.passages} passages: {json.dumps(took.seconds)}\n\n| what | measured | wanted | |\n|---|---|---|---|"
    )
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    print(f"| disk a passage (kB) | {size / given.passages / 1000:.3g} | | |")
    command = [
        sys.executable,
        __file__,
        str(given.data),
        "--search",
        str(store),
        str(base),
        "--questions",
        str(given.questions),
    ]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    for what, value, limit, kept in found:
        print(f"| {what} | {value} | {limit} | {'yes' if kept else 'no'} |")


def run(given: argparse.Namespace, scratch: Path) -> None:
    be_private()
    corpus, store, notes = scratch / "corpus", scratch / "store", scratch / "built.json"
    base = scratch / "base.npy"
    if given.passages:
        at_size(given, scratch, store, base)
        return
    if not corpus.exists():
        write_corpus(given.data, corpus, given.articles)
    if given.embedder and not base.exists():
        write_base(given.data, given.embedder, base)
    if not notes.exists() or not json.loads(notes.read_text())["passages"]:
        places = [str(place) for place in (corpus, store, notes, base)]
        command = [
            sys.executable,
            __file__,
            str(given.data),
            "--minutes",
            str(given.minutes),
            "--build",
            *places,
        ]
        subprocess.run(command, check=True)
    built = json.loads(notes.read_text())
    if not built["passages"]:
        print(f"Stopped after {built['seconds']:.0f} s in all; run the same command again to go on.")
        sys.exit(3)
    print(f"{built['articles']} articles, {built['passages']} passages: {json.dumps(built)}")
    print("| what | measured | wanted | |\n|---|---|---|---|")
    missed = 0
    for what, value, limit, kept in rows(given.data, corpus, store, base, built):
        print(f"| {what} | {value} | {limit} | {'yes' if kept else 'no'} |", flush=True)
        missed += not kept
    if given.embedder:
        for what, value, limit, kept in encoder(given.data, given.embedder, scratch):
            print(f"| {what} | {value} | {limit} | {'yes' if kept else 'no'} |", flush=True)
            missed += not kept
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
