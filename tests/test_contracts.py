"""What scripts and other programs rely on: commands, options, JSON keys, exit codes. Additions are fine, losses are not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from conftest import Command
from fakes_ollama import FakeOllama

from assistant.cli import COMMANDS, cli
from assistant.evaluation.metrics import METRICS

Json = dict[str, Any]

HIT = "rank article title published language start end text score dense_rank lexical_rank"
ANSWER = (
    "question language answer abstained mode sentences citations evidence conflicts hits warnings model "
    "model_digest embedder prompt_tokens completion_tokens context_length timings kind articles given runs_on"
)
KEYS = {
    "index": "added changed removed renamed unchanged duplicates rejected passages embedded seconds",
    "show": "article title published published_origin language publisher url text passages warnings",
    "search": "question language hits",
    "hit": HIT,
    "answer": ANSWER,
    "timings": "search_s first_evidence_s first_token_s total_s",
    "sentence": "start end citations verdict reasons probability differences",
    "citation": "n article title published start end quote digest",
    "evidence": "article start end quote score",
    "check": "text language sentences citations conflicts",
    "metrics": "n metrics by failures settings fingerprints",
    "fingerprints": "corpus questions embedder model program",
    "value": "value low high n",
    "doctor": "what state detail todo",
}
METRIC_NAMES = (
    "hit@1 hit@5 hit@10 recall@5 mrr@10 ndcg@10 span_recall answer_contained token_f1 citation_precision "
    "citation_recall quote_contains_answer invalid_citations accounted abstention_precision abstention_recall "
    "abstention_f1 over_refusal language_match first_evidence_s first_token_s total_s prompt_tokens"
)
FRENCH = "Quel budget l'Assemblée a-t-elle voté ?"
ENGLISH = "How many wild horses crossed the river?"
REPLY = [
    {"message": {"content": "L'Assemblée a voté un budget de 1 234,5 millions d'euros [2]. "}},
    {"message": {"content": "Le maire promet douze écoles [1][9]. Les travaux"}},
    {"message": {"content": " commenceront en septembre."}},
]


def has(value: Mapping[str, Any], kind: str) -> None:
    missing = set(KEYS[kind].split()) - set(value)
    assert not missing, f"{kind} lacks {missing}"


# --------------------------------------------------------------------------- commands and options


def leaves(group: click.Group = cli) -> Iterator[tuple[str, ...]]:
    """Every command as it is typed, those of groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from ((name, *rest) for rest in leaves(found))
        else:
            yield (name,)


LEAVES = list(leaves())
GLOBAL = ["--corpus=c", "--store=s", "--model=m", "--embedder=e", "--config=f", "--quiet"]


def test_the_commands() -> None:
    stable = (
        "setup doctor index status verify rebuild backup restore show search ask check chat evaluate compare "
        "questions"
    )
    assert set(stable.split()) <= set(COMMANDS)
    made = {leaf[1] for leaf in LEAVES if leaf[0] == "questions"}
    assert {"generate", "validate", "import", "export"} <= made


@pytest.mark.parametrize("leaf", LEAVES, ids=" ".join)
def test_global_options_stand_anywhere(command: Command, leaf: tuple[str, ...]) -> None:
    for at in range(len(leaf) + 1):
        done = command(*leaf[:at], *GLOBAL, *leaf[at:], "--help")
        assert (done.code, done.err) == (0, ""), f"{at}: {done.err}"
        version = command(*leaf[:at], "--version", *leaf[at:])
        assert version.code == 0
        assert version.out.startswith("assistant, version ")


def test_a_global_option_counts_wherever_it_stands(command: Command, sample_store_folder: Path) -> None:
    before = command("--store", sample_store_folder, "--quiet", "status", "--json")
    after = command("status", "--json", "--store", sample_store_folder, "--quiet")
    assert {**before.json, "age_s": 0} == {**after.json, "age_s": 0}  # between the two, time passes
    assert before.json["articles"] == 4
    assert command("--store", "nowhere", "status").code == command("status", "--store", "nowhere").code == 1


OPTIONS = {
    "setup": "--model --embedder --offline --json",
    "doctor": "--json",
    "index": "--rebuild --skip-bad --replace --json",
    "status": "--json",
    "verify": "--json",
    "rebuild": "--json",
    "backup": "--json",
    "restore": "--json",
    "show": "--text --json",
    "search": "--top-k --since --until --language --folder --article --json",
    "ask": "--require-model --no-verifier --since --until --language --folder --article --json",
    "check": "--batch --source --with-model --json",
    "chat": "--host --port --no-browser",
    "evaluate": "--answers --report --retrieval-only --evidence-only --endpoint --baseline --fail-under --json",
    "compare": "--json",
}


@pytest.mark.parametrize("name", OPTIONS)
def test_the_options_of_each_command(name: str) -> None:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    assert set(OPTIONS[name].split()) <= {option for param in found.params for option in param.opts}


# --------------------------------------------------------------------------- JSON


def test_index(command: Command, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "good.md").write_text("The tide rises twice a day because of the moon.")
    (corpus / "bad.md").write_bytes(b"\x89PNG\r\n\x00")
    done = command("index", "--json", "--corpus", corpus, "--store", tmp_path / "store")
    assert done.code == 1
    has(done.json, "index")
    assert done.json["added"] == ["good.md"]
    (rejected,) = done.json["rejected"]
    assert set(rejected) >= {"article", "reason"}
    again = command("index", "--json", "--skip-bad", "--corpus", corpus, "--store", tmp_path / "store")
    assert (again.code, again.json["unchanged"], again.json["embedded"]) == (0, 1, 0)


def test_care_of_the_store(command: Command, tmp_path: Path, sample_store_folder: Path) -> None:
    for words in (
        ("status",),
        ("verify",),
        ("backup", tmp_path / "copy"),
        ("restore", tmp_path / "copy", "--store", tmp_path / "mine"),
        ("rebuild", "--store", tmp_path / "mine"),
    ):
        done = command(*words, "--json")
        assert done.code == 0, done.err
        assert isinstance(done.json, dict)


def test_show_and_search(command: Command) -> None:
    shown = command("show", "budget.md", "--json").json
    has(shown, "show")
    text = command("show", "budget.md", "--text").out
    assert text == shown["text"] + "\n"
    assert shown["published"] == "2025-03-18"
    assert all(set(passage) >= {"start", "end"} for passage in shown["passages"])
    found = command("search", FRENCH, "--json", "--top-k", 3).json
    has(found, "search")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3][: len(found["hits"])]
    for hit in found["hits"]:
        has(hit, "hit")
        assert hit["text"] == article(command, hit["article"])[hit["start"] : hit["end"]]


def digest_of(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def article(command: Command, name: str) -> str:
    return str(command("show", name, "--json").json["text"])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, command: Command) -> Iterator[FakeOllama]:
    """An Ollama with one model that cites wrongly, invents a number and forgets to cite."""
    with FakeOllama() as server:
        server.play("m:1", REPLY)
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        yield server


@pytest.mark.parametrize("question", [FRENCH, ENGLISH, "Wie viele Pferde ?", "Quel est le prix du lithium ?"])
@pytest.mark.parametrize("with_model", [True, False])
def test_always(
    command: Command, server: FakeOllama, monkeypatch: pytest.MonkeyPatch, question: str, with_model: bool
) -> None:
    if not with_model:
        monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    done = command("ask", question, "--json", "--model", "m:1")
    assert done.code == 0
    answer = done.json
    hold(answer, lambda name: article(command, name))
    assert answer["question"] == question
    if not answer["abstained"]:
        assert answer["mode"] == ("model" if with_model else "evidence")
        assert (answer["model"] == "m:1") is with_model
        assert bool(answer["warnings"]) or with_model


def hold(answer: Json, text_of: Callable[[str], str]) -> None:
    """Every "Always" of an answer."""
    has(answer, "answer")
    has(answer["timings"], "timings")
    for name, kind in (("hits", "hit"), ("citations", "citation"), ("evidence", "evidence")):
        for item in answer[name]:
            has(item, kind)
            words = item["text" if name == "hits" else "quote"]
            assert words == text_of(item["article"])[item["start"] : item["end"]]
    for item in answer["citations"]:
        assert item["digest"] == digest_of(text_of(item["article"]))
    numbers = [citation["n"] for citation in answer["citations"]]
    used = [n for sentence in answer["sentences"] for n in sentence["citations"]]
    assert numbers == list(range(1, len(numbers) + 1)) == list(dict.fromkeys(used))
    assert {n for n in range(100) if f"[{n}]" in answer["answer"]} == set(numbers)
    ends = [(sentence["start"], sentence["end"]) for sentence in answer["sentences"]]
    assert ends == sorted(ends)
    assert all(0 <= start <= end <= len(answer["answer"]) for start, end in ends)
    for sentence in answer["sentences"]:
        has(sentence, "sentence")
        assert sentence["verdict"] in ("supported", "partial", "unsupported", "no_claim")
    for conflict in answer["conflicts"]:
        assert {side["citation"] for side in conflict["sides"]} <= set(numbers)
    assert answer["mode"] in ("model", "evidence")
    assert not (answer["abstained"] and numbers)


def test_an_answer_without_a_model_is_verbatim(command: Command) -> None:
    answer = command("ask", FRENCH, "--json").json
    quotes = {citation["n"]: citation["quote"] for citation in answer["citations"]}
    assert quotes
    for sentence in answer["sentences"]:
        words = answer["answer"][sentence["start"] : sentence["end"]]
        (n,) = sentence["citations"]
        assert words.replace(f" [{n}]", "") in " ".join(quotes[n].split())


def test_check(command: Command, tmp_path: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("Twelve wild horses crossed the river. Ninety wild horses crossed the river.")
    done = command("check", draft, "--json")
    assert done.code == 0
    has(done.json, "check")
    assert done.json["text"] == draft.read_text()
    for sentence in done.json["sentences"]:
        has(sentence, "sentence")
        assert 0 <= sentence["start"] <= sentence["end"] <= len(done.json["text"])
    for citation in done.json["citations"]:
        has(citation, "citation")
        quoted = article(command, citation["article"])[citation["start"] : citation["end"]]
        assert citation["quote"] == quoted
        assert citation["digest"] == digest_of(article(command, citation["article"]))
    assert done.json["citations"]


def test_doctor(command: Command) -> None:
    done = command("doctor", "--json")
    assert done.code == 1
    assert isinstance(done.json, list)
    for line in done.json:
        has(line, "doctor")
        assert line["todo"] or line["state"] == "ok"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "q.jsonl"
    asked = {"id": "h", "question": ENGLISH, "lang": "en", "articles": ["horses.md"], "answers": ["Twelve"]}
    file.write_text(json.dumps(asked) + "\n")
    return file


@pytest.mark.parametrize("tier", ["--retrieval-only", "--evidence-only"])
def test_evaluate(command: Command, questions: Path, tmp_path: Path, tier: str) -> None:
    kept = tmp_path / "answers.jsonl"
    done = command("evaluate", questions, tier, "--json", "--quiet", "--answers", kept)
    assert done.code == 0, done.err
    has(done.json, "metrics")
    has(done.json["fingerprints"], "fingerprints")
    assert {"kind", "language", "pair"} <= set(done.json["by"])
    assert set(METRIC_NAMES.split()) <= set(done.json["metrics"])
    for value in done.json["metrics"].values():
        assert value is None or set(value) >= set(KEYS["value"].split())
    assert done.json["metrics"]["hit@1"]["value"] == 1
    if tier == "--evidence-only":
        (line,) = map(json.loads, kept.read_text().splitlines())
        assert next(iter(line)) == "id"
        hold(line, lambda name: article(command, name))


def test_compare_and_validate(command: Command, questions: Path, tmp_path: Path) -> None:
    one = tmp_path / "a.json"
    one.write_text(command("evaluate", questions, "--retrieval-only", "--json", "--quiet").out)
    assert isinstance(command("compare", one, one, "--json").json, dict)
    assert isinstance(command("questions", "validate", questions, "--json").json, dict)


def test_the_metrics() -> None:
    assert set(METRIC_NAMES.split()) <= set(METRICS)


# --------------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (0, "status", ""),
        (0, "search tides", ""),
        (0, "ask tides", "No language model answered"),
        (1, "status --store nowhere", "No index in 'nowhere'. Run `assistant index` first."),
        (1, "show nowhere.md", "No article 'nowhere.md' in the store."),
        (1, "index --corpus nowhere --store s", "The corpus 'nowhere' is not there."),
        (1, "index --corpus . --store s", "holds no article"),
        (1, "verify --store nowhere", "nowhere"),
        (1, "restore nowhere --store s", "nowhere"),
        (1, "evaluate nowhere.jsonl --retrieval-only", "nowhere.jsonl"),
        (2, "", "Usage"),
        (2, "nothing", "No such command 'nothing'"),
        (2, "status --nothing", "No such option '--nothing'"),
        (2, "show", "Missing argument"),
        (2, "search tides --top-k 0", "--top-k"),
        (2, "status --config nowhere.toml", "The settings file 'nowhere.toml' is not there."),
        (2, "check nowhere.txt", "nowhere.txt"),
        (2, "chat --host 192.0.2.7 --no-browser", "nobody has an account"),
        (4, "ask tides --require-model", "No Ollama server answers"),
        (4, "ask tides --require-model --model m:1", "No Ollama server answers"),
    ],
)
def test_exit_codes(command: Command, code: int, words: str, said: str) -> None:
    done = command(*words.split())
    assert done.code == code, done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert code == 0 or done.out == ""


def test_a_missed_floor_ends_with_three(command: Command, questions: Path) -> None:
    done = command("evaluate", questions, "--retrieval-only", "--quiet", "--fail-under", "hit@1=1.01")
    assert done.code == 3
    assert "Missed: hit@1" in done.err


def test_an_evaluation_without_its_model_ends_with_four(command: Command, questions: Path) -> None:
    done = command("evaluate", questions, "--json", "--quiet", "--model", "m:1")
    assert (done.code, done.out) == (4, "")
