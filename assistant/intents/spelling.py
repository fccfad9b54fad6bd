"""Words of a question that stand in no article, in the spelling of the passages that were found.

"Brosard" is asked for where the articles have "Brossard", "zx480b" where they have "ZX-480/B".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Protocol

from ..language.folding import fold
from ..reading.words import words
from ..types import Hit, Query

LIKE = 0.8
"""Likeness (of `difflib`) from which two words are two spellings of one."""
SHORTEST = 5
"""Letters of a word that is likened to others, which begin with the same letter."""
_CODE = re.compile(r"(?<![^\W_])(?=[^\W_]{0,40}\d)(?=[^\W_]{0,40}[^\W\d_])[^\W_]{4,40}(?![^\W_])")
_SEAM = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


class Vocabulary(Protocol):
    """The words of the articles."""

    @property
    def languages(self) -> Mapping[str, int]: ...

    def document_frequency(self, stems: Sequence[str], language: str) -> Mapping[str, int]: ...


def with_seams(query: Query) -> Query:
    """The same question with "zx480b" taken apart as its pieces are indexed: "zx 480 b"."""
    text = _CODE.sub(lambda match: f"{match[0]} {_SEAM.sub(' ', match[0])}", query.search_text)
    return query if text == query.search_text else replace(query, search_text=text)


def respelt(query: Query, hits: Sequence[Hit], library: Vocabulary) -> Query:
    """The question in the spelling of the hits, where that is another one; its own object where it is not."""
    text = query.search_text
    for wrong, right in _corrections(query, hits, library).items():
        text = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", right.replace("\\", r"\\"), text)
    return query if text == query.search_text else replace(query, search_text=text)


def _corrections(query: Query, hits: Sequence[Hit], library: Vocabulary) -> dict[str, str]:
    texts = [f"{hit.title} {hit.context_text or hit.text}" for hit in hits]
    found: dict[str, str] = {}
    for code in _CODE.findall(query.search_text):
        written = _as_written(code, texts)
        if written is not None and fold(written) != fold(code):
            found[code] = written
    unknown = [word.text for word in words(query.search_text, query.language) if not word.is_stop]
    unknown = [word for word in unknown if len(word) >= SHORTEST and word.isalpha() and word not in found]
    if not unknown:
        return found
    spelled = _vocabulary(hits, texts, query.language)
    for word in unknown:
        if fold(word) not in spelled and not _is_known(word, query.language, library):
            alike = [other for other in spelled if other[0] == fold(word)[0] and len(other) >= SHORTEST]
            for other in get_close_matches(fold(word), alike, 1, LIKE):
                found[word] = spelled[other]
    return found


def _vocabulary(hits: Sequence[Hit], texts: Sequence[str], language: str) -> Mapping[str, str]:
    """Folded words of the hits, as they are written there; of those in another language the names only.

    "complaint" is no other spelling of the French "comptait".
    """
    return {
        fold(word.text): word.text
        for hit, text in zip(hits, texts, strict=True)
        for word in words(text, hit.language)
        if word.text.isalpha() and not word.is_stop and (hit.language == language or word.text[0].isupper())
    }


def _is_known(word: str, language: str, library: Vocabulary) -> bool:
    """Whether a passage of any language has the word; the question's own language analyses it."""
    return any(
        any(library.document_frequency([one.stem for one in words(word, code)], code).values())
        for code in {language, *library.languages}
    )


def _as_written(code: str, texts: Sequence[str]) -> str | None:
    """A run of the texts that has the letters and digits of `code`, and signs between them."""
    wanted = fold(code)
    pattern = re.compile(r"(?<!\w)" + r"[-/. ]?".join(map(re.escape, wanted)) + r"(?!\w)", re.IGNORECASE)
    return next((match[0] for text in texts if (match := pattern.search(text))), None)
