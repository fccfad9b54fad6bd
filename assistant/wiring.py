"""Settings become objects. The only place that knows which class stands behind which seam."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .addresses import hide_proxies, shown
from .errors import EmbedderError, ModelMissing, ModelUnavailable, VerifierError
from .files import make_private
from .settings import Settings, load

if TYPE_CHECKING:
    import click

    from .accounts.accounts import Accounts
    from .answer_json import CheckedJson
    from .answering.assistant import Assistant
    from .composition.composer import Proves
    from .composition.grounding import Prover
    from .conversations.conversations import Conversations
    from .intents.classifier import MessageClassifier
    from .intents.reply import Ranks
    from .model.choice import ServerModels
    from .proof.second_opinion import SecondOpinion
    from .proof.verifiers import Verifier
    from .store.sync import Store
    from .types import ChatModel, Embedder, Hit, Retriever
    from .web.loading import LoadingBackend

CHECK_SECONDS = 900.0
"""Longest time for one text to check."""
REVIEW_SECONDS = 30.0
"""Longest time for a second opinion on one answer, while somebody waits for its end."""

PRIVATE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",  # a bar of its own for loading the weights, amid ours
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "TOKENIZERS_PARALLELISM": "false",
}


def be_private() -> None:
    """Tell the libraries, before they are imported, to fetch and report nothing, and to use no proxy."""
    os.environ.update(PRIVATE)
    hide_proxies()


def settings_from(ctx: click.Context, **flags: dict[str, Any]) -> Settings:
    """The settings of a command: its options over variables over the file; `flags` are those of sections."""
    options: dict[str, Any] = ctx.find_root().ensure_object(dict)
    settings = load(
        options.get("config"),
        paths={"corpus": options.get("corpus"), "store": options.get("store")},
        embedder={"name": options.get("embedder")},
        model={"name": options.get("model")},
        **flags,
    )
    # earlier versions left them open to other users of the machine
    for folder, ours in ((settings.paths.runtime, "setup.json"), (settings.paths.store, "passages.db")):
        if (folder / ours).exists():
            with suppress(OSError):  # a read-only disk can still be read
                make_private(folder)
    return settings


def embedder_folder(settings: Settings) -> Path | str:
    """The embedder's folder. Raises `EmbedderError` where none was set up."""
    if settings.embedder.name != "auto":
        return settings.embedder.name
    from .setup import chosen_embedder

    folder = chosen_embedder(settings.paths.runtime)
    if folder is None:
        raise EmbedderError(
            "No embedder is set up on this machine. Run `assistant setup` (or `make setup`) first."
        )
    return folder


def make_embedder(settings: Settings) -> Embedder:
    be_private()
    from .store.embedding import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(
        embedder_folder(settings), device=settings.embedder.device, batch_size=settings.embedder.batch_size
    )


def open_store(settings: Settings, embedder: Embedder | None = None) -> Store:
    """The store's read side; with an embedder, only if the store was made with it."""
    be_private()
    from .store.sync import Store

    return Store.open(settings.paths.store, embedder_fingerprint=embedder.fingerprint if embedder else None)


def make_retriever(settings: Settings, store: Store, embedder: Embedder) -> Retriever:
    from .search.hybrid import HybridRetriever

    retriever = HybridRetriever(
        store, embedder, candidates=settings.search.candidates, per_article=settings.search.per_article
    )
    if settings.search.reranker is None:
        return retriever
    from .search.rerank import RerankedRetriever

    return RerankedRetriever(retriever, settings.search.reranker, device=settings.embedder.device)


def make_rank(settings: Settings, retriever: Retriever) -> Ranks | None:
    """The second look at sentences, where the retriever has one."""
    if settings.search.reranker is None:
        return None
    from .search.rerank import RerankedRetriever

    return retriever.rank if isinstance(retriever, RerankedRetriever) else None


def model_name(settings: Settings) -> str:
    """The language model to ask for. Raises `ModelMissing` where none was chosen and the server has none."""
    if settings.model.name != "auto":
        return settings.model.name
    from .model.ollama import models_of
    from .setup import chosen_model

    chosen = chosen_model(settings.paths.runtime)
    if chosen is not None:
        return chosen
    names = models_of(settings.ollama_host)
    if not names:
        raise ModelMissing(
            f"The Ollama server at {shown(settings.ollama_host)!r} has no model. Run `assistant setup` first."
        )
    return names[0]


def make_model(settings: Settings, name: str | None = None) -> ChatModel:
    """The language model, that of the settings unless another is named; raises `ModelUnavailable` without a name."""
    be_private()
    from .model.ollama import OllamaModel

    return OllamaModel(
        name or model_name(settings),
        settings.ollama_host,
        context_length=settings.model.context_length,
        max_tokens=settings.model.max_tokens,
        temperature=settings.model.temperature,
        keep_alive=settings.model.keep_alive,
        thinking=settings.model.thinking,
        silence_seconds=settings.model.silence_seconds,
    )


def make_models(settings: Settings) -> ServerModels:
    """The models that the page may choose from."""
    from .model.choice import ServerModels
    from .setup.machine import memory
    from .setup.models import SIZES

    return ServerModels(settings.ollama_host, lambda name: make_model(settings, name), memory(), SIZES)


def make_prover(embedder: Embedder) -> Prover:
    from .composition.grounding import Prover

    return Prover(similarity=embedder.embed_passages, embed_question=embedder.embed_query)


def make_assistant(
    settings: Settings,
    store: Store,
    embedder: Embedder,
    *,
    with_model: bool = True,
    require_model: bool = False,
    with_verifier: bool = True,
) -> Assistant:
    """The use case. Without a model it answers with evidence, or raises `ModelUnavailable` where one is required.

    `with_verifier`: a verifier whose worth was measured is asked about the sentences that are left undecided.
    """
    from .answering.assistant import Assistant
    from .composition.abstention import Gates, fitted_for
    from .composition.budget import PromptBudget
    from .conflicts.finder import ConflictFinder
    from .search.idf import Idf

    model = _model_for(settings, require_model) if with_model else None
    name = model.name if model is not None else ""
    prover = make_prover(embedder)
    opinion = make_reviewer(settings, prover) if model is not None and with_verifier else None
    retriever = make_retriever(settings, store, embedder)
    return Assistant(
        retriever,
        prover,
        model,
        embedder=embedder.name,
        top_k=settings.search.top_k,
        evidence_sentences=settings.answer.evidence_sentences,
        style=settings.answer.style,
        language=settings.answer.language,
        budget=PromptBudget(settings.model.first_token_seconds, settings.paths.runtime / "speed.json", name),
        gates=Gates(fitted_for(embedder.name, embedder.fingerprint), Idf(store)),
        max_tokens=settings.model.max_tokens,
        find_conflicts=ConflictFinder(embedder.embed_passages),
        library=store,
        classify=make_classifier(settings, embedder, store),
        vectors=embedder,
        rank=make_rank(settings, retriever),
        opinion=opinion,
    )


def _model_for(settings: Settings, required: bool) -> ChatModel | None:
    """The language model; None where none is known and none is required."""
    try:
        model = make_model(settings)
        if required:
            _ = model.info
    except ModelUnavailable:
        if required:
            raise
        return None
    return model


def make_classifier(settings: Settings, embedder: Embedder, store: Store) -> MessageClassifier:
    """What tells the kind of a message; fitted once for an embedder that the program has no weights for."""
    from .intents.classifier import classifier_for
    from .intents.exchanged import SubjectExchanged

    return SubjectExchanged(classifier_for(embedder, settings.paths.runtime), store)


def make_leans(settings: Settings, embedder: Embedder) -> Callable[[str], bool]:
    """What tells whether a message leans on the one before it."""
    from .intents.classifier import classifier_for

    return classifier_for(embedder, settings.paths.runtime).leans


def make_checker(
    settings: Settings,
    store: Store,
    embedder: Embedder,
    *,
    with_model: bool = False,
) -> Callable[[str, Callable[[int, int], None] | None], CheckedJson]:
    """What proves a text that someone else wrote, telling its progress; gives the JSON of `assistant check`.

    `with_model`: with a second opinion where it is undecided.
    """
    from .answering.check import check_text
    from .conflicts.finder import ConflictFinder
    from .types import Query

    retriever, own = make_retriever(settings, store, embedder), make_prover(embedder)
    prover = make_verified_prover(settings, own) if with_model else own
    finder = ConflictFinder(embedder.embed_passages)

    def retrieve(sentence: str, language: str) -> list[Hit]:
        # the times of a statement are part of what it says, and choose no articles
        return retriever.retrieve(Query(sentence, sentence, language), settings.search.top_k)

    return lambda text, progress: check_text(
        text, retrieve, prover, finder, progress=progress, seconds=CHECK_SECONDS
    )


def make_verifier(settings: Settings, seconds: float | None = None) -> Verifier | None:
    """The second opinion on undecided sentences; None where none is wanted. `seconds`: the longest that a model is asked.

    Raises `VerifierError` where the one that is named is not there, `ModelUnavailable` where no model can be named.
    """
    wish = settings.proof.verifier
    if wish == "none":
        return None
    be_private()
    from .proof.verifiers.loading import open_verifier
    from .setup import chosen_verifier
    from .setup.verifiers import verifier_folder

    runtime = settings.paths.runtime
    folder = None
    if wish == "auto":
        folder = chosen_verifier(runtime)
    elif wish != "model":
        folder = verifier_folder(runtime, wish) or Path(wish)
    if folder is not None:
        return open_verifier(folder, device=settings.embedder.device)
    from .proof.verifiers.model_word import SECONDS, ModelWord

    return ModelWord(make_model(settings), seconds=seconds or SECONDS)


def make_reviewer(settings: Settings, prover: Prover) -> SecondOpinion | None:
    """What reviews undecided sentences of an answer: the verifier of the settings, if its word was measured to help."""
    from .proof.fit import fitted
    from .proof.second_opinion import SecondOpinion

    if not fitted().words:  # none was measured to add anything: nothing is loaded or asked
        return None
    try:
        verifier = make_verifier(settings, seconds=REVIEW_SECONDS)
    except (ModelUnavailable, VerifierError):
        return None
    return SecondOpinion(prover, verifier) if verifier and verifier.name in fitted().words else None


def make_batch_prover(settings: Settings, *, with_model: bool = False) -> Proves:
    """What proves answers against the passages given with them; `with_model`: with a second opinion.

    The embedder, if any, is loaded for the first sentence that needs a passage in another language.
    """
    be_private()
    from .composition.grounding import Prover

    made = cache(lambda: make_embedder(settings))
    try:
        embedder_folder(settings)
        prover = Prover(similarity=lambda texts: made().embed_passages(texts))
    except EmbedderError:
        prover = Prover()
    return make_verified_prover(settings, prover) if with_model else prover


def make_verified_prover(settings: Settings, prover: Prover) -> SecondOpinion | Prover:
    """A prover with the verifier of the settings. Raises `ModelUnavailable` where no language model answers."""
    from .proof.second_opinion import SecondOpinion
    from .proof.verifiers.model_word import ModelWord

    verifier = make_verifier(settings)
    if isinstance(verifier, ModelWord):
        _ = verifier.model.info
    return prover if verifier is None else SecondOpinion(prover, verifier)


def make_backend(settings: Settings) -> LoadingBackend:
    """What the page talks to; loads nothing before `start`."""
    from .answering.examples import examples_of
    from .store.sources import find_files
    from .web.loading import LoadingBackend, StoreView

    def load_index() -> StoreView:
        return open_store(settings)

    def load_assistant(library: StoreView) -> Assistant:
        embedder = make_embedder(settings)
        open_store(settings, embedder).close()  # refuses a store that another embedder made
        store = cast("Store", library)
        embedder.embed_query("ready?")  # reads the weights now instead of at the first question
        checker.append(make_checker(settings, store, embedder))
        return make_assistant(settings, store, embedder)

    def load_model() -> str:
        model = make_model(settings)
        model.preload()
        return model.info.name

    checker: list[Callable[[str, Callable[[int, int], None] | None], CheckedJson]] = []
    return LoadingBackend(
        load_index,
        load_assistant,
        load_model,
        make_conversations(settings),
        check=lambda text, progress: checker[0](text, progress),
        examples=lambda language: examples_of(settings.paths.corpus, language),
        models=make_models(settings),
        files=lambda: find_files(settings.paths.corpus, settings.added),
        at_once=settings.model.at_once,
    )


def make_conversations(settings: Settings) -> Conversations:
    """The conversations of the local user; `of` has those of others."""
    from .conversations.conversations import Conversations

    return Conversations(settings.paths.runtime / "conversations.db")


def make_accounts(settings: Settings) -> Accounts:
    """The accounts, beside the conversations."""
    from .accounts.accounts import Accounts

    return Accounts(
        settings.paths.runtime / "accounts.db",
        seconds_idle=settings.web.session_idle_hours * 3600,
        seconds_longest=settings.web.session_hours * 3600,
    )
