"""Reading in a child process: same result, limits kept, and it lives on after a reader died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from assistant.errors import ArticleRejected
from assistant.reading import isolated
from assistant.reading.articles import ArticleFile, find_articles, read_article

SAMPLES = Path(__file__).parents[1] / "data" / "articles"


def sample(name: str) -> ArticleFile:
    return next(file for file in find_articles(SAMPLES) if file.name == name)


def process_of(child: isolated._Child) -> BaseProcess | None:
    return child.process


def pid_of(child: isolated._Child) -> int:
    assert child.process is not None
    assert child.process.pid is not None
    return child.process.pid


@pytest.mark.parametrize(
    "name", ["letters.pdf", "report.docx", "json-ld-fr.html", "hidden.md", "left-out.md"]
)
def test_reads_the_same(name: str) -> None:
    assert isolated.read_article_safely(sample(name)) == read_article(sample(name))


def test_rejects_the_same() -> None:
    with pytest.raises(ArticleRejected, match="password"):
        isolated.read_article_safely(sample("locked.pdf"))


def test_the_child_starts_before_it_is_needed_and_only_if_it_will_be() -> None:
    isolated._child.stop()
    isolated.expect([sample("dateline.txt")])
    assert process_of(isolated._child) is None
    isolated.expect([sample("dateline.txt"), sample("letters.pdf")])
    begun = process_of(isolated._child)
    assert begun is not None
    assert isolated.read_article_safely(sample("letters.pdf")) is not None
    assert process_of(isolated._child) is begun


def test_a_child_that_dies_as_it_starts_takes_nobody_with_it(tmp_path: Path) -> None:
    program = tmp_path / "unguarded.py"  # a script that its child would run anew, so that none can start
    program.write_text(
        "import sys\nfrom pathlib import Path\nfrom assistant.errors import ReaderMissing\n"
        "from assistant.reading.articles import find_articles\nfrom assistant.reading import isolated\n"
        "file = next(f for f in find_articles(Path(sys.argv[1])) if f.name == 'letters.pdf')\n"
        "try:\n    isolated.read_article_safely(file)\n"
        "except ReaderMissing:\n    isolated._child.stop()\n    print('alive')\n"
    )
    command = [sys.executable, str(program), str(SAMPLES)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, start_new_session=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


def test_goes_on_after_the_child_was_killed() -> None:
    isolated.read_article_safely(sample("letters.pdf"))
    os.kill(pid_of(isolated._child), signal.SIGKILL)
    time.sleep(0.5)
    assert isolated.read_article_safely(sample("letters.pdf")) is not None


def test_stops_a_reader_that_takes_too_long() -> None:
    child = isolated._Child()
    try:
        child.read(sample("letters.pdf"), 60)
        os.kill(pid_of(child), signal.SIGSTOP)
        with pytest.raises(ArticleRejected, match="more than 1 s"):
            child.read(sample("letters.pdf"), 1)
        assert child.read(sample("letters.pdf"), 60) is not None
    finally:
        child.stop()


def test_a_file_that_kills_its_reader_is_rejected() -> None:
    child = isolated._Child()
    try:
        child.read(sample("letters.pdf"), 60)
        os.kill(pid_of(child), signal.SIGSTOP)
        threading.Timer(0.5, os.kill, (pid_of(child), signal.SIGKILL)).start()
        with pytest.raises(ArticleRejected, match="was killed"):
            child.read(sample("letters.pdf"), 30)
    finally:
        child.stop()


def _send(pid: int, *signals: int) -> None:
    for number in signals:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@pytest.mark.parametrize(
    ("number", "reason"),
    [(signal.SIGSEGV, "crashed"), (signal.SIGXCPU, "more than 30 s"), (signal.SIGKILL, "memory")],
)
def test_the_reason_is_what_the_reader_died_of(number: int, reason: str) -> None:
    child = isolated._Child()
    try:
        child.read(sample("letters.pdf"), 60)
        os.kill(pid_of(child), signal.SIGSTOP)
        threading.Timer(0.5, _send, (pid_of(child), number, signal.SIGCONT)).start()
        with pytest.raises(ArticleRejected, match=reason):
            child.read(sample("letters.pdf"), 30)
    finally:
        child.stop()


def test_a_large_text_is_read_in_the_child_too(tmp_path: Path) -> None:
    (tmp_path / "large.md").write_text("A sentence of a large text. " * 10_000)
    isolated._child.stop()
    assert isolated.read_article_safely(find_articles(tmp_path)[0]) is not None
    assert isolated._child.process is not None


def test_time_limits() -> None:
    assert isolated.seconds_for(0) == 15
    assert isolated.seconds_for(50_000_000) == 90
