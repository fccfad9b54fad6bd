"""The sentences of the hits that speak of one subject, and whether two of them say one thing of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.composition.answer_type import AnswerType
from assistant.language.dates import date_spans
from assistant.language.folding import fold
from assistant.language.lexicon import one_of, words_anywhere
from assistant.language.spans import without
from assistant.proof.analysed import Analysed, Values, analysed
from assistant.proof.checks.names import NameSource, is_translatable, missing_tokens, source_names
from assistant.proof.places import SourceSentence, all_sentences, context_of, stems_of
from assistant.proof.proper_names import Name
from assistant.types import Hit

ABOUT_THE_SUBJECT = 0.25
"""Share of the subject's words that a sentence, with its title, must have, to be looked at."""
ANSWERS = 0.7
"""The same for a sentence that is compared with another in different words."""
SAME_WORDS = 0.6
"""Share of all words of two sentences, their values left out, that both have where they say the same thing."""
CONTAINED = 0.4
"""The same where one of the two has no word that the other has not."""
FEWEST_SHARED = 3
TELLING = 5
"""Words from which two sentences that have the same ones speak of the same thing, even without a name."""
MOST_STATEMENTS = 30


@dataclass(frozen=True, slots=True)
class Subject:
    """What the sources are compared on: a question, or a sentence of a text to check."""

    text: str
    language: str
    asked: AnswerType
    known: Values
    """Values that the question has itself, and which therefore answer nothing."""
    states: bool = False
    """It is a statement and no question."""

    @property
    def analysed(self) -> Analysed:
        return analysed(self.text, self.language)

    @property
    def names(self) -> list[Name]:
        return [name for name in self.analysed.names if not name.opening]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that speaks of the subject, with its dates and numbers."""

    sentence: SourceSentence
    values: Values
    plain: str
    """Its text without dates and numbers."""
    stems: frozenset[str]
    """Of `plain`."""
    relevance: float
    named: bool
    """Every name of the subject stands in it or just before it."""
    lacking: frozenset[str] = frozenset()
    """Stems of the subject that it has not, nor its title; in the subject's language only."""

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def language(self) -> str:
        return self.sentence.language

    @property
    def analysed(self) -> Analysed:
        return self.sentence.analysed


def statements(subject: Subject, hits: Sequence[Hit]) -> list[Statement]:
    found = []
    for sentence in all_sentences(hits):
        relevance = _relevance(subject, sentence)
        named = _has_names(subject, sentence, hits[sentence.hit])
        across = sentence.language != subject.language
        if (relevance >= ABOUT_THE_SUBJECT or (across and named)) and is_prose(sentence):
            values = sentence.values
            plain = plain_text(sentence.text, sentence.language)
            stems = stems_of(plain, sentence.language)
            lacking = frozenset() if across else _wanted(subject) - _offered(sentence)
            found.append(Statement(sentence, values, plain, stems, relevance, named, lacking))
    found.sort(key=lambda statement: -statement.relevance)
    return found[:MOST_STATEMENTS]


@lru_cache(maxsize=4096)
def plain_text(text: str, language: str) -> str:
    """A text without its dates and numbers."""
    values = analysed(text, language).values()
    spans = [*date_spans(values.dates), *((q.start, q.end) for q in values.quantities if not q.loose)]
    return " ".join(without(text, spans).replace("\x00", " ").split())


def is_prose(sentence: SourceSentence) -> bool:
    """No heading, no title, no cell of a table."""
    text = sentence.text.strip()
    return (
        not sentence.is_title
        and not text.startswith("#")
        and text[-1:] in '.!;…»”")'
        and len(sentence.stems) >= FEWEST_SHARED
    )


def _relevance(subject: Subject, sentence: SourceSentence) -> float:
    """How much of the subject a sentence has, with its title; across languages, what looks alike."""
    if sentence.language != subject.language:
        own = source_names(sentence.analysed)
        content = subject.analysed.content
        alike = sum(own.has(fold(word.text), cognates=True) for word in content)
        return alike / len(content) if content else 0.0
    wanted = _wanted(subject)
    return len(wanted & _offered(sentence)) / len(wanted) if wanted else 0.0


def _wanted(subject: Subject) -> frozenset[str]:
    return stems_of(plain_text(subject.text, subject.language), subject.language)


def _offered(sentence: SourceSentence) -> frozenset[str]:
    return sentence.stems | stems_of(sentence.title, sentence.language)


def _has_names(subject: Subject, sentence: SourceSentence, hit: Hit) -> bool:
    """Whether every name of the subject is in the sentence; in its own language also in the words before it."""
    across = sentence.language != subject.language
    text = sentence.text if across else _up_to(sentence, hit)
    around = [source_names(analysed(f"{sentence.title}\n{text}", sentence.language))]
    if across and not subject.names:
        return False
    return not any(missing_tokens(name, subject.analysed, around, across) for name in subject.names)


def _up_to(sentence: SourceSentence, hit: Hit, characters: int = 300) -> str:
    """The sentence and the words before it."""
    offset, text = context_of(hit)
    return text[max(0, sentence.start - offset - characters) : sentence.end - offset]


# --------------------------------------------------------------------------- whether two of them say one thing


def same_subject(left: Statement, right: Statement, subject: Subject) -> bool:
    """Names of neither side stand for other names of the other side, and both speak of the subject."""
    ours, theirs = _names(left), _names(right)
    missing = [n for n in ours if _lacks(right, n, left)]
    others = [n for n in theirs if _lacks(left, n, right)]
    if (missing and others) or (not ours and not theirs and _opens_otherwise(left, right)):
        return False
    if subject.names:
        return left.named and right.named
    if len(missing) < len(ours) or (left.stems == right.stems and len(left.stems) >= TELLING):
        return True
    return bool(stems_of(left.sentence.title, left.language) & stems_of(right.sentence.title, right.language))


def _opens_otherwise(left: Statement, right: Statement) -> bool:
    """Whether the only names are the first words of both, and not the same."""
    return all(
        name is not None and missing_tokens(name, side.analysed, [source_names(other.analysed)])
        for side, other in ((left, right), (right, left))
        for name in [next(iter(side.values.names), None)]
    )


def _names(statement: Statement) -> list[Name]:
    return [name for name in statement.values.names if not name.opening]


def codes(statement: Statement) -> frozenset[str]:
    """Names with digits: "GPT-2" and "GPT-3" are two things."""
    return frozenset(name.tokens[0] for name in statement.values.names if name.identifier)


def other_edition(left: Statement, right: Statement) -> bool:
    """Whether each has an ordinal and none of the other's: "the 6th call" and "the 8th call" are two calls."""
    ours, theirs = (
        {value for q in one.values.quantities if q.ordinal and not q.loose for value in q.values}
        for one in (left, right)
    )
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _lacks(statement: Statement, name: Name, owner: Statement) -> bool:
    return bool(missing_tokens(name, owner.analysed, [_titled(statement)]))


def _titled(statement: Statement) -> NameSource:
    """The names of a statement and of the title that it stands under."""
    return source_names(analysed(f"{statement.sentence.title}\n{statement.text}", statement.language))


_ITSELF = re.compile(rf"\b{one_of(words_anywhere('speech', 'itself'))}\b")


def speaks_of_its_article(statement: Statement) -> bool:
    """ "Cet article a été publié en mai": another article says that of itself."""
    return bool(_ITSELF.search(fold(statement.text)))


def says_the_same_thing(left: Statement, right: Statement) -> bool:
    """Whether two sentences of one language have the same words, their values left out."""
    shared, together = left.stems & right.stems, left.stems | right.stems
    if len(shared) < min(FEWEST_SHARED, len(together)):
        return False
    contained = left.stems <= right.stems or right.stems <= left.stems
    return len(shared) >= (CONTAINED if contained else SAME_WORDS) * len(together)


# --------------------------------------------------------------------------- the same in two languages


def statement_of(sentence: SourceSentence) -> Statement:
    """A sentence in another language than the subject's, whose nearness to it is told by its meaning."""
    values = sentence.values
    plain = plain_text(sentence.text, sentence.language)
    return Statement(sentence, values, plain, stems_of(plain, sentence.language), 0.0, named=False)


def may_translate(left: Statement, right: Statement, subject: Subject) -> bool:
    """Whether names leave it open that two sentences in different languages say one thing.

    Most names have a form of their own in each language ("SNC", "CDS"): only where each side has one that
    the other has in no form are they two subjects.
    """
    if _numerals(left) != _numerals(right):
        return False
    return not (_foreign(left, right, subject) and _foreign(right, left, subject))


def _numerals(statement: Statement) -> frozenset[str]:
    """The digits of its names: "NC3" is "GNC3" in French, "GPT-2" is never "GPT-3"."""
    return frozenset("".join(filter(str.isdigit, code)) for code in codes(statement))


def _foreign(statement: Statement, other: Statement, subject: Subject) -> list[Name]:
    """Names of a statement of which the other has no word; the first word of a sentence only where it is known."""
    offered = [_titled(other)]
    letters = {"".join(sorted(token)) for name in other.values.names for token in name.tokens}
    known = analysed(statement.sentence.title, statement.language).names + tuple(subject.names)
    certain = {token for name in known for token in name.tokens}
    return [
        name
        for name in statement.values.names
        if not name.identifier
        and (not name.opening or name.tokens[0] in certain)
        and (missing := missing_tokens(name, statement.analysed, offered, cognates=True))
        and len(missing) == len(name.tokens)
        and not is_translatable(name, missing, statement.language)
        and not (len(missing) == 1 and "".join(sorted(missing[0])) in letters)  # "NRCan", "RNCan"
    ]
