"""The verifier step: a second opinion for the proof, from a folder that is there or from the model hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import SetupError
from .embedders import HUB
from .fetching import fetch_from_hub, hub_size, reachable
from .machine import GB, size
from .record import record
from .steps import Narrator, Offer

NEEDED = "config.json"
NLI = "MoritzLaurer/mDeBERTa-v3-base-xnli-multilingual-nli-2mil7"
TOKENS = "KRLabsOrg/lettucedect-v2-mmbert-base"


@dataclass(frozen=True)
class VerifierStep:
    """A folder of a model that classifies pairs of texts or marks unsupported words."""

    runtime: Path
    wish: str
    """Folder or hub name."""
    hub: str = HUB

    @property
    def name(self) -> str:
        return "Verifier"

    def present(self) -> str | None:
        folder = verifier_folder(self.runtime, self.wish)
        if folder is None:
            return None
        record(self.runtime, verifier=folder)
        return str(folder)

    def offer(self) -> Offer:
        if Path(self.wish).is_absolute() or self.wish.startswith(".") or self.wish.count("/") != 1:
            raise SetupError(
                f"{self.wish!r} is no folder of a model (it has no {NEEDED!r}). "
                f"Give such a folder, or a name of the hub such as {NLI!r} or {TOKENS!r}."
            )
        if not reachable(self.hub):
            raise SetupError(
                f"{self.wish!r} is not on this machine and the model hub {self.hub!r} cannot be reached. "
                "Fetch it where there is a connection and give its folder with --verifier; the proof works without."
            )
        total = hub_size(self.hub, self.wish)
        if total is None:
            raise SetupError(f"The model hub {self.hub!r} does not know {self.wish!r}. Check the name.")
        return Offer(f"{self.wish} is fetched from the model hub: {size(total)}.", disk=total + GB // 10)

    def run(self, narrator: Narrator) -> str:
        folder = _place(self.runtime, self.wish)
        total = hub_size(self.hub, self.wish)
        fetch_from_hub(self.wish, folder, total, narrator, hub=self.hub, needed=NEEDED)
        record(self.runtime, verifier=folder)
        return str(folder)


def verifier_folder(runtime: Path, name: str) -> Path | None:
    """The folder of a verifier given as such or by its hub name, where it is on this machine."""
    for folder in (Path(name), _place(runtime, name)):
        if (folder / NEEDED).is_file():
            return folder
    return None


def _place(runtime: Path, name: str) -> Path:
    return runtime / "verifiers" / Path(name).name
