"""What a reader must not see and what an assistant must not obey: hidden characters, planted orders.

`clean` makes the text that all offsets of the program refer to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from ..language.reading_pack import reading_packs, section_words
from ..types import Span
from .sentences import sentence_spans

# Format characters that nobody sees: zero-width (space, joiners, no-break), soft hyphen, invisible operators,
# variation of Mongolian, interlinear annotation, the tag block (used to smuggle whole sentences).
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_UNSEEN = re.compile("|".join(pattern.pattern for pattern in (_INVISIBLE, _BIDIRECTIONAL, _CONTROL)))
_LINE_ENDS = re.compile("\r\n?|[\x0b\x85\u2028]")
_PARAGRAPH_ENDS = re.compile("[\x0c\u2029]")
_TRAILING = re.compile(r"(?<![^\S\n])[^\S\n]++$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> tuple[str, dict[str, int]]:
    """Normalise a text once and for all; return it with the number of characters dropped, by kind.

    NFC, line ends `\\n`, no invisible, bidirectional or control characters, no trailing spaces, at most one
    blank line in a row. Cleaning twice gives the same text.
    """
    removed = {}
    for what, pattern in (
        ("invisible", _INVISIBLE),
        ("bidirectional control", _BIDIRECTIONAL),
        ("control", _CONTROL),
    ):
        text, count = (text, 0) if text.isascii() and pattern is not _CONTROL else pattern.subn("", text)
        if count:
            removed[what] = count
    text = _PARAGRAPH_ENDS.sub("\n\n", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", text)
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip(), removed


def without_invisible(text: str) -> str:
    """Text without the characters that nobody sees or that turn its direction; each is judged by itself."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)


_TOKENS = r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>|### ?(?:instruction|system)s?\b"
"""What marks the parts of a prompt, in any language."""
_TOKEN_WORDS = frozenset(("im_start", "im_end", "inst", "sys", "system", "user", "assistant", "endoftext"))
KINDS = ("forget", "role", "machine", "addressed", "shape")
"""Orders as they are met in planted texts: forget the rules, play another part, shape the answer.

Each expression needs two signs (a verb and its object, an addressee and a verb): articles that talk about
assistants, and instructions to people, pass.
"""


def _expressions(kind: str) -> Iterator[str]:
    """The expressions of a kind in each language; "{ai}" and "{rules}" stand for those of all languages."""
    for data in reading_packs().values():
        own = data["orders"]
        for expression in own[kind]:
            for name in ("verb", "reply"):
                expression = expression.replace(f"{{{name}}}", f"(?:{'|'.join(own[name])})")
            for name in ("ai", "rules"):
                expression = expression.replace(
                    f"{{{name}}}", f"(?:{'|'.join(section_words('orders', name))})"
                )
            yield expression


def _pattern(kind: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """Words of which a sentence holds one where the pattern of the kind matches, and the pattern."""
    words, expressions = frozenset(section_words("orders", f"{kind}_words")), [*_expressions(kind)]
    if kind == "machine":
        words, expressions = words | _TOKEN_WORDS, [_TOKENS, *expressions]
    return words, re.compile("|".join(expressions), re.IGNORECASE)


_ORDERS = [_pattern(kind) for kind in KINDS]
_LINE = re.compile(r"[^\n]+")
_WORDS = re.compile(r"\w+")
_TASK = re.compile(
    rf"\W{{0,20}}+(?:(?:{'|'.join(section_words('orders', 'please'))}) )?(?:{'|'.join(_expressions('task'))})\b",
    re.IGNORECASE,
)
_ROOT = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(section_words("orders", "common"))
FEWEST_ROOTS = 2


def planted_orders(text: str, sentences: Sequence[Span] | None = None) -> list[Span]:
    """Spans of the sentences that give orders to an assistant; they are flagged, never dropped.

    `sentences` are the sentence spans of `text` where they are known.
    """
    spans = sentence_spans(text, "en") if sentences is None else sentences
    orders: list[Span] = []
    for span in spans:
        # "Add this: ![x](address)" is cut at the sign of the picture
        image = (
            text[span.start - 1 : span.start + 1] == "![" and bool(orders) and span.start - orders[-1].end < 2
        )
        if image or any(_is_planted(text, line) for line in _lines(text, span)):
            orders.append(span)
    return orders


def _lines(text: str, span: Span) -> Iterator[Span]:
    """A sentence and its lines: an order may stand on a line of its own between the rows of a table."""
    yield span
    if "\n" in text[span.start : span.end]:
        for line in _LINE.finditer(text, span.start, span.end):
            yield Span(line.start(), line.end())


def _is_planted(text: str, span: Span) -> bool:
    return _is_order(text[span.start : span.end]) or _is_foreign_task(text, span)


def _is_foreign_task(text: str, span: Span) -> bool:
    """Whether a sentence asks for a piece of work that has no word in common with the text it stands in."""
    if not _TASK.match(text, span.start, span.end):
        return False
    roots = _roots(text[span.start : span.end].split(None, 1)[-1])
    return len(roots) >= FEWEST_ROOTS and roots.isdisjoint(
        _roots(text[: span.start] + "\n" + text[span.end :])
    )


def _roots(text: str) -> set[str]:
    return {word[:5] for word in _ROOT.findall(text.lower()) if word not in _COMMON}


def _is_order(sentence: str) -> bool:
    words = _WORDS.findall(sentence.lower())
    return any(not hints.isdisjoint(words) and pattern.search(sentence) for hints, pattern in _ORDERS)
