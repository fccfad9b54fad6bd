"""Every setting of the program, in sections, each with a default, bounds and a description.

Order of precedence: command-line flag, `ASSISTANT_SECTION__FIELD` variable, `assistant.toml`, default.
Only `cli` and `wiring` import this module; every other constructor takes plain arguments.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .addresses import shown, with_credentials, without_credentials
from .errors import SettingsError

HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$")]
"""A host name, or an address of version 4, with or without a port."""
PROJECT = Path(__file__).resolve().parent.parent


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paths(Section):
    corpus: Path = Field(
        Path("corpus"), description="Folder of articles; read, and never written but for `paths.added`."
    )
    added: Path | None = Field(
        None,
        description="Folder for the articles that are added on the page; default: the folder `added` of the corpus.",
    )
    store: Path = Field(Path("vectorstore"), description="Folder of the index; generated.")
    runtime: Path = Field(
        PROJECT / ".runtime",
        description="Folder for what the set-up fetches or builds, logs and conversations.",
    )


class EmbedderSection(Section):
    name: str = Field(
        "auto",
        pattern=r"\S",
        description="Folder or hub name of a sentence-transformers model; auto: what the set-up chose.",
    )
    device: str = Field(
        "auto", description="auto, cpu, cuda, cuda:1, mps …; auto uses a GPU where there is one."
    )
    batch_size: int = Field(16, ge=1, le=1024, description="Passages embedded at once.")


class SplitterSection(Section):
    min_tokens: int = Field(
        200, ge=20, le=4000, description="A passage is filled up to here where its article allows."
    )
    max_tokens: int = Field(
        350, ge=40, le=8000, description="A passage never has more tokens of the embedder."
    )


class SearchSection(Section):
    top_k: int = Field(6, ge=1, le=50, description="Hits handed to the answer and shown.")
    candidates: int = Field(50, ge=5, le=500, description="Candidates taken from each arm before fusion.")
    per_article: int = Field(3, ge=1, le=20, description="Hits of one article at most.")
    reranker: str | None = Field(None, description="Folder or hub name of a CrossEncoder; none by default.")


class ModelSection(Section):
    name: str = Field(
        "auto", pattern=r"\S", description="Model of the Ollama server; auto: what the set-up chose."
    )
    host: str | None = Field(
        None, description="Address of the Ollama server; default OLLAMA_HOST, else 127.0.0.1:11434."
    )
    context_length: int = Field(4096, ge=512, le=262144, description="Window sent as num_ctx, in tokens.")
    max_tokens: int = Field(400, ge=16, le=8192, description="Longest answer, in tokens.")
    at_once: int = Field(
        1,
        ge=1,
        le=64,
        description="Answers that the page lets the model write at the same time, as OLLAMA_NUM_PARALLEL of its server; "
        "the other questions wait and are told their place.",
    )
    temperature: float = Field(0.1, ge=0, le=2, description="0: always the likeliest word.")
    keep_alive: str = Field("30m", description="How long the server keeps the model loaded.")
    first_token_seconds: float = Field(
        15,
        ge=1,
        le=600,
        description="The prompt takes as many passages as keep the first token within this time.",
    )
    silence_seconds: float = Field(
        300,
        ge=5,
        le=3600,
        description="How long the server may be silent, before its first word too, until the answer is made of evidence.",
    )
    thinking: Literal["auto", "off", "low", "medium", "high"] = Field(
        "auto", description="How long a thinking model may think; auto: low where it cannot be turned off."
    )


class AnswerSection(Section):
    style: Literal["auto", "free", "facts"] = Field(
        "auto", description="What the model is asked for; auto chooses by the model's size."
    )
    evidence_sentences: int = Field(
        4,
        ge=1,
        le=10,
        description="Verbatim sentences shown before the model answers, beside the one after the best.",
    )
    language: Literal["auto", "fr", "en", "es"] = Field(
        "auto", description="Language of answers; auto: the question's."
    )


class ProofSection(Section):
    verifier: str = Field(
        "auto",
        description="Second opinion on undecided sentences: none, model (the language model's own word), a folder or "
        "hub name; auto: the one that the set-up fetched, else model.",
    )


class WebSection(Section):
    host: str = Field(
        "127.0.0.1",
        description="Address of this machine that the page listens on; other than loopback only with accounts.",
    )
    port: int = Field(7860, ge=0, le=65535, description="Port of the page; 0: any free one.")
    open_browser: bool = Field(True, description="Open the page in the browser.")
    names: tuple[HostName, ...] = Field(
        (), description="Host names, with or without a port, that the page is served under beyond loopback."
    )
    proxies: tuple[IPvAnyNetwork, ...] = Field(
        (),
        description="Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; none by default.",
    )
    session_idle_hours: float = Field(
        8, gt=0, le=720, description="A login ends so long after its last use; an open tab alone is none."
    )
    session_hours: float = Field(
        168, gt=0, le=8760, description="A login ends so long after it began, used or not."
    )
    upload_megabytes: int = Field(
        50, ge=1, le=50, description="Largest file that is added on the page, in millions of bytes."
    )


class Settings(BaseSettings):
    """All settings. `load` is the way to make one."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix="ASSISTANT_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    paths: Paths = Paths()
    embedder: EmbedderSection = EmbedderSection()
    splitter: SplitterSection = SplitterSection()
    search: SearchSection = SearchSection()
    model: ModelSection = ModelSection()
    answer: AnswerSection = AnswerSection()
    proof: ProofSection = ProofSection()
    web: WebSection = WebSection()

    @property
    def added(self) -> Path:
        """The folder for articles that are added on the page."""
        return self.paths.added or self.paths.corpus / "added"

    @property
    def ollama_host(self) -> str:
        """Address of the Ollama server as an URL without a trailing slash."""
        return _server_address(self.model.host or os.environ.get("OLLAMA_HOST") or "127.0.0.1")


def _server_address(host: str) -> str:
    """An URL from an address in any form that Ollama itself accepts: "host", ":port", "https://host/path", "[::1]"."""
    address, credentials = without_credentials(host.strip())
    scheme, _, rest = address.rpartition("://")
    try:
        parts = urlsplit(f"//{rest.rstrip('/')}")
        port = parts.port or {"http": 80, "https": 443}.get(scheme, 11434)
    except ValueError as error:
        raise SettingsError(
            f"The address {shown(host)!r} of the Ollama server is not valid. Write it like 127.0.0.1:11434."
        ) from error
    # what a server listens on everywhere is asked on this machine
    name = {None: "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname, parts.hostname)
    place = f"{f'[{name}]' if ':' in str(name) else name}:{port}{parts.path}"
    return f"{scheme or 'http'}://{with_credentials(place, credentials)}"


def load(config: Path | None = None, **flags: Any) -> Settings:
    """Read the settings. `flags` are sections of values given on the command line (None: not given).

    Raises `SettingsError` naming the file, the field and what is allowed.
    """
    if config is not None and not config.is_file():
        raise SettingsError(
            f"The settings file {str(config)!r} is not there. Check the path given with --config."
        )
    source = config if config is not None else Path("assistant.toml")
    given = {
        section: {key: value for key, value in values.items() if value is not None}
        for section, values in flags.items()
    }

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=source)

    try:
        return FromFile.model_validate({section: values for section, values in given.items() if values})
    except ValidationError as error:
        raise _invalid(source, error) from error
    except RecursionError as error:
        raise SettingsError(
            f"The settings file {str(source)!r} is nested too deeply to be read. Remove what does not belong there."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"The settings file {str(source)!r} cannot be read: {error.strerror}. Give yourself the right to."
        ) from error


def _invalid(source: Path, error: ValidationError) -> SettingsError:
    first = error.errors()[0]
    if not first["loc"]:
        return _unreadable(source, first.get("ctx", {}).get("error"))
    field = ".".join(str(part) for part in first["loc"])
    return SettingsError(
        f"The setting {field!r} is not valid: {first['msg']} (got {first['input']!r}). See docs/settings.md."
    )


def _unreadable(source: Path, cause: object) -> SettingsError:
    """What is wrong with the settings as a whole, rather than with one field."""
    if isinstance(cause, tomllib.TOMLDecodeError):
        return SettingsError(
            f"The settings file {str(source)!r} is not valid TOML: {cause}. Correct that line."
        )
    if isinstance(cause, UnicodeDecodeError):
        return SettingsError(
            f"The settings file {str(source)!r} is not UTF-8 text: {cause}. Save it as UTF-8."
        )
    return SettingsError(
        f"A variable of the settings is not valid: {cause}. Name its field, as in ASSISTANT_PATHS__CORPUS."
    )
