"""Recorded shapes of many models' replies pass through one filter, wherever the network cuts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from answering.shapes import SHAPES, Shape
from builders import make_hit
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.composition.composer import Composition
from assistant.composition.grounding import Prover
from assistant.composition.markers import without_mentions
from assistant.composition.stream import Named, Piece, Retracted, StreamFilter, Text, Thinking
from assistant.proof.places import unknown_stems
from assistant.types import Hit, Proof, Query, Quote, Sentence

HITS = tuple(
    make_hit(text, rank=rank, article=f"{rank}.md")
    for rank, text in enumerate(("Le budget augmente.", "La salle ferme.", "Le vote est reporté."), 1)
)


class Gullible:
    """A prover that believes what the model named, and doubts the rest."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof:
        quotes = tuple(
            Quote(hits[n].passage.article, 0, len(hits[n].text), hits[n].text, n, 1.0) for n in named
        )
        return Proof("supported", quotes) if quotes else Proof("unsupported", reasons=("rien",))


def run(pieces: Sequence[str], offered: int = 3) -> tuple[StreamFilter, list[Piece]]:
    stream = StreamFilter(offered)
    shown = [piece for text in pieces for piece in stream.feed(text)]
    return stream, shown + stream.close()


def summary(stream: StreamFilter, pieces: Sequence[Piece]) -> Shape:
    text, named, thought = "", [], ""
    for piece in pieces:
        match piece:
            case Text():
                text += piece.text
            case Named():
                named.append(piece.ids)
            case Thinking():
                thought += piece.text
            case Retracted():
                text, named, thought = "", [], text
    return Shape("", text, tuple(named), thought, stream.invalid, stream.refused)


def composed(pieces: Sequence[str]) -> tuple[object, ...]:
    """The answer as the reader gets it, in full."""
    stream, answer = StreamFilter(3), Composition(Gullible(), HITS, "fr", (0, 1, 2))
    proved: list[Sentence] = []
    for text in pieces:
        for piece in stream.feed(text):
            answer.add(piece) if not isinstance(piece, Thinking) else None
        proved += answer.proved()
    for piece in stream.close():
        answer.add(piece) if not isinstance(piece, Thinking) else None
    proved += answer.proved(final=True)
    check_always(answer)
    assert "".join(s.before + s.text for s in proved).endswith(answer.text)
    sentences = [replace(sentence, draft_length=0) for sentence in answer.sentences]
    return answer.text, sentences, tuple(answer.citations.values()), stream.invalid, stream.refused


def check_always(answer: Composition) -> None:
    """What the contracts promise of citations and spans."""
    used = list(dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", answer.text)))
    assert used == [citation.n for citation in answer.citations.values()]
    assert used == list(range(1, len(used) + 1))
    position = 0
    for sentence in answer.sentences:
        assert position <= sentence.start <= sentence.end <= len(answer.text)
        assert answer.text[sentence.start : sentence.end] == sentence.text
        position = sentence.end


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_cut_at_every_place(shape: str) -> None:
    expected = SHAPES[shape]._replace(reply="")
    reply = SHAPES[shape].reply
    assert summary(*run([reply])) == expected
    assert summary(*run(list(reply))) == expected
    for cut in range(1, len(reply)):
        assert summary(*run([reply[:cut], reply[cut:]])) == expected, f"cut at {cut}"


@pytest.mark.parametrize("shape", SHAPES)
def test_the_answer_is_the_same_wherever_the_reply_is_cut(shape: str) -> None:
    reply = SHAPES[shape].reply
    whole = composed([reply])
    assert composed(list(reply)) == whole
    for cut in range(1, len(reply)):
        assert composed([reply[:cut], reply[cut:]]) == whole, f"cut at {cut}"


def test_the_head_of_an_excerpt_is_no_sentence_and_nothing_sticks_to_a_lead_in() -> None:
    dated = [replace(hit, title="Le vote", published=date(2025, 3, 1)) for hit in HITS]
    answer = Composition(Gullible(), dated, "fr", (0, 1, 2))
    answer.append("Dans l’ensemble :", Proof("no_claim"))
    for piece in (
        Text("Le vote · 2025-03-01 "),
        Named((3,)),
        Text("\nLe vote est reporté "),
        Named((3,)),
        Text("."),
    ):
        answer.add(piece)
    list(answer.proved(final=True))
    assert " ".join(answer.text.split()) == "Dans l’ensemble : Le vote est reporté [1]."
    check_always(answer)


def test_text_is_held_back_only_while_a_marker_may_come() -> None:
    stream = StreamFilter(2)
    assert stream.feed("Un mot ") == [Text("Un mot ")]
    assert stream.feed("[") == []
    assert stream.feed("1") == []
    assert stream.feed("]") == [Named((1,))]
    assert "".join(
        p.text for p in stream.feed("[une longue parenthèse qui n'est pas une source") if isinstance(p, Text)
    )


PARTS = st.sampled_from(
    [shape.reply for shape in SHAPES.values()]
    + ["[", "]", "[1", "1]", "[[", "(source ", "【", "†", "[^1]:", "(#", "\n", "\n\n", "Sources :", "Source : ", "- ", "| ", "`", "```"]
    + ["<think>", "</think>", "<|channel|>", "final", "<|", "|>", "<sup>", "¹", "AUCUNE_", "SOURCE", ". ", " [4]", "[0]", "[12, 99]"]
    + ["Le budget augmente. ", "M. Dupont", "art. ", "5", "\u200b", "\U0001f600", " "]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(PARTS, st.text(max_size=6)), max_size=8).map("".join), st.data())
def test_no_stream_breaks_a_promise(reply: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(reply)), max_size=6)))
    pieces = [reply[a:b] for a, b in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    assert composed(pieces) == composed([reply])
    stream, shown = run(pieces)
    ids = [n for piece in shown if isinstance(piece, Named) for n in piece.ids]
    assert all(1 <= n <= stream.offered for n in ids)


@pytest.mark.parametrize(
    ("sentence", "plain", "ids"),
    [
        ("Selon l'extrait 2, le budget augmente.", "Le budget augmente.", [2]),
        ("D’après les extraits 1 et 3, le budget augmente.", "Le budget augmente.", [1, 3]),
        ("According to source 2, the budget grows.", "The budget grows.", [2]),
        ("L'extrait 1 indique que le budget augmente.", "Le budget augmente.", [1]),
        ("Excerpt 3 states that the budget grows.", "The budget grows.", [3]),
        ("Le budget augmente, selon l'extrait 2.", "Le budget augmente.", [2]),
        ("Le budget, selon la source 2, augmente.", "Le budget augmente.", [2]),
        ("Selon l'article 49, le budget est adopté.", "Selon l'article 49, le budget est adopté.", []),
        ("In passage 2 of the law.", "In passage 2 of the law.", []),
        ("Selon , le budget augmente.", "Le budget augmente.", []),  # a marker stood there
        ("Le budget augmente, comme indiqué dans.", "Le budget augmente.", []),
        ("Selon la mairie, le budget augmente.", "Selon la mairie, le budget augmente.", []),
        ("Según el extracto 2, el puente abrió en 1998.", "El puente abrió en 1998.", [2]),
        ("El extracto 3 indica que el puente abrió.", "El puente abrió.", [3]),
        ("El puente abrió, según la fuente 2.", "El puente abrió.", [2]),
    ],
)
def test_the_numbers_of_the_prompt_are_not_shown(sentence: str, plain: str, ids: list[int]) -> None:
    assert without_mentions(sentence) == (plain, ids)


def test_what_only_the_question_speaks_of_is_not_proved_by_the_rest() -> None:
    hits = (make_hit("La loi prévoit des obligations allégées pour les modèles libres."),)
    question = "Quelle amende la loi prévoit-elle ?"
    missing = unknown_stems(Query(question, question, "fr"), hits)
    answer = Composition(Prover(), hits, "fr", unknown_stems=missing)
    answer.add(
        Text("La loi prévoit une amende allégée pour les modèles libres. La loi prévoit des obligations.")
    )
    assert [sentence.verdict for sentence in answer.proved(final=True)] == ["partial", "supported"]
