"""Speed of the main job as ratios within one run: `python benchmarks/bench_speed.py` (no data needed).

Uses the sample corpus and what `make setup` put in place; the language model is played by a small local server,
so that only the program's own time is measured. Each line names its target.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from assistant import wiring

wiring.be_private()

from assistant.answering.generation import OllamaModel  # noqa: E402
from assistant.settings import PROJECT, load  # noqa: E402
from assistant.store.index import Store, sync  # noqa: E402
from assistant.types import Evidence, Token  # noqa: E402

QUESTIONS = (
    "Quel droit Microsoft garde-t-il sur la puissance de calcul d'OpenAI ?",
    "How many parameters does gpt-oss-120b have?",
    "Quelle licence Mistral 7B porte-t-il ?",
    "When did Llama pass one billion downloads?",
)


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


def ingest(folder: Path) -> None:
    settings = load()
    embedder = wiring.make_embedder(settings)
    embedder.embed_passages(["warm"])
    started = time.perf_counter()
    report = sync(
        settings.paths.corpus,
        folder,
        embedder,
        min_tokens=settings.splitter.min_tokens,
        max_tokens=settings.splitter.max_tokens,
    )
    ours = time.perf_counter() - started
    store = Store.open(folder)
    texts = [
        store.article(summary.name).text[p.start : p.end]
        for summary in store.articles()
        for p in store.passages_of(summary.name)
    ]
    store.close()
    raw = best(lambda: embedder.embed_passages(texts), 2)
    row(
        "indexing the sample corpus against the raw encoder, passages/s",
        f"{raw / ours:.0%} ({report.as_json()['passages']} passages in {ours:.1f} s)",
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


def answering(folder: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Clock)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = load()
    embedder = wiring.make_embedder(settings)
    store = wiring.open_store(
        settings.model_copy(update={"paths": settings.paths.model_copy(update={"store": folder})}), embedder
    )
    assistant = wiring.make_assistant(settings, store, embedder, with_model=False)
    assistant.model = OllamaModel("clock", f"http://127.0.0.1:{server.server_address[1]}")
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
    server.shutdown()
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


def memory() -> None:
    import psutil

    row(
        "memory of this process with embedder, store and answers",
        f"{psutil.Process().memory_info().rss / 1e9:.2f} GB",
        "≤ 1.5 GB",
    )


def main() -> None:
    print("| measured | value | target |\n|---|---|---|")
    command_line()
    with tempfile.TemporaryDirectory() as folder:
        ingest(Path(folder) / "vectorstore")
        answering(Path(folder) / "vectorstore")
    memory()


if __name__ == "__main__":
    main()
