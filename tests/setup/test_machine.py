from __future__ import annotations

from pathlib import Path

import pytest

from assistant.setup.machine import Gpu, cores, find_gpus, look, memory, parse_nvidia_smi, size

GIB = 1024**3


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("NVIDIA H200, 143771\n", [Gpu("NVIDIA H200", 143771 * 1024**2)]),
        ("Tesla T4, 15360\nTesla T4, 15360\n", [Gpu("Tesla T4", 15 * GIB)] * 2),
        ("GB10, [N/A]\n", [Gpu("GB10", 0)]),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", []),
        ("", []),
    ],
)
def test_reads_what_nvidia_smi_prints(answer: str, expected: list[Gpu]) -> None:
    assert list(parse_nvidia_smi(answer)) == expected


def test_finds_cards_in_the_drivers_files(tmp_path: Path) -> None:
    nvidia = tmp_path / "proc/driver/nvidia/gpus/0000:01:00.0"
    nvidia.mkdir(parents=True)
    (nvidia / "information").write_text("Model: \t\t NVIDIA RTX A2000\nIRQ: 12\n")
    for card, vram in (("card0", 16 * GIB), ("card1", GIB // 2)):
        device = tmp_path / "sys/class/drm" / card / "device"
        device.mkdir(parents=True)
        (device / "mem_info_vram_total").write_text(f"{vram}\n")
    found = list(find_gpus(tmp_path))
    assert Gpu("AMD GPU", 16 * GIB) in found
    assert any(gpu.name == "NVIDIA RTX A2000" for gpu in found) or any(gpu.memory for gpu in found)
    assert Gpu("AMD GPU", GIB // 2) not in found


def test_the_limit_of_a_container_counts(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("1000000\n")
    assert memory(limit) == 1_000_000
    limit.write_text("max\n")
    assert memory(limit) == memory(tmp_path / "none") > 100_000_000


def test_looks_at_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    machine = look(tmp_path / "a" / "b")
    assert machine.free_disk > 0
    assert machine.cores == cores() >= 1
    assert f"{machine.cores} cores" in str(machine)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (91_165_692, "91 MB"), (1_117_320_768, "1.1 GB"), (250e9, "250 GB")],
)
def test_sizes_in_words(count: float, words: str) -> None:
    assert size(count) == words
