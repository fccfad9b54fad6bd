"""Files that come from a browser: names, kinds, sizes, and what stands in the folder after each."""

from __future__ import annotations

import os
import stat
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from assistant.curation.intake import Intake
from assistant.curation.names import LONGEST, safe_name
from assistant.errors import FileRefused
from assistant.reading.articles import READERS, find_articles

LARGEST = 200_000


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    return Intake(tmp_path / "corpus" / "added", READERS, LARGEST)


def added(intake: Intake, name: str, content: bytes = b"Some words.") -> str:
    with intake.receive(name, len(content)) as receiving:
        for start in range(0, len(content), 1000):
            receiving.write(content[start : start + 1000])
        return receiving.finish().name


def refused(intake: Intake, name: str, content: bytes = b"Some words.") -> str:
    with pytest.raises(FileRefused) as error:
        added(intake, name, content)
    assert not [path for path in intake.folder.glob("*") if path.suffix == ".part"]
    return error.value.kind


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("a.md", "a.md"), ("A Report.PDF", "A Report.pdf"), ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"), ("/etc/cron.d/x.md", "x.md"), (".hidden.md", "hidden.md"),
        ("...md", "article.md"), ("~$draft.docx", "draft.docx"), ("a\0b.md", "ab.md"), ("a\nb.md", "a b.md"),
        ("fi\u202egpj.md", "figpj.md"), ("CON.txt", "CON-file.txt"), ("lpt1.md", "lpt1-file.md"),
        ("<script>alert(1)</script>.md", "script-.md"), ("a:b|c?.md", "a-b-c-.md"),
        ("<img src=x onerror=alert(1)>.md", "img src=x onerror=alert(1)-.md"), (".md", "article.md"),
    ],
)  # fmt: skip
def test_names_are_made_safe(given: str, safe: str) -> None:
    assert safe_name(given, READERS) == safe


def test_names_are_composed_and_short() -> None:
    assert safe_name(unicodedata.normalize("NFD", "été.md"), READERS) == "été.md"
    assert len(safe_name("é" * 500 + ".md", READERS).encode()) <= LONGEST + 3


@pytest.mark.parametrize(
    "name", ["a.exe", "a", "", "a.md.exe", "a.svg", ".pdf.js", "a.md/", "md", ".", "..", "a.zip"]
)
def test_other_kinds_are_refused(intake: Intake, name: str) -> None:
    assert refused(intake, name) == "type"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"not a pdf"), ("a.pdf", b"x" * 2000 + b"%PDF-1.4"), ("a.docx", b"%PDF-1.4"), ("a.docx", b"PK\x03\x04 broken"),
        ("a.rtf", b"plain"), ("a.md", b"\x7fELF\x02\x01"), ("a.txt", b"MZ\x90"), ("a.html", b"%PDF-1.4"), ("a.md", b"a\0b"),
        ("a.txt", b"\x89PNG\r\n"), ("a.epub", b"text"),
    ],
)  # fmt: skip
def test_what_is_not_what_its_name_says_is_refused(intake: Intake, name: str, content: bytes) -> None:
    assert refused(intake, name, content) == "content"
    assert not list(intake.folder.iterdir())


def test_an_archive_of_another_kind_is_refused(intake: Intake, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("evil.exe", b"MZ")
    assert refused(intake, "a.docx", (tmp_path / "a.zip").read_bytes()) == "content"


def test_what_readers_read_is_taken(intake: Intake) -> None:
    for name, content in (
        ("a.md", "# Été".encode()), ("b.txt", "été".encode("utf-16")), ("c.pdf", b"\xef\xbb\xbf%PDF-1.4\n"),
        ("d.html", b"<!doctype html><p>x"), ("e.rtf", b"{\\rtf1 x}"), ("f.eml", b"Subject: x\n\nx"),
    ):  # fmt: skip
        assert added(intake, name, content) == name
        path = intake.folder / name
        assert path.read_bytes() == content
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(intake.folder.stat().st_mode) == 0o700
    assert [file.name for file in find_articles(intake.folder)] == [
        "a.md", "b.txt", "c.pdf", "d.html", "e.rtf", "f.eml",
    ]  # fmt: skip


def test_too_large_is_refused_before_and_while_it_comes(intake: Intake) -> None:
    assert refused(intake, "a.md", b"x" * (LARGEST + 1)) == "size"
    with intake.receive("a.md") as receiving:
        for _ in range(LARGEST // 1000):
            receiving.write(b"x" * 1000)
        with pytest.raises(FileRefused) as error:
            receiving.write(b"x")
    assert error.value.kind == "size"
    assert not list(intake.folder.iterdir())
    assert refused(intake, "a.md", b"") == "empty"


def test_nothing_is_overwritten_and_the_same_file_is_there_once(intake: Intake) -> None:
    assert [added(intake, "a.md", content) for content in (b"one", b"two", b"three", b"two")] == [
        "a.md", "a-2.md", "a-3.md", "a-2.md",
    ]  # fmt: skip
    assert (intake.folder / "a.md").read_bytes() == b"one"


def test_links_are_never_written_through(intake: Intake, tmp_path: Path) -> None:
    intake.folder.mkdir(parents=True)
    (tmp_path / "secret.md").write_text("secret")
    (intake.folder / "a.md").symlink_to(tmp_path / "secret.md")
    (intake.folder / "b.md").symlink_to(tmp_path / "nowhere.md")
    assert added(intake, "a.md", b"one") == "a-2.md"
    assert added(intake, "b.md", b"one") == "b-2.md"
    assert (tmp_path / "secret.md").read_text() == "secret"
    assert not (tmp_path / "nowhere.md").exists()


def test_a_file_that_stops_coming_leaves_nothing(intake: Intake) -> None:
    with intake.receive("a.md") as receiving:
        receiving.write(b"half")
    assert not list(intake.folder.iterdir())


def test_a_full_and_a_read_only_disk_are_told(
    intake: Intake, full_disk: Callable[[int], AbstractContextManager[None]]
) -> None:
    added(intake, "a.md")
    with full_disk(20_000):
        assert refused(intake, "b.md", b"x" * 100_000) == "disk"
    intake.folder.chmod(0o500)
    try:
        if os.getuid() != 0:
            assert refused(intake, "b.md") == "read_only"
    finally:
        intake.folder.chmod(0o700)
    assert [path.name for path in intake.folder.iterdir()] == ["a.md"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "added").write_text("a file")
    assert refused(Intake(tmp_path / "added", READERS, LARGEST), "a.md") == "folder"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert refused(Intake(tmp_path / "link", READERS, LARGEST), "a.md") == "folder"


def test_only_what_stands_there_is_removed(intake: Intake, tmp_path: Path) -> None:
    added(intake, "a.md")
    outside = tmp_path / "corpus" / "b.md"
    outside.write_text("kept")
    (intake.folder / "deep").mkdir()
    (intake.folder / "deep" / "c.md").write_text("kept")
    (intake.folder / "link.md").symlink_to(outside)
    (intake.folder / "notes.key").write_text("kept")
    (intake.folder / ".h.md").write_text("kept")
    for name in (
        "", ".", "..", "../b.md", "deep/c.md", "link.md", "notes.key", ".h.md", "none.md", "a.md\0", "./a.md",
        str(outside), "deep", "..\\b.md",
    ):  # fmt: skip
        with pytest.raises(FileRefused) as error:
            intake.remove(name)
        assert error.value.kind == "not_added"
    intake.remove("a.md")
    assert sorted(path.name for path in intake.folder.iterdir()) == [".h.md", "deep", "link.md", "notes.key"]
    assert outside.read_text() == "kept"
