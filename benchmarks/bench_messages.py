"""Messages as people type them, over public articles, judged by written rules.

    python benchmarks/bench_messages.py DATA --work FOLDER [--model NAME] [--only KIND …] [--limit N] [--show]

DATA holds the public sets (`message_corpus.py` names them); FOLDER keeps the corpus, its store and the answers.
A line of `messages.jsonl` is right where all of its rules hold:

- `refuses`: the answer abstains; without it, it must not, unless `any` asks for words that say what was not found
- `any`, `all`: regular expressions of which one, or each, is found in the answer (case and no-break spaces aside)
- `articles`: one of them at least is cited, or is among the articles of the answer
- `form`: "table" is a Markdown table, "lines" at least two lines or sentences
- `after`: the message that is asked before, in the same conversation

Text of the prompt, in any answer, makes it wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from message_corpus import write_corpus

from assistant import wiring
from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.settings import load
from assistant.store.sync import sync
from assistant.types import Answer, Turn

HERE = Path(__file__).parent
AS_OF = date(2025, 1, 15)
LEAKS = re.compile(r"===|_SOURCE|\[[0-9a-f]{8}\]|Excerpts, between|Extraits, entre")


def faults(rule: dict[str, Any], answer: Answer) -> list[str]:
    """Which rules an answer breaks."""
    text = answer.text.replace("\u00a0", " ").replace("\u202f", " ").casefold()
    said = {citation.quote.article for citation in answer.citations} | set(answer.articles)
    missing = "any" in rule and not any(re.search(one, text) for one in rule["any"])
    broken = []
    if bool(rule.get("refuses")) != answer.abstained and (missing or "any" not in rule):
        broken.append("refused" if answer.abstained else "not refused")
    if missing:
        broken.append(f"none of {rule['any']}")
    broken += [f"no {one!r}" for one in rule.get("all", ()) if not re.search(one, text)]
    if "articles" in rule and not said & set(rule["articles"]):
        broken.append("other articles")
    if rule.get("form") == "table" and not re.search(r"^\|.*\|\n\|[-| ]+\|", answer.text, re.MULTILINE):
        broken.append("no table")
    if rule.get("form") == "lines" and len(answer.sentences) < 2:
        broken.append("one line")
    if LEAKS.search(answer.text):
        broken.append("words of the prompt")
    return broken


def ask(assistant: Assistant, rule: dict[str, Any]) -> Answer:
    history: list[Turn] = []
    if "after" in rule:
        before = answer_of(assistant.ask(rule["after"], (), AS_OF))
        history = [Turn("user", rule["after"]), Turn("assistant", before.text, before.as_json())]
    return answer_of(assistant.ask(rule["message"], history, AS_OF))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    say = print
    wiring.be_private()
    settings = load(None, paths={"store": options.work / "store"}, model={"name": options.model})
    embedder = wiring.make_embedder(settings)
    say(write_corpus(options.data, options.work / "corpus"), "articles")
    sync(options.work / "corpus", options.work / "store", embedder, min_tokens=200, max_tokens=350)
    rules = [json.loads(line) for line in (HERE / "messages.jsonl").read_text("utf-8").splitlines()]
    rules = [rule for rule in rules if not options.only or rule["kind"] in options.only]
    rules = rules[options.skip :][: options.limit]
    by: dict[str, list[tuple[bool, bool, float]]] = defaultdict(list)
    with wiring.open_store(settings, embedder) as store:
        assistant = wiring.make_assistant(
            settings,
            store,
            embedder,
            with_model=options.model is not None,
            require_model=options.model is not None,
        )
        for rule in rules:
            started = time.monotonic()
            answer = ask(assistant, rule)
            broken = faults(rule, answer)
            by[rule["kind"]].append((not broken, answer.kind == rule["kind"], time.monotonic() - started))
            if broken or options.show:
                say(f"{rule['id']} {rule['message']!r} ({answer.kind}): {'; '.join(broken) or 'right'}")
            if options.show:
                say("    " + answer.text.replace("\n", "\n    "))
    say("| kind | messages | right | kind told right | median s |\n|---|---|---|---|---|")
    everything = [one for group in by.values() for one in group]
    for kind, group in [*by.items(), ("all", everything)]:
        seconds = sorted(took for *_, took in group)[len(group) // 2]
        right, told = sum(one[0] for one in group), sum(one[1] for one in group)
        say(f"| {kind} | {len(group)} | {right} ({right / len(group):.2f}) | {told} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
