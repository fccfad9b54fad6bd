"""`assistant index` over a folder in which almost everything is wrong: each file is named, the rest goes on."""

from __future__ import annotations

from pathlib import Path

from conftest import Command

GOOD = "The tide rises twice a day because of the moon."


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(command: Command, tmp_path: Path) -> None:
    corpus, store = tmp_path / "corpus", tmp_path / "store"
    corpus.mkdir()
    for name, data in {
        "good.md": GOOD.encode(),
        "latin.txt": "Le maire a promis une école à côté du théâtre de la cité.".encode("latin-1"),
        "broken.md": b"---\ntitle: [torn\npublished: the day after\n---\nThe harbour closed \xff\xfe in winter.",
        "nothing.txt": b"",
        "picture.md": b"\x89PNG\r\n\x1a\n\x00\x00",
        "letters.pdf": b"no PDF at all",
    }.items():
        (corpus / name).write_bytes(data)
    where = ("--corpus", corpus, "--store", store)

    done = command("index", *where, "--quiet")
    assert done.code == 1
    assert "3 files could not be read; the rest is in the store" in done.err
    assert "added: 3\n  broken.md\n  good.md\n  latin.txt\n" in done.out
    assert "not read: 3\n" in done.out
    for said in ("nothing.txt: it has no text", "picture.md: ", "letters.pdf: "):
        assert f"  {said}" in done.out
    assert command("index", *where, "--quiet", "--skip-bad").code == 0
    assert "école à côté du théâtre" in command("show", "latin.txt", "--text", *where).out
    assert "warning" in command("show", "broken.md", *where).out
    assert "good.md" in command("search", "moon tide", *where).out


def test_a_folder_that_lost_its_articles_costs_no_index(command: Command, tmp_path: Path) -> None:
    corpus, store = tmp_path / "corpus", tmp_path / "store"
    corpus.mkdir()
    (corpus / "good.md").write_text(GOOD)
    assert command("index", "--corpus", corpus, "--store", store).code == 0
    (corpus / "good.md").unlink()
    done = command("index", "--corpus", corpus, "--store", store)
    assert (done.code, done.out) == (1, "")
    assert "holds no article, and the store" in done.err
    assert "good.md" in command("search", "moon tide", "--store", store).out
