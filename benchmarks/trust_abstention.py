"""Near misses for `bench_trust.py`: questions asked with the article that answers them, and without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from search_beds import Bed, BedQuestion, CachedEmbedder, Without, hiding, open_store, piaf, xquad

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.abstention import Gates, fitted_for
from assistant.composition.grounding import Prover
from assistant.intents.answer import LETTERS_TO_TELL_A_LANGUAGE
from assistant.reading.language import detect_language
from assistant.search.idf import Idf
from assistant.types import Answer, ChatModel

CACHE = Path(".runtime/bench")
Counted = tuple[str, str, int, int, str]
"""Measure, language, count, of how many, and the number that is asked of it."""


@dataclass
class Outcome:
    """The answers to one question, with its article and without."""

    answered: Answer
    near_miss: Answer


def outcomes(
    bed: Bed, asked: Sequence[BedQuestion], embedder: CachedEmbedder, model: ChatModel | None
) -> Iterator[Outcome]:
    with open_store(bed, CACHE, embedder) as store:
        retriever, idf = Without(store, embedder), Idf(store)
        gates = Gates(fitted_for(embedder.name, embedder.fingerprint), idf)
        assistant = Assistant(retriever, Prover(embedder.embed_passages), model, gates=gates, max_tokens=120)
        for one in asked:
            answers = []
            for hidden in (frozenset[str](), hiding(one)):
                retriever.hidden = hidden
                answers.append(answer_of(assistant.ask(one.text)))
            yield Outcome(*answers)


def abstention(data: Path, folder: Path, count: int, model: ChatModel | None) -> list[Counted]:
    """Refusals in evidence mode over held-out questions; with a model, over a tenth of them, its answers too."""
    embedder = CachedEmbedder(folder, CACHE)
    rows: list[Counted] = []
    for language, bed in (("fr", piaf(data)), ("en", xquad(data)[0])):
        asked = [one for one in bed.questions if not one.tuning][:count]
        rows += counted("evidence", language, list(outcomes(bed, asked, embedder, None)))
        if model is not None:
            found = list(outcomes(bed, asked[: max(1, count // 10)], embedder, model))
            rows += counted(model.info.name, language, found)
            rows.append(in_language(language, found))
    return rows


def counted(mode: str, language: str, found: Sequence[Outcome]) -> list[Counted]:
    false = sum(one.answered.abstained for one in found)
    caught = sum(one.near_miss.abstained for one in found)
    wrong = false + len(found) - caught
    return [
        (f"over-refusal ({mode})", language, false, len(found), "≤ 15 %"),
        (f"near misses refused ({mode})", language, caught, len(found), ""),
        (f"abstention F1 ({mode})", language, 2 * caught, 2 * caught + wrong, "≥ 75 %"),
    ]


def in_language(language: str, found: Sequence[Outcome]) -> Counted:
    """Answers that the model wrote, long enough to tell, in the question's language."""
    texts = [
        " ".join(sentence.text for sentence in answer.sentences if sentence.draft_length)
        for one in found
        for answer in (one.answered, one.near_miss)
        if not answer.abstained
    ]
    told = [detect_language(text) for text in texts if len(text) >= LETTERS_TO_TELL_A_LANGUAGE]
    told = [one for one in told if one != "und"]
    return ("answer language", language, told.count(language), len(told), "≥ 99 %")
