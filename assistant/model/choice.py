"""The models of the server: which there are, where they run, which one answers, and one that is downloaded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import AssistantError, ModelUnavailable
from ..types import ChatModel, Chunk, Message, ModelInfo
from .client import client_for, is_here, reported
from .lines import LineStream
from .ollama import LIST_SECONDS, listed, refusal
from .wire import PullProgress, Unreadable, read_pulled

SECONDS_PLACE = 1.0
ROOM_BESIDE = 500_000_000
"""Bytes that the window and the program itself take beside the weights."""
SILENCE_SECONDS = 120.0

Place = Literal["gpu", "processor", "both"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that may be chosen, or downloaded first."""

    name: str
    bytes: int
    installed: bool
    fits: bool | None
    """Whether this machine's memory holds it; None where the server is on another machine."""
    place: Place | None = None
    """Where it is in memory now."""


@dataclass(frozen=True, slots=True)
class Download:
    """How far a download is; `total` is 0 until the server tells it."""

    name: str
    done: int = 0
    total: int = 0
    state: Literal["running", "finished", "failed", "cancelled"] = "running"
    error: str = ""
    """What the server said."""


class MissingModel:
    """A ChatModel that cannot answer, and says why: the answer is then made of evidence."""

    def __init__(self, name: str, why: ModelUnavailable) -> None:
        self.name = name
        self._why = why

    @property
    def info(self) -> ModelInfo:
        raise self._why

    def preload(self) -> None:
        raise self._why

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, likeliest: int = 0
    ) -> Iterator[Chunk]:
        raise self._why


class ServerModels:
    """The models of the Ollama server at `host`; `make` makes one of them answer.

    `memory` are bytes that a model may take on this machine, `library` names of Ollama's library with their bytes.
    """

    def __init__(
        self, host: str, make: Callable[[str], ChatModel], memory: int, library: Mapping[str, int]
    ) -> None:
        self.host = host
        self._make = make
        self._memory = memory
        self._library = library
        self._made: dict[str, ChatModel] = {}
        self._download: Download | None = None
        self._unwanted = threading.Event()
        self._lock = threading.Lock()

    def offers(self) -> Sequence[Offer]:
        """The models that are installed, then those of the library that could be. Raises `ModelUnavailable`."""
        places = self._places()
        there = [self._offer(one.name, one.bytes, True, places.get(one.name)) for one in listed(self.host)]
        names = {offer.name for offer in there}
        more = [self._offer(name, size, False) for name, size in self._library.items() if name not in names]
        return [*there, *more]

    def _offer(self, name: str, size: int, installed: bool, place: Place | None = None) -> Offer:
        fits = size + ROOM_BESIDE <= self._memory if is_here(self.host) else None
        return Offer(name, size, installed, fits, place)

    def of(self, name: str) -> ChatModel | None:
        """The model with this name; None where the server has no such one.

        Where the server is away, one that raises why it cannot answer.
        """
        try:
            if all(one.name != name for one in listed(self.host)):
                return None
        except ModelUnavailable as error:
            return MissingModel(name, error)
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def place(self, name: str) -> Place | None:
        """Where a model is in memory; None where it is not, or the server does not say at once: an answer waits for it."""
        try:
            return self._places(SECONDS_PLACE).get(name)
        except ModelUnavailable:
            return None

    def _places(self, seconds: float = LIST_SECONDS) -> dict[str, Place]:
        there = listed(self.host, in_memory=True, seconds=seconds)
        return {one.name: _place(one.bytes, one.on_gpu) for one in there}

    # ------------------------------------------------------------------ downloading

    @property
    def download(self) -> Download | None:
        """The download that runs, or the last one."""
        return self._download

    def start_download(self, name: str) -> bool:
        """Let the server fetch a model from Ollama's library; False while another one is fetched."""
        with self._lock:
            if self._download is not None and self._download.state == "running":
                return False
            self._download = Download(name)
            self._unwanted.clear()
        threading.Thread(target=self._fetch, args=[name], name="download", daemon=True).start()
        return True

    def cancel_download(self) -> None:
        """Stop it; what the server has fetched it keeps, and goes on there another time."""
        self._unwanted.set()

    def _fetch(self, name: str) -> None:
        try:
            state: Literal["finished", "cancelled"] = "finished" if self._pulled(name) else "cancelled"
            self._note(state=state)
        except AssistantError as error:
            self._note(state="failed", error=str(error))

    def _pulled(self, name: str) -> bool:
        """Whether the model was fetched to its end. Raises `ModelUnavailable`."""
        progress = PullProgress()
        body = {"model": name, "stream": True}

        def refuse(response: object) -> None:
            raise refusal(self.host, name, 0, response)  # type: ignore[arg-type]

        with (
            reported(self.host),
            LineStream(client_for(self.host, SILENCE_SECONDS), "/api/pull", body, refuse) as lines,
        ):
            for line in lines:
                if self._unwanted.is_set():
                    return False
                if line is None or not line.strip():
                    continue
                if self._take(line, progress):
                    return True
        raise ModelUnavailable("The Ollama server stopped in the middle of a download.", kind="stopped")

    def _take(self, line: str, progress: PullProgress) -> bool:
        try:
            pulled = read_pulled(line)
        except Unreadable as error:
            raise ModelUnavailable(f"The Ollama server sent no progress ({error}).", kind="odd") from error
        if pulled.error:
            raise ModelUnavailable(pulled.error, pulled.error)
        if pulled.digest and pulled.total:
            done, total = progress.take(pulled.digest, pulled.done, pulled.total)
            self._note(done=done, total=total)
        return pulled.finished

    def _note(self, **changes: object) -> None:
        assert self._download is not None
        self._download = replace(self._download, **changes)  # type: ignore[arg-type]


def _place(size: int, on_gpu: int) -> Place:
    if on_gpu <= 0:
        return "processor"
    return "gpu" if on_gpu >= size else "both"
