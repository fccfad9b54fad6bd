"""The commands that care for the store, as a user types them; the embedder alone is the tests' own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import SAMPLE, Command, Done, write_corpus

from assistant.store import maintenance

from .program import EMBEDDED, SLOW
from .test_crash import LIMITS, PROGRAM, PROJECT


@pytest.fixture
def command(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `assistant …` in a folder of its own, with the sample articles in `corpus` and a store yet to be made."""
    monkeypatch.delenv("ASSISTANT_PATHS__STORE")
    for name, value in zip(LIMITS, ("20", "40"), strict=True):
        monkeypatch.setenv(name, value)
    write_corpus(tmp_path / "corpus", SAMPLE)
    return command


def test_index_reports_as_the_contracts_say(command: Command) -> None:
    Path("corpus/bad.md").write_bytes(b"")
    done = command("index", "--json", "--skip-bad")
    assert (done.code, done.err) == (0, "")
    report = done.json
    assert list(report)[:10] == [
        "added", "changed", "removed", "renamed", "unchanged", "duplicates", "rejected", "passages", "embedded", "seconds",
    ]  # fmt: skip
    assert report["added"] == sorted(SAMPLE)
    assert report["duplicates"] == ["copy/budget.md"]
    assert report["rejected"] == [
        {"article": "bad.md", "reason": "it has no text. Write some, or remove the file."}
    ]
    assert (report["unchanged"], report["passages"]) == (0, 4)


def test_index_tells_what_it_did_and_what_to_do_with_what_it_could_not_read(command: Command) -> None:
    Path("corpus/bad.md").write_bytes(b"")
    done = command("index", "--quiet")
    assert done.code == 1
    assert "added: 4\n  budget.md\n" in done.out
    assert "copy/budget.md of budget.md" in done.out
    assert "bad.md: it has no text" in done.out
    assert "1 file could not be read; the rest is in the store" in done.err
    assert "--skip-bad" in done.err
    assert command("index", "--quiet", "--skip-bad").code == 0
    Path("corpus/bad.md").unlink()
    assert "unchanged: 4. 4 passages, 0 embedded" in command("index", "--quiet").out


def test_status_as_json_and_for_a_person(command: Command) -> None:
    command("index", "--quiet")
    found = command("status", "--json").json
    assert (found["articles"], found["passages"], found["embedder"]) == (4, 4, "fake-64-0")
    assert (found["complete"], found["vectors"], found["undated"]) == (True, "ready", 1)
    assert found["age_s"] < 60
    words = command("status").out
    assert re.search(r"^articles +4, in 4 passages \(\w+ 2, \w+ 2\)$", words, re.M)
    assert re.search(r"^updated +\d seconds? ago ", words, re.M)
    assert re.search(r"^undated +1 article$", words, re.M)
    assert "was stopped" not in words


def test_a_store_is_whole_after_a_rebuild_and_a_restore(command: Command) -> None:
    command("index", "--quiet")
    assert command("backup", "kept", "--json").json["passages"] == 4
    for step in (("index", "--rebuild", "--quiet"), ("rebuild",), ("restore", "kept")):
        assert command(*step).code == 0
        assert command("status", "--json").json["complete"] is True
        assert command("verify").out == "The store is whole: 4 articles, 4 passages.\n"
    assert command("verify", "--json").json == {"ok": True, "problems": [], "articles": 4, "passages": 4}


def test_damage_is_told_with_the_remedy(command: Command) -> None:
    command("index", "--quiet")
    command("backup", "kept")
    shutil.rmtree("vectorstore/chroma")
    done = command("verify")
    assert (done.code, done.out.count("\n")) == (1, 1)
    assert "assistant rebuild" in done.out
    assert command("rebuild").code == command("verify").code == 0
    database = Path("vectorstore/passages.db")
    database.write_bytes(database.read_bytes()[:30_000])
    for each in (("status",), ("rebuild",), ("index", "--quiet"), ("show", "horses.md"), ("backup", "other")):
        done = command(*each)
        assert done.code == 1
        assert re.search(r"'vectorstore' is damaged .*assistant restore.*index --rebuild", done.err), done
    damaged = Path(shutil.copytree("kept", "damaged"), "passages.db")
    damaged.write_bytes(damaged.read_bytes()[:-8192] + b"\xa5" * 8192)
    done = command("restore", "damaged")
    assert done.code == 1
    assert done.err.count("\n") == 1, "one sentence and what to do, on one line"
    assert command("restore", "kept").code == command("verify").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("status",), "No index in 'vectorstore'. Run `assistant index` first."),
        (("verify",), "No index in 'vectorstore'. Run `assistant index` first."),
        (("rebuild",), "No index in 'vectorstore'. Run `assistant index` first."),
        (("backup", "b"), "No index in 'vectorstore'. Run `assistant index` first."),
        (("show", "a.md"), "No index in 'vectorstore'. Run `assistant index` first."),
        (("restore", "b"), "No backup in 'b'. Name a folder that `assistant backup` wrote."),
        (
            ("index", "--corpus", "nowhere"),
            "The corpus 'nowhere' is not there. Create it, or name another with --corpus.",
        ),
    ],
)
def test_before_there_is_anything(command: Command, arguments: tuple[str, ...], message: str) -> None:
    assert command(*arguments) == Done(1, "", f"assistant: {message}\n")


def test_show_tells_where_each_fact_came_from(command: Command) -> None:
    Path("corpus/bad.md").write_bytes(b"")
    command("index", "--quiet", "--skip-bad")
    words = command("show", "horses.md").out
    assert re.search(r"^  published +2024-06-02  \(front matter, 100% sure\)$", words, re.M)
    shown = command("show", "horses.md", "--json").json
    assert set(shown) >= {
        "article", "title", "published", "published_origin", "language", "publisher", "url", "text", "passages", "warnings",
    }  # fmt: skip
    assert command("show", "horses.md", "--text").out == shown["text"] + "\n"
    for name, told in (
        ("horse.md", "Do you mean 'horses.md'?"),
        ("bad.md", "could not be read: it has no text"),
        ("quite-another", "named by their path"),
    ):
        done = command("show", name)
        assert done.code == 1
        assert told in done.err


def process(folder: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ, **variables, **dict(zip(LIMITS, ("20", "40"), strict=True)), EMBEDDED: str(folder / "log"),
        "PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, PROGRAM, *arguments],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("batches", ["slow", "deaf"])
def test_one_ctrl_c_is_enough_where_a_batch_takes_minutes(tmp_path: Path, batches: str) -> None:
    write_corpus(tmp_path / "corpus", SAMPLE)
    log = tmp_path / "log"
    with process(tmp_path, "index", **{SLOW: batches}) as running:
        until = time.monotonic() + 60
        while not log.exists() and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "Traceback" not in err
    with process(tmp_path, "index", "--json") as running:
        out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    assert len(json.loads(out)["added"]) == len(SAMPLE)
    assert maintenance.verify(tmp_path / "vectorstore")["ok"]


def test_ctrl_c_ends_with_130_and_loses_nothing(tmp_path: Path) -> None:
    texts = {
        f"{n}.md": "\n\n".join(
            f"Report {n}.{part} tells how harbour {n * part} was built by {n + 2} masons and {part} carpenters of the town."
            for part in range(12)
        )
        for n in range(20)
    }
    write_corpus(tmp_path / "corpus", texts)
    log = tmp_path / "log"
    with process(tmp_path, "index") as running:
        until = time.monotonic() + 60
        while not log.exists() and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, ""), err
    assert "goes on from there" in err
    first = set(log.read_text("ascii").split())
    log.unlink()
    with process(tmp_path, "index", "--json") as running:
        out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    assert len(json.loads(out)["added"]) == 20
    again = set(log.read_text("ascii").split())
    assert first
    assert again
    assert not first & again
    assert maintenance.verify(tmp_path / "vectorstore")["ok"]
