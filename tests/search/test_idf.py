"""How rare a word is in a collection."""

from __future__ import annotations

import math

from assistant.search.idf import Idf
from assistant.store.sync import Store


def test_rare_words_weigh_more_and_unknown_ones_most(sample_store: Store) -> None:
    passages = sample_store.languages["en"]
    weights = Idf(sample_store)(["tide", "hors", "nowher"], "en")
    assert weights["nowher"] == math.log(2 + passages)
    assert 0 < weights["tide"] < weights["nowher"]
    assert set(weights) == {"tide", "hors", "nowher"}


def test_a_language_without_passages_knows_no_word(sample_store: Store) -> None:
    assert Idf(sample_store)(["mot"], "ro") == {"mot": math.log(2)}
