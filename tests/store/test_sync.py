"""`sync` makes the store equal to the corpus, at the price of what changed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import SAMPLE, write_corpus
from fakes import FakeEmbedder
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assistant.errors import CorpusError, StoreLocked, StoreMismatch
from assistant.store import checksums, lock, sync_run
from assistant.store.sync import Store, SyncProgress, SyncReport, sync

from .snapshots import snapshot

PARAGRAPHS = [
    f"Le conseil numéro {n} a parlé de {theme} pendant {n + 3} heures. La salle de {place} était pleine ce soir-là."
    for n, (theme, place) in enumerate(
        [
            ("budget", "Lyon"),
            ("chevaux", "Brest"),
            ("ponts", "Lille"),
            ("écoles", "Nantes"),
            ("marées", "Dinan"),
        ]
    )
]


class Case:
    """A corpus, its store and an embedder that counts."""

    def __init__(self, folder: Path) -> None:
        self.corpus, self.store = folder / "corpus", folder / "store"
        self.corpus.mkdir(parents=True)
        self.embedder = FakeEmbedder()

    def write(self, name: str, *paragraphs: str) -> Path:
        write_corpus(self.corpus, {name: "\n\n".join(paragraphs)})
        return self.corpus / name

    def sync(self, **options: object) -> SyncReport:
        self.embedder.embedded.clear()
        report = sync(self.corpus, self.store, self.embedder, min_tokens=20, max_tokens=40, **options)  # type: ignore[arg-type]
        assert report.embedded == len(self.embedded)
        return report

    @property
    def embedded(self) -> list[str]:
        """Passages that were embedded last; titles are too, and shorter than any passage here."""
        return [text for text in self.embedder.embedded if len(text) > 40]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_the_report_of_each_kind_of_change(case: Case) -> None:
    for n, paragraph in enumerate(PARAGRAPHS):
        case.write(f"{n}.md", paragraph)
    first = case.sync()
    assert first.added == [f"{n}.md" for n in range(5)]
    assert (first.passages, first.embedded) == (5, 5)
    case.write("0.md", PARAGRAPHS[0].replace("Lyon", "Metz"))
    (case.corpus / "1.md").unlink()
    (case.corpus / "2.md").rename(case.corpus / "renamed.md")
    case.write(
        "new/5.md", "The ferry leaves at noon from the old harbour. Nobody pays for the bicycles on board."
    )
    report = case.sync().as_json()
    assert report["changed"] == ["0.md"]
    assert report["removed"] == ["1.md"]
    assert report["renamed"] == ["renamed.md"]
    assert report["renamed_from"] == {"renamed.md": "2.md"}
    assert report["added"] == ["new/5.md"]
    assert (report["unchanged"], report["passages"], report["embedded"]) == (2, 5, 2)
    assert (report["rejected"], report["duplicates"]) == ([], [])


def test_an_unchanged_corpus_embeds_nothing_and_writes_nothing(case: Case) -> None:
    case.write("a.md", *PARAGRAPHS)
    time.sleep(sync_run.YOUNG_NS / 1e9 + 0.1)  # a young file is hashed once more
    case.sync()
    before = {
        path: path.stat().st_mtime_ns for path in case.store.rglob("*") if path.suffix in {".db", ".bin"}
    }
    report = case.sync()
    assert (report.unchanged, report.embedded) == (1, 0)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_new_time_alone_embeds_nothing(case: Case) -> None:
    path = case.write("a.md", *PARAGRAPHS)
    case.sync()
    os.utime(path, ns=(1, 10**18))
    report = case.sync()
    assert (report.unchanged, report.changed, report.embedded) == (1, [], 0)


def test_a_change_within_the_clock_tick_and_of_the_same_size_is_seen(case: Case) -> None:
    path = case.write("a.md", PARAGRAPHS[0])
    times = path.stat()
    case.sync()
    path.write_text(PARAGRAPHS[0].replace("Lyon", "Metz"), "utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert case.sync().changed == ["a.md"]


def test_one_edited_paragraph_embeds_only_what_changed(case: Case) -> None:
    parts = [
        f"# Part {n}\n\n" + " ".join(PARAGRAPHS[n % 5].replace("Lyon", f"Lyon {n}") for _ in range(1))
        for n in range(12)
    ]
    case.write("long.md", *parts)
    whole = case.sync().embedded
    parts[11] = parts[11].replace("pleine", "vide")
    case.write("long.md", *parts)
    assert 1 <= case.sync().embedded < whole / 2


def test_the_same_text_under_two_names_is_embedded_once_and_the_earliest_stands_for_both(case: Case) -> None:
    write_corpus(case.corpus, SAMPLE)
    report = case.sync()
    assert report.duplicates == {"copy/budget.md": "budget.md"}
    assert len(set(case.embedded)) == len(case.embedded) < report.passages
    with Store.open(case.store) as store:
        (stored,) = store.passages([store.passages_of("copy/budget.md")[0].id]).values()
        assert (stored.group, stored.also_in) == ("budget.md", ("budget.md",))


def test_near_duplicates_follow_what_comes_and_goes(case: Case) -> None:
    """The earliest of those that are there stands for the others; one that is left alone stands for nobody."""
    text = " ".join(f"Le numéro {n} du registre parle du port et de ses {n + 7} bateaux." for n in range(30))
    for name in ("b.md", "c.md", "d.md"):
        case.write(name, f"---\npublished: 2025-01-0{ord(name[0]) - 96}\n---\n{text} Et la copie {name}.")
    assert case.sync().duplicates == {"c.md": "b.md", "d.md": "b.md"}
    case.write("a.md", f"---\npublished: 2024-12-31\n---\n{text}")
    assert case.sync().duplicates == {"b.md": "a.md", "c.md": "a.md", "d.md": "a.md"}
    (case.corpus / "a.md").unlink()
    case.write("c.md", "Un tout autre article, qui parle de la montagne et des moutons du berger.")
    assert case.sync().duplicates == {"d.md": "b.md"}
    (case.corpus / "b.md").unlink()
    assert case.sync().duplicates == {}


def test_rejected_articles_are_named_every_time_and_stop_no_other(case: Case) -> None:
    case.write("good.md", PARAGRAPHS[0])
    (case.corpus / "empty.md").write_bytes(b"")
    (case.corpus / "binary.txt").write_bytes(bytes(range(256)) * 40)
    for expected_added in (["good.md"], []):
        report = case.sync()
        assert report.added == expected_added
        assert [name for name, _ in report.rejected] == ["binary.txt", "empty.md"]
        assert all(reason for _, reason in report.rejected)
    case.write("empty.md", PARAGRAPHS[1])
    report = case.sync()
    assert report.added == ["empty.md"]
    assert [name for name, _ in report.rejected] == ["binary.txt"]


def test_an_article_that_cannot_be_read_any_more_leaves_the_store(case: Case) -> None:
    case.write("a.md", PARAGRAPHS[0])
    case.write("b.md", PARAGRAPHS[1])
    case.sync()
    (case.corpus / "a.md").write_bytes(b"")
    report = case.sync()
    assert (report.changed, [name for name, _ in report.rejected], report.passages) == ([], ["a.md"], 1)


def test_a_corpus_that_is_suddenly_empty_or_missing_costs_nothing(case: Case) -> None:
    with pytest.raises(CorpusError, match="holds no article"):
        case.sync()
    path = case.write("a.md", PARAGRAPHS[0])
    case.sync()
    path.unlink()
    with pytest.raises(CorpusError, match="was left as it is"):
        case.sync()
    case.corpus.rmdir()
    with pytest.raises(CorpusError, match="is not there"):
        case.sync()
    with Store.open(case.store) as store:
        assert store.size == 1


def test_one_writer_at_a_time(case: Case) -> None:
    case.write("a.md", PARAGRAPHS[0])
    with lock.writing(case.store), pytest.raises(StoreLocked, match=f"process {os.getpid()}"):
        case.sync()
    assert case.sync().added == ["a.md"]


def test_a_dead_writer_holds_nothing(case: Case) -> None:
    case.write("a.md", PARAGRAPHS[0])
    code = f"from pathlib import Path; from assistant.store import lock; import os\nwith lock.writing(Path({str(case.store)!r})): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert case.sync().added == ["a.md"]


def test_another_embedder_or_splitter_is_refused_until_rebuild(case: Case) -> None:
    case.write("a.md", *PARAGRAPHS)
    case.sync()
    other = FakeEmbedder(32, seed=1)
    with pytest.raises(StoreMismatch, match="index --rebuild"):
        sync(case.corpus, case.store, other, min_tokens=20, max_tokens=40)
    with pytest.raises(StoreMismatch, match="max_tokens"):
        sync(case.corpus, case.store, case.embedder, min_tokens=20, max_tokens=60)
    with pytest.raises(StoreMismatch, match="fake-64-0"):
        Store.open(case.store, embedder_fingerprint=other.fingerprint)
    sync(case.corpus, case.store, other, min_tokens=20, max_tokens=60, rebuild=True)
    with Store.open(case.store, embedder_fingerprint=other.fingerprint) as store:
        assert store.dense(other.embed_query("chevaux Brest"), 1, "fr")
        assert store.vectors([store.passages_of("a.md")[0].id]).shape == (1, 32)
    assert not (case.store / ".next").exists()


def test_a_rebuild_lets_the_old_index_answer_until_the_swap(case: Case) -> None:
    case.write("a.md", *PARAGRAPHS)
    case.sync()
    other, seen = FakeEmbedder(32, seed=1), []
    question = case.embedder.embed_query("Les chevaux de Brest")
    with Store.open(case.store) as reader:
        before = reader.dense(question, 3, "fr")
        sync(
            case.corpus, case.store, other, min_tokens=20, max_tokens=40, rebuild=True,
            progress=lambda step: seen.append((step.phase, reader.dense(question, 3, "fr") if step.phase == "reading" else None)),
        )  # fmt: skip
        assert ("reading", before) in seen
        assert {answer == before for phase, answer in seen if phase == "reading"} == {True}
        assert len(reader.dense(other.embed_query("Les chevaux de Brest"), 3, "fr")) == 3


def test_an_interrupted_rebuild_goes_on_where_it_was(case: Case) -> None:
    for n, paragraph in enumerate(PARAGRAPHS):
        case.write(f"{n}.md", paragraph)
    case.sync()
    other = FakeEmbedder(32, seed=1)
    options = {"min_tokens": 20, "max_tokens": 40, "rebuild": True}
    with pytest.raises(KeyboardInterrupt):
        sync(case.corpus, case.store, other, interrupted=lambda: True, **options)  # type: ignore[arg-type]
    with Store.open(case.store, embedder_fingerprint=case.embedder.fingerprint) as store:
        assert store.size == 5
    assert sync(case.corpus, case.store, other, **options).embedded == 0  # type: ignore[arg-type]
    assert len([text for text in other.embedded if len(text) > 40]) == 5


def test_an_interrupt_keeps_what_was_embedded(case: Case) -> None:
    case.write("a.md", *PARAGRAPHS)
    with pytest.raises(KeyboardInterrupt):
        case.sync(interrupted=lambda: True)
    assert case.embedded
    assert case.sync().embedded == 0


def test_progress_counts_up_to_the_whole(case: Case) -> None:
    size = sum(case.write(f"{n}.md", text).stat().st_size for n, text in enumerate(PARAGRAPHS))
    steps: list[SyncProgress] = []
    case.sync(progress=steps.append)
    reading = [step for step in steps if step.phase == "reading"]
    assert [step.done for step in reading] == sorted(step.done for step in reading)
    assert (reading[-1].done, reading[-1].total, reading[-1].embedded) == (size, size, 5)
    assert steps[-1].phase == "vectors"
    assert steps[-1].done == steps[-1].total == 10  # passages and titles


def test_a_program_that_reads_otherwise_reads_again_and_embeds_only_what_differs(case: Case) -> None:
    case.write("a.md", *PARAGRAPHS)
    case.write("b.md", PARAGRAPHS[0])
    case.sync()
    import sqlite3

    with sqlite3.connect(case.store / "passages.db") as database:  # as an older program left it
        database.execute("UPDATE manifest SET value = 'older' WHERE key IN ('reading', 'words')")
        database.execute("UPDATE articles SET title = 'misread' WHERE name = 'b.md'")
        checksums.write_checksum(database, 2)
    before = snapshot(case.store)["words"]
    report = case.sync()
    assert (report.changed, report.unchanged, report.embedded) == (["b.md"], 1, 0)
    assert snapshot(case.store)["words"] == before
    assert case.sync().unchanged == 2


def test_memory_is_not_held_for_the_whole_corpus(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.store.sync_run.WINDOW_PASSAGES", 4)
    monkeypatch.setattr("assistant.store.sync_run.COMMIT", 2)
    sizes: list[int] = []

    class Watching(FakeEmbedder):
        def embed_passages(self, texts):  # type: ignore[no-untyped-def]
            sizes.append(len(texts))
            return super().embed_passages(texts)

    case.embedder = Watching()
    for n in range(20):
        case.write(f"{n:02}.md", PARAGRAPHS[n % 5].replace("pleine", f"pleine de {n} personnes"))
    assert case.sync().embedded == 20
    assert set(sizes) == {2}


names = st.sampled_from(["a.md", "b.md", "sub/c.txt", "d.md"])
texts = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4)
operations = st.one_of(
    st.tuples(st.just("write"), names, texts),
    st.tuples(st.just("delete"), names, st.none()),
    st.tuples(st.just("rename"), names, names),
    st.tuples(st.just("spoil"), names, st.none()),
    st.tuples(st.just("sync"), st.none(), st.none()),
)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a sync takes too long to shrink with
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(operations, min_size=3, max_size=12))
def test_incremental_equals_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, object]]
) -> None:
    case = Case(tmp_path_factory.mktemp("property"))
    case.write("always.md", PARAGRAPHS[0])
    case.sync()
    for what, name, argument in steps:
        path = case.corpus / str(name)
        if what == "write":
            case.write(name, *argument)  # type: ignore[misc]
        elif what == "delete":
            path.unlink(missing_ok=True)
        elif what == "rename" and path.exists():
            target = case.corpus / str(argument)
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
        elif what == "spoil" and path.exists():
            path.write_bytes(b"")
        elif what == "sync":
            case.sync()
    case.sync()
    fresh = case.store.with_name("fresh")
    sync(case.corpus, fresh, FakeEmbedder(), min_tokens=20, max_tokens=40)
    assert snapshot(case.store) == snapshot(fresh)
    assert case.sync().embedded == 0


def test_an_unchanged_corpus_loads_neither_model_nor_chroma(case: Case) -> None:
    """In a process of its own: what a second `index` imports."""
    case.write("a.md", *PARAGRAPHS)
    case.sync()
    time.sleep(0.01)
    code = (
        "import sys; from pathlib import Path; from fakes import FakeEmbedder; from assistant.store.sync import sync\n"
        f"report = sync(Path({str(case.corpus)!r}), Path({str(case.store)!r}), FakeEmbedder(), min_tokens=20, max_tokens=40)\n"
        "assert report.unchanged == 1, report\n"
        "print([name for name in ('torch', 'sentence_transformers', 'chromadb', 'llama_index.core') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
