"""A question: the passages that answer it are found, the model words them, every sentence is proved, or it is refused."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from ..composition.abstention import unknown_names
from ..composition.answer_type import answer_type_of, asks_why
from ..composition.composer import Composition
from ..composition.definitions import defined_term
from ..composition.evidence import one_an_article, telling, with_next_sentence
from ..composition.prompts import (
    Prompt,
    Source,
    answer_prompt,
    chosen_sentences,
    whole_passages,
    with_passage,
)
from ..composition.sufficiency import ask_sufficiency, sufficiency_prompt
from ..composition.texts import reason, refusal, say
from ..conflicts.source_dates import dated_side, dated_sources
from ..errors import ModelUnavailable, PromptTooLong
from ..language.pack import languages
from ..proof.places import stems_of, unknown_stems
from ..reading.language import detect_language
from ..types import ChatModel, Conflict, ConflictSide, Event, Hit, Notice, Proof, Query, Quote, Sentence
from .enumeration import enumerated
from .reply import Reply
from .scope import is_in_collection
from .spelling import respelt, with_seams
from .subject import subject_of

SMALL_MODEL = 4e9
"""Weights below which a model is given one passage and chosen sentences instead of all passages (measured: benchmarks)."""
FACTS, BESIDE = 8, 4
"""Best sentences that a small model is given where a number, date or name is asked for; beside the first passage, which
it is given whole where anything else is (measured: benchmarks/bench_given.py)."""
SURELY = -0.7
"""Log odds from which a list of an article answers a question."""
RANKED = 30
"""Sentences ranked as evidence; what is shown, and what a small model is given, are the first of them."""
APART = 4
"""Characters between two sentences that follow each other."""
BROKEN = "\ufffd"
"""Stands for what could not be read as text."""
WIDE_SIGN = 2
"""A Chinese, Japanese or Korean sign says about as much as so many more letters."""
LETTERS_TO_TELL_A_LANGUAGE = 40


def answer(reply: Reply) -> Iterator[Event]:
    """Answer a question, or refuse it where the articles do not answer."""
    return _Answering(reply).events()


@dataclass
class _Answering:
    reply: Reply
    ranked: list[Quote] = field(default_factory=list)
    """Sentences of the hits, the one that answers best first."""
    items: list[Quote] = field(default_factory=list)
    """The list of an article that is surely what is asked for."""

    def events(self) -> Iterator[Event]:
        reply, query, tools = self.reply, self.reply.query, self.reply.tools
        hits = self._searched(query)
        if tools.library is not None and (spelled := respelt(query, hits, tools.library)) is not query:
            query = reply.query = spelled
            hits = self._searched(query)
        same = query.language == reply.language
        yield reply.found(hits, unknown_stems(query, hits) if same else frozenset())
        if query.rewritten:
            yield Notice(say("rewritten", reply.language, what=query.search_text))
        self.ranked = tools.prover.evidence(query, reply.hits, limit=RANKED * tools.width)
        if tools.rank is not None:
            self.ranked = tools.rank(query.search_text, self.ranked)
        shown = telling(self.ranked)[: tools.evidence_sentences]
        if not asks_why(query.search_text, query.language) and not defined_term(
            query.search_text, query.language
        ):
            self.items = self._enumerated()
        yield reply.shown(self.items or with_next_sentence(shown, reply.hits))
        if query.language not in languages():
            yield reply.warn(say("other_language", query.language))
        if tools.gates.before(query, reply.hits, reply.quotes) or self._asks_of_the_unknown():
            yield from self._refuse()
            return
        yield from self._answer()

    def _searched(self, query: Query) -> list[Hit]:
        """The hits of a question; of one half of a message those of the whole message, too, in turns."""
        tools = self.reply.tools
        hits = tools.retriever.retrieve(with_seams(query), tools.top_k)
        if not query.beside:
            return hits
        whole = tools.retriever.retrieve(replace(query, search_text=query.beside), tools.top_k)
        both = {hit.passage: hit for pair in zip_longest(whole, hits) for hit in pair if hit is not None}
        return [replace(hit, rank=rank) for rank, hit in enumerate(both.values(), start=1)][: tools.top_k]

    def _enumerated(self) -> list[Quote]:
        """The items of a list that is surely what was asked for."""
        reply, query = self.reply, self.reply.query
        text, language = query.search_text, query.language
        counts = answer_type_of(text, language).kind == "number"
        if reply.tools.library is None or counts or len(stems_of(text, language)) == 1:
            return []
        return enumerated(
            reply.tools.library, reply.hits, query, reply.tools.embedder, SURELY, headings=False
        )

    def _asks_of_the_unknown(self) -> bool:
        """Whether no passage has a word of what it is about, though there are articles in its language, and none is near."""
        library, query, hits = self.reply.tools.library, self.reply.query, self.reply.hits
        subject = subject_of(query.search_text, query.language) if library is not None else ""
        return (
            library is not None
            and bool(subject)
            and query.language in library.languages
            and not is_in_collection(library, subject, query.language)
            and self.reply.tools.gates.doubt(query, hits, at_home=True)
        )

    def _answer(self) -> Iterator[Event]:
        reply, model = self.reply, self.reply.tools.model
        if model is None:
            yield from self._evidence_answer(self._no_model(""))
            return
        try:
            reply.info = model.info
            sources = self._sources()
            if (yield from self._doubts(model, sources)):
                yield from self._refuse()
                return
            yield from reply.generate_fitting(model, sources, self._asks_for)
        except (ModelUnavailable, PromptTooLong) as error:
            if not reply.wrote:
                reply.info = None
                yield from self._evidence_answer(self._no_model(reason(error, reply.language)))
                return
            yield reply.warn(say("model_stopped", reply.language, why=reason(error, reply.language)))
            reply.finished, reply.composition.cut = False, True
            yield from reply.composition.proved(final=True)
        yield from self._conclude()

    def _no_model(self, why: str) -> Notice:
        return self.reply.warn(say("no_model", self.reply.language, why=why).strip())

    # ------------------------------------------------------------------ with a model

    def _sources(self) -> list[Source]:
        info, style, width = self.reply.info, self.reply.tools.style, self.reply.tools.width
        assert info is not None
        if style == "auto":
            style = "free" if (info.parameters or SMALL_MODEL) >= SMALL_MODEL else "facts"
        if style == "free":
            return whole_passages(self.reply.hits)
        if answer_type_of(self.reply.query.search_text, self.reply.query.language).kind is not None:
            return chosen_sentences(self.ranked[: FACTS * width], self.reply.hits)
        return with_passage(0, self.ranked[: BESIDE * width], self.reply.hits)

    def _asks_for(self, sources: Sequence[Source], mark: str) -> Prompt:
        return answer_prompt(self.reply.query.search_text, sources, self.reply.language, mark)

    def _doubts(self, model: ChatModel, sources: list[Source]) -> Generator[Event, None, bool]:
        """Whether the model's own word, where it is known what it is worth, is that the sources do not answer."""
        reply = self.reply
        assert reply.info is not None
        if not reply.tools.gates.knows(reply.info.name):
            return False
        messages = sufficiency_prompt(reply.fitting(sources, self._asks_for), reply.language)
        try:
            odds = yield from ask_sufficiency(model, messages)
        except PromptTooLong:
            return False  # the answer itself is then asked for with fewer sources
        return odds is not None and reply.tools.gates.during(reply.info.name, odds)

    def _conclude(self) -> Iterator[Event]:
        reply = self.reply
        sentences = reply.composition.sentences
        # what is written in another language says nothing about the sources
        foreign = not reply.refused and self._is_in_another_language()
        if BROKEN in reply.composition.text:
            yield reply.warn(say("broken_text", reply.language))
        if foreign:
            yield reply.warn(say("wrong_language", reply.language))
        if reply.tools.gates.after(reply.refused, () if foreign else sentences, reply.query, reply.hits):
            yield from self._refuse(kept=() if reply.refused else sentences)
            return
        if not reply.composition.has_support and reply.quotes:
            if not any(sentence.text.strip() for sentence in sentences):
                reply.finished = False
                yield reply.warn(say("thought_only" if reply.thought else "empty_answer", reply.language))
            yield reply.tell(say("own_words", reply.language), before="\n\n")
            yield from self._quoted()
        yield from self._close()
        yield reply.finish("model")

    def _is_in_another_language(self) -> bool:
        text = " ".join(sentence.text for sentence in self.reply.composition.sentences)
        letters = sum(map(str.isalpha, text)) + WIDE_SIGN * sum("\u3040" <= sign <= "\ud7a3" for sign in text)
        return letters >= LETTERS_TO_TELL_A_LANGUAGE and detect_language(text) not in (
            self.reply.language,
            "und",
        )

    # ------------------------------------------------------------------ without a model

    def _evidence_answer(self, notice: Notice) -> Iterator[Event]:
        yield notice
        yield from self._quoted()
        yield from self._close()
        yield self.reply.finish("evidence")

    def _quoted(self) -> Iterator[Sentence]:
        if self.items:
            yield from self.reply.listed(self.items)
            return
        before: Quote | None = None
        for quote in self.reply.quotes:
            follows = (
                before is not None
                and before.article == quote.article
                and 0 <= quote.start - before.end < APART
            )
            yield self.reply.quote(quote, before=" " if follows else "\n")
            before = quote

    def _refuse(self, kept: Sequence[Sentence] = ()) -> Iterator[Event]:
        """Abstain: the refusal is the program's own. What the model claimed stands before it, set aside."""
        reply = self.reply
        if kept:
            reply.composition.set_aside()
        else:
            reply.composition = Composition(reply.tools.prover, reply.hits, reply.language)
        reply.quotes = one_an_article(self.ranked, reply.hits)
        opening = "not_proved" if kept else "not_answered"
        unknown = [name for name in unknown_names(reply.query, reply.hits) if not self._is_known(name)]
        text = refusal(reply.query.search_text, reply.hits, reply.language, opening, unknown=unknown)
        yield reply.tell(text, before="\n\n")
        yield reply.finish("model" if reply.info else "evidence", abstained=True)

    def _is_known(self, name: str) -> bool:
        library = self.reply.tools.library
        return library is not None and is_in_collection(library, name, self.reply.query.language)

    def _close(self) -> Iterator[Sentence]:
        """What the sources disagree on; else, where it matters, which of them is from when."""
        reply = self.reply
        cited = {
            citation.n: citation
            for sentence in reply.composition.sentences
            if sentence.verdict in ("supported", "partial")
            for citation in sentence.citations
        }
        yield from name_conflicts(reply)
        dates = None if reply.conflicts else dated_sources(cited.values(), reply.language, reply.hits)
        if dates is not None:
            yield reply.composition.note(dates, list(cited.values()))


def name_conflicts(reply: Reply) -> Iterator[Sentence]:
    """Say what the sources disagree on, side by side."""
    if reply.tools.find_conflicts is None:
        return
    for found in reply.tools.find_conflicts(reply.query, reply.hits, reply.language):
        yield reply.tell(say("conflict", reply.language), before="\n\n")
        sides = []
        for value, quote, newest in found.dated(reply.hits):
            published = reply.hits[quote.hit].published
            lead = dated_side(published, newest, reply.language, found.superseded(quote, reply.hits))
            yield reply.composition.append(lead, Proof("no_claim"), before="\n")
            sentence = reply.quote(quote)
            sides.append(ConflictSide(value, sentence.citations[0].n, published, newest))
            yield sentence
        reply.conflicts.append(Conflict(found.about, tuple(sides)))
