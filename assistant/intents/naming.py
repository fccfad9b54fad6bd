"""Whether a text names what a message is about: most of the weight of its words, in some form ("7.12" in "7.12.0")."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..proof.analysed import analysed
from ..proof.places import matching_stems, stems_of
from .reply import Library

NAMED = 2 / 3
"""Share of the weight of a subject's words from which a text names it; words that few passages have weigh more."""


WINDOW = 2
"""Words that carry meaning, for each of the subject, within which they all stand."""


class Naming:
    """Tells whether texts name one subject."""

    def __init__(self, library: Library, subject: str, language: str) -> None:
        self._library, self._subject, self._language = library, subject, language
        self._weights: dict[str, Mapping[str, float]] = {}

    def __call__(self, text: str, language: str) -> bool:
        """Whether a text names the subject; always where there is none. In another language than the subject's it has
        each word in some form ("Notification GC"), since "notification" alone may be anything; where the subject has
        capitals, each word that has one."""
        weights = self._weighed(language)
        if not weights:
            return True
        told = analysed(text, language).content_stems
        exact = {
            place: stem
            for place, one in enumerate(told)
            for stem in weights
            if f"{one}.".startswith(f"{stem}.")
        }
        least, length = NAMED * math.fsum(weights.values()), WINDOW * len(weights)
        if any(
            math.fsum(weights[stem] for stem in _within(exact, start, length)) >= least for start in exact
        ):
            return True
        if language == self._language:
            return False
        forms = {
            place: stem
            for place, one in enumerate(told)
            for stem in weights
            if matching_stems(frozenset((stem,)), frozenset((one,)))
        }
        return any(len(_within({**forms, **exact}, start, length)) == len(weights) for start in forms)

    def _weighed(self, language: str) -> Mapping[str, float]:
        """The words of the subject, stemmed in that language: ln(1 + (N + 1) / (n + 1)) where n of N passages have one.

        A word that no passage has may stand there in another form: it weighs as much as the others do.
        """
        if language not in self._weights:
            passages = self._library.languages.get(language, 0)
            names = [word for word in self._subject.split() if word[0].isupper()]
            subject = " ".join(names) if names and language != self._language else self._subject
            counts = self._library.document_frequency(sorted(stems_of(subject, language)), language)
            known = {stem: math.log(1 + (passages + 1) / (n + 1)) for stem, n in counts.items() if n}
            usual = math.fsum(known.values()) / len(known) if known else 1.0
            self._weights[language] = {stem: known.get(stem, usual) for stem in counts}
        return self._weights[language]


def _within(places: Mapping[int, str], start: int, length: int) -> set[str]:
    """Words of the subject that stand in so many words from `start` on."""
    return {places[place] for place in range(start, start + length) if place in places}
