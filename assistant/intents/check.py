"""A pasted text is proved sentence by sentence; beside what is not confirmed stand the nearest words of a source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..composition.evidence import telling
from ..proof.claims import claim_of, is_opinion, makes_no_claim, parts_of
from ..reading.language import detect_language
from ..reading.sentences import sentence_spans
from ..reading.words import words
from ..types import Event, Hit, Proof, Query, Quote
from .reply import Reply
from .subject import frame_stems, quoted, stems_around

MOST_SENTENCES = 40
NEAREST = 2
"""Sentences shown beside a claim of one part that is not confirmed."""
LONGEST = 1000
"""Characters of a text that are searched as a whole."""
LONGEST_QUOTED = 4
"""Words from which a run in quotation marks is the text to be proved."""
_LEAD = re.compile(r"^[^:\n]{0,80}:\s+")
_LAST_QUESTION = re.compile(r"(?<=[.!…»”\"])\s(?=[^.!?…]{1,60}\?[\s»\"”]{0,3}$)")
"""Before the question that ends a text, be it written without a capital: "… de 2021. c'est vrai ?"."""
_QUESTION = re.compile(r"\?[\s»\"”]*$")


def check(reply: Reply) -> Iterator[Event]:
    """Prove the text that a message holds."""
    text = pasted(reply.query.text, reply.query.language)
    language = detect_language(text)
    claims = [claim_of(text[start:end]) for start, end in sentence_spans(text, language)][:MOST_SENTENCES]
    claims = [claim for claim in claims if claim]
    hits: list[Hit] = []
    whole = _found(reply, [text[:LONGEST]], language) if len(claims) > 1 else []
    proofs = [_proof(reply, claim, language, hits, whole) for claim in claims]
    yield reply.found(hits)
    yield reply.tell(_verdict(reply, proofs))
    for claim, proof in zip(claims, proofs, strict=True):
        yield reply.composition.append(claim, proof, before="\n\n")
        if proof.verdict in ("unsupported", "partial") and proof.nearest:
            yield reply.tell(reply.pack.say("nearest_words"), before="\n")
            for quote in proof.nearest:
                yield reply.quote(quote)
    yield reply.finish("evidence")


def pasted(message: str, language: str) -> str:
    """The text to be proved: what is quoted, else the message without what asks to check it."""
    inside = quoted(message)
    if inside is not None and len(inside.split()) >= LONGEST_QUOTED:
        return inside
    lead = _LEAD.match(message)
    if lead and _only_asks(lead.group(), language):
        message = message[lead.end() :]
    kept = [piece for piece in _pieces(message, detect_language(message)) if not _asks(piece, language)]
    return " ".join(kept) or message.rstrip(" ?")


def _pieces(message: str, language: str) -> list[str]:
    """Its sentences, a question that ends it apart even where that has no capital."""
    spans = sentence_spans(message, language)
    return [piece for start, end in spans for piece in _LAST_QUESTION.split(message[start:end])]


def asks_to_check(message: str, language: str) -> bool:
    """Whether a message says itself that a statement in it is to be checked: "Is this right? The mill closed in 1950."."""
    text = pasted(message, language)
    lead = _LEAD.match(message)
    pieces = [*([lead.group()] if lead else []), *_pieces(message, language)]
    asking = stems_around("check", language) - frame_stems(language)
    return (
        len(text.split()) > LONGEST_QUOTED
        and text.rstrip(" ?") != message.rstrip(" ?")
        and any(
            piece not in text
            and _only_asks(piece, language)
            and any(not word.is_stop and word.stem in asking for word in words(piece, language))
            for piece in pieces
        )
    )


def _asks(sentence: str, language: str) -> bool:
    return bool(_QUESTION.search(sentence)) or _only_asks(sentence, language)


def _only_asks(text: str, language: str) -> bool:
    """Whether a piece of a message has no word but those that ask to check something."""
    asking = frame_stems(language) | stems_around("check", language)
    return all(word.is_stop or word.stem in asking for word in words(text, language))


def _proof(reply: Reply, claim: str, language: str, hits: list[Hit], whole: Sequence[Hit]) -> Proof:
    """The proof of one sentence on hits of its own, which are added to `hits`, and on those of the `whole` text."""
    if makes_no_claim(claim, language):
        return Proof("no_claim")
    parts = parts_of(claim, language)
    own = _found(reply, [claim, *parts] if len(parts) > 1 else [claim], language)
    known = {hit.passage for hit in own}
    found = sorted((*own, *(hit for hit in whole if hit.passage not in known)), key=lambda hit: -hit.score)
    proof = reply.tools.prover.prove(claim, found, language)
    if proof.verdict != "supported" and is_opinion(claim, language):
        return Proof("no_claim")
    offset = len(hits)
    hits += [replace(hit, rank=offset + rank) for rank, hit in enumerate(found, start=1)]

    def moved(quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
        return tuple(replace(quote, hit=quote.hit + offset) for quote in quotes)

    each = 1 if len(parts) > 1 else NEAREST
    nearest = [quote for part in parts for quote in _nearest(reply, part, language, found, each)]
    once = {(quote.article, quote.start): quote for quote in nearest}
    # what is not confirmed cites nothing: a number behind it would look like its source
    quotes = moved(proof.quotes) if proof.verdict == "supported" else ()
    return replace(proof, quotes=quotes, nearest=moved(tuple(once.values())))


def _found(reply: Reply, texts: Sequence[str], language: str) -> list[Hit]:
    """The hits of each text, none twice: a sentence of several facts may rest on several articles."""
    found = {
        hit.passage: hit
        for text in reversed(texts)
        for hit in reply.tools.retriever.retrieve(Query(text, text, language), reply.tools.top_k)
    }
    return sorted(found.values(), key=lambda hit: -hit.score)


def _nearest(reply: Reply, claim: str, language: str, hits: Sequence[Hit], limit: int) -> list[Quote]:
    """The sentences that would answer a claim best if it were asked."""
    return telling(reply.tools.prover.evidence(Query(claim, claim, language), hits, limit=limit))


def _verdict(reply: Reply, proofs: list[Proof]) -> str:
    claims = [proof for proof in proofs if proof.verdict != "no_claim"]
    supported = sum(proof.verdict == "supported" for proof in claims)
    say = reply.pack.say
    if not claims:
        return say("no_sentences")
    if supported == len(claims):
        return say("checked_one") if len(claims) == 1 else say("checked_all", count=len(claims))
    if supported == 0:
        return say("checked_none")
    return say("checked_some", supported=supported, count=len(claims))
