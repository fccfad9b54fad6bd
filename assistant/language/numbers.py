"""Numbers of a text as values with units: "1 234,5", "1,234.5", "12 pour cent", "1 milliard", "vingt et un"."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from typing import Literal, NamedTuple

from .calendars import decimal_sign
from .folding import fold_keeping_length
from .lexicon import one_of, table_in, words_in
from .number_words import spelled_numbers
from .pack import pack
from .spans import without
from .units import (
    MONEY_ONLY,
    SHORT_SCALES,
    SIGNS,
    units_anywhere,
    units_in,
)

Direction = Literal["about", "more", "less"]

_DIGITS = re.compile(
    r"(?<![\w.,])(?:(?<!/)|(?<=\b[12]\d\d\d/))(?P<sign>[-−](?=\d))?"
    r"(?P<digits>\d{1,3}(?:[\u00a0\u202f\u2009 '’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
)
"""Of two numbers with a stroke between them the second counts in a reference: "2024/1689"."""
_IDENTIFIER = re.compile(r"(?<![\w-])(?=[\w.-]{0,60}[^\W\d])(?=[\w.-]{0,60}\d)\w+(?:[-.‑]\w+)*")
_CLOCK = re.compile(
    r"(?<![\w:,.])(?P<h>[01]?\d|2[0-4])(?:\s?(?:h|H)\s?(?P<m1>[0-5]\d)?\b(?!/)|:(?P<m2>[0-5]\d)(?!:?\d))"
    r"(?:\s?(?P<half1>[ap])\.?m\b\.?)?"
    r"|(?<![\w:,.])(?P<h12>1[0-2]|0?[1-9])(?:[:.](?P<m3>[0-5]\d))?\s?(?P<half2>[ap])\.?m\b\.?",
    re.IGNORECASE,
)
_LIST_MARKER = re.compile(r"^\s*(?:[-*•–]\s+)?\(?\d{1,2}[.)]\s+(?=\D)")
_BEFORE_CURRENCY = re.compile(r"(US\$|CA\$|C\$|\$|€|£|¥)\s?$")
_SHORT_SCALE = re.compile(
    r"(?P<space>[\s\u00a0\u202f]?)(?P<scale>Mds?|Mrd|Mio|mln|mn|bn|Bn|tn|[kKMmBbGT])(?P<money>[$€£]|(?![\w]))"
)


class Patterns(NamedTuple):
    """What reads the words around the numbers of one language's texts."""

    next_word: re.Pattern[str]
    ordinal_end: re.Pattern[str]
    half_after: re.Pattern[str]
    about: re.Pattern[str]
    more: re.Pattern[str]
    less: re.Pattern[str]
    range: re.Pattern[str]
    fraction: re.Pattern[str]
    bare_scale: re.Pattern[str]


@cache
def patterns_in(language: str) -> Patterns:
    """The patterns made of the `[numbers]` of a language and of those beside it."""
    words = partial(words_in, language, "numbers")
    of, elided = one_of(words("of")), one_of(words("elided_of"))
    halves = "|".join(r"\s{1,20}" + half.replace(" ", r"\s{1,20}") + r"\b" for half in words("half_after"))
    article = rf"\s*(?:{one_of(words('articles'))} )?$"
    return Patterns(
        re.compile(
            rf"(?P<gap>[\s\u00a0\u202f-]{{0,40}})(?:{of}\s{{1,40}}|{elided}['’]\s?)?(?P<word>°[CF]?|%|[$€£¥]|[^\W\d_]+)"
        ),
        re.compile(one_of(words("ordinal_endings")) + r"s?(?!\w)"),
        re.compile(halves or "(?!)"),
        re.compile(one_of((*words("about"), "~", "≈")) + article),
        re.compile(one_of((*words("more"), ">")) + article),
        re.compile(one_of((*words("less"), "<")) + article),
        re.compile(rf"\s{{0,20}}(?:-|–|—|/|{one_of(words('range'))})\s{{0,20}}"),
        re.compile(rf"\b{one_of(table_in(language, 'numbers', 'fractions'))}\b"),
        re.compile(rf"\b{one_of(words('bare_articles'))}\s+({one_of(words('bare_scales'))})\b"),
    )


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text gives it, `text == source[start:end]`."""

    start: int
    end: int
    text: str
    values: tuple[float, ...]
    """More than one where the notation can be read in two ways ("1.234")."""
    unit: str | None = None
    direction: Direction | None = None
    ordinal: bool = False
    loose: bool = False
    """May be no number at all ("one of them", "un autre"): helps to support, is never missed."""
    scaled: bool = False


def identifiers(text: str) -> list[tuple[int, int]]:
    """Names that contain digits: "GPT-4", "o3-mini", "gpt-oss-120b", "R1"; never "10km", "7B" or "mid-2020"."""
    return [match.span() for match in _IDENTIFIER.finditer(text) if _is_identifier(match.group())]


def _is_identifier(token: str) -> bool:
    if not token[0].isdigit():
        # "mid-2020", "post-1945": an ordinary number behind a prefix
        return not re.fullmatch(r"[^\W\d_]+[-‑](?:[12]\d{3}|\d+\D{0,2})", token) or token[0].isupper()
    tail = token.lstrip("0123456789.,")
    if not tail or tail[0] in "-‑_" or not tail[0].isupper():
        return False
    return (
        tail not in SHORT_SCALES
        and tail.lower() not in units_anywhere()
        and len(tail) <= 3
        and not tail.startswith(("H", "h"))
    )


@lru_cache(maxsize=8192)
def find_quantities(
    text: str, language: str, dates: tuple[tuple[int, int], ...] = ()
) -> tuple[Quantity, ...]:
    """Numbers of a text in order; `dates`: spans that belong to dates and are no quantities."""
    marker = _LIST_MARKER.match(text)
    hidden = [*dates, *identifiers(text), *([marker.span()] if marker else [])]
    visible = without(text, hidden)
    clocks = [_clock(match, text) for match in _CLOCK.finditer(visible)]
    visible = without(visible, [(clock.start, clock.end) for clock in clocks])
    folded = fold_keeping_length(visible)
    shares = table_in(language, "numbers", "fractions")
    fractions = [
        Quantity(m.start(), m.end(), text[m.start() : m.end()], (float(shares[m.group()]),), "%", loose=True)
        for m in patterns_in(language).fraction.finditer(folded)
    ]
    folded = without(folded, [(f.start, f.end) for f in fractions])
    digits = [_from_digits(match, visible, folded, language) for match in _DIGITS.finditer(visible)]
    spelled = _from_words(without(folded, [(q.start, q.end) for q in digits]), visible, language)
    ordered = sorted([*clocks, *fractions, *digits, *spelled], key=lambda quantity: quantity.start)
    return tuple(_share_units(ordered, folded, language))


def _clock(match: re.Match[str], text: str) -> Quantity:
    hour = int(match["h"] or match["h12"]) % 24
    minute = int(match["m1"] or match["m2"] or match["m3"] or 0)
    half = (match["half1"] or match["half2"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return Quantity(match.start(), match.end(), text[slice(*match.span())], (hour * 60.0 + minute,), "clock")


def _read_digits(digits: str, language: str) -> tuple[float, ...]:
    """The value of a written number; both values where a separator is ambiguous."""
    compact = re.sub(r"[\s\u00a0\u202f\u2009'’]", "", digits)
    separators = [c for c in compact if c in ".,"]
    if not separators:
        return (float(compact),)
    if len(set(separators)) == 2:
        # of a run of prices ("114.80,47.40") only that there are digits is known
        whole, _, fraction = compact.rpartition(separators[-1])
        return (float(f"{re.sub(r'[.,]', '', whole)}.{fraction}"),)
    separator = separators[0]
    if len(separators) > 1:
        return (float(compact.replace(separator, "")),)
    whole, fraction = compact.split(separator)
    both = float(f"{whole}.{fraction}"), float(whole + fraction)
    if len(fraction) != 3 or len(whole) > 3 or whole == "0":
        return both[:1]
    return both if separator == decimal_sign(language) else both[::-1]


def _from_digits(match: re.Match[str], text: str, folded: str, language: str) -> Quantity:
    values = _read_digits(match["digits"], language)
    ending = patterns_in(language).ordinal_end.match(folded, match.end())
    if ending and len(values) == 1:
        return Quantity(match.start(), ending.end(), text[match.start() : ending.end()], values, ordinal=True)
    if match["sign"] and not text[: match.start()].rstrip().endswith(tuple("0123456789%")):
        values = tuple(-value for value in values)
    return _with_unit(match.start(), match.end(), values, text, folded, language)


def _from_words(folded: str, text: str, language: str) -> list[Quantity]:
    found: list[Quantity] = []
    tables = pack(language).numbers
    loose_ordinals = words_in(language, "numbers", "loose_ordinals")
    for number in spelled_numbers(folded, language):
        if any(quantity.end > number.start for quantity in found):  # the "cent" of "douze pour cent"
            continue
        shown = text[number.start : number.end]
        if number.ordinal:
            loose = number.value == 1 or shown.lower() in loose_ordinals
            found.append(
                Quantity(number.start, number.end, shown, (float(number.value),), ordinal=True, loose=loose)
            )
            continue
        quantity = _with_unit(number.start, number.end, (float(number.value),), text, folded, language)
        loose = number.value == 1 and number.alone and not quantity.scaled
        found.append(replace(quantity, loose=loose))
    for match in re.finditer(r"[^\W\d_]+", folded):
        value = tables["collectives"].get(match.group().removesuffix("s"))
        if value:
            quantity = _with_unit(match.start(), match.end(), (float(value),), text, folded, language)
            found.append(
                replace(quantity, direction=quantity.direction or "about", loose=match.group().endswith("s"))
            )
    found.extend(_bare_scales(folded, text, language, found))
    return found


def _bare_scales(folded: str, text: str, language: str, found: Sequence[Quantity]) -> list[Quantity]:
    """ "un million", "a billion", "mille": a scale word with no number before it."""
    scales = pack(language).numbers["scales"]
    taken = [(quantity.start, quantity.end) for quantity in found]
    bare = []
    for match in patterns_in(language).bare_scale.finditer(folded):
        if not any(start <= match.start(1) < end for start, end in taken):
            bare.append(
                Quantity(
                    *match.span(), text[slice(*match.span())], (float(scales.get(match[1], 0)),), scaled=True
                )
            )
    return bare


def _with_unit(
    start: int, end: int, values: tuple[float, ...], text: str, folded: str, language: str
) -> Quantity:
    """The number at [start, end) with the scale, unit and approximation that stand around it."""
    unit = _currency_before(text, start)
    end, scale, money = _scale_after(end, text, folded, language, unit)
    unit = money or unit
    end, after = (end, None) if unit else _unit_after(end, folded, text, language)
    return Quantity(
        start,
        end,
        text[start:end],
        tuple(value * scale for value in values),
        unit or after,
        _direction(folded[max(0, start - 24) : start], language),
        scaled=scale != 1,
    )


def _currency_before(text: str, start: int) -> str | None:
    match = _BEFORE_CURRENCY.search(text[max(0, start - 4) : start])
    return SIGNS[match[1].lower()] if match else None


def _scale_after(
    end: int, text: str, folded: str, language: str, unit: str | None
) -> tuple[int, float, str | None]:
    """Where the number with its scale ends, the scale (1 for none), and a currency written after it."""
    scales, next_word = pack(language).numbers["scales"], patterns_in(language).next_word
    scale = 1.0
    word = next_word.match(folded, end)
    while word and word["word"] in scales and not folded[end : word.start("word")].strip(" -\u00a0\u202f"):
        scale *= scales[word["word"]]
        end = word.end()
        word = next_word.match(folded, end)
    if scale != 1:
        half = patterns_in(language).half_after.match(folded, end)
        return (half.end() if half else end), scale, None
    short = _SHORT_SCALE.match(text, end)
    if short is None:
        return end, 1.0, None
    money = SIGNS.get(short["money"]) if short["money"] else None
    letters = short["scale"]
    if (letters in MONEY_ONLY and not (money or unit)) or (
        short["space"] and len(letters) == 1 and not (money or unit)
    ):
        return end, 1.0, None
    return short.end(), SHORT_SCALES[letters], money


def _unit_after(end: int, folded: str, text: str, language: str) -> tuple[int, str | None]:
    match = patterns_in(language).next_word.match(folded, end)
    if match is None:
        return end, None
    word, attached = match["word"], match.start("word") == end
    for percent in words_in(language, "numbers", "percent"):
        first, rest = percent.split()
        if word == first and folded[match.end() :].startswith((f" {rest}", f"\u00a0{rest}")):
            return match.end() + 1 + len(rest), "%"
    unit = units_in(language).get(word)
    joined = words_in(language, "numbers", "joined_units")
    if unit is None or (word in joined and not attached and not text[match.start("word")].isupper()):
        return end, None
    return match.end(), unit


def _direction(before: str, language: str) -> Direction | None:
    patterns = patterns_in(language)
    if patterns.more.search(before):
        return "more"
    if patterns.less.search(before):
        return "less"
    return "about" if patterns.about.search(before) else None


def _share_units(ordered: list[Quantity], folded: str, language: str) -> list[Quantity]:
    """In "10 à 15 %" and "2 to 5 million" the first number has the unit, and maybe the scale, of the second."""
    shared = list(ordered)
    is_range = patterns_in(language).range.fullmatch
    for index in range(len(shared) - 2, -1, -1):
        first, second = shared[index], shared[index + 1]
        between = folded[first.end : second.start]
        if first.unit or first.ordinal or not is_range(between) or not (second.unit or second.scaled):
            continue
        values = first.values
        if second.scaled and not first.scaled:
            scale = 10.0 ** (3 * int(math.log10(max(abs(second.values[0]), 1)) / 3))
            values += tuple(value * scale for value in first.values)
        shared[index] = replace(first, unit=second.unit, values=values)
    return shared
