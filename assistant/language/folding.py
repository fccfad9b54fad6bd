"""One fold of letters for the whole program: lower case without accents, as words are compared."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources

CAPITAL = r"A-Z\u00c0-\u00d6\u00d8-\u00de"
"""Capital letters of Western Europe, for a class of characters in an expression."""
_LETTERS = str.maketrans(
    tomllib.loads(resources.files(__package__).joinpath("packs/words/letters.toml").read_text("utf-8"))
)
_COMBINING = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Lower case, accents folded, ligatures opened: "Œuvre d’État" becomes "oeuvre d'etat"."""
    text = text.lower()
    if text.isascii():
        return text
    return _COMBINING.sub("", unicodedata.normalize("NFKD", text.translate(_LETTERS)))


def fold_keeping_length(text: str) -> str:
    """Lower case without accents, with straight apostrophes, plain spaces and hyphens; offsets stay those of `text`.

    Ligatures stay, since opening them takes two characters. A line end counts as a space.
    """
    folded = text.lower() if text.isascii() else "".join(map(_fold_character, text))
    return folded.translate(_SAME)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    folded = unicodedata.normalize("NFD", character)[0].lower()
    return folded if len(folded) == 1 else character


_SAME = {
    **dict.fromkeys(map(ord, "\u00a0\u202f\n\t"), " "),
    **dict.fromkeys(map(ord, "\u2019\u2018\u02bc"), "'"),
    0x2011: "-",
}
