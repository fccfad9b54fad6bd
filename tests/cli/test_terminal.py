"""What reaches a terminal: never a sign that acts on it, never a traceback of its encoding, 130 from the first moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Command
from fakes import FakeEmbedder

from assistant.cli.terminal import harmless
from assistant.store.sync import sync

TESTS = Path(__file__).resolve().parents[1]
BAD = "\x1b[31mred\u202egnp\x9b2J"


def program(
    *words: str | bytes, folder: Path, store: Path, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent))),
        "ASSISTANT_PATHS__RUNTIME": str(folder / "runtime"),
        "ASSISTANT_PATHS__STORE": str(store),
        "OLLAMA_HOST": "127.0.0.1:9",
        **variables,
    }
    started = [sys.executable, str(TESTS / "store" / "program.py"), *words]
    return subprocess.run(started, cwd=folder, env=environment, capture_output=True, timeout=120, check=False)


@pytest.mark.parametrize("text", ["a", "Été « 1 »\n\tdeux", "日本語 🙂"])
def test_plain_texts_stay(text: str) -> None:
    assert harmless(text) == text


def test_acting_signs_are_shown_as_what_they_are() -> None:
    assert harmless(BAD) == "\\x1b[31mred\\u202egnp\\x9b2J"
    assert harmless("caf\udce9 \ud83d") == "caf\\xe9 \\ud83d"


def test_hostile_names_and_titles_do_nothing_to_a_terminal(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, store = tmp_path / "corpus", tmp_path / "hostile-store"
    corpus.mkdir()
    (corpus / f"{BAD}.md").write_text(
        f"---\ntitle: Red {BAD[8:12]} tide\n---\nThe red tide rises twice a day.", "utf-8"
    )
    (corpus / f"{BAD}.pdf").write_bytes(b"none")
    monkeypatch.setenv("ASSISTANT_PATHS__STORE", str(store))
    done = [
        command("index", "--corpus", corpus),
        command("ask", "When does the red tide rise?"),
        command("search", "red tide"),
        command("show", BAD),
        command("index", f"--corpus={tmp_path / BAD}"),
    ]
    for one in done:
        assert not {"\x1b", "\u202e", "\x9b"} & set(one.out + one.err)
    found = command("search", "red tide", "--json")
    assert not {"\x1b", "\u202e", "\x9b"} & set(found.out)
    assert found.json["hits"][0]["article"] == f"{BAD}.md"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_an_encoding_that_lacks_a_letter_ends_no_command(tmp_path: Path, encoding: str) -> None:
    corpus, store = tmp_path / "corpus", tmp_path / "store"
    corpus.mkdir()
    (corpus / "a.md").write_text("---\ntitle: Œuvre ✓ 日本\n---\nLe pont de Œuvrel a coûté 3 € ✓.", "utf-8")
    sync(corpus, store, FakeEmbedder(), min_tokens=20, max_tokens=40)
    for words in (["search", "pont"], ["ask", "Combien a coûté le pont ?"], ["doctor"], ["show", "a.md"]):
        done = program(*words, folder=tmp_path, store=store, PYTHONIOENCODING=encoding)
        assert b"Traceback" not in done.stderr, words
    done = program("search", "pont", "--json", folder=tmp_path, store=store, PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout)["hits"][0]["title"] == "Œuvre ✓ 日本"


def test_arguments_that_are_no_utf8_and_empty_names(tmp_path: Path, sample_store_folder: Path) -> None:
    for words in (
        ["ask", b"caf\xe9 ?"],
        ["search", b"caf\xe9"],
        ["search", b"caf\xe9", "--json"],
        ["show", b"caf\xe9.md"],
        ["index", "--corpus", b"caf\xe9"],
        ["ask", "Quel budget ?", "--model", ""],
        ["ask", "Quel budget ?", "--model", b"m\xe9"],
        ["check", b"caf\xe9.txt"],
        [b"caf\xe9"],
    ):
        done = program(*words, folder=tmp_path, store=sample_store_folder)
        assert b"Traceback" not in done.stderr, (words, done.stderr[-400:])
        assert done.returncode in (0, 1, 2), words


def test_settings_that_are_nested_without_end(command: Command, tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text("a = " + "[" * 30_000)
    done = command("status", "--config", tmp_path / "deep.toml")
    assert done.code == 2
    assert "deep.toml" in done.err


@pytest.mark.parametrize("after", [0.03, 0.1])
def test_ctrl_c_is_130_from_the_first_moment(tmp_path: Path, after: float) -> None:
    """The interpreter says when it is up: before that, Ctrl-C is its own."""
    code = "import sys; from assistant.__main__ import start; sys.argv = ['assistant', 'doctor']; print('up', flush=True); start()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS.parent), "ASSISTANT_PATHS__RUNTIME": str(tmp_path)},
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "Traceback" not in said
