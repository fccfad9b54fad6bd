"""The kind of a message, told from it and from the same message about other things.

What a message is about moves its vector: "Quels articles parlent de covoiturage ?" was a question to the articles and
"… du covoiturage ?" one about the collection. With other subjects in its place that evens out.
"""

from __future__ import annotations

from functools import cache

from ..search.question import Vocabulary, language_of
from .classifier import SUBJECT, Classifier, Prediction, examples
from .subject import frame_stems, subject_of

OTHERS = 2
"""Other subjects; each costs an embedding."""


class SubjectExchanged:
    """Tells the kind of a message, whatever it is about; the words of `vocabulary` tell the language of a short one."""

    def __init__(self, classify: Classifier, vocabulary: Vocabulary | None = None) -> None:
        self._classify = classify
        self._vocabulary = vocabulary

    def __call__(self, message: str) -> Prediction:
        language = language_of(message, self._vocabulary, frame_stems)
        return self._classify(message, *about_others(message, language))

    def leans(self, message: str) -> bool:
        """Whether the message cannot be understood without the one before it."""
        return self._classify.leans(message)


def about_others(message: str, language: str) -> list[str]:
    """A message with other subjects in the place of its own; none where it has none in one piece, or nothing else."""
    subject = subject_of(message, language)
    if not subject or subject not in message or subject == message.strip(" ?.!¿¡\u00a0\u202f"):
        return []
    return [message.replace(subject, other, 1) for other in other_subjects(language)]


@cache
def other_subjects(language: str) -> tuple[str, ...]:
    """What the first examples that ask for articles are about."""
    found = [
        subject
        for example in examples()
        if example.label == "collection.which" and example.language == language
        for subject in SUBJECT.findall(example.text)
    ]
    return tuple(found[:OTHERS])
