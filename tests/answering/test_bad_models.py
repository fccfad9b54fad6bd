"""Models and articles at their worst: each is survived, and the user is told. The model speaks over real HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from builders import make_hit
from fakes import FakeEmbedder
from fakes_ollama import FakeOllama

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.grounding import Prover
from assistant.model.ollama import OllamaModel
from assistant.search.hybrid import HybridRetriever
from assistant.store.sync import Store, sync
from assistant.types import Answer, Hit, Thought

from .scripted import FixedRetriever
from .shapes import SHAPES
from .test_assistant import OTHER, QUESTION, RIGHT, check_always

GOOD = "Microsoft garde un droit de premier refus sur les nouvelles capacités de calcul d'OpenAI [1]."
QUOTED = "est remplacée par un droit de premier refus"


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


def words(text: str, **message: str) -> list[dict[str, Any]]:
    """A stream of one chunk a word, as Ollama sends it."""
    parts = text.split(" ")
    return [
        {"message": {"content": part + " " * (n + 1 < len(parts)), **message}} for n, part in enumerate(parts)
    ]


def asking(ollama: FakeOllama, *hits: Hit, max_tokens: int = 400) -> Assistant:
    model = OllamaModel("bad:1b", ollama.host, max_tokens=max_tokens)
    return Assistant(FixedRetriever(*(hits or (RIGHT, OTHER))), Prover(), model, embedder="fake")


def answer(ollama: FakeOllama, chunks: Sequence[Any], *hits: Hit, **options: int) -> Answer:
    ollama.play("bad:1b", chunks)
    found = answer_of(asking(ollama, *hits, **options).ask(QUESTION))
    check_always(found, hits or (RIGHT, OTHER))
    json.dumps(found.as_json()).encode()
    return found


def test_a_model_that_answers_nothing(ollama: FakeOllama) -> None:
    for content in ("", "   \n\n "):
        found = answer(ollama, [{"message": {"content": content}}])
        assert "Le modèle n'a rien répondu." in found.warnings
        assert QUOTED in found.text, "the sources' own words stand in"


@pytest.mark.parametrize(
    "chunks",
    [
        [{"message": {"thinking": "Hm. "}}, {"message": {"thinking": "Je cherche."}}],
        [{"message": {"content": "<think>Hm. Je "}}, {"message": {"content": "cherche."}, "done_reason": "length"}],
    ],
)  # fmt: skip
def test_a_model_that_only_thinks(ollama: FakeOllama, chunks: list[Any]) -> None:
    ollama.play("bad:1b", chunks, capabilities=("completion", "thinking"))
    events = list(asking(ollama).ask(QUESTION))
    found = answer_of(iter(events))
    assert "".join(e.text for e in events if isinstance(e, Thought)).replace("cherche.", "") == "Hm. Je "
    assert "Le modèle a seulement réfléchi, sans répondre." in found.warnings
    assert "Hm" not in found.text
    assert QUOTED in found.text


def test_what_was_thought_aloud_is_no_answer(ollama: FakeOllama) -> None:
    found = answer(ollama, words(f"Cherchons. Mistral compte 48 milliards [2].\n</think>\n\n{GOOD}"))
    assert found.text == GOOD
    assert [s.verdict for s in found.sentences] == ["supported"]


@pytest.mark.parametrize(
    "reply",
    [
        GOOD + " " + "Le droit est là. " * 2000,
        GOOD + " " + "Le droit est là. La licence est ici. " * 1000,
        GOOD + "\n" + "\n".join(f"{n}. Le droit est là." for n in range(2000)),
        GOOD + " Le droit" + " et le droit" * 3000,
    ],
)  # fmt: skip
def test_a_model_that_loops(ollama: FakeOllama, reply: str) -> None:
    found = answer(ollama, words(reply))
    assert "Le modèle se répétait : sa réponse a été arrêtée." in found.warnings
    assert len(found.text) < 1500
    assert ollama.closed_early.wait(5), "the server stops writing"


@pytest.mark.parametrize("about", ["a model", "a thought"])
def test_a_model_that_knows_no_limit(ollama: FakeOllama, about: str) -> None:
    tokens = [f"mot{n}. " for n in range(10_000)]
    kind = "content" if about == "a model" else "thinking"
    started = time.monotonic()
    found = answer(ollama, [{"message": {kind: token}} for token in tokens], max_tokens=60)
    assert "La réponse a atteint sa longueur maximale." in found.warnings
    assert found.text.count("mot") < 200
    assert QUOTED in found.text
    assert time.monotonic() - started < 10


def test_a_line_without_end(ollama: FakeOllama) -> None:
    found = answer(ollama, words(" ".join(f"{n}" for n in range(600))))
    assert found.sentences[0].verdict in ("unsupported", "no_claim")


@pytest.mark.parametrize(
    "reply",
    ["Microsoft keeps a right of first refusal on the new computing capacity of OpenAI, and nobody else.",
     "Microsoft behält ein Vorkaufsrecht auf neue Rechenkapazitäten von OpenAI, und sonst bekommt es niemand.",
     "微软对OpenAI的新增计算能力保留优先购买权，其他任何公司都没有这种权利，这是协议的规定。"],
)  # fmt: skip
def test_a_model_that_writes_another_language(ollama: FakeOllama, reply: str) -> None:
    found = answer(ollama, words(reply))
    assert "Le modèle a répondu dans une autre langue que celle de la question." in found.warnings


def test_broken_bytes(ollama: FakeOllama) -> None:
    line = json.dumps(
        {"message": {"content": "La capacité \x85 de OpenAI. "}, "done": False}, ensure_ascii=False
    )
    broken = line.encode().replace("é".encode(), b"\xc3") + b"\n"
    done = json.dumps({"message": {"content": "Fin \ud83d."}, "done": True}).encode() + b"\n"
    found = answer(ollama, [broken, done])
    assert "\ufffd" in found.text
    assert any("illisibles" in warning for warning in found.warnings)


def test_characters_cut_by_the_network(ollama: FakeOllama) -> None:
    reply = "Un droit « de premier refus » 🏛 [1]. L’été…"
    wire = b"".join(
        json.dumps({"message": {"content": part}, "done": False}, ensure_ascii=False).encode() + b"\n"
        for part in (reply[:10], reply[10:])
    )
    wire += b'{"message":{"content":""},"done":true,"done_reason":"stop"}\n'
    ollama.play("bad:1b", [wire])
    whole = answer_of(asking(ollama).ask(QUESTION)).text
    ollama.play("bad:1b", [wire[n : n + 1] for n in range(len(wire))])
    assert answer_of(asking(ollama).ask(QUESTION)).text == whole
    assert "\ufffd" not in whole
    assert "« de premier refus » 🏛" in whole


@pytest.mark.parametrize(
    "shape", ["gpt-oss, channels", "thinking in the text", "list and table", "raised", "code block"]
)
def test_every_family_over_http(ollama: FakeOllama, shape: str) -> None:
    reply = SHAPES[shape].reply
    texts = set()
    for size in (1, 3, len(reply)):
        parts = [reply[n : n + size] for n in range(0, len(reply), size)]
        texts.add(answer(ollama, [{"message": {"content": part}} for part in parts]).text)
    assert len(texts) == 1


def test_an_error_in_the_middle(ollama: FakeOllama) -> None:
    found = answer(ollama, [*words("Microsoft garde un droit. Et"), {"error": "out of memory"}])
    assert any("out of memory" in warning for warning in found.warnings)
    assert found.sentences[0].text.startswith("Microsoft")


def test_citations_in_code_are_no_citations(ollama: FakeOllama) -> None:
    found = answer(ollama, words(f"```\nx = liste[1]\n```\n{GOOD}"))
    assert "liste[ 1]" in found.text
    assert [citation.n for citation in found.citations] == [1]


def test_a_hit_with_no_sentence(ollama: FakeOllama) -> None:
    for text in (" ", "\n\n", "---", "| |"):
        empty = make_hit(text, article="vide.md")
        found = answer(ollama, words(GOOD), empty)
        assert found.abstained
        both = answer(ollama, words(GOOD), empty, make_hit(RIGHT.text, rank=2))
        assert [citation.quote.article for citation in both.citations] == ["a.md"]


def test_an_article_of_one_endless_line(ollama: FakeOllama, tmp_path: Path, embedder: FakeEmbedder) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    word = "budget ville mairie école travaux quartier "
    (corpus / "ligne.txt").write_text((word * 5000)[:200_000] + " le vote est reporté en mars 2025", "utf-8")
    (corpus / "bloc.txt").write_text("x" * 200_000, "utf-8")
    report = sync(corpus, tmp_path / "store", embedder, min_tokens=60, max_tokens=200)
    assert len(report.added) + len(report.rejected) == 2
    with Store.open(tmp_path / "store", embedder_fingerprint=embedder.fingerprint) as store:
        ollama.play("bad:1b", words("Le vote est reporté en mars 2025 [1]."))
        model = OllamaModel("bad:1b", ollama.host)
        started = time.monotonic()
        backend = Assistant(HybridRetriever(store, embedder), Prover(), model, embedder="fake")
        found = answer_of(backend.ask("Quand le vote est-il reporté ?"))
        assert time.monotonic() - started < 10
        text = store.article("ligne.txt").text
    for citation in found.as_json()["citations"]:
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert len(citation["quote"]) < 3000
