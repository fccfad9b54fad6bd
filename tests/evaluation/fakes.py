"""Small real stand-ins for what an evaluation asks: a search, a proof, an assistant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from builders import make_hit

from assistant.errors import StoreError
from assistant.types import (
    Answer,
    Citation,
    Event,
    Finished,
    Hit,
    Proof,
    Query,
    Quote,
    Sentence,
    Span,
    Timings,
    Turn,
)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


class ParagraphRetriever:
    """Ranks the paragraphs of some texts by the words they share with the question."""

    def __init__(self, texts: Mapping[str, str], fails_on: str = "") -> None:
        self.texts = texts
        self.fails_on = fails_on

    def retrieve(self, query: Query, top_k: int) -> list[Hit]:
        if self.fails_on and self.fails_on in query.text:
            raise StoreError(f"The store cannot read {query.text!r}.")
        found = [
            (len(words(query.text) & words(match.group())), name, match)
            for name, text in self.texts.items()
            for match in re.finditer(r"[^\n]+", text)
        ]
        ranked = sorted(found, key=lambda one: (-one[0], one[1], one[2].start()))
        return [self._hit(rank, name, match) for rank, (_, name, match) in enumerate(ranked[:top_k], start=1)]

    def _hit(self, rank: int, name: str, match: re.Match[str]) -> Hit:
        start, end = match.span()
        return make_hit(
            match.group(),
            rank=rank,
            article=name,
            title=name,
            language="en",
            published=None,
            start=start,
            context=Span(start, end),
            context_text=match.group(),
        )


class WordProver:
    """Supported where every word of the sentence stands in a hit."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof:
        for index, hit in enumerate(hits):
            if words(sentence) <= words(hit.text):
                return Proof(
                    "supported",
                    (Quote(hit.passage.article, hit.passage.start, hit.passage.end, hit.text, index),),
                )
        return Proof("unsupported", reasons=("not in the sources",))


class NoProver:
    """A proof that accepts everything."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof:
        return Proof("supported")


class QuotingAssistant:
    """Answers with the first hit, cited; refuses where it shares fewer than two words with the question."""

    def __init__(self, retriever: ParagraphRetriever) -> None:
        self.retriever = retriever
        self.asked: list[str] = []

    def ask(self, question: str, history: Sequence[Turn] = (), as_of: date | None = None) -> Iterator[Event]:
        self.asked.append(question)
        hits = tuple(self.retriever.retrieve(Query(question, question, "en"), 6))
        if len(words(question) & words(hits[0].text)) < 2:
            yield Finished(Answer(question, "en", "Not in the articles.", True, "evidence", hits=hits))
            return
        yield Finished(self._quoted(question, hits))

    def _quoted(self, question: str, hits: tuple[Hit, ...]) -> Answer:
        first = hits[0]
        quote = Quote(first.passage.article, first.passage.start, first.passage.end, first.text, 0)
        citation = Citation(1, quote, first.title, None)
        text = f"{first.text} [1]"
        return Answer(
            question,
            "en",
            text,
            False,
            "evidence",
            sentences=(Sentence(text, 0, len(text), 0, "supported", (citation,)),),
            citations=(citation,),
            hits=hits,
            timings=Timings(0.01, 0.02, None, 0.03),
        )
