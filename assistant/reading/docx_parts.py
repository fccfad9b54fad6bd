"""What a DOCX document holds beside plain runs: laid open before it is read, counted after it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..language.remarks import Remark

if TYPE_CHECKING:
    from lxml.etree import _Element

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWN = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CHECKED = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_VML = "{urn:schemas-microsoft-com:vml}"
_WRAPPERS = ("fldSimple", "smartTag", "customXml", "bdo", "dir")
"""Elements around runs that mammoth does not enter."""
_NOT_SHOWN = ("moveFrom", "rt")
_SIMPLE = re.compile(r"[\w.,]{1,200}|\([^()]{0,200}\)")


def lay_open(document: _Element) -> None:
    """Put what mammoth passes over where it reads: fields, formulae, readings of characters, boxes drawn without a fallback."""
    for name in _WRAPPERS:
        for element in list(document.iter(f"{WORD}{name}")):
            _replace(element, list(element))
    for ruby in list(document.iter(f"{WORD}ruby")):
        _keep_base(ruby)
    _join_initials(document)
    for double in list(document.iter(f"{WORD}dstrike")):
        double.tag = f"{WORD}strike"
    _write_formulae(document)
    for checkbox in list(document.iter(f"{_CHECKED}checkbox")):
        checkbox.getparent().remove(checkbox)  # its sign stands in the text
    for box in list(document.iter(f"{_DRAWN}txbx")):
        if _has_fallback(box):
            continue
        paragraph = next(box.iterancestors(f"{WORD}p"), None)
        content = box.find(f"{WORD}txbxContent")
        if paragraph is not None and content is not None:
            for below in reversed(list(content)):
                paragraph.addnext(below)


def _keep_base(ruby: _Element) -> None:
    """Leave the characters alone, without their readings."""
    base, run = ruby.find(f"{WORD}rubyBase"), ruby.getparent()
    target = run if run is not None and run.tag == f"{WORD}r" else ruby
    _replace(target, list(base) if base is not None else [])


def _join_initials(document: _Element) -> None:
    """Put each drop cap, which is a paragraph of its own, before the letters of the paragraph that it begins."""
    for frame in list(document.iter(f"{WORD}framePr")):
        initial = next(frame.iterancestors(f"{WORD}p"), None)
        if initial is None or frame.get(f"{WORD}dropCap") in (None, "none"):
            continue
        following = initial.getnext()
        if following is not None and following.tag == f"{WORD}p":
            place = 1 if following.find(f"{WORD}pPr") is not None else 0
            for run in reversed(initial.findall(f"{WORD}r")):
                following.insert(place, run)
            _replace(initial, [])


def _write_formulae(document: _Element) -> None:
    for formula in list(document.iter(f"{_MATH}oMath")):
        run = formula.makeelement(f"{WORD}r")
        text = formula.makeelement(f"{WORD}t")
        text.text = _formula(formula)
        run.append(text)
        _replace(formula, [run])
    for display in list(document.iter(f"{_MATH}oMathPara")):
        _replace(display, [part for part in display if part.tag == f"{WORD}r"])


def _has_fallback(box: _Element) -> bool:
    alternative = next(box.iterancestors(f"{_COMPATIBLE}AlternateContent"), None)
    return alternative is not None and next(alternative.iter(f"{_VML}textbox"), None) is not None


def _formula(element: _Element) -> str:
    """A formula on one line: powers, indices, fractions and roots keep apart what stands above and below."""
    name = str(element.tag).removeprefix(_MATH)
    part = {str(child.tag).removeprefix(_MATH): _formula(child) for child in element}
    if name == "t":
        return element.text or ""
    if name == "f":
        return f"{_grouped(part.get('num', ''))}/{_grouped(part.get('den', ''))}"
    if name in ("sSup", "sSub", "sSubSup", "nary"):
        below = f"_{_grouped(part['sub'])}" if part.get("sub") else ""
        above = f"^{_grouped(part['sup'])}" if part.get("sup") else ""
        if name == "nary":  # a sum, an integral
            sign = element.find(f"{_MATH}naryPr/{_MATH}chr")
            written = "∫" if sign is None else sign.get(f"{_MATH}val") or ""
            return f"{written}{below}{above} {part.get('e', '')}"
        return f"{part.get('e', '')}{below}{above}"
    if name == "rad":
        return f"{part.get('deg', '')}√{_grouped(part.get('e', ''))}"
    if name == "d":
        return f"({', '.join(_formula(child) for child in element.findall(f'{_MATH}e'))})"
    return "".join(_formula(child) for child in element)


def _grouped(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _replace(element: _Element, others: Sequence[_Element]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for other in reversed(others):
        parent.insert(place, other)
    parent.remove(element)


def written_words(part: _Element) -> Counter[str]:
    """The words that a part of the document shows, as often as it does."""
    texts = []
    for paragraph in part.iter(f"{WORD}p"):
        said = ""
        for text in paragraph.iter(f"{WORD}t", f"{WORD}tab", f"{WORD}br", f"{_MATH}t"):
            if next(text.iterancestors(f"{WORD}p"), None) is paragraph and _is_shown(text):
                said += (text.text or "") if text.tag.endswith("}t") else " "
        texts.append(said)
    return _words(texts)


def _is_shown(text: _Element) -> bool:
    if next(text.iterancestors(*(f"{WORD}{name}" for name in _NOT_SHOWN)), None) is not None:
        return False
    style = next((run.find(f"{WORD}rPr") for run in text.iterancestors(f"{WORD}r")), None)
    if style is not None and any(
        mark.get(f"{WORD}val") not in ("0", "false") for mark in style.findall(f"{WORD}strike")
    ):
        return False
    fallback = next(text.iterancestors(f"{_COMPATIBLE}Fallback"), None)
    return fallback is None  # it repeats what stands beside it


def _words(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in re.findall(r"\w{2,}", text.casefold()))


def missed(written: Counter[str], read: Iterable[str]) -> list[Remark]:
    """A warning where words that the document shows were not read."""
    read = list(read)
    # "2019" with a raised 2 behind it is one word there and two here: its letters are in their order all the same.
    letters = "".join(filter(str.isalnum, "".join(read).casefold()))
    lost = Counter(
        {
            word: n
            for word, n in (written - _words(read)).items()
            if "".join(filter(str.isalnum, word)) not in letters
        }
    )
    if not lost:
        return []
    named = ", ".join(repr(word) for word in list(lost)[:5])
    return [Remark("missed_words", count=sum(lost.values()), words=named)]
