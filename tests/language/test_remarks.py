"""What is said of files, in every language; in the store as a key with its values."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path

import pytest

from assistant.language.pack import languages, pack
from assistant.language.remarks import Remark, packed, said, unpacked

READING = Path(__file__).resolve().parents[2] / "assistant" / "reading"
KEYS = sorted(pack("en").remarks)
VALUES: dict[str, str | float] = {"problem": "line 3: ?", "words": "'a', 'b'", "share": 0.52}


def values_of(text: str) -> dict[str, str | float]:
    return {name: VALUES.get(name, 7) for name in re.findall(r"\$([a-z]+)", text)}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("key", KEYS)
def test_every_remark_is_said_in_every_language(key: str, language: str) -> None:
    english = pack("en").remarks[key]
    remark = Remark(key, **values_of(english))
    words = said(remark, language)
    assert not re.search(r"[$|]", words)
    assert language == "en" or words != remark
    # nothing that one language tells is left out by another
    assert {*re.findall(r"\$\w+", pack(language).remarks[key])} == {*re.findall(r"\$\w+", english)}


def test_reading_makes_every_remark_and_no_other() -> None:
    source = "\n".join(file.read_text("utf-8") for file in READING.glob("*.py"))
    assert {*re.findall(r'Remark\("(\w+)"', source)} <= set(KEYS)
    assert not [key for key in KEYS if f'"{key}"' not in source]


def test_its_text_is_the_english_one() -> None:
    assert Remark("hidden_words", count=1) == "hidden text removed (1 word)"
    assert f"{Remark('hidden_words', count=12)}" == "hidden text removed (12 words)"
    with pytest.raises(KeyError):
        Remark("nothing_of_the_kind")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "c’est une image PNG qui porte le nom d’un texte. Renommez le fichier, ou retirez-le des articles."),
        ("es", "es una imagen PNG con nombre de texto. Cambie el nombre del archivo, o retírelo de los artículos."),
        ("de", "it is a PNG picture with the name of a text. Rename it, or remove it from the corpus."),
    ],
)  # fmt: skip
def test_a_value_may_be_a_remark(language: str, words: str) -> None:
    assert said(Remark("misnamed", what=Remark("a_png")), language) == words


def test_numbers_agree_and_have_the_decimal_sign_of_the_language() -> None:
    assert said(Remark("hidden_letters", count=1), "fr") == "texte caché retiré (1 lettre)"
    assert "(0,5 %)" in said(Remark("unreadable_letters", count=2, share=0.52), "fr")
    assert "(0.5 %)" in Remark("unreadable_letters", count=2, share=0.52)


@pytest.mark.parametrize(
    "remark",
    [
        Remark("no_text"),
        Remark("hidden_words", count=12),
        Remark("misnamed", what=Remark("a_png")),
        Remark("running_lines", lines='\'{"remark": "$count [a|b]"}\''),
    ],
)
def test_the_store_and_other_processes_keep_what_it_was_made_of(remark: Remark) -> None:
    for again in (unpacked(packed(remark)), pickle.loads(pickle.dumps(remark)), copy.deepcopy(remark)):
        assert isinstance(again, Remark)
        assert (again, again.key, again.values) == (remark, remark.key, remark.values)
        assert said(again, "fr") == said(remark, "fr")


@pytest.mark.parametrize(
    "text", ["hidden text removed (2 words)", "", '{"remark": "unknown"}', '{"remark": ', '{"remark": 3, "a": {}}']
)  # fmt: skip
def test_what_an_earlier_version_kept_stays_as_it_is(text: str) -> None:
    assert unpacked(text) == packed(text) == said(text, "fr") == text
