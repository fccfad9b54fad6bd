"""Where a setting comes from, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import load


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_flag_wins_over_a_variable_over_the_file_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().search.top_k == 6
    Path("assistant.toml").write_text("[search]\ntop_k = 7\ncandidates = 70\n")
    assert (load().search.top_k, load().search.candidates) == (7, 70)
    monkeypatch.setenv("ASSISTANT_SEARCH__TOP_K", "8")
    assert (load().search.top_k, load().search.candidates) == (8, 70)
    assert load(search={"top_k": 9, "candidates": None}).search.top_k == 9
    Path("other.toml").write_text("[search]\ncandidates = 80\n")
    assert load(Path("other.toml")).search.candidates == 80


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[search\n", r"settings file 'assistant.toml' is not valid TOML: .*line 1.* Correct that line"),
        (b"\xff\xfe", "'assistant.toml' is not UTF-8 text"),
        (b"[search]\ntop_k = 0\n", r"'search.top_k' is not valid: .* greater than or equal to 1 \(got 0\)"),
        (b"[search]\ntopk = 1\n", r"'search.topk' is not valid: Extra inputs"),
        (b"[serach]\ntop_k = 1\n", r"'serach' is not valid"),
        (b"search = 3\n", r"'search' is not valid"),
    ],
)
def test_what_is_wrong_with_the_file(text: bytes, said: str) -> None:
    Path("assistant.toml").write_bytes(text)
    with pytest.raises(SettingsError, match=said):
        load()


def test_a_file_that_is_not_there_or_no_file() -> None:
    with pytest.raises(SettingsError, match=r"'nowhere.toml' is not there"):
        load(Path("nowhere.toml"))
    with pytest.raises(SettingsError, match="is not there"):
        load(Path())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ASSISTANT_WEB__PORT", "many", r"'web.port' is not valid: .*\(got 'many'\)"),
        ("ASSISTANT_PATHS", "folder", "A variable of the settings is not valid: .*ASSISTANT_PATHS__CORPUS"),
    ],
)
def test_what_is_wrong_with_a_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        load()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("", "http://127.0.0.1:11434"),
        ("localhost", "http://localhost:11434"),
        ("gpu.local:1234", "http://gpu.local:1234"),
        (":1234", "http://127.0.0.1:1234"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:1234/", "http://127.0.0.1:1234"),
        ("http://gpu.local", "http://gpu.local:80"),
        ("https://gpu.local/ollama/", "https://gpu.local:443/ollama"),
        ("[::1]", "http://[::1]:11434"),
        ("http://[::]:1234", "http://[::1]:1234"),
    ],
)
def test_the_address_of_the_server_as_ollama_reads_it(
    monkeypatch: pytest.MonkeyPatch, given: str, address: str
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", given)
    assert load().ollama_host == address
    monkeypatch.setenv("ASSISTANT_MODEL__HOST", "http://127.0.0.1:9")
    assert load().ollama_host == "http://127.0.0.1:9"


def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "here:there")
    with pytest.raises(SettingsError, match="'here:there' of the Ollama server is not valid"):
        _ = load().ollama_host
