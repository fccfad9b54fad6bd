"""Fits and measures the first gate: `python benchmarks/fit_abstention.py DATA [--keep]`.

Questions of the public beds (search_beds.py) are asked twice more with articles hidden: their own (other paragraphs
of the subject stay: a near miss) and all of their subject. Half of the questions fit the weights of
`assistant/answering/abstention.json` by logistic regression, and the threshold that refuses `OVER_REFUSAL` of the
answerable ones; the other half is measured. `--keep` writes the file; without it the file as it stands is measured.

With --model NAME the second gate is fitted and measured instead: what that model's one word on the excerpts is worth
(about 15 seconds a question on two cores; `--minutes` ends a run, the next one goes on).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from bench_trust import wilson
from search_beds import Bed, CachedEmbedder, Without, asked, hiding, open_store, piaf, read, sample, xquad
from sklearn.linear_model import LogisticRegression

from assistant.composition.abstention import (
    FEWEST_HITS,
    NO_DOUBT,
    UNPROVED,
    Fitted,
    Signals,
    fitted_for,
    signals_across,
    signals_within,
    unknown_names,
)
from assistant.composition.grounding import Prover
from assistant.composition.prompts import answer_prompt, chosen_sentences
from assistant.composition.sufficiency import ask_sufficiency, sufficiency_prompt
from assistant.intents.answer import FACTS
from assistant.model.ollama import OllamaModel
from assistant.search.idf import Idf
from assistant.search.question import read_question
from assistant.settings import load
from assistant.store.sync import Store, sync
from assistant.types import Hit, Query, Turn

OVER_REFUSAL = {"fr": 0.12, "en": 0.06, "across": 0.09}
"""Of the tuning half. 15 % is what is allowed, and other sets differ; in English half of that costs little."""
OVER_REFUSAL_WITH_MODEL = 0.05
OVER_REFUSAL_ELSEWHERE = 0.05
"""In other languages, and where nothing is known of the embedder."""
OF_MEANING = ("near", "gap")
FEWER = 160
"""Questions of each further language."""
BOTH = "both languages in one index"
"""Beds that are measured and never fitted on."""
HEAD = (
    "| questions | n | over-refusal | near misses | n | refused (recall) | precision | F1 |",
    "|---|---|---|---|---|---|---|---|",
)
HIDDEN = ("own article", "own subject")


@dataclass
class Case:
    """A question with what was found for it, and what the gate sees of that."""

    bed: str
    text: str
    query: Query
    hits: list[Hit]
    hidden: str
    """"" for an answerable question, else which articles were hidden."""
    tuning: bool
    within: Signals | None
    across: Signals | None
    unknown: bool
    """No hit has a name that is asked about."""


def chosen_beds(data: Path) -> list[Bed]:
    """French and English over their own language, Spanish and German over English; and over two languages."""
    english, spanish, german, _ = xquad(data)
    french = piaf(data)
    fewer = [replace(bed, questions=bed.questions[:FEWER]) for bed in (spanish, german)]
    documents = [*french.documents, *english.documents]
    both = [
        Bed(f"{BOTH}, {bed.questions[0].language}", "piaf-xquad", documents, bed.questions)
        for bed in (french, english)
    ]
    return [french, english, *fewer, *both, *half_and_half(data)]


def _articles_among(names: set[str], item: Mapping[str, Any]) -> set[str]:
    return names & set(item["doc_ids"])


def half_and_half(data: Path) -> list[Bed]:
    """Spanish questions over paragraphs of which every other one is in English, the others in Spanish."""
    documents = {document["id"]: document for document in read(data / "xquad" / "documents.jsonl")}
    questions = [q for q in read(data / "xquad" / "questions.jsonl") if q["lang"] == "es"]
    english = {name for q in questions for name in q["doc_ids"] if documents[name]["lang"] == "en"}
    half = set(sorted(english)[::2])
    other = {
        name
        for q in questions
        if not half & set(q["doc_ids"])
        for name in q["doc_ids"]
        if documents[name]["lang"] == "es"
    }
    chosen = [documents[name] for name in sorted(half | other)]
    return [
        Bed(
            f"{BOTH}, Spanish questions answered in {language}",
            "xquad-halves",
            chosen,
            asked(
                sample([q for q in questions if names & set(q["doc_ids"])], 250),
                partial(_articles_among, names),
            ),
        )
        for language, names in (("English", half), ("Spanish", other))
    ]


def cases(bed: Bed, cache: Path, embedder: CachedEmbedder) -> Iterator[Case]:
    """The questions of a bed, each with its articles and without."""
    titles = {document["id"]: document["title"] for document in bed.documents}
    subjects: dict[str, list[str]] = {}
    for name, title in titles.items():
        subjects.setdefault(title, []).append(name)
    with open_store(bed, cache, embedder) as store:
        retriever, idf = Without(store, embedder), Idf(store)
        for one in bed.questions:
            query = read_question(one.text)
            subject = [other for name in one.articles for other in subjects[titles[name]]]
            sets = {"": frozenset[str](), HIDDEN[0]: hiding(one)}
            if len(subject) > len(one.articles):
                sets[HIDDEN[1]] = frozenset(f"{name}.md" for name in subject)
            for hidden, names in sets.items():
                retriever.hidden = names
                yield case(bed.name, one.text, query, retriever.retrieve(query, 6), hidden, one.tuning, idf)


def case(bed: str, text: str, query: Query, hits: Sequence[Hit], hidden: str, tuning: bool, idf: Idf) -> Case:
    own = [hit for hit in hits if hit.language == query.language]
    others = [hit for hit in hits if hit.language != query.language]
    within = signals_within(query, own, idf, others) if own else None
    across = signals_across(query, others, own) if others else None
    return Case(
        bed, text, query, list(hits), hidden, tuning, within, across, bool(unknown_names(query, hits))
    )


def sample_cases(cache: Path, embedder: CachedEmbedder) -> Iterator[Case]:
    """The judged questions of the sample corpus: never fitted on."""
    corpus, folder, splitter = load().paths.corpus, cache / "stores" / "sample-answers", load().splitter
    sync(corpus, folder, embedder, min_tokens=splitter.min_tokens, max_tokens=splitter.max_tokens)
    with Store.open(folder) as store:
        retriever, idf = Without(store, embedder), Idf(store)
        for item in read(corpus / "questions.jsonl"):
            history = [Turn(turn["role"], turn["content"]) for turn in item.get("history") or ()]
            as_of = date.fromisoformat(item["as_of"]) if item.get("as_of") else None
            query = read_question(item["question"], history, as_of)
            hidden = "" if item.get("answerable", True) else HIDDEN[0]
            hits = retriever.retrieve(query, 6)
            yield case("sample corpus", item["id"], query, hits, hidden, False, idf)


def fit(rows: Sequence[tuple[Signals, str]], without: Sequence[str], over_refusal: float) -> dict[str, Any]:
    """Weights and threshold of one situation; near misses of both kinds weigh as much as the answerable."""
    names = [name for name in rows[0][0] if name not in without]
    signals = np.array([[row[name] for name in names] for row, _ in rows])
    answerable = np.array([not hidden for _, hidden in rows])
    kinds = [hidden for _, hidden in rows]
    weight = np.array([1 / kinds.count(kind) for kind in kinds]) * len(rows)
    weight[~answerable] /= max(1, len(set(kinds)) - 1)
    middle, spread = signals.mean(axis=0), signals.std(axis=0)
    spread[spread < 1e-9] = 1.0
    model = LogisticRegression(C=0.3, max_iter=2000)
    model.fit((signals - middle) / spread, answerable, sample_weight=weight)
    weights = model.coef_[0] / spread
    scores = signals @ weights
    return {
        "weights": {name: round(float(value), 3) for name, value in zip(names, weights, strict=True)},
        "threshold": round(float(np.quantile(scores[answerable], over_refusal)), 3),
        "answerable": int(answerable.sum()),
        "near_misses": int((~answerable).sum()),
    }


def fitted_on(cases: Sequence[Case], embedder: CachedEmbedder) -> dict[str, Any]:
    tuning = [one for one in cases if one.tuning and not one.bed.startswith(BOTH)]
    french = [(one.within, one.hidden) for one in tuning if one.bed.startswith("PIAF") and one.within]
    english = [(one.within, one.hidden) for one in tuning if one.bed == "XQuAD, English" and one.within]
    across = [(one.across, one.hidden) for one in tuning if "→" in one.bed and one.across]
    both = [*french, *english]
    texts = "\n".join(sorted({one.text for one in tuning}))
    return {
        "embedder": {"name": Path(embedder.name).name, "fingerprint": embedder.fingerprint},
        "fitted_on": {
            "beds": sorted({one.bed for one in tuning}),
            "questions": len({one.text for one in tuning}),
            "sha256": sha256(texts.encode()).hexdigest(),
            "over_refusal": OVER_REFUSAL,
        },
        "fitted": {
            "same": {
                "fr": fit(french, (), OVER_REFUSAL["fr"]),
                "en": fit(english, (), OVER_REFUSAL["en"]),
                "": fit(both, (), OVER_REFUSAL_ELSEWHERE),
            },
            "across": fit(across, (), OVER_REFUSAL["across"]),
        },
        "any embedder": {"same": {"": fit(both, OF_MEANING, OVER_REFUSAL_ELSEWHERE)}},
    }


# --------------------------------------------------------------------------- the second gate


@dataclass(frozen=True)
class Told:
    """What a model said of one question, and the margin of the first gate."""

    bed: str
    text: str
    hidden: str
    tuning: bool
    language: str
    margin: float
    odds: float


def told_by(
    model: OllamaModel, beds: Sequence[Bed], cache: Path, embedder: CachedEmbedder, ends: float
) -> list[Told]:
    """Asks `model` about questions with their article and without, from each bed in turn, until the time is over."""
    file = cache / f"words-{model.name.replace(':', '-').replace('/', '-')}.jsonl"
    found = [Told(**item) for item in read(file)] if file.exists() else []
    known = {(one.bed, one.text, one.hidden) for one in found}
    gate = fitted_for(embedder.name, embedder.fingerprint)
    with ExitStack() as stack, file.open("a", encoding="utf-8") as kept:
        desks = []
        for bed in beds:
            store = stack.enter_context(open_store(bed, cache, embedder))
            desks.append((bed, Without(store, embedder), Idf(store)))
        for turn in range(max(len(bed.questions) for bed in beds)):
            for bed, retriever, idf in desks:
                one = bed.questions[turn % len(bed.questions)]
                for hidden, names in (("", frozenset[str]()), (HIDDEN[0], hiding(one))):
                    if (bed.name, one.text, hidden) in known:
                        continue
                    if time.monotonic() > ends:
                        return found
                    retriever.hidden = names
                    query = read_question(one.text)
                    hits = retriever.retrieve(query, 6)
                    word = word_on(model, query, hits, Prover())
                    if word is not None:
                        margin = margin_of(gate, query, hits, idf)
                        told = Told(bed.name, one.text, hidden, one.tuning, query.language, margin, word)
                        known.add((bed.name, one.text, hidden))
                        found.append(told)
                        kept.write(json.dumps(asdict(told), ensure_ascii=False) + "\n")
                        kept.flush()
    return found


def margin_of(gate: Fitted, query: Query, hits: Sequence[Hit], idf: Idf) -> float:
    """How far above its threshold the first gate sees a question: below 0 it refuses."""
    one = case("", "", query, hits, "", False, idf)
    margins = [] if one.across is None or gate.across is None else [gate.across.margin(one.across)]
    if one.within is not None:
        margins.append(gate.same.get(query.language, gate.same[""]).margin(one.within))
    return max(margins, default=0.0)


def word_on(model: OllamaModel, query: Query, hits: Sequence[Hit], prover: Prover) -> float | None:
    """Its odds on the sentences that the program would give a small model."""
    quotes = prover.evidence(query, hits, limit=FACTS)
    if not quotes:
        return None
    prompt = answer_prompt(query.search_text, chosen_sentences(quotes, hits), query.language)
    asking = ask_sufficiency(model, sufficiency_prompt(prompt, query.language))
    try:
        while True:
            next(asking)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def worth(told: Sequence[Told]) -> dict[str, Any]:
    """The odds below which a model's word is a no, from the tuning half."""
    answerable = [one.odds for one in told if one.tuning and not one.hidden]
    threshold = float(np.quantile(answerable, OVER_REFUSAL_WITH_MODEL))
    return {"threshold": round(threshold, 2), "answerable": len(answerable)}


def report_words(threshold: float, told: Sequence[Told]) -> str:
    rows = list(HEAD)
    for bed in dict.fromkeys(one.bed for one in told):
        ours = [one for one in told if one.bed == bed and not one.tuning]
        n = sum(not one.hidden for one in ours)
        for what, out in (
            ("its word", [one.odds < threshold for one in ours]),
            ("first gate and its word", [one.margin < 0 or one.odds < threshold for one in ours]),
        ):
            false = sum(refused for one, refused in zip(ours, out, strict=True) if not one.hidden)
            caught = sum(refused for one, refused in zip(ours, out, strict=True) if one.hidden)
            if 0 < n < len(ours):
                rows.append(line(f"{bed}: {what}", false, n, HIDDEN[0], caught, len(ours) - n))
    return "\n".join(rows)


# --------------------------------------------------------------------------- the measurement


def refused(gate: Fitted, one: Case) -> bool:
    """What the gate says, from signals that are known already."""
    if len(one.hits) < FEWEST_HITS:
        return not one.hits
    doubt = UNPROVED if one.unknown else NO_DOUBT
    return not gate.enough(one.query.language, one.within, one.across, doubt)


def report(gate: Fitted, cases: Sequence[Case]) -> str:
    rows = list(HEAD)
    for bed in dict.fromkeys(one.bed for one in cases):
        ours = [one for one in cases if one.bed == bed and not one.tuning]
        answerable = [one for one in ours if not one.hidden]
        false = sum(refused(gate, one) for one in answerable)
        for hidden in HIDDEN:
            near = [one for one in ours if one.hidden == hidden]
            if near:
                caught = sum(refused(gate, one) for one in near)
                rows.append(line(bed, false, len(answerable), hidden, caught, len(near)))
    return "\n".join(rows)


def line(bed: str, false: int, answerable: int, hidden: str, caught: int, near: int) -> str:
    """Precision and F1 as if there were as many answerable questions as near misses."""
    over, recall = false / answerable, caught / near
    precision = recall / ((recall + over) or 1.0)
    f1 = 2 * recall / (recall + over + 1)
    return (
        f"| {bed} | {answerable} | {share(false, answerable)} | {hidden} hidden | {near} | {share(caught, near)} "
        f"| {precision:.2f} | {f1:.2f} |"
    )


def share(count: int, n: int) -> str:
    low, high = wilson(count, n)
    return f"{100 * count / n:.1f} % ({100 * low:.0f}–{100 * high:.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", action="store_true", help="write the fitted weights into the program")
    parser.add_argument(
        "--show", action="store_true", help="print what the gate says of the sample's questions"
    )
    parser.add_argument("--model", help="measure what the word of this model of the Ollama server is worth")
    parser.add_argument("--minutes", type=float, default=15, help="of a run with --model (15)")
    parser.add_argument("--cache", type=Path, default=Path(".runtime/bench"))
    parser.add_argument("--embedder", type=Path, default=Path(".runtime/embedders/multilingual-e5-small"))
    options = parser.parse_args()
    embedder = CachedEmbedder(options.embedder, options.cache)
    file = Path(str(resources.files("assistant.composition").joinpath("abstention.json")))
    beds = chosen_beds(options.data)
    if options.model:
        model = OllamaModel(options.model, load().ollama_host, temperature=0.0)
        ends = time.monotonic() + 60 * options.minutes
        told = told_by(model, beds[:2], options.cache, embedder, ends)
        word = worth(told)
        if options.keep:
            kept = json.loads(file.read_text("utf-8"))
            kept.setdefault("models", {})[options.model] = word
            file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(report_words(word["threshold"], told), word, sep="\n\n")
        return
    found = [one for bed in beds for one in cases(bed, options.cache, embedder)]
    judged = list(sample_cases(options.cache, embedder))
    if options.keep:
        models = json.loads(file.read_text("utf-8")).get("models", {})
        kept = {**fitted_on(found, embedder), "models": models}
        file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    gate = fitted_for(embedder.name, embedder.fingerprint)
    print(report(gate, [*found, *judged]))
    for one in judged:
        if options.show and refused(gate, one) != bool(one.hidden):
            print("wrong", one.text, one.query.search_text, one.within, one.across)


if __name__ == "__main__":
    main()
