"""Cases for the disagreement of sources: a sentence of a public article, and another article that says it differently.

The second article has the sentence in other words, with a value altered (a contradiction) or in another notation
or coarser (agreement). Questions are people's own (PIAF, XQuAD); sentences are checked as `assistant check` does.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from trust_cases import (
    ALTERED_KINDS,
    DISTRACTORS,
    TRUE_KINDS,
    Collection,
    Maker,
    Text,
    hit,
    pieces,
    read_documents,
    translated_pairs,
)

from assistant.reading.sentences import sentence_spans
from assistant.types import Hit, Query

REWRITTEN = ("verbatim", "synonyms", "clause left out", "reordered")
AGREEING = ("synonyms", "clause left out", "reordered", "number rewritten", "date rewritten")
DAYS = (date(2023, 3, 14), date(2024, 9, 2))


@dataclass(frozen=True)
class Disagreement:
    """Hits of which two say the same thing; `query` is None where the sentence itself is checked."""

    language: str
    claim: str
    query: Query | None
    hits: tuple[Hit, ...]


def rivals(maker: Maker, text: Text, sentence: str, other: str) -> tuple[Hit, ...]:
    """The passage of `sentence`, one of another article that says `other`, and look-alikes."""
    stranger = maker.random.choice(maker.collection.texts)
    first, last = (stranger.text[s.start - stranger.start : s.end - stranger.start] for s in
                   (stranger.sentences[0], stranger.sentences[-1]))  # fmt: skip
    words = f"{_before(text, sentence) or first} {other} {last}"
    rival = replace(text, id="rival", article="rival.md", published=DAYS[maker.random.randrange(2)],
                    start=0, text=words, sentences=tuple(sentence_spans(words, text.language)))  # fmt: skip
    own = replace(text, published=next(day for day in DAYS if day != rival.published))
    others = [t for t in maker.collection.look_alikes(sentence, DISTRACTORS) if t.article != text.article]
    chosen = [own, rival, *others[: DISTRACTORS - 1]]
    maker.random.shuffle(chosen)
    return tuple(hit(rank, piece) for rank, piece in enumerate(chosen, 1))


def _before(text: Text, sentence: str) -> str:
    """The sentence before, in which "he" has his name: whoever tells the same has told that too."""
    words = [text.text[s.start - text.start : s.end - text.start] for s in text.sentences]
    place = words.index(sentence)
    return words[place - 1] if place else ""


def checked(collection: Collection, kind: str | None, count: int, seed: int) -> list[Disagreement]:
    """Sentences to check; `kind` of ALTERED_KINDS for contradictions, None for agreement."""
    maker = Maker(collection, seed)
    found: list[Disagreement] = []
    for tries, (text, _, sentence) in enumerate(maker.sentences()):
        if len(found) == count or tries > 400 * count:
            break
        other = _other(maker, sentence, text, kind)
        if other is not None:
            hits = rivals(maker, text, sentence, other)
            found.append(Disagreement(maker.language, sentence, None, hits))
    return found


def _other(maker: Maker, sentence: str, text: Text, kind: str | None) -> str | None:
    """The sentence in other words, with one value altered where a kind is given."""
    ways = REWRITTEN if kind else AGREEING
    other = TRUE_KINDS[maker.random.choice(ways)](maker, sentence, text) or (sentence if kind else None)
    return ALTERED_KINDS[kind](maker, other, text) if kind and other else other


def asked(folder: Path, language: str, agree: bool, count: int, seed: int) -> list[Disagreement]:
    """Questions for a number or a date, with the passage that answers and one that answers otherwise (or the same)."""
    collection = Collection(language)
    for document in read_documents(folder / "documents.jsonl"):
        if document["lang"] == language:
            for text in pieces(document):
                collection.add(text)
    maker = Maker(collection, seed)
    found: list[Disagreement] = []
    for question, text, sentence, answer in _answered(collection, folder, seed):
        other = _altered_answer(maker, sentence, answer, text, agree)
        if other is not None and len(found) < count:
            query = Query(question, question, language)
            found.append(Disagreement(language, sentence, query, rivals(maker, text, sentence, other)))
    return found


def _answered(collection: Collection, folder: Path, seed: int) -> Iterator[tuple[str, Text, str, str]]:
    """(question, passage, the sentence of the answer, the answer), where the answer has a digit."""
    by_article: dict[str, list[Text]] = {}
    for text in collection.texts:
        by_article.setdefault(text.article, []).append(text)
    items = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    items = [i for i in items if i["lang"] == collection.language and i["answers"]]
    random.Random(seed).shuffle(items)
    for item in items:
        answer = item["answers"][0]
        if not re.search(r"\d", answer):
            continue
        for text in (t for name in item["doc_ids"] for t in by_article.get(name, ())):
            words = [text.text[s.start - text.start : s.end - text.start] for s in text.sentences]
            holding = [sentence for sentence in words if answer in sentence]
            if holding:
                yield item["question"], text, holding[0], answer
                break


def _altered_answer(maker: Maker, sentence: str, answer: str, text: Text, agree: bool) -> str | None:
    """The sentence in other words; its answer altered unless it shall agree."""
    if agree:
        return _other(maker, sentence, text, None)
    for kind in ("date", "number"):
        other = ALTERED_KINDS[kind](maker, answer, text)
        if other is not None and other != answer:
            rewritten = TRUE_KINDS[maker.random.choice(REWRITTEN)](maker, sentence, text) or sentence
            return rewritten.replace(answer, other, 1) if answer in rewritten else None
    return None


def alone(folder: Path, language: str, count: int, seed: int) -> list[Disagreement]:
    """The same questions over the passages as they are: nobody planted anything."""
    return [
        replace(case, hits=tuple(h for h in case.hits if h.passage.article != "rival.md"))
        for case in asked(folder, language, True, count, seed)
    ]


def across(
    data: Path, collection: Collection, language: str, kind: str | None, count: int, seed: int
) -> list[Disagreement]:
    """Sentences, altered (`kind`) or not, with their human translation among passages of the other language."""
    maker = Maker(collection, seed)
    pairs = translated_pairs(data, language)
    maker.random.shuffle(pairs)
    found: list[Disagreement] = []
    for sentence, article, span in pairs:
        gold = next((t for t in collection.texts if t.article == article and t.start <= span.start < t.start + len(t.text)), None)  # fmt: skip
        if gold is None or len(found) == count:
            continue
        maker.language = language
        own = replace(gold, id="own", article="own.md", language=language, start=0, text=sentence,
                      title="", published=DAYS[0], sentences=tuple(sentence_spans(sentence, language)))  # fmt: skip
        altered = ALTERED_KINDS[kind](maker, sentence, own) if kind else sentence
        maker.language = collection.language
        if altered is None or not re.search(r"\d", sentence):
            continue
        rival = replace(own, text=altered, sentences=tuple(sentence_spans(altered, language)))
        others = [t for t in collection.look_alikes(gold.text, DISTRACTORS) if t.id != gold.id]
        hits = tuple(
            hit(rank, t) for rank, t in enumerate([replace(gold, published=DAYS[1]), rival, *others], 1)
        )
        found.append(Disagreement(language, sentence, None, hits))
    return found


def untranslated(cases: list[Disagreement]) -> list[Disagreement]:
    """The same without the passage that has the translation: what is left speaks of something else."""
    return [replace(case, hits=tuple(h for h in case.hits if h.rank != 1)) for case in cases]
