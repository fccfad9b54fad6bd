"""What the program writes is its user's alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command

from assistant.files import make_private

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of files are a thing of POSIX")


def open_to_others(folder: Path) -> list[str]:
    """What in a folder, itself included, others may read, write or enter."""
    return [str(path) for path in (folder, *folder.rglob("*")) if path.lstat().st_mode & 0o077]


def test_a_process_writes_for_its_user_alone(tmp_path: Path) -> None:
    program = (
        "import os; os.umask(0o022)\nfrom pathlib import Path\nfrom assistant.cli import main\n"
        "from assistant.conversations.conversations import Conversations\n"
        "try: main(['--version'])\nexcept SystemExit: pass\n"
        "Conversations(Path('runtime/conversations.db')).list(); Path('report').mkdir(); Path('report/a').write_text('')"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "runtime" / "conversations.db").exists()
    assert open_to_others(tmp_path / "runtime") == []
    assert open_to_others(tmp_path / "report") == []


def test_folders_that_were_open_are_closed(tmp_path: Path) -> None:
    folder = tmp_path / "runtime"
    (folder / "models").mkdir(parents=True)
    folder.chmod(0o755)
    for name, mode in (("conversations.db", 0o644), ("ollama", 0o755)):
        (folder / name).write_text("x")
        (folder / name).chmod(mode)
    outside = tmp_path / "outside"
    outside.write_text("x")
    outside.chmod(0o644)
    (folder / "link").symlink_to(outside)
    make_private(folder)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert (modes["runtime"], modes["conversations.db"], modes["ollama"]) == (0o700, 0o600, 0o700)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_a_command_closes_the_store_and_what_is_kept_of_the_set_up(command: Command, tmp_path: Path) -> None:
    runtime, store = tmp_path / "runtime", tmp_path / "store"
    for folder, name in ((runtime, "setup.json"), (store, "passages.db")):
        folder.mkdir(mode=0o755)
        (folder / name).write_text("{}")
    other = tmp_path / "other"
    other.mkdir(mode=0o755)
    other.chmod(0o755)
    command("status", "--store", store)
    command("status", "--store", other)  # by mistake: not a folder of ours
    assert stat.S_IMODE(runtime.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    assert stat.S_IMODE(other.stat().st_mode) == 0o755
