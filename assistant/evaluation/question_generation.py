"""Questions made from articles: a sentence with a number, a date or a name asks for it; the span is known.

They use the articles' own words, so they rank settings and show what broke, but flatter the search; each is
marked synthetic.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from ..language.dates import find_dates
from ..language.folding import CAPITAL
from ..language.pack import languages, pack
from ..proof.places import holds_injection
from ..reading.words import content_stems, words
from ..types import Article, ChatModel, Message
from .questions import GoldSpan, Question

Sort = Literal["date", "number", "name"]
Reword = Callable[[str, str, str], str | None]
"""(sentence, answer, language) to a question in other words; None where it could not be written."""

NUMBER = re.compile(
    r"(?<![\w.,-])\d[\d\u00a0\u202f.,]*(?: \d{3})*(?:\s?%|\s(?:millions?|milliards?|billions?|thousand))?(?!\w)"
)
NAME_INSIDE = re.compile(rf"(?<=\w )[{CAPITAL}][\w’'-]+(?: [{CAPITAL}][\w’'-]+)+")
PART_OF_NAME = re.compile(rf"[{CAPITAL}][\w’'-]{{0,60}}\s$")
"""Before a number that belongs to a name: "Apache 2.0"."""
QUOTES = re.compile(r"[«“\"]\s?|\s?[»”\"]")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
NAME = re.compile(rf"(?<![\w’'-])[{CAPITAL}][\w’'-]{{2,}}(?: [{CAPITAL}][\w’'-]+)*")
GAP = "…"
AROUND = 10
"""Words kept on either side of what is asked for: a whole sentence would be found by any search."""
FEWEST_WORDS = 3
"""Words of meaning around what is asked for; with fewer nobody knows what is meant."""
SHORTEST, LONGEST = 40, 350
UNANSWERABLE_SHARE = 0.2
TWIN_SHARED = 3
"""Numbers and names that two articles share, at least, to be taken for versions of each other."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to ask for, in its sentence."""

    article: Article
    sort: Sort
    sentence: str
    start: int
    """Of the answer, in the article."""
    answer: str

    @property
    def span(self) -> GoldSpan:
        return GoldSpan(self.article.name, self.start, self.start + len(self.answer), self.answer)

    @property
    def gap(self) -> str:
        """The words around the answer, with a gap in its place."""
        place = self.sentence.index(self.answer)
        end = place + len(self.answer)
        found = words(self.sentence, self.article.language)
        first = max([w.start for w in found if w.end <= place][-AROUND:][:1], default=place)
        last = max([w.end for w in found if w.start >= end][:AROUND], default=end)
        before, after = self.sentence[first:place], self.sentence[end:last]
        begins, ends = first == (found[0].start if found else 0), last >= max(w.end for w in found)
        text = f"{'' if begins else GAP + ' '}{before}{GAP}{after}{'' if ends else ' ' + GAP}"
        return QUOTES.sub("", text)

    @property
    def telling(self) -> list[str]:
        """Its words that carry meaning."""
        return [w.text for w in words(self.gap, self.article.language) if not w.is_stop and len(w.text) > 2]


def facts_of(article: Article) -> Iterator[Fact]:
    """At most one fact of each sentence that is neither short, nor long, nor an order to an assistant."""
    for span in article.sentences:
        sentence = article.text[span.start : span.end]
        if (
            holds_injection(span, article.flagged)
            or not SHORTEST <= len(sentence) <= LONGEST
            or "\n" in sentence
        ):
            continue
        for sort, start, answer in _asked_for(sentence, article.language):
            if len(answer) > 1 and sentence.count(answer) == 1 and answer not in article.title:
                yield Fact(article, sort, sentence, span.start + start, answer)
                break


def _asked_for(sentence: str, language: str) -> Iterator[tuple[Sort, int, str]]:
    """The first day, the first number and the first name that may be asked for; a year alone is a date."""
    dates = find_dates(sentence, language)
    days = (one for one in dates if one.years is not None and one.day is not None and not one.relative)
    yield from (("date", day.start, day.text) for day in islice(days, 1))
    number = NUMBER.search(sentence)
    if number and not PART_OF_NAME.search(sentence[: number.start()]):
        text = number.group().strip(" .,")
        inside = [one for one in dates if one.start <= number.start() < one.end]
        if not inside or YEAR.fullmatch(text):
            yield "date" if inside else "number", number.start(), text
    name = NAME_INSIDE.search(sentence)
    if name:
        yield "name", name.start(), name.group()


def make_questions(
    articles: Sequence[Article],
    count: int,
    seed: int = 0,
    *,
    keep: Callable[[Question], bool] = lambda question: True,
    reword: Reword | None = None,
) -> list[Question]:
    """At most `count` questions on articles in a language that has a pack; the same seed gives the same ones.

    `keep` is the round trip: whether the search finds the gold of an answerable question.
    """
    draw = random.Random(seed)
    usable = sorted((a for a in articles if a.language in languages()), key=lambda a: a.name)
    facts = [fact for article in usable for fact in facts_of(article) if len(fact.telling) >= FEWEST_WORDS]
    draw.shuffle(facts)
    twins = _twins(usable)
    missing = round(count * UNANSWERABLE_SHARE)
    made: dict[str, Question] = {}
    unanswerable = 0
    for fact in _spread(facts):
        if len(made) >= count:
            break
        question = _question(fact, twins, reword)
        if question is not None and keep(question):
            made[question.id] = question
            near_miss = _near_miss(fact, usable, draw) if unanswerable < missing else None
            if near_miss is not None and len(made) < count:
                made[near_miss.id] = near_miss
                unanswerable += 1
    return list(made.values())


def _spread(facts: Iterable[Fact]) -> list[Fact]:
    """Articles take turns, so that a long one does not fill the set."""
    seen: dict[str, int] = {}
    ordered: list[tuple[int, int, Fact]] = []
    for place, fact in enumerate(facts):
        turn = seen[fact.article.name] = seen.get(fact.article.name, -1) + 1
        ordered.append((turn, place, fact))
    return [fact for _, _, fact in sorted(ordered, key=lambda one: one[:2])]


def _question(fact: Fact, twins: dict[str, Article], reword: Reword | None) -> Question | None:
    language = fact.article.language
    text = pack(language).say(f"gap_{fact.sort}", gap=fact.gap)
    if reword is not None:
        text = reword(fact.sentence, fact.answer, language) or ""
        if not text or fact.answer.lower() in text.lower() or not _same_subject(text, fact):
            return None
    other = _same_fact(fact, twins.get(fact.article.name))
    spans = (fact.span, *(() if other is None else (other,)))
    return Question(
        id=_identifier(text),
        question=text,
        language=language,
        answers=(fact.answer,),
        articles=tuple(dict.fromkeys(span.article for span in spans)),
        answerable=True,
        spans=spans,
        kind="fact" if other is None else "cross",
        tags=(fact.sort,),
        synthetic=True,
    )


def _same_subject(text: str, fact: Fact) -> bool:
    """Whether a question in other words still says what it is about: a name of its sentence, or two of its words."""
    language = fact.article.language
    asked = set(content_stems(text, language))
    rest = fact.sentence.replace(fact.answer, " ")
    names = {stem for match in NAME.finditer(rest, 1) for stem in content_stems(match.group(), language)}
    return bool(asked & names) if names else len(asked & set(content_stems(rest, language))) > 1


def _identifier(text: str) -> str:
    return "made-" + hashlib.sha256(text.encode()).hexdigest()[:10]


# --------------------------------------------------------------------------- what the articles do not answer


def _near_miss(fact: Fact, articles: Sequence[Article], draw: random.Random) -> Question | None:
    """The fact's question with another year or another name, of which no sentence of any article speaks."""
    language, gap, telling = fact.article.language, fact.gap, fact.telling
    for match in (*YEAR.finditer(gap), *NAME.finditer(gap)):
        for stranger in _strangers(match.group(), fact, articles, draw):
            others = [word for word in telling if word not in match.group()]
            if not _speaks_of(stranger, others, articles):
                changed = gap[: match.start()] + stranger + gap[match.end() :]
                text = pack(language).say(f"gap_{fact.sort}", gap=changed)
                return Question(
                    id=_identifier(text),
                    question=text,
                    language=language,
                    answerable=False,
                    kind="unanswerable",
                    tags=(fact.sort, "near miss"),
                    synthetic=True,
                )
    return None


def _strangers(word: str, fact: Fact, articles: Sequence[Article], draw: random.Random) -> list[str]:
    """What may stand in the place of a year or a name: other years, names of other articles."""
    if YEAR.fullmatch(word):
        return [str(int(word) + step) for step in draw.sample((-7, -3, 4, 9), 4)]
    if not NAME.fullmatch(word) or fact.sentence.startswith(word):
        return []
    names = {
        match.group()
        for article in articles
        if article.name != fact.article.name and article.language == fact.article.language
        for span in article.sentences
        for match in NAME.finditer(article.text, span.start + 1, span.end)
    }
    language = fact.article.language
    free = sorted(n for n in names if n not in fact.article.text and not find_dates(n, language))
    return draw.sample(free, min(5, len(free)))


def _speaks_of(stranger: str, others: Sequence[str], articles: Sequence[Article]) -> bool:
    """Whether a sentence holds the stranger and half of the other words, in any article."""
    for article in articles:
        stems = {stem for word in others for stem in content_stems(word, article.language)}
        for span in article.sentences:
            sentence = article.text[span.start : span.end]
            if stranger in sentence:
                shared = stems & set(content_stems(sentence, article.language))
                if 2 * len(shared) >= len(stems):
                    return True
    return False


# --------------------------------------------------------------------------- one article, two languages


def _signature(article: Article) -> frozenset[str]:
    """What a translation keeps: numbers and names."""
    numbers = re.findall(r"\d+(?:[.,]\d+)?", article.text)
    names = (match.group() for match in NAME.finditer(article.text))
    return frozenset(n.replace(",", ".") for n in numbers if len(n) > 1) | frozenset(
        n for n in names if " " in n
    )


def _twins(articles: Sequence[Article]) -> dict[str, Article]:
    """For each article the one in another language that shares most numbers and names with it, if enough."""
    signatures = {article.name: _signature(article) for article in articles}
    found: dict[str, Article] = {}
    for article in articles:
        mine = signatures[article.name]
        rivals = [
            (len(mine & signatures[other.name]) / len(mine | signatures[other.name]), other.name, other)
            for other in articles
            if other.language != article.language and len(mine & signatures[other.name]) >= TWIN_SHARED
        ]
        if rivals:
            found[article.name] = max(rivals, key=lambda one: one[:2])[2]
    return found


def _sentence_at(article: Article, place: int) -> str:
    spans = (span for span in article.sentences if span.start <= place < span.end)
    return next((article.text[span.start : span.end] for span in spans), "")


def _marks(sentence: str) -> set[str]:
    """Numbers and names of a sentence, but for its first word."""
    numbers = re.findall(r"\d+(?:[.,]\d+)?", sentence)
    return {match.group() for match in NAME.finditer(sentence, 1)} | {n.replace(",", ".") for n in numbers}


def _same_fact(fact: Fact, twin: Article | None) -> GoldSpan | None:
    """Where the other version states the same number, if it does so once. A year or a small number needs a
    sentence that shares another number or name with the fact's: "10 July" is not "10 billion"."""
    if twin is None or fact.sort != "number" or len(re.sub(r"\D", "", fact.answer)) < 2:
        return None
    leading = re.match(r"[\d.,]*\d", fact.answer)
    number = re.escape(leading.group()) if leading else ""
    matches = list(re.finditer(rf"(?<![\w.,]){number}(?![\w]|[.,]\d)", twin.text)) if number else []
    if len(matches) != 1:
        return None
    start, end = matches[0].span()
    telling = len(re.sub(r"\D", "", matches[0].group())) > 2 and not YEAR.fullmatch(matches[0].group())
    if not telling and not _marks(_sentence_at(twin, start)) & _marks(fact.sentence) - {matches[0].group()}:
        return None
    return GoldSpan(twin.name, start, end, twin.text[start:end])


def round_trip(found: Iterable[str], question: Question) -> bool:
    """Whether one of the articles found is a gold one; unanswerable questions need not be."""
    return question.answerable is False or bool(set(found) & set(question.articles))


REWORD_TOKENS = 60


def rewording(model: ChatModel) -> Reword:
    """Questions in the model's words. What is no question comes back as None."""

    def reword(sentence: str, answer: str, language: str) -> str | None:
        prompt = pack(language).prompt("reword", answer=answer, sentence=sentence)
        pieces = [chunk.text for chunk in model.stream([Message("user", prompt)], max_tokens=REWORD_TOKENS)]
        first = next((line.strip(' *"«»') for line in "".join(pieces).splitlines() if line.strip()), "")
        return first if first.endswith("?") and len(first) > 10 else None

    return reword
