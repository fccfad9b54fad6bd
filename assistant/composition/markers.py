"""The shapes in which models name their sources, and the lists of sources they end with.

Everything here is decided by the text alone, so that a reply means the same wherever the network cuts it.
"""

from __future__ import annotations

import re

from ..language.lexicon import words_anywhere

LONGEST_MARKER = 28
"""Characters from an opening bracket to its close, beyond which it is no marker."""
LONGEST_TITLED = 240
"""The same for a marker that carries a title: `[Source 1: The budget of the town]`."""


def _any(key: str) -> str:
    """An expression for one of a list of every pack's `[markers]`: a model does not keep to the language asked for."""
    return f"(?:{'|'.join(sorted(words_anywhere('markers', key), key=len, reverse=True))})"


_NAME = rf"(?:{_any('names')}|#)"
_JOIN = _any("joins")
_WORD = rf"(?:{_NAME}[\s.:#_]{{0,4}})"
_IDS = rf"(\d{{1,4}}(?:\s{{0,4}}(?:,|;|-|–|&|{_JOIN})\s{{0,4}}{_WORD}?\d{{1,4}}){{0,12}})"
_SQUARE = re.compile(
    rf"[\[［]\[?\s{{0,4}}\^?{_WORD}{{0,2}}{_IDS}(?:\s{{0,4}}[†:|–—][^\]］】\n]{{0,240}})?\s{{0,4}}[\]］]\]?",
    re.IGNORECASE,
)
_LENTICULAR = re.compile(rf"【\s{{0,4}}{_WORD}{{0,2}}{_IDS}[^】\n]{{0,240}}】", re.IGNORECASE)
_ROUND = re.compile(rf"\(\s{{0,4}}{_WORD}{{1,3}}\[?{_IDS}\]?\s{{0,4}}\)", re.IGNORECASE)
_TITLED = re.compile(rf"[\[［【]\[?\s{{0,4}}\^?{_WORD}{{0,2}}\d{{1,4}}\s{{0,4}}[†:|–—]", re.IGNORECASE)
_BRACKETS = {"[": (_SQUARE, "]］"), "［": (_SQUARE, "]］"), "【": (_LENTICULAR, "】"), "(": (_ROUND, ")")}
OPENING = "".join(_BRACKETS)

LINK_TARGET = re.compile(
    r"\(\s*(?:#|https?:|www\.|/|\.|javascript:|[\w%-]+\.\w{2,5}\b)[^()\s]*(?:\s+\"[^\"\n]*\")?\s*\)"
)
"""What follows a marker that was written as a link: `[1](#source-1)`."""
LONGEST_TARGET = 300

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED_DIGITS = str.maketrans(RAISED, "0123456789")
_AFTER_WORD = re.compile(r"(?:[^\W\d_]{4}|[\s.,;:!?…»”\")\]])$")

LIST_NAMES = words_anywhere("markers", "list_names")
_NOTES = words_anywhere("markers", "list_notes")
"""These may also head what the model has to say."""
_DECORATION = " \t*#_>-–•|"
_AFTER_NAME = " *_\u00a0\u202f"
ENTRY = re.compile(r"[\[［【(]|[-*•–—]\s|\d{1,3}[.):\]]|https?:|\^|>|\*\*|[⁰¹²³⁴-⁹]")
"""How a line of a list of sources begins."""
DEFINITION = re.compile(r"[ \u00a0\u202f]?:")
"""What follows the marker of a footnote: `[^1]: The budget, 2024`."""
_FOOTNOTE = re.compile(r"\[\[?\^?[^\]\n]{1,20}\]\]?[ \u00a0\u202f]?:")


def bracket(text: str, final: bool) -> re.Match[str] | bool:
    """The marker at the opening bracket `text` begins with; False where it is none, True while it may become one."""
    pattern, closes = _BRACKETS[text[0]]
    longest = LONGEST_TITLED if _TITLED.match(text) else LONGEST_MARKER
    line = text[: longest + 1].partition("\n")[0]
    match = pattern.match(line)
    if match is None:
        open_ended = len(line) == len(text) <= longest and not any(close in line[1:] for close in closes)
        return open_ended and not final
    if match[0].endswith(("]]", "］］", "]］", "］]")) and text[1] not in "[［":
        match = pattern.match(line[: match.end() - 1])  # a second close belongs to a second opening alone
        assert match is not None
    if text.startswith("[[") and match.end() == len(text) and text[-2] != "]" and not final:
        return True  # "[[1]" may go on with "]"
    return match


def read_ids(text: str) -> list[int]:
    """`1, 2` gives 1 and 2; `2-4` gives 2, 3 and 4 (at most ten)."""
    ids: list[int] = []
    for part in re.split(rf"\s?(?:,|;|&|{_JOIN})\s?", text):
        numbers = [int(number) for number in re.findall(r"\d+", part)]
        if len(numbers) == 2 and 0 < numbers[1] - numbers[0] <= 10:
            ids.extend(range(numbers[0], numbers[1] + 1))
        else:
            ids.extend(numbers)
    return list(dict.fromkeys(ids))


def read_raised(digits: str, before: str, offered: int) -> list[int]:
    """Ids of a run of raised digits after the text `before`; none for a power or a unit: `10³`, `12 km²`."""
    if before and not _AFTER_WORD.search(before):
        return []
    number = int(digits.translate(_RAISED_DIGITS))
    return (
        [number]
        if number <= offered or len(digits) == 1
        else [int(d.translate(_RAISED_DIGITS)) for d in digits]
    )


def list_heading(line: str, ended: bool) -> bool | None:
    """Whether a line is the heading of a list of sources; None while it may still become one."""
    core = line.lstrip(_DECORATION).lower()
    verdict: bool | None = False
    for name in LIST_NAMES:
        if core.startswith(name):
            rest = core[len(name) :].lstrip(_AFTER_NAME)
            if rest.startswith(":"):
                return _heads(name, rest[1:].strip(_AFTER_NAME), ended)
            if ended and not rest:
                return True
            verdict = verdict if rest or ended else None
        elif not ended and name.startswith(core):
            verdict = None
    return verdict


def _heads(name: str, content: str, ended: bool) -> bool | None:
    """`content` stands behind the colon."""
    if name not in _NOTES or (ended and not content):
        return True
    if len(content) < 4 and not ended:
        return None
    return ENTRY.match(content) is not None


def may_end_list(line: str, lines: int) -> bool:
    """Whether the answer may go on after this line of a list of sources, which comes after `lines` others.

    After a blank line that follows an entry, after `Source: [1]`, and after the text of a footnote.
    """
    core = line.lstrip(_DECORATION).lower()
    if not core:
        return lines > 1
    names = [name for name in LIST_NAMES if core.startswith(name)]
    alone = max(names, key=len, default="") in words_anywhere("markers", "list_alone")
    return (alone and bool(core.partition(":")[2].strip(_AFTER_NAME))) or _FOOTNOTE.match(core) is not None


# ------------------------------------------------------------------ numbers named in words

_EXCERPT = _any("excerpt")
_WHICH = rf"(?:\s{{0,4}}(?:n°|number|#)?\s{{0,4}}\[?{_IDS}\]?)?"
"""The number, where no marker stood for it."""
_ACCORDING, _ARTICLE, _STATES, _THAT = _any("according"), _any("the"), _any("states"), _any("that")
_THE = rf"(?:\s{{1,4}}{_ARTICLE}?\s{{0,4}}"
_MENTIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Selon l'extrait 2, le budget augmente.
        rf"^{_ACCORDING}{_THE}{_EXCERPT}{_WHICH})?\s{{0,4}},\s{{0,4}}",
        # L'extrait 2 indique que le budget augmente.
        rf"^(?:{_ARTICLE}\s{{0,3}})?{_EXCERPT}{_WHICH}\s{{1,4}}{_STATES}\s{{1,4}}{_THAT}",
        # Le budget augmente, selon l'extrait 2.
        rf"\s{{0,4}},?\s{{0,4}}{_ACCORDING}{_THE}{_EXCERPT}{_WHICH})?\s{{0,4}}(?:,(?=\s)|(?=[.!?]|$))",
    )
)


def without_mentions(sentence: str) -> tuple[str, list[int]]:
    """A sentence without "Selon l'extrait 2," and the like, and the ids it named.

    The numbers of the prompt mean nothing to a reader; nor does what is left of them once a marker is taken out.
    """
    ids: list[int] = []
    for pattern in _MENTIONS:
        match = pattern.search(sentence)
        if match and (rest := sentence[: match.start()] + sentence[match.end() :]).strip(" .!?"):
            ids += read_ids(match.group(1) or "")
            sentence = rest if match.start() else rest[:1].upper() + rest[1:]
    return sentence, ids
