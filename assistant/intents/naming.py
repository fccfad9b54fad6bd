"""Whether a text names what a message is about: most of the weight of its words, in some form ("7.12" in "7.12.0")."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..proof.places import matching_stems, stems_of
from .reply import Library

NAMED = 2 / 3
"""Share of the weight of a subject's words from which a text names it; words that few passages have weigh more."""


class Naming:
    """Tells whether texts name one subject."""

    def __init__(self, library: Library, subject: str) -> None:
        self._library, self._subject = library, subject
        self._weights: dict[str, Mapping[str, float]] = {}

    def __call__(self, text: str, language: str) -> bool:
        """Whether a text in that language names the subject; always where there is none."""
        weights = self._weighed(language)
        offered = stems_of(text, language)
        if matching_stems(frozenset(weights), offered) == frozenset(weights):
            return True  # each in some form: "Notification GC" for "GC Notify"
        found = [stem for stem in weights if any(f"{one}.".startswith(f"{stem}.") for one in offered)]
        return math.fsum(weights[stem] for stem in found) >= NAMED * math.fsum(weights.values())

    def _weighed(self, language: str) -> Mapping[str, float]:
        """The words of the subject, stemmed in that language: ln(1 + (N + 1) / (n + 1)) where n of N passages have one.

        A word that no passage has may stand there in another form: it weighs as much as the others do.
        """
        if language not in self._weights:
            passages = self._library.languages.get(language, 0)
            counts = self._library.document_frequency(sorted(stems_of(self._subject, language)), language)
            known = {stem: math.log(1 + (passages + 1) / (n + 1)) for stem, n in counts.items() if n}
            usual = math.fsum(known.values()) / len(known) if known else 1.0
            self._weights[language] = {stem: known.get(stem, usual) for stem in counts}
        return self._weights[language]
