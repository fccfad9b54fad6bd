"""What a small model should be asked: `python benchmarks/bench_answers.py DATA [--ways facts,pick] [--seconds 500]`.

Five ways to use one model on the same questions, evidence and budget: `free` (whole passages, a written answer),
`facts` (chosen sentences, a written answer), `reword` (each of the two best sentences alone, reworded into an
answer), `pick` (chosen sentences, the model writes only the number of the one that answers) and `sufficient` (no
answer: the probability that it says yes to "do they answer it?").

Questions: the sample corpus' own, PIAF (DATA/piaf), and near misses: PIAF questions whose article is hidden, and
the sample's unanswerable ones. Resumable: every answer is a line of `.runtime/bench/answers-MODEL.jsonl`;
what is there is not asked again. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from search_beds import CachedEmbedder, Without, hiding, open_store, piaf, read

from assistant import wiring
from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.abstention import Gates
from assistant.composition.budget import PromptBudget
from assistant.composition.grounding import Prover
from assistant.composition.stream import StreamFilter, Text
from assistant.evaluation.normalisation import answer_words, contains
from assistant.intents.answer import FACTS
from assistant.model.ollama import OllamaModel
from assistant.proof.places import stems_of
from assistant.reading.language import detect_language
from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.settings import load
from assistant.store.sync import Store, sync
from assistant.types import Hit, Message, Query

NUMBERED = {
    "fr": "Phrases :\n{facts}\n\nQuestion : {question}\n",
    "en": "Sentences:\n{facts}\n\nQuestion: {question}\n",
}
PICK = {
    "fr": "Écris seulement le numéro de la phrase qui répond à la question, ou 0 si aucune n'y répond.",
    "en": "Write only the number of the sentence that answers the question, or 0 if none does.",
}
SUFFICIENT = {
    "fr": "Ces phrases donnent-elles la réponse à la question ? Écris seulement oui ou non.",
    "en": "Do these sentences give the answer to the question? Write only yes or no.",
}
REWORD = {
    "fr": "Phrase : {fact}\n\nQuestion : {question}\nRéponds en une phrase, en français, avec ce que dit la phrase "
    "ci-dessus. Si elle ne répond pas à la question, écris seulement AUCUNE_SOURCE.",
    "en": "Sentence: {fact}\n\nQuestion: {question}\nAnswer in one sentence, in English, with what the sentence above "
    "says. If it does not answer the question, write only NO_SOURCE.",
}
REWORDED = 2
"""Sentences that are reworded, one by one."""
YES, NO = ("oui", "yes", "o", "y"), ("non", "no", "n")


class OpenGates(Gates):
    """Lets every question through to the model: it is the model that is measured."""

    def before(self, query: Query, hits: Sequence[Hit], *_: object) -> bool:
        return not hits


@dataclass
class AskedQuestion:
    id: str
    text: str
    answers: Sequence[str]
    answerable: bool
    hidden: frozenset[str]
    retriever: HybridRetriever


class Bench:
    """One model on one machine."""

    def __init__(self, model: OllamaModel, embedder: CachedEmbedder) -> None:
        self.model = model
        self.prover = Prover(embedder.embed_passages)
        self.budget = PromptBudget(15)

    def written(self, asked: AskedQuestion, style: str) -> dict[str, Any]:
        """An answer of the program in that style."""
        assistant = Assistant(
            asked.retriever,
            self.prover,
            self.model,
            style=style,  # type: ignore[arg-type]
            budget=self.budget,
            gates=OpenGates(),
            max_tokens=self.model.max_tokens,
        )
        answer = answer_of(assistant.ask(asked.text))
        own = [s for s in answer.sentences if s.draft_length]
        claims = [s for s in own if s.verdict != "no_claim"]
        good = [s for s in claims if s.verdict == "supported"]
        passed = " ".join(s.text for s in claims if s.verdict != "unsupported")
        return {
            "answer": answer.text,
            "abstained": answer.abstained,
            "contained": not answer.abstained and holds(answer.text, asked.answers),
            "own": not answer.abstained and holds(passed, asked.answers),
            "claims": len(claims),
            "supported": len(good),
            "language": language_of(" ".join(s.text for s in own), answer.language),
            "first": answer.timings.first_token_s,
            "seconds": answer.timings.total_s,
            "prompt": answer.prompt_tokens,
        }

    def pick(self, asked: AskedQuestion) -> dict[str, Any]:
        quotes, _, question = self._numbered(asked)
        started = time.monotonic()
        text, likely = self._one_token(question + PICK[self._language(asked)])
        number = int(text) if text.isdigit() else None
        chosen = quotes[number - 1].text if number and number <= len(quotes) else ""
        return {
            "answer": chosen or text,
            "abstained": number == 0,
            "contained": holds(chosen, asked.answers),
            "own": holds(chosen, asked.answers),
            "claims": 1,
            "supported": int(bool(chosen)),
            "language": language_of(chosen, self._language(asked)),
            "first": time.monotonic() - started,
            "seconds": time.monotonic() - started,
            "none": likely.get("0", 0.0),
        }

    def reword(self, asked: AskedQuestion) -> dict[str, Any]:
        """Each of the best sentences by itself: a short prompt, and no sentence to confuse it with."""
        language = self._language(asked)
        query = read_question(asked.text)
        hits = asked.retriever.retrieve(query, 6)
        started, first, sentences = time.monotonic(), None, []
        for quote in self.prover.evidence(query, hits, limit=REWORDED):
            fact = " ".join(quote.text.split())
            content = REWORD[language].format(fact=fact, question=asked.text)
            stream = StreamFilter(0)
            pieces = []
            for chunk in self.model.stream((Message("user", content),), max_tokens=80):
                pieces += stream.feed(chunk.text)
                first = first or time.monotonic() - started
            pieces += stream.close()
            text = " ".join("".join(piece.text for piece in pieces if isinstance(piece, Text)).split())
            if text and not stream.refused:
                sentences.append((text, self.prover.prove(text, hits, language).verdict))
        passed = " ".join(text for text, verdict in sentences if verdict != "unsupported")
        whole = " ".join(text for text, _ in sentences)
        return {
            "answer": whole,
            "abstained": not sentences,
            "contained": holds(whole, asked.answers),
            "own": holds(passed, asked.answers),
            "claims": len(sentences),
            "supported": sum(verdict == "supported" for _, verdict in sentences),
            "language": language_of(whole, language),
            "first": first,
            "seconds": time.monotonic() - started,
        }

    def sufficient(self, asked: AskedQuestion) -> dict[str, Any]:
        """Right after `pick`: the server has the sentences in its prefix cache, so the time is the extra cost."""
        _, _, question = self._numbered(asked)
        started = time.monotonic()
        text, likely = self._one_token(question + SUFFICIENT[self._language(asked)])
        yes, no = (sum(likely.get(word, 0.0) for word in words) for words in (YES, NO))
        return {"answer": text, "yes": yes / ((yes + no) or 1.0), "seconds": time.monotonic() - started}

    def _language(self, asked: AskedQuestion) -> str:
        return "fr" if read_question(asked.text).language == "fr" else "en"

    def _numbered(self, asked: AskedQuestion) -> tuple[Any, Any, str]:
        query = read_question(asked.text)
        hits = asked.retriever.retrieve(query, 6)
        quotes = self.prover.evidence(query, hits, limit=FACTS)
        facts = "\n".join(f"{n}. {' '.join(quote.text.split())}" for n, quote in enumerate(quotes, start=1))
        return quotes, hits, NUMBERED[self._language(asked)].format(facts=facts, question=asked.text)

    def _one_token(self, content: str) -> tuple[str, dict[str, float]]:
        body = {
            "model": self.model.name,
            "messages": [{"role": "user", "content": content}],
            "stream": False,
            "logprobs": True,
            "top_logprobs": 12,
            "options": {"num_ctx": self.model.info.context_length, "num_predict": 1, "temperature": 0.0},
        }
        reply = httpx.post(f"{self.model.host}/api/chat", json=body, timeout=120).raise_for_status().json()
        likely: dict[str, float] = {}
        for one in reply["logprobs"][0]["top_logprobs"]:
            word = one["token"].strip().lower()
            likely[word] = likely.get(word, 0.0) + math.exp(one["logprob"])
        return reply["message"]["content"].strip(), likely


WAYS: dict[str, Callable[[Bench, AskedQuestion], dict[str, Any]]] = {
    "free": lambda bench, asked: bench.written(asked, "free"),
    "facts": lambda bench, asked: bench.written(asked, "facts"),
    "reword": Bench.reword,
    "pick": Bench.pick,
    "sufficient": Bench.sufficient,
}


def holds(text: str, answers: Sequence[str]) -> bool:
    return any(contains(answer_words(text), answer_words(answer)) for answer in answers)


def language_of(text: str, wanted: str) -> bool | None:
    """Whether a text is in the wanted language; None where it is too short to tell."""
    found = detect_language(text) if len(text.split()) >= 8 else "und"
    return None if found == "und" else found == wanted


def sample_questions(cache: Path, embedder: CachedEmbedder, count: int) -> Iterator[AskedQuestion]:
    """Of the sample corpus: so many answerable questions, spread over the kinds, and the unanswerable ones."""
    corpus, folder, splitter = load().paths.corpus, cache / "stores" / "sample-answers", load().splitter
    sync(corpus, folder, embedder, min_tokens=splitter.min_tokens, max_tokens=splitter.max_tokens)
    retriever = Without(Store.open(folder), embedder)
    questions = [q for q in read(corpus / "questions.jsonl") if not q.get("history")]
    answerable = [q for q in questions if q.get("answerable", True)]
    for item in answerable[:: max(1, len(answerable) // count)][:count]:
        yield AskedQuestion(item["id"], item["question"], item["answers"], True, frozenset(), retriever)
    for item in questions:
        if not item.get("answerable", True):
            yield AskedQuestion(item["id"], item["question"], (), False, frozenset(), retriever)


def piaf_questions(data: Path, cache: Path, embedder: CachedEmbedder, count: int) -> Iterator[AskedQuestion]:
    bed = piaf(data)
    retriever = Without(open_store(bed, cache, embedder), embedder)
    answers = {item["question"]: item["answers"] for item in read(data / "piaf" / "questions.jsonl")}
    held_out = [one for one in bed.questions if not one.tuning and len(stems_of(one.text, "fr")) >= 2]
    for number, one in enumerate(held_out[:count]):
        yield AskedQuestion(f"piaf-{number}", one.text, answers[one.text], True, frozenset(), retriever)
    for number, one in enumerate(held_out[count : 2 * count]):
        yield AskedQuestion(f"piaf-hidden-{number}", one.text, (), False, hiding(one), retriever)


def interleaved(*groups: Sequence[AskedQuestion]) -> list[AskedQuestion]:
    """The groups in proportion, so that a run that is stopped has seen a bit of each."""
    placed = [(index / len(group), asked) for group in groups for index, asked in enumerate(group)]
    return [asked for _, asked in sorted(placed, key=lambda item: item[0])]


def table(lines: Sequence[dict[str, Any]]) -> str:
    rows = [
        "| way | n | answer contained | in its own proved words | sentences supported | language | first token p50 | whole p50 |"
        " near misses refused | answerable refused |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for way in WAYS:
        ours = [line for line in lines if line["way"] == way and "claims" in line]
        yes, no = [x for x in ours if x["answerable"]], [x for x in ours if not x["answerable"]]
        if not yes:
            continue
        told = [x["language"] for x in ours if x["language"] is not None]
        first = sorted(x["first"] for x in ours if x["first"] is not None)
        rows.append(
            f"| {way} | {len(yes)} + {len(no)} | {share([x['contained'] for x in yes])} | {share([x['own'] for x in yes])} "
            f"| {sum(x['supported'] for x in yes)}/{sum(x['claims'] for x in yes)} | {share(told)} "
            f"| {first[len(first) // 2]:.1f} s | {sorted(x['seconds'] for x in ours)[len(ours) // 2]:.1f} s | {share([x['abstained'] for x in no])} | {share([x['abstained'] for x in yes])} |"
        )
    return "\n".join(rows)


def sufficiency(lines: Sequence[dict[str, Any]]) -> str:
    """How well the probability of "yes" tells the answerable questions from the near misses."""
    ours = [line for line in lines if line["way"] == "sufficient"]
    yes = [line["yes"] for line in ours if line["answerable"]]
    no = [line["yes"] for line in ours if not line["answerable"]]
    if not yes or not no:
        return ""
    higher = sum((a > b) + (a == b) / 2 for a in yes for b in no) / (len(yes) * len(no))
    limit = sorted(yes)[int(0.15 * len(yes))]
    seconds = sorted(line["seconds"] for line in ours)[len(ours) // 2]
    return (
        f"\nsufficient ({len(yes)} + {len(no)}): AUROC {higher:.2f}; where it refuses at most 15 % of the answerable, "
        f"it refuses {share([value < limit for value in no])} near misses; {seconds:.1f} s more (p50)"
    )


def share(values: Sequence[bool]) -> str:
    return f"{sum(values)}/{len(values)}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--sample", type=int, default=24)
    parser.add_argument("--piaf", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no answer after that time")
    parser.add_argument("--cache", type=Path, default=Path(".runtime/bench"))
    parser.add_argument("--embedder", type=Path, default=Path(".runtime/embedders/multilingual-e5-small"))
    options = parser.parse_args()
    ends = time.monotonic() + options.seconds
    embedder = CachedEmbedder(options.embedder, options.cache)
    settings = load()
    name = wiring.model_name(settings)
    model = OllamaModel(name, settings.ollama_host, temperature=0.0, seed=1, max_tokens=120)
    file = options.cache / f"answers-{name.replace(':', '-').replace('/', '-')}.jsonl"
    done = read(file) if file.exists() else []
    known = {(line["id"], line["way"]) for line in done}
    sample = list(sample_questions(options.cache, embedder, options.sample))
    public = list(piaf_questions(options.data, options.cache, embedder, options.piaf))
    asked = interleaved(
        *(
            [one for one in group if one.answerable == kind]
            for group in (sample, public)
            for kind in (True, False)
        )
    )
    bench = Bench(model, embedder)
    with file.open("a", encoding="utf-8") as kept:
        for one in asked:
            one.retriever.hidden = one.hidden  # type: ignore[attr-defined]
            for way in options.ways.split(","):
                if (one.id, way) in known or time.monotonic() > ends:
                    continue
                line = {"id": one.id, "way": way, "answerable": one.answerable, **WAYS[way](bench, one)}
                done.append(line)
                kept.write(json.dumps(line, ensure_ascii=False) + "\n")
                kept.flush()
    print(table(done))
    print(sufficiency(done))


if __name__ == "__main__":
    main()
