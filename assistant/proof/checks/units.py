"""Units, currencies and scales by their names in both languages, in lower case without accents."""

from __future__ import annotations

from assistant.proof.checks import listed

_BY_UNIT = {
    "%": "% percent pourcent pct percentage pourcentage",
    "USD": "$ us$ usd dollar dollars",
    "EUR": "€ eur euro euros",
    "GBP": "£ gbp pound pounds sterling",
    "CAD": "ca$ c$ cad",
    "JPY": "¥ yen yens",
    "CHF": "chf",
    "FRF": "franc francs",
    "second": "seconds seconde secondes sec",
    "minute": "minute minutes min",
    "hour": "hour hours heure heures hr hrs",
    "day": "day days jour jours journee journees",
    "week": "week weeks semaine semaines",
    "month": "month months mois",
    "year": "year years an ans annee annees",
    "century": "siecle siecles century centuries",
    "metre": "metre metres meter meters",
    "kilometre": "km kilometre kilometres kilometer kilometers",
    "centimetre": "cm centimetre centimetres centimeter centimeters",
    "millimetre": "mm millimetre millimetres millimeter millimeters",
    "mile": "mile miles",
    "foot": "foot feet pied pieds",
    "hectare": "ha hectare hectares",
    "acre": "acre acres",
    "gram": "gramme grammes gram grams",
    "kilogram": "kg kilo kilos kilogramme kilogrammes kilogram kilograms",
    "tonne": "tonne tonnes ton tons",
    "litre": "litre litres liter liters",
    "degree": "° °c °f degre degres degree degrees",
    "watt": "watt watts",
    "kilowatt": "kw kilowatt kilowatts",
    "megawatt": "mw megawatt megawatts",
    "gigawatt": "gw gigawatt gigawatts",
    "kilobyte": "kb ko kilobyte kilobytes kilooctet kilooctets",
    "megabyte": "mb mo megabyte megabytes megaoctet megaoctets",
    "gigabyte": "gb go gib gigabyte gigabytes gigaoctet gigaoctets",
    "terabyte": "tb to terabyte terabytes teraoctet teraoctets",
    "hertz": "hz hertz",
    "megahertz": "mhz",
    "gigahertz": "ghz",
}
UNITS: dict[str, str] = {name: unit for unit, names in _BY_UNIT.items() for name in names.split()}
CURRENCIES = frozenset({"USD", "EUR", "GBP", "CAD", "JPY", "CHF", "FRF"})
SPACED_ONLY = frozenset({"to", "go", "mo", "ko", "min", "pied", "pieds", "second", "sterling"})
"""Names that are also ordinary words: a unit only where no space stands before them."""

SCALES: dict[str, dict[str, float]] = {
    "fr": {"mille": 1e3, "millier": 1e3, "milliers": 1e3, "million": 1e6, "millions": 1e6}
    | {
        "milliard": 1e9,
        "milliards": 1e9,
        "billion": 1e12,
        "billions": 1e12,
        "trillion": 1e18,
        "trillions": 1e18,
    },
    "en": {"hundred": 1e2, "thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6}
    | {"billion": 1e9, "billions": 1e9, "trillion": 1e12, "trillions": 1e12}
    | {"milliard": 1e9, "milliards": 1e9},
}
SHORT_SCALES: dict[str, float] = {
    "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "Mio": 1e6, "mn": 1e6, "mln": 1e6,
    "Md": 1e9, "Mds": 1e9, "Mrd": 1e9, "B": 1e9, "b": 1e9, "bn": 1e9, "Bn": 1e9, "G": 1e9,
    "tn": 1e12, "T": 1e12,
}  # fmt: skip
MONEY_ONLY = frozenset({"m", "b", "T", "G", "mn"})
"""Letters that scale a number only beside a currency: "$5m", never "5 m"."""

NAMED_UNITS = frozenset(listed("fahrenheit celsius kelvin f c usd eur gbp"))
"""Units with a capital, which are nobody's name."""
