"""`assistant index` killed at random moments: the next one ends with the store of an undisturbed run."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.errors import NoIndex
from assistant.store import maintenance, schema
from assistant.store.sync import Store, sync

from .program import EMBEDDED
from .snapshots import snapshot

PROJECT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("program.py")
KILLS, CHAIN = 50, 10
LIMITS = "ASSISTANT_SPLITTER__MIN_TOKENS", "ASSISTANT_SPLITTER__MAX_TOKENS"


class Victim:
    """Runs `assistant index` on a corpus in processes that can be killed."""

    def __init__(self, server: subprocess.Popen[str], corpus: Path, store: Path, log: Path) -> None:
        self.server, self.corpus, self.store, self.log = server, corpus, store, log

    def index(self, *options: str, kill_after: float | None = None) -> tuple[int, float]:
        """(exit code, negative where it was killed; seconds) of one `assistant index`."""
        self.log.write_text("", "ascii")
        arguments = [
            "index",
            "--quiet",
            "--replace",
            "--corpus",
            str(self.corpus),
            "--store",
            str(self.store),
            *options,
        ]
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps({"arguments": arguments, "kill_after": kill_after}) + "\n")
        self.server.stdin.flush()
        done: dict[str, Any] = json.loads(self.server.stdout.readline())
        return done["code"], done["seconds"]

    def embedded(self) -> set[str]:
        """Digests of the texts that the last run embedded."""
        return set(self.log.read_text("ascii").split())

    def committed(self) -> set[str]:
        """Digests of the texts whose vectors the store holds."""
        try:
            with closing(schema.open_to_read(self.store / schema.FILE)) as connection:
                return {key.hex() for (key,) in connection.execute("SELECT digest FROM vectors")}
        except (NoIndex, sqlite3.OperationalError):  # killed before there was a database
            return set()


@contextmanager
def victim(folder: Path, *limits: str) -> Iterator[Victim]:
    log = folder / "embedded.log"
    environment = {
        **os.environ, **dict(zip(LIMITS, limits, strict=True)), EMBEDDED: str(log),
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, PROGRAM, "serve"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder,
    ) as server:  # fmt: skip
        yield Victim(server, folder / "corpus", folder / "store", log)
        assert server.stdin is not None
        server.stdin.close()


def change(corpus: Path, draw: random.Random, day: int) -> None:
    """What may happen to a corpus in a day: articles are edited, written, renamed, and the oldest deleted."""
    names = sorted(path.name for path in corpus.glob("*.md"))
    for name in draw.sample(names, 3):
        text = (corpus / name).read_text("utf-8")
        write_corpus(corpus, {name: text.replace("masons", f"masons and {day} carpenters", 2)})
    for number in range(4):
        paragraphs = (
            f"Report {day}.{number}.{part} tells how harbour {day * part} was built by {number + 2} masons. "
            f"The work took {part + 3} years, and the town paid {draw.randrange(10**6)} francs for the stones."
            for part in range(6)
        )
        write_corpus(corpus, {f"{day:03}-{number}.md": "\n\n".join(paragraphs)})
    (corpus / names[0]).rename(corpus / f"{day:03}-renamed.md")
    for name in names[1:][: max(0, len(names) - 16)]:
        (corpus / name).unlink()


def answers(store: Path) -> None:
    """A page that opens the store of a dead writer finds whole articles."""
    try:
        opened = Store.open(store)
    except NoIndex:
        return
    with opened:
        if opened.size:
            (best, _), *_ = opened.dense(
                FakeEmbedder().embed_query("the harbour was built by masons"), 3, "en"
            )
            assert opened.passages([best])[best].text
            assert opened.lexical("harbour masons", 3, "en")


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_leave_the_store_of_an_undisturbed_run(tmp_path: Path) -> None:
    draw = random.Random(4)
    day = kills = compared = 0
    change(write_corpus(tmp_path / "corpus", {f"{n}.md": f"{n} masons built." for n in range(3)}), draw, 0)
    with victim(tmp_path, "20", "40") as run:
        full = 1.0
        while kills < KILLS:
            for _ in range(CHAIN):
                day += 1
                change(run.corpus, draw, day)
                held = run.committed()
                options = ["--rebuild"] if draw.random() < 0.15 else []
                code, seconds = run.index(*options, kill_after=draw.uniform(0.0, full))
                assert code in (0, -9)
                kills += code == -9
                full = seconds if code == 0 and not options else full
                assert options or not run.embedded() & held, "embedded what was committed"
                answers(run.store)
            held = run.committed()
            code, full = run.index()
            assert code == 0
            assert not run.embedded() & held, "embedded what was committed"
            sync(run.corpus, fresh := tmp_path / f"fresh{day}", FakeEmbedder(), min_tokens=20, max_tokens=40)
            assert snapshot(run.store) == snapshot(fresh)
            compared += 1
        assert maintenance.verify(run.store)["ok"]
        assert compared <= 2 * KILLS // CHAIN, "most runs ended before they were killed"


FILLS = 20


def without_derived(store: Path) -> None:
    for folder in ("chroma", "words"):
        shutil.rmtree(store / folder, ignore_errors=True)


@pytest.mark.slow
def test_killed_while_chroma_and_words_are_filled_they_are_made_again_without_the_embedder(
    tmp_path: Path,
) -> None:
    draw = random.Random(5)
    write_corpus(tmp_path / "corpus", {f"{n}.md": f"{n} masons built." for n in range(3)})
    for day in range(6):
        change(tmp_path / "corpus", draw, day)
    question = FakeEmbedder().embed_query("the harbour was built by masons")
    with victim(tmp_path, "20", "40") as run:
        assert run.index()[0] == 0
        with Store.open(run.store) as store:
            expected = [store.dense(question, 10, language) for language in store.languages]
            words = {name for name, _ in store.lexical("harbour masons", 500, "en")}
        without_derived(run.store)
        full = run.index()[1]
        killed = 0
        for number in range(FILLS):
            without_derived(run.store)
            code, _ = run.index(kill_after=full * number / FILLS)
            killed += code == -9
            with Store.open(run.store) as store:
                found = [store.dense(question, 10, language) for language in store.languages]
                assert {name for name, _ in store.lexical("harbour masons", 500, "en")} == words
            assert [
                dict(each) == pytest.approx(dict(one), abs=1e-5)
                for each, one in zip(found, expected, strict=True)
            ]
        assert killed > FILLS / 3
        assert run.index()[0] == 0
        assert run.embedded() == set()
    assert maintenance.verify(tmp_path / "store")["ok"]
