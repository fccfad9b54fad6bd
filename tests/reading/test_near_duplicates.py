"""MinHash against the exact Jaccard similarity."""

from __future__ import annotations

import random
import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.near_duplicates import groups, near_duplicates, shingles, signature, similarity

VOCABULARY = [f"mot{n}" for n in range(3000)]


def text_of(seed: int, length: int = 400) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(VOCABULARY) for _ in range(length))


def edited(text: str, changes: int, seed: int = 0) -> str:
    chance = random.Random(seed)
    words = text.split()
    for place in chance.sample(range(len(words)), changes):
        words[place] = "changé"
    return " ".join(words)


def jaccard(one: str, other: str) -> float:
    first, second = set(shingles(one).tolist()), set(shingles(other).tolist())
    return len(first & second) / len(first | second)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 120))
def test_the_estimate_is_near_the_exact_value(seed: int, changes: int) -> None:
    text = text_of(seed)
    other = edited(text, changes, seed)
    assert abs(similarity(signature(text), signature(other)) - jaccard(text, other)) < 0.14


def test_groups() -> None:
    texts = {f"{n}.md": text_of(n) for n in range(30)}
    texts["copy.md"] = texts["3.md"].upper() + "!"
    texts["close.md"] = edited(texts["7.md"], 3)
    texts["far.md"] = edited(texts["9.md"], 150)
    texts["short.md"] = "Deux mots"
    texts["short too.md"] = "deux mots."
    texts["empty.md"] = ""
    texts["blank.md"] = "— …"
    found = near_duplicates(texts)
    assert sorted(map(sorted, found)) == [
        ["3.md", "copy.md"],
        ["7.md", "close.md"],
        ["short too.md", "short.md"],
    ]


def test_signatures_are_stable() -> None:
    assert np.frombuffer(signature("Un texte de cinq mots exactement."), "<u4")[:3].tolist() == [
        int(value) for value in np.frombuffer(signature("un TEXTE de cinq mots exactement"), "<u4")[:3]
    ]
    assert signature("") == b""
    assert len(signature("mot")) == 1024


def test_ten_thousand_articles_in_seconds() -> None:
    chance = np.random.default_rng(1)
    signatures = {f"{n}": chance.bytes(1024) for n in range(10_000)}
    signatures |= {f"copy {n}": signatures[f"{n}"] for n in range(50)}
    started = time.process_time()
    assert len(groups(signatures)) == 50
    assert time.process_time() - started < 15


def test_many_copies_of_one_text() -> None:
    signed = signature(text_of(1))
    (group,) = groups({str(n): signed for n in range(5000)})
    assert len(group) == 5000
