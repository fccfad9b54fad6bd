"""Many people ask one model: all are searched for at once, and the model writes for one after the other."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fakes_ollama import FakeOllama

from .visitors import Visitor, crowded, number_in

PEOPLE = 20


def test_twenty_people_at_once(tmp_path: Path) -> None:
    with FakeOllama(delay=0.01) as ollama, crowded(tmp_path, ollama) as (address, asks):
        people = [Visitor(address, f"person{n}", asks) for n in range(PEOPLE)]
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(
                pool.map(
                    lambda one: one.ask(f"Combien coûte le pont numéro {people.index(one) + 30} ?"), people
                )
            )
    for n, one in enumerate(people, 30):
        said = re.sub(r"<[^>]+>", "", one.html)
        assert f"Le pont numéro {n} coûte {n} millions" in said
        assert set(re.findall(r"pont numéro (\d+)", said)) == {str(n)}  # nobody gets another's answer
    placed = [number for one in people for number in places(one)]
    assert max(placed) >= PEOPLE // 2
    assert all(places(one) == sorted(places(one), reverse=True) for one in people)  # nobody is overtaken
    # the evidence was there before the first of all answers but a few
    ended = sorted(one.seen[-1][0] for one in people)
    shown = sorted(one.first("coûte") for one in people)
    assert shown[-1] < ended[PEOPLE // 2]
    assert len(ollama.asked("/api/chat")) == PEOPLE


def places(one: Visitor) -> list[int]:
    """The places in the queue that a visitor was told, in order."""
    told = [re.search(r"(\d+) questions? before yours", change["html"]) for _, change in one.seen]
    return list(dict.fromkeys(int(found[1]) for found in told if found))


def test_a_page_that_is_closed_stops_the_model_and_leaves_the_queue(tmp_path: Path) -> None:
    with FakeOllama(delay=0.4) as ollama, crowded(tmp_path, ollama) as (address, asks):
        first, second, third = (Visitor(address, f"person{n}", asks) for n in range(3))
        with ThreadPoolExecutor(3) as pool:
            writing = first.asking("Combien coûte le pont numéro 1 ?")
            next(change for change in writing if ollama.writing)
            waiting = second.asking("Combien coûte le pont numéro 2 ?")
            next(change for change in waiting if "1 question before yours" in change["html"])
            asked = pool.submit(third.ask, "Combien coûte le pont numéro 3 ?")
            while not places(third):
                time.sleep(0.05)
            waiting.close()  # type: ignore[attr-defined]
            while places(third)[-1] != 1:
                time.sleep(0.05)
            writing.close()  # type: ignore[attr-defined]
            closed = time.monotonic()
            while not any(number_in(body["messages"][-1]["content"]) == 3 for body in ollama.writing):
                assert time.monotonic() - closed < 3
                time.sleep(0.02)
            asked.result(30)
        assert "Le pont numéro 3" in re.sub(r"<[^>]+>", "", third.html)
        assert ollama.closed_early.is_set()
        assert len(ollama.asked("/api/chat")) == 2  # the second was never asked
