"""The kind of a message that quotes the title of an article: the title says nothing about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..language.folding import fold
from .classifier import MessageClassifier, Prediction
from .subject import quoted

if TYPE_CHECKING:
    from .reply import Listed

KEPT = 2
"""Words of a title that stand for it, as long as the names in the examples of the classifier."""


class Titled:
    """Tells the kind of a message from the words around a quoted title, and the first words of that.

    A title is often a sentence, and "Summarise “Microsoft loses its exclusive right”" was taken for a text to check.
    """

    def __init__(self, classify: MessageClassifier, articles: Callable[[], Sequence[Listed]]) -> None:
        self._classify = classify
        self._articles = articles

    def __call__(self, message: str) -> Prediction:
        shortened = self.shortened(message)
        told = self._classify(shortened)
        # who names an article by its title does not mean the answer before
        return (
            Prediction("overview", "", told.probability)
            if shortened != message and told.kind == "previous"
            else told
        )

    def leans(self, message: str) -> bool:
        """Whether the message cannot be understood without the one before it."""
        return self._classify.leans(message)

    def shortened(self, message: str) -> str:
        """The message with only the first words of a title that it quotes."""
        title = quoted(message)
        if title is None or message.strip(' «»“”".?!') == title.strip(" .?!"):
            return message
        known = fold(title.strip())
        if all(fold(article.title) != known for article in self._articles()):
            return message
        return message.replace(title, f" {' '.join(title.split()[:KEPT])} ".replace(",", ""), 1)
