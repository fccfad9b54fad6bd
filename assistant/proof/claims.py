"""What of a sentence is to be proved: its words without marks, numbering and talk about the passages."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.language.lexicon import words_anywhere
from assistant.proof.analysed import Analysed, analysed
from assistant.proof.checks.quotations import find_quotations
from assistant.proof.places import stems_of

LONGEST_COURTESY = 120
"""Characters of a greeting or an offer of help ("Let me know if …")."""
FEWEST_WORDS = 2
"""Content words of a part of a sentence that says something by itself."""
SHORT = 3
"""Content words up to which a sentence is proved together with its question."""
LONGEST_LEAD_IN = 20
"""Words of a line before a list ("Here are the steps:") that may still be no claim."""


def _talk(key: str) -> str:
    """The alternatives of all languages: an answer in one may keep the words of another."""
    return f"(?:{'|'.join(words_anywhere('talk', key))})"


_PASSAGE = _talk("passages")
_NUMBERS = rf"\d{{1,3}}(?:\s?(?:[:,&-]|,? ?{_talk('joining')})\s?\d{{1,3}}){{0,8}}"
_POINTER = (
    rf"{_talk('according')}\s(?:{_talk('given')}\s){{0,4}}{_PASSAGE}(?:\s{_NUMBERS})?(?:\s{_talk('given')})?"
)
_REFERENCE = re.compile(
    rf"\s?[(\[](?:{_talk('in_brackets')}\s)?{_PASSAGE}\s?{_NUMBERS}[^()\[\]]{{0,40}}[)\]]"
    r"|\s?\[\s?\d+(?:\s?[,;-]\s?\d+){0,8}\s?\]|\s?【[^】]{0,80}】",
    re.IGNORECASE,
)
"""A pointer that a model wrote: "(Passage 3)", "[2]"."""
_ACCORDING = re.compile(rf"^(?P<opening>(?:{_talk('opening')}[ ,]{{1,2}})?){_POINTER}\s?,\s?", re.IGNORECASE)
_STATES = re.compile(
    rf"^(?P<opening>(?:{_talk('opening')}[ ,]{{1,2}})?)(?:l['’])?(?:{_talk('given')}\s){{0,4}}{_PASSAGE}(?:\s{_NUMBERS})?\s"
    rf"{_talk('states')}\s{_talk('that')}\s?",
    re.IGNORECASE,
)
"""The opening of a sentence that only says which passage says it: "Passage 1 states that"."""
_NO_ANSWER = re.compile(rf"^(?:{_talk('opening')}[ ,]{{1,2}})?{_talk('no_answer')}\b", re.IGNORECASE)
_TRAILING = re.compile(rf"[ ,]{{1,2}}{_POINTER}(?=\s?[.:;!]|\s?$)", re.IGNORECASE)
_JOINT = re.compile(rf"\s?;\s|,?\s{_talk('joins')}", re.IGNORECASE)
"""Where two statements of one sentence meet."""
_ANSWER_IS = re.compile(rf"^{_talk('answer_is')}\s?[:,]?\s?(?=\w)", re.IGNORECASE)
_YES, _NO = (re.compile(rf"{_talk(key)}(?:\s?[,.:;!–—-]\s?|$)", re.IGNORECASE) for key in ("yes", "no"))
"""What answers the question by itself, alone or before a sentence that says it again: "Yes, it is."."""
_NUMBERED = re.compile(rf"\b({_talk('numbered')}s?)\s{_NUMBERS}(?!\w)", re.IGNORECASE)
"""A number that points to a passage or a step and counts nothing."""
_ABOUT_PASSAGES = re.compile(
    rf"\b{_PASSAGE}\b[^.]{{0,80}}\b{_talk('denied')}|\b{_talk('denied')}[^.]{{0,120}}\b{_PASSAGE}\b"
    rf"|\b{_talk('none')}\s(?:{_talk('given')}\s){{0,3}}{_PASSAGE}\b",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(
    r"^(?:\s{0,20}(?:[-*+•–—>]|\(?\d{1,2}[.)](?=\s|\*)|\(?[a-z][.)](?=\s)|#{1,6}|\|"
    rf"|{_talk('list_marks')}\s+\d{{1,2}}\s*[:.)-])\s*)+",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\*\*|__|`+|</?s>|<\|[^|>]{1,30}\|>|^\*(?=\w)|(?<=\w)\*$|\*(?=[:\s.,])|(?<=\s)\*(?=\w)")
_OPINION = re.compile(rf"^\W{{0,10}}(?:{_talk('opening')}[ ,]{{1,2}})?{_talk('opinion')}", re.IGNORECASE)
"""What the writer thinks, and says so: "In my opinion"."""
_GREETING = re.compile(rf"^\W{{0,10}}{_talk('polite')}", re.IGNORECASE)


@lru_cache(maxsize=4096)
def claim_of(sentence: str) -> str:
    """A sentence without list mark, Markdown, citation markers and references to numbered passages."""
    text = _MARKUP.sub("", _LIST_MARK.sub("", _REFERENCE.sub("", " ".join(sentence.split()))))
    text = _LIST_MARK.sub("", text)  # "**1. Title**": the mark shows once the stars are gone
    if _ABOUT_PASSAGES.search(text):
        return text
    opening = _ACCORDING.match(text) or _STATES.match(text)
    if opening and len(text) > opening.end() + 3:
        text = opening["opening"] + text[opening.end() :]
    text = _ANSWER_IS.sub("", text)
    yes_or_no = _YES.match(text) or _NO.match(text)
    if yes_or_no and len(text) > yes_or_no.end() + 3:
        text = text[yes_or_no.end() :]
    return " ".join(_NUMBERED.sub(lambda pointer: pointer[1].lower(), _TRAILING.sub("", text)).split())


def is_yes(claim: str) -> bool:
    """Whether a claim says that what was asked is so, and nothing else."""
    return bool(_YES.fullmatch(claim))


def is_no(claim: str) -> bool:
    """Whether a claim says that what was asked is not so, and nothing else."""
    return bool(_NO.fullmatch(claim))


def is_short(claim: Analysed) -> bool:
    """Whether a claim says too little by itself: it is proved as the answer to its question."""
    return len(claim.stems) <= SHORT


def makes_no_claim(claim: str, language: str) -> bool:
    """Whether a sentence says nothing that a source could support: a question, a lead-in, talk about the passages."""
    bare = claim.strip().rstrip("*_ \u00a0")
    said = analysed(bare, language)
    if bare.endswith("?") or (not said.stems and said.values().empty):
        return True
    if _ABOUT_PASSAGES.search(bare) or _NO_ANSWER.match(bare):
        return True
    if bare.endswith(":") and len(bare.split()) <= LONGEST_LEAD_IN:
        return True
    return bool(_GREETING.match(bare)) and bare.endswith((":", "!", ".")) and len(bare) <= LONGEST_COURTESY


def is_opinion(claim: str, language: str) -> bool:
    """Whether a sentence only says what its writer thinks: "In my opinion …", without date, number or quotation."""
    if not _OPINION.match(claim):
        return False
    return not (analysed(claim, language).values().exact or find_quotations(claim))


def parts_of(claim: str, language: str) -> list[str]:
    """The statements that a sentence joins: "A is under MIT, while B is under Apache"; itself where it is one."""
    parts: list[str] = []
    for part in _JOINT.split(claim):
        if parts and min(len(stems_of(one, language)) for one in (part, parts[-1])) < FEWEST_WORDS:
            parts[-1] = f"{parts[-1]}, {part}"  # "Paris and London" are no two statements
        else:
            parts.append(part)
    return parts
