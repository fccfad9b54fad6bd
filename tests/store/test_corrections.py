"""What users correct: kept apart from the files, applied by every index, taken along and taken back."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import SAMPLE, Command, write_corpus
from fakes import FakeEmbedder

from assistant.errors import CorrectionRefused, StoreDamaged
from assistant.reading.articles import find_articles
from assistant.store import maintenance
from assistant.store.corrections import Corrections, applied, corrected
from assistant.store.sync import Store, SyncReport, sync
from assistant.types import Article

TEXT = "---\ntitle: {0}\npublished: 2019\npublisher: Le Journal\n---\nUn article sur les {0}, long de deux phrases. La fin."


class Place:
    """A corpus, its store, and a way to index it."""

    def __init__(self, folder: Path) -> None:
        self.corpus, self.store = folder / "corpus", folder / "store"
        write_corpus(
            self.corpus, {f"{name}.md": TEXT.format(name) for name in ("chevaux", "marées", "ponts")}
        )
        self.embedder = FakeEmbedder()
        self.corrections = Corrections(self.store)

    def index(self, **options: object) -> SyncReport:
        return sync(self.corpus, self.store, self.embedder, min_tokens=20, max_tokens=40, **options)  # type: ignore[arg-type]

    def article(self, name: str) -> Article:
        with Store.open(self.store) as store:
            return store.article(name)

    def snapshot(self) -> list[Article]:
        with Store.open(self.store) as store:
            return [store.article(each.name) for each in store.articles()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.index()
    return made


def test_a_correction_is_applied_at_once_and_taken_back_without_a_trace(place: Place) -> None:
    before, files = place.snapshot(), find_articles(place.corpus)
    told = {"title": "Les chevaux sauvages", "published": "2021-05-04", "language": "en", "publisher": ""}
    place.corrections.change("chevaux.md", told)
    report = place.index(only=())
    assert (report.changed, report.unchanged) == (["chevaux.md"], 2)
    seen = place.article("chevaux.md")
    assert (seen.title, seen.published, seen.language) == ("Les chevaux sauvages", date(2021, 5, 4), "en")
    assert seen.publisher is None
    assert {seen.origins[name] for name in told} == {"corrected"}
    assert {name: stated.value for name, stated in seen.stated.items()} == {
        "title": "chevaux", "published": "2019-01-01", "language": "fr", "publisher": "Le Journal",
    }  # fmt: skip
    assert seen.published_confidence == 1.0
    assert not [warning for warning in seen.warnings if "publication date" in warning]
    assert seen.text == before[0].text
    assert maintenance.verify(place.store)["ok"]
    assert find_articles(place.corpus) == files  # the files were not touched
    again = place.index()
    assert (again.changed, again.unchanged, again.embedded) == ([], 3, 0)

    place.corrections.change("chevaux.md", dict.fromkeys(told))
    assert place.index(only=()).changed == ["chevaux.md"]
    assert place.snapshot() == before
    assert json.loads(place.corrections.path.read_text("utf-8"))["corrections"] == {}
    assert maintenance.verify(place.store)["ok"]


def test_what_was_corrected_is_what_is_found(place: Place) -> None:
    place.corrections.change("ponts.md", {"title": "Zanzibar", "published": "2024-02-29"})
    place.index(only=())
    with Store.open(place.store) as store:
        (best, _), *_ = store.lexical("Zanzibar", 3, "fr")
        assert store.places([best])[best].passage.article == "ponts.md"
        assert store.places([best])[best].published == date(2024, 2, 29)
        vector = place.embedder.embed_passages(["Zanzibar"])[0]
        assert store.nearest_titles(np.asarray(vector), 1, "fr")[0][0] == "ponts.md"


def test_it_survives_indexing_rebuilding_renaming_and_a_changed_file(place: Place) -> None:
    place.corrections.change("marées.md", {"title": "Grandes marées"})
    place.index()
    place.index(rebuild=True)
    assert place.article("marées.md").title == "Grandes marées"
    (place.corpus / "plus").mkdir()
    (place.corpus / "marées.md").rename(place.corpus / "plus" / "m.md")
    assert place.index().renamed == {"plus/m.md": "marées.md"}
    assert place.article("plus/m.md").title == "Grandes marées"
    assert list(place.corrections.all()) == ["plus/m.md"]
    (place.corpus / "plus" / "m.md").write_text(TEXT.format("fleuves"), "utf-8")
    place.index()
    seen = place.article("plus/m.md")
    assert (seen.title, seen.stated["title"].value) == ("Grandes marées", "fleuves")
    assert "fleuves" in seen.text


def test_a_backup_takes_it_along(place: Place, tmp_path: Path) -> None:
    place.corrections.change("ponts.md", {"title": "Zanzibar"})
    place.index()
    maintenance.backup(place.store, tmp_path / "kept")
    shutil.rmtree(place.store)
    maintenance.restore(tmp_path / "kept", place.store)
    assert place.index().changed == []
    assert place.article("ponts.md").title == "Zanzibar"
    assert place.corrections.all()["ponts.md"] == {"title": "Zanzibar"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("published", "18/03/2025"), ("published", "2025-02-30"), ("published", "0000-01-01"), ("published", "soon"),
        ("published", "2025-3-1"), ("published", "\u0662\u0660\u0662\u0665-03-18"), ("published", "9999-01-01"),
        ("language", "xx"), ("language", "french"), ("language", ""), ("title", " \u200b "), ("title", "x" * 301),
        ("publisher", "x" * 301), ("text", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_reason(place: Place, field: str, value: str) -> None:
    with pytest.raises(CorrectionRefused) as refused:
        place.corrections.change("ponts.md", {field: value})
    assert refused.value.field == field
    assert not place.corrections.path.exists()


def test_any_correction_is_undone_exactly(place: Place) -> None:
    article = place.article("ponts.md")
    once = corrected(article, {"published": "", "publisher": "The Courier"})
    assert (once.published, once.published_confidence) == (None, None)
    assert applied(once) == {"published": "", "publisher": "The Courier"}
    assert applied(corrected(once, {"language": "de"})) == {"language": "de"}
    assert corrected(once, {}) == article


def test_a_damaged_file_of_corrections_is_named_and_nothing_is_lost(place: Place) -> None:
    place.corrections.change("ponts.md", {"title": "Zanzibar"})
    place.index()
    for content in ('{"corrections": [', '{"corrections": {"a": {"published": "soon"}}}', "[]", "\udcff"):
        place.corrections.path.write_bytes(content.encode("utf-8", "surrogateescape"))
        with pytest.raises(StoreDamaged, match=r"corrections\.json"):
            place.index()
        assert not maintenance.verify(place.store)["ok"]
        assert place.article("ponts.md").title == "Zanzibar"


def test_only_what_is_named_is_looked_at(place: Place) -> None:
    write_corpus(place.corpus, {"un.md": TEXT.format("un"), "deux.md": TEXT.format("deux")})
    (place.corpus / "chevaux.md").unlink()
    os.utime(place.corpus / "ponts.md")
    report = place.index(only=["un.md"])
    assert (report.added, report.removed, report.unchanged) == (["un.md"], [], 3)
    with Store.open(place.store) as store:
        assert store.behind(find_articles(place.corpus)) == (["deux.md"], ["ponts.md"], ["chevaux.md"])
    assert place.index(only=["chevaux.md"]).removed == ["chevaux.md"]
    assert place.index().added == ["deux.md"]
    assert maintenance.verify(place.store)["ok"]


def test_articles_of_a_folder_outside_the_corpus(place: Place, tmp_path: Path) -> None:
    added = tmp_path / "elsewhere"
    write_corpus(added, {"un.md": TEXT.format("un")})
    assert place.index(added=added).added == ["added/un.md"]
    assert place.index(added=added).unchanged == 4
    assert place.index(added=place.corpus / "added").removed == ["added/un.md"]


def test_the_command_corrects_shows_and_undoes(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ASSISTANT_PATHS__STORE")
    for name, tokens in (("MIN_TOKENS", "20"), ("MAX_TOKENS", "40")):
        monkeypatch.setenv(f"ASSISTANT_SPLITTER__{name}", tokens)
    write_corpus(tmp_path / "corpus", SAMPLE)
    command("index", "--quiet")
    done = command("correct", "budget.md", "--title", "Budget 2025", "--published", "2025-03-19", "--json")
    assert done.code == 0
    assert (done.json["title"], done.json["published_origin"]) == ("Budget 2025", "corrected")
    assert done.json["stated"] == {"title": "Le budget de la ville", "published": "2025-03-18"}
    shown = command("show", "budget.md").out
    assert "Budget 2025  (corrected; the file says 'Le budget de la ville')" in shown
    refused = command("correct", "budget.md", "--published", "19/03/2025")
    assert (refused.code, refused.err) == (
        1, "assistant: '19/03/2025' is not a date. Write it like 2025-03-18.\n",
    )  # fmt: skip
    assert command("correct", "budget.md").code == 2
    assert command("correct", "none.md", "--title", "x").code == 1
    assert command("correct", "budget.md", "--undo").code == 0
    assert command("show", "budget.md", "--json").json["published_origin"] == "front matter"
