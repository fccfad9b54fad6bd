"""Units, currencies and scales: signs that all languages share, and their names from the language packs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from .lexicon import packs_in
from .pack import languages

_BY_UNIT = {
    "%": "% pct",
    "USD": "$ us$ usd",
    "EUR": "€ eur",
    "GBP": "£ gbp",
    "CAD": "ca$ c$ cad",
    "JPY": "¥",
    "CHF": "chf",
    "hour": "hr hrs",
    "kilometre": "km",
    "centimetre": "cm",
    "millimetre": "mm",
    "hectare": "ha",
    "kilogram": "kg",
    "degree": "° °c °f",
    "kilowatt": "kw",
    "megawatt": "mw",
    "gigawatt": "gw",
    "kilobyte": "kb",
    "megabyte": "mb",
    "gigabyte": "gb gib",
    "terabyte": "tb",
    "hertz": "hz",
    "megahertz": "mhz",
    "gigahertz": "ghz",
}
SIGNS: Mapping[str, str] = {sign: unit for unit, signs in _BY_UNIT.items() for sign in signs.split()}
"""Units by the signs and abbreviations that no language has to itself, in lower case."""
CURRENCIES = frozenset({"USD", "EUR", "GBP", "CAD", "JPY", "CHF", "FRF"})

SHORT_SCALES: dict[str, float] = {
    "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "Mio": 1e6, "mn": 1e6, "mln": 1e6,
    "Md": 1e9, "Mds": 1e9, "Mrd": 1e9, "B": 1e9, "b": 1e9, "bn": 1e9, "Bn": 1e9, "G": 1e9,
    "tn": 1e12, "T": 1e12,
}  # fmt: skip
MONEY_ONLY = frozenset({"m", "b", "T", "G", "mn"})
"""Letters that scale a number only beside a currency: "$5m", never "5 m"."""

NAMED_UNITS = frozenset(("fahrenheit", "celsius", "kelvin", "f", "c", "usd", "eur", "gbp"))
"""Units with a capital, which are nobody's name."""


@cache
def units_in(language: str) -> Mapping[str, str]:
    """Units by their names and signs in a text of this language."""
    named = {
        name: unit
        for one in reversed(packs_in(language))
        for unit, names in one.numbers["units"].items()
        for name in names
    }
    return {**SIGNS, **named}


@cache
def units_anywhere() -> frozenset[str]:
    """Names and signs of units in every language."""
    return frozenset(name for language in languages() for name in units_in(language))
