"""Indexing in a process of its own: progress, stopping, what is wanted meanwhile, and every way to end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from conftest import SAMPLE, write_corpus
from fakes import FakeEmbedder

from assistant.cli.curating import make_curator
from assistant.curation.indexing import Indexing, Outcome
from assistant.errors import CorrectionRefused, FileRefused
from assistant.settings import Settings
from assistant.store import lock, maintenance
from assistant.store.sync import Store
from assistant.web.loading import LoadingBackend
from assistant.wiring import make_backend

from . import works

SECONDS = 60


def wait(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def outcome(indexing: Indexing) -> Outcome:
    wait(lambda: not indexing.state().running)
    found = indexing.state().outcome
    assert found is not None
    return found


def test_progress_is_told_and_stop_ends_it() -> None:
    ended: list[int] = []
    indexing = Indexing(works.steady, lambda: ended.append(1), gather=0)
    indexing.want()
    wait(lambda: indexing.state().step)
    step = indexing.state().step
    assert step is not None
    assert (step.phase, step.total) == ("reading", 1000)
    indexing.stop()
    assert indexing.state().stopping
    assert outcome(indexing).kind == "stopped"
    wait(lambda: ended)


def test_stop_before_the_process_is_there() -> None:
    indexing = Indexing(works.steady, gather=5)
    indexing.want()
    indexing.stop()
    wait(lambda: not indexing.state().running, 3)
    assert indexing.state().outcome == Outcome("stopped")


def test_what_is_wanted_meanwhile_comes_next(tmp_path: Path) -> None:
    indexing = Indexing(partial(works.noted, tmp_path), gather=0.3)
    indexing.want(["a.md"])
    indexing.want(["b.md"])
    wait(lambda: list(tmp_path.iterdir()))
    indexing.want(["c.md"])
    indexing.want(())
    assert outcome(indexing).report == {"wanted": "c.md"}
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["a.md,b.md", "c.md"]
    assert indexing.state().runs == 2
    indexing.want(["a.md"])
    indexing.want()
    assert outcome(indexing).report == {"wanted": "all"}


@pytest.mark.parametrize(
    ("work", "error"), [(works.locked, "StoreLocked"), (works.broken, "Unexpected"), (works.killed, "Died")]
)
def test_every_failure_is_told(work: Callable[..., None], error: str) -> None:
    indexing = Indexing(work, gather=0)
    indexing.want()
    assert (outcome(indexing).kind, outcome(indexing).error) == ("failed", error)


def test_a_run_ends_soon_after_the_page_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from functools import partial; from pathlib import Path\n"
        "from assistant.curation.indexing import Indexing; from curation import works\n"
        "if __name__ == '__main__':\n"
        "    Indexing(partial(works.deaf, Path(sys.argv[1])), gather=0).want(); time.sleep(600)\n"
    )
    (tmp_path / "page.py").write_text(program)
    page = subprocess.Popen(
        [sys.executable, str(tmp_path / "page.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    wait(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    run = psutil.Process(int((tmp_path / "pid").read_text()))
    page.kill()
    page.wait()
    wait(lambda: not run.is_running() or run.status() == psutil.STATUS_ZOMBIE, 30)


# --------------------------------------------------------------------------- the whole, on a real store


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadingBackend:
    """A desk without an index, over the sample articles."""
    write_corpus(tmp_path / "corpus", SAMPLE)
    settings = Settings(
        paths={
            "corpus": tmp_path / "corpus", "store": tmp_path / "store", "runtime": tmp_path / "runtime",
        },
        splitter={"min_tokens": 20, "max_tokens": 40},
    )  # fmt: skip
    (tmp_path / "runtime").mkdir()
    backend = make_backend(settings)
    curator = make_curator(settings, backend)
    curator.indexing.work = partial(works.with_fake_embedder, settings.model_dump())
    curator.indexing.gather = curator.seconds_surveyed = 0.0
    backend.curator = curator
    return backend


def test_add_correct_and_remove(backend: LoadingBackend, tmp_path: Path) -> None:
    curator = backend.curator
    assert curator is not None
    waiting = curator.waiting()
    assert (waiting.files, waiting.problem) == (4, None)
    assert waiting.seconds > 5
    with curator.receive("Été.md") as receiving:
        receiving.write("---\ntitle: L'été\n---\nUne phrase sur les étés. Une autre.".encode())
        assert curator.keep(receiving) == ("added/Été.md", False)
    found = outcome(curator.indexing)
    assert (found.kind, found.report and found.report["added"]) == ("done", ["added/Été.md"])
    with Store.open(tmp_path / "store") as store:
        assert [article.name for article in store.articles()] == ["added/Été.md"]
        curator.correct("added/Été.md", {"title": "Les étés"})
        outcome(curator.indexing)
        assert store.article("added/Été.md").title == "Les étés"
        with pytest.raises(CorrectionRefused):
            curator.correct("added/Été.md", {"language": "xx"})
        curator.index()
        report = outcome(curator.indexing).report
        assert report is not None
        assert len(report["added"]) == 4
        for name in ("budget.md", "added/../budget.md", "added/none.md", "copy/budget.md", "", "added/"):
            with pytest.raises(FileRefused):
                curator.remove(name)
        assert (tmp_path / "corpus" / "budget.md").exists()
        curator.remove("added/Été.md")
        outcome(curator.indexing)
        assert "added/Été.md" not in [article.name for article in store.articles()]
        assert curator.corrections.all() == {}


def test_small_runs_are_done_at_once_where_an_embedder_is_loaded(
    backend: LoadingBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    curator = backend.curator
    assert curator is not None
    curator.index()
    outcome(curator.indexing)
    curator.indexing.work = works.killed  # no process is started any more
    embedder = FakeEmbedder()
    monkeypatch.setattr(LoadingBackend, "embedder", embedder)
    with Store.open(tmp_path / "store") as store:
        vector = embedder.embed_query("été")
        assert store.dense(vector, 3, "fr")  # the page searches while the store is written
        with curator.receive("a.md") as receiving:
            receiving.write("# Zanzibar\n\nDes mots sur un été à Zanzibar. Une autre phrase.".encode())
            curator.keep(receiving)
        found = outcome(curator.indexing)
        assert (found.kind, found.report and found.report["added"]) == ("done", ["added/a.md"])
        curator.correct("added/a.md", {"title": "Pemba"})
        assert outcome(curator.indexing).kind == "done"
        assert store.article("added/a.md").title == "Pemba"
        assert store.lexical("Pemba", 1, "fr")
        assert store.dense(vector, 3, "fr")
        curator.remove("added/a.md")
        assert outcome(curator.indexing).kind == "done"
        assert store.lexical("Pemba", 1, "fr") == []
    assert maintenance.verify(tmp_path / "store")["ok"]
    curator.index()
    assert outcome(curator.indexing).error == "Died"  # the whole is done by a process


def test_a_real_run_is_stopped_and_goes_on_where_it_was(backend: LoadingBackend, tmp_path: Path) -> None:
    curator = backend.curator
    assert curator is not None
    for n in range(40):
        sentences = " ".join(f"Une phrase numéro {n} puis {i} de cet article." for i in range(60))
        write_corpus(tmp_path / "corpus", {f"{n:03}.md": f"# Titre {n}\n\n{sentences}"})
    fast = curator.indexing.work
    curator.indexing.work = partial(works.with_slow_embedder, fast.args[0])  # type: ignore[attr-defined]
    curator.index()
    wait(lambda: (step := curator.state().step) and step.embedded)
    curator.stop()
    assert outcome(curator.indexing).kind == "stopped"
    curator.indexing.work = fast
    curator.index()
    report = outcome(curator.indexing).report
    assert report is not None
    assert 0 < report["embedded"] < report["passages"]  # what was embedded before the stop was kept
    with Store.open(tmp_path / "store") as store:
        assert len(store.articles()) == 44
    assert maintenance.verify(tmp_path / "store")["ok"]


def test_an_index_run_elsewhere_costs_nothing(backend: LoadingBackend, tmp_path: Path) -> None:
    curator = backend.curator
    assert curator is not None
    with lock.writing(tmp_path / "store"):
        with curator.receive("a.md") as receiving:
            receiving.write(b"Some words that are kept.")
            curator.keep(receiving)
        assert outcome(curator.indexing).error == "StoreLocked"
    assert (tmp_path / "corpus" / "added" / "a.md").exists()
    curator.index()
    assert outcome(curator.indexing).kind == "done"


def test_no_corpus_yet(backend: LoadingBackend, tmp_path: Path) -> None:
    curator = backend.curator
    assert curator is not None
    curator.corpus = tmp_path / "none"
    curator.intake.folder = tmp_path / "none" / "added"
    assert curator.waiting().problem is not None
    with curator.receive("a.md") as receiving:
        receiving.write(b"Some words that are kept.")
        receiving.finish()
    assert curator.waiting().files == 1


def test_polls_of_the_page_do_not_walk_through_the_files(backend: LoadingBackend, tmp_path: Path) -> None:
    curator = backend.curator
    assert curator is not None
    curator.seconds_surveyed = 60.0
    assert curator.waiting().files == 4
    (tmp_path / "corpus" / "new.md").write_text("Some words.", "utf-8")
    assert curator.waiting().files == 4
    with curator.receive("a.md") as receiving:
        receiving.write(b"Some words that are kept.")
        curator.keep(receiving)
    assert curator.waiting().files == 6  # what is added on the page is seen at once


def test_a_folder_that_is_the_whole_corpus_lets_nothing_be_removed(
    backend: LoadingBackend, tmp_path: Path
) -> None:
    curator = backend.curator
    assert curator is not None
    curator.intake.folder = curator.corpus
    assert not curator.added_test()("budget.md")


def test_the_pace_of_the_machine_is_learnt(backend: LoadingBackend) -> None:
    curator = backend.curator
    assert curator is not None
    before = curator.waiting().seconds
    curator.learn_pace(100_000, 1000.0)
    assert curator.waiting().seconds > before
    curator.learn_pace(10, 0.1)
    assert curator.waiting().seconds > before
