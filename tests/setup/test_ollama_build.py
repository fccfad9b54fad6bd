from __future__ import annotations

from pathlib import Path

import pytest
from fakes_ollama import FakeOllama

from assistant.errors import SetupError
from assistant.setup.machine import GB, Gpu, Machine
from assistant.setup.ollama_build import (
    BUILD_FOLDER,
    VERSION,
    OllamaStep,
    build,
    check_runs,
    check_tools,
    go_version,
)

from .tiny import Heard, ollama_program

PLAIN = Machine(cores=2, memory=8 * GB, free_disk=100 * GB, gpu=None)
NOWHERE = "http://127.0.0.1:9"


def program(folder: Path, name: str, words: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{words}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("go version go1.26.8 linux/amd64\n", (1, 26)),
        ("go version go1.9 linux/amd64", (1, 9)),
        ("go version devel", None),
        ("", None),
    ],
)
def test_reads_the_version_of_go(answer: str, expected: tuple[int, int] | None) -> None:
    assert go_version(answer) == expected


def test_missing_tools_are_named_with_what_to_install(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    environment = {"PATH": str(tools)}
    with pytest.raises(SetupError, match=r"'go' to build it is missing\. Install Go.*ollama\.com/download"):
        check_tools(environment)
    program(tools, "go", "echo go version go1.19.8 linux/amd64")
    with pytest.raises(SetupError, match=r"has the version 1\.19; building Ollama takes Go 1\.21"):
        check_tools(environment)
    program(tools, "go", "echo go version go1.26.8 linux/amd64")
    with pytest.raises(SetupError, match=r"C\+\+ compiler.*build-essential"):
        check_tools(environment)
    program(tools, "g++", "")
    check_tools(environment)


def test_follows_the_build(tmp_path: Path) -> None:
    script = tmp_path / "build.sh"
    script.write_text(
        "#!/bin/sh\nmkdir -p $1\necho modules: 2\nfor n in a b; do for kind in mod zip; do\n"
        'echo "# get https://proxy.example/$n/@v/v1.$kind" >&2\n'
        'echo "# get https://proxy.example/$n/@v/v1.$kind: 200 OK (0.1s)" >&2\ndone; done\n'
        "echo say: compiling\necho packages: 4\necho a/b >&2\n"
        "echo '# a/b: warning: something' >&2\necho github.com/x/y >&2\necho done > $1/ollama\n"
    )
    script.chmod(0o755)
    heard = Heard()
    build(tmp_path / "work", tmp_path / "logs" / "log", heard, script)
    assert heard.said == ["  compiling"]
    assert heard.tracked == [
        ("fetching Go modules", 1, 2),
        ("fetching Go modules", 2, 2),
        ("compiling Ollama", 1, 4),
        ("compiling Ollama", 2, 4),
    ]
    assert (tmp_path / "work" / "ollama").read_text() == "done\n"
    assert "warning: something" in (tmp_path / "logs" / "log").read_text()


def test_a_build_that_fails_says_why_and_where_its_log_is(tmp_path: Path) -> None:
    script = tmp_path / "build.sh"
    script.write_text("#!/bin/sh\necho fatal error: miniaudio.h not found >&2\nexit 2\n")
    script.chmod(0o755)
    with pytest.raises(SetupError, match=r"miniaudio\.h not found.*log"):
        build(tmp_path / "work", tmp_path / "log", Heard(), script)
    with pytest.raises(SetupError, match="is missing"):
        build(tmp_path / "work", tmp_path / "log", Heard(), tmp_path / "none.sh")


def test_a_built_program_is_tried(tmp_path: Path) -> None:
    check_runs(ollama_program(tmp_path))
    program(tmp_path / "bad", "ollama", "kill -ILL $$")
    with pytest.raises(SetupError, match="does not run"):
        check_runs(tmp_path / "bad" / "ollama")


def test_a_running_server_is_enough(tmp_path: Path) -> None:
    with FakeOllama(version="1.2.3") as server:
        words = OllamaStep(tmp_path, server.host, PLAIN).present()
    assert words is not None
    assert "1.2.3" in words


def test_the_build_is_announced_with_time_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "go", "echo go version go1.26.8 linux/amd64")
    program(tmp_path / "bin", "g++", "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert OllamaStep(tmp_path, NOWHERE, PLAIN).present() is None
    plain = OllamaStep(tmp_path, NOWHERE, PLAIN).offer()
    assert "4 minutes" in plain.text
    assert "MB of Go modules" in plain.text
    gpu = Machine(8, 32 * GB, 100 * GB, Gpu("RTX 4090", 24 * GB))
    text = OllamaStep(tmp_path, NOWHERE, gpu).offer().text
    assert "processor only: to use the RTX 4090, install the official build" in text


def test_the_pinned_version_is_one() -> None:
    assert f"github.com/ollama/ollama v{VERSION}" in (BUILD_FOLDER / "go.mod").read_text()
    assert f"version={VERSION}" in (BUILD_FOLDER / "build.sh").read_text()
