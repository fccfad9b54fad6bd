"""The program as a user starts it, but with the embedder of the tests: `python tests/store/program.py index …`.

With `serve` it loads the libraries once, then runs each command in a process of its own that can be killed:
a line of JSON {"arguments", "kill_after" (seconds or null)} in, a line {"code", "seconds"} out.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from fakes import FakeEmbedder

from assistant import cli, wiring
from assistant.store.writer import digest

EMBEDDED = "EMBEDDED_LOG"
"""Variable that names a file: the digest of every text that is embedded is written there, one a line."""


SLOW = "SLOW_BATCHES"
"""Variable: "slow" where a batch takes minutes, "deaf" where it takes them whatever it is told."""


class NotingEmbedder(FakeEmbedder):
    """Notes on disk what it has embedded, so that it is known after a kill."""

    def embed_passages(self, texts: Sequence[str]):  # type: ignore[no-untyped-def]
        vectors = super().embed_passages(texts)
        if os.environ.get(EMBEDDED):
            with Path(os.environ[EMBEDDED]).open("a", encoding="ascii") as log:
                log.writelines(f"{digest(text).hex()}\n" for text in texts)
        if os.environ.get(SLOW):
            _work(deaf=os.environ[SLOW] == "deaf")
        return vectors


def _work(*, deaf: bool, seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            time.sleep(until - time.monotonic())
        except KeyboardInterrupt:
            if not deaf:
                raise


def run(arguments: list[str]) -> None:
    wiring.make_embedder = lambda settings: NotingEmbedder()
    wiring.make_classifier = lambda settings, embedder, store: None  # type: ignore[assignment,return-value]
    cli.main(arguments)


def serve() -> None:
    wiring.be_private()
    import chromadb.api.rust  # noqa: F401
    import llama_index.core.node_parser  # noqa: F401

    import assistant.cli.store  # noqa: F401
    from assistant.reading.language import detect_language
    from assistant.store import sync_run

    detect_language("Its model is loaded once, too.")
    sync_run.COMMIT = 16  # more moments at which something has just been committed
    for line in sys.stdin:
        order = json.loads(line)
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            _as_a_process(order["arguments"])
        if order["kill_after"] is not None:
            time.sleep(order["kill_after"])
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"code": code, "seconds": time.monotonic() - started}), flush=True)


def _as_a_process(arguments: list[str]) -> None:
    """Run one command and end; its output goes to standard error."""
    os.dup2(2, 1)
    code = 1
    try:
        run(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else run(sys.argv[1:])
