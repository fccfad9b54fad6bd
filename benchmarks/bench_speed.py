"""Speed of the main job as ratios within one run: `python benchmarks/bench_speed.py` (no data needed).

Uses the sample corpus and what `make setup` put in place; the language model is played by a small local server,
so that only the program's own time is measured. Each line names its target.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from memory import most_memory

from assistant import wiring

wiring.be_private()

from assistant.model.ollama import OllamaModel  # noqa: E402
from assistant.settings import PROJECT, load  # noqa: E402
from assistant.store.sync import Store, sync  # noqa: E402
from assistant.types import Embedder, Evidence, Token  # noqa: E402

QUESTIONS = (
    "Quel droit Microsoft garde-t-il sur la puissance de calcul d'OpenAI ?",
    "How many parameters does gpt-oss-120b have?",
    "Quelle licence Mistral 7B porte-t-il ?",
    "When did Llama pass one billion downloads?",
)
PASSAGES = 360
"""Of the larger corpus, were its passages as short as the sample's; they are fuller, and about 300."""
LONG = 20
"""How many times as long as the sample's its articles are: a title is embedded too, and few have one."""


def best(run: Callable[[], object], times: int) -> float:
    """Seconds of the fastest of so many runs: noise only adds."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def row(what: str, value: str, target: str) -> None:
    print(f"| {what} | {value} | {target} |", flush=True)


def command_line() -> None:
    program = PROJECT / ".venv" / "bin" / "assistant"
    shown = best(lambda: subprocess.run([program, "--help"], check=True, capture_output=True), 15)
    empty = best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 15)
    row(
        "`assistant --help` against `python -c pass`",
        f"{shown / empty:.1f} × ({shown * 1000:.0f} ms)",
        "≤ 4 ×",
    )


def indexing(corpus: Path, folder: Path, embedder: Embedder) -> float:
    """Seconds of one `sync` into an empty folder."""
    splitter = load().splitter
    started = time.perf_counter()
    sync(corpus, folder, embedder, min_tokens=splitter.min_tokens, max_tokens=splitter.max_tokens)
    return time.perf_counter() - started


def embedding(folder: Path, embedder: Embedder, times: int) -> tuple[float, int]:
    """Seconds of the encoder alone for the passages of a store, and how many they are."""
    with Store.open(folder) as store:
        texts = [
            store.article(summary.name).text[p.start : p.end]
            for summary in store.articles()
            for p in store.passages_of(summary.name)
        ]
    return best(lambda: embedder.embed_passages(texts), times), len(texts)


def recombined(folder: Path, corpus: Path, passages: int) -> Path:
    """Articles of about so many passages, made of the sample's sentences in ever new orders."""
    chance = random.Random(1)
    with Store.open(folder) as store:
        articles = [store.article(summary.name) for summary in store.articles()]
        per_article = store.size / len(articles)
    corpus.mkdir()
    for number in range(round(passages / per_article / LONG)):
        language = chance.choice([article.language for article in articles])
        alike = [article for article in articles if article.language == language]
        sentences = [a.text[start:end] for a in alike for start, end in a.sentences]
        mean = len(sentences) / len(alike)
        chosen = chance.choices(sentences, k=round(mean * LONG))
        (corpus / f"{number}.txt").write_text(" ".join(chosen), "utf-8")
    return corpus


def ingest(folder: Path, embedder: Embedder) -> None:
    settings = load()
    embedder.embed_passages(["warm"])
    ours = indexing(settings.paths.corpus, folder, embedder)
    raw, passages = embedding(folder, embedder, 2)
    row(
        "start-up of indexing, embedder warm: what the sample corpus takes beyond its embedding",
        f"{ours - raw:.1f} s ({passages} passages in {ours:.1f} s, the encoder alone {raw:.1f} s)",
        "",
    )
    larger = folder.with_name("larger")
    corpus = recombined(folder, folder.with_name("articles"), PASSAGES)
    ours = indexing(corpus, larger, embedder)
    raw, passages = embedding(larger, embedder, 1)
    row(
        "indexing against the raw encoder, passages/s",
        f"{raw / ours:.0%} ({passages} passages in {ours:.1f} s)",
        "≥ 90 %",
    )
    again = best(
        lambda: subprocess.run(
            [PROJECT / ".venv/bin/assistant", "index", "--quiet", "--store", str(folder)],
            check=True,
            capture_output=True,
        ),
        3,
    )
    row(
        "`assistant index` again, nothing changed, whole process",
        f"{again:.2f} s",
        "loads no model, embeds 0",
    )


class _Clock(BaseHTTPRequestHandler):
    """An Ollama that answers at once and remembers when the question arrived."""

    arrived: list[float] = []  # noqa: RUF012
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._reply(b'{"models":[]}')

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/api/chat":
            self.arrived.append(time.perf_counter())
        self._reply(
            b'{"message":{"content":"Oui."},"done":true,"capabilities":["completion"],"model_info":{}}\n'
        )

    def _reply(self, body: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def clock() -> Iterator[str]:
    """Address of a language model that answers at once."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Clock)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def answering(folder: Path, embedder: Embedder, host: str) -> None:
    settings = load(None, paths={"store": folder})
    store = wiring.open_store(settings, embedder)
    assistant = wiring.make_assistant(settings, store, embedder, with_model=False)
    assistant.model = OllamaModel("clock", host)
    first, before, embedding = [], [], []
    for question in QUESTIONS * 4:
        embedding.append(best(lambda q=question: embedder.embed_query(q), 1))  # type: ignore[misc]
        started = time.perf_counter()
        for event in assistant.ask(question):
            if isinstance(event, Evidence):
                first.append(time.perf_counter() - started)
            elif isinstance(event, Token):
                before.append(_Clock.arrived[-1] - started)
                break
    store.close()
    row(
        "first evidence after the question, embedder warm (median)",
        f"{statistics.median(first):.2f} s",
        "≤ 1 s",
    )
    own = statistics.median(before) - statistics.median(embedding) if before else float("nan")
    row(
        "our own time before the request reaches Ollama, without embedding (median)",
        f"{own * 1000:.0f} ms",
        "≤ 150 ms",
    )


def memory(folder: Path, host: str) -> None:
    """The most memory that the page's process has taken: loaded, then after the questions."""
    command = [sys.executable, __file__, "--page", str(folder), host]
    peaks = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    row("memory of the page's process at most: loaded, after answers", " / ".join(peaks) + " GB", "≤ 1.5 GB")


def page(folder: Path, host: str) -> None:
    """What `assistant chat` holds, in a process of its own; prints its peaks in GB."""
    from assistant.web.app import create_app

    backend = wiring.make_backend(load(None, paths={"store": folder}, model={"name": "clock", "host": host}))
    create_app(backend)
    backend.start()
    list(backend.ask(QUESTIONS[0]))
    print(peak())
    for question in QUESTIONS * 3:
        list(backend.ask(question))
    print(peak())


def peak() -> str:
    return f"{most_memory() / 1e9:.2f}"


def main() -> None:
    print("| measured | value | target |\n|---|---|---|")
    command_line()
    embedder = wiring.make_embedder(load())
    with tempfile.TemporaryDirectory() as place, clock() as host:
        folder = Path(place) / "vectorstore"
        ingest(folder, embedder)
        answering(folder, embedder, host)
        memory(folder, host)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--page"]:
        page(Path(sys.argv[2]), sys.argv[3])
    else:
        main()
