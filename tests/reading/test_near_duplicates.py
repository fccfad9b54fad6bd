"""MinHash against the exact Jaccard similarity."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.near_duplicates import (
    groups,
    holds,
    same_facts,
    shingles,
    signature,
    similarity,
)

VOCABULARY = [
    a + b + c + d for a in "bdfklmprst" for b in "aeiou" for c in "lmnrst" for d in ("ac", "el", "in", "ot")
]


def text_of(seed: int, length: int = 400) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(VOCABULARY) for _ in range(length))


def edited(text: str, changes: int, seed: int = 0) -> str:
    chance = random.Random(seed)
    words = text.split()
    for place in chance.sample(range(len(words)), changes):
        words[place] = "changé"
    return " ".join(words)


def always(one: str, other: str) -> bool:
    return True


def jaccard(one: str, other: str) -> float:
    first, second = set(shingles(one).tolist()), set(shingles(other).tolist())
    return len(first & second) / len(first | second)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 120))
def test_the_estimate_is_near_the_exact_value(seed: int, changes: int) -> None:
    text = text_of(seed)
    other = edited(text, changes, seed)
    assert abs(similarity(signature(text), signature(other)) - jaccard(text, other)) < 0.14


def grouped(texts: Mapping[str, str]) -> list[set[str]]:
    """The groups of texts that tell the same."""
    signatures = {name: signature(text) for name, text in texts.items()}
    return groups(signatures, lambda one, other: same_facts(texts[one], texts[other]))


def test_groups() -> None:
    texts = {f"{n}.md": text_of(n) for n in range(30)}
    texts["copy.md"] = texts["3.md"].upper() + "!"
    texts["close.md"] = edited(texts["7.md"], 3)
    texts["far.md"] = edited(texts["9.md"], 150)
    texts["short.md"] = "Deux mots"
    texts["short too.md"] = "deux mots."
    texts["empty.md"] = ""
    texts["blank.md"] = "— …"
    found = grouped(texts)
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
    assert len(groups(signatures, always)) == 50
    assert time.process_time() - started < 15


def test_many_copies_of_one_text() -> None:
    signed = signature(text_of(1))
    (group,) = groups({str(n): signed for n in range(5000)}, always)
    assert len(group) == 5000


SHEET = (
    "La montre {name} sort de l'atelier de Rivebelle. {name} se remonte à la main et supporte la pluie. Son boîtier "
    "mesure {width} mm, son bracelet est en cuir et son verre se change sans outil. Elle a été présentée le {day}, "
    "coûte {price} et se garde {years} ans, dit l'horloger, {author}, qui la règle lui-même avant de l'expédier."
)
FILLED = {
    "name": "Aurore", "width": "38", "day": "3 mai", "price": "120 euros", "years": "deux", "author": "Paul Girard",
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("name", "Vesper"), ("width", "40"), ("day", "3 juin"), ("day", "4 mai"), ("price", "120 francs"),
        ("years", "cinq"), ("author", "Anne Girard"), ("author", "Girard Paul"),
    ],
)  # fmt: skip
def test_a_template_filled_in_anew_is_no_duplicate(field: str, other: str) -> None:
    long = " ".join(VOCABULARY[:200])  # what the articles share
    texts = {
        "one": f"{SHEET.format(**FILLED)} {long}",
        "other": f"{SHEET.format(**FILLED | {field: other})} {long}",
        "copy": f"{SHEET.format(**FILLED)}\n\n{long.upper()}",
    }
    assert similarity(signature(texts["one"]), signature(texts["other"])) > 0.8
    assert grouped(texts) == [{"one", "copy"}]
    assert not same_facts(texts["one"], texts["other"])


def test_what_a_text_holds_of_another() -> None:
    text = "Le pied de la lampe est en hêtre. Elle se lave au savon."
    assert holds(text, "LE PIED DE LA LAMPE est en hetre !", "fr")
    assert holds(text, "Elle se lave au savon. Le pied de la lampe est en hêtre.", "fr")
    assert not holds(text, "Le pied de la lampe est en noyer. Elle se lave au savon.", "fr")
    assert not holds(text, "La lampe se lave au savon. Elle est en hêtre.", "fr")
