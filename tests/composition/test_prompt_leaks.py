"""Nothing of the prompt reaches a reader, wherever the network cuts a reply."""

from __future__ import annotations

import pytest

from assistant.composition.composer import said_once
from assistant.composition.stream import StreamFilter, Text

MARK = "=== 43ac9012 ==="


def shown(reply: str, size: int) -> tuple[str, bool]:
    """What a reader sees of a reply that comes in pieces of `size`, and whether it is a refusal."""
    stream = StreamFilter(3, MARK)
    pieces = [
        piece for start in range(0, len(reply), size) for piece in stream.feed(reply[start : start + size])
    ]
    pieces += stream.close()
    return "".join(piece.text for piece in pieces if isinstance(piece, Text)), stream.refused


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("Le pont est long [43ac9012]. Il est neuf.", "Le pont est long. Il est neuf."),
        ("Oui.\n=== 43ac9012 ===\nNon.", "Oui.\n\nNon."),
        ("Il coûte 3 euros (43ac9012).", "Il coûte 3 euros."),
        ("YES_SOURCE Le pont est long.", " Le pont est long."),
        ("Le pont est long. OUI\\_SOURCE.", "Le pont est long. "),
        ("La NASA a lancé un ACE. a b c d e f 43", "La NASA a lancé un ACE. a b c d e f 43"),
        ("Le hachage 43ac90 et 12345678 restent.", "Le hachage 43ac90 et 12345678 restent."),
        ("a == b [voir]", "a == b [voir]"),
        ("Le code 0AUCUNE_SOURCE reste.", "Le code 0AUCUNE_SOURCE reste."),
    ],
)
def test_traces_vanish_and_nothing_else(reply: str, text: str, size: int) -> None:
    said = " ".join(shown(reply, size)[0].split())
    assert said.replace(" .", ".") == " ".join(text.split())


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize(
    "reply",
    [
        "NO_SOURCES",
        "AUCUNE_SOURCE",
        "AUCUNE_SOURCES.",
        "AUCUN_SOURCE",
        "NO_SOURCE.",
        "Aucune_source",
        "No_source.",
        "aucune\\_source",
    ],
)
def test_a_refusal_in_any_form_is_one(reply: str, size: int) -> None:
    text, refused = shown(reply, size)
    assert refused
    assert "SOURCE" not in text


def test_what_is_said_over_and_over_is_said_once() -> None:
    assert said_once("Le maire dit que " + "le pont et " * 40).strip() == "Le maire dit que le pont et"
    assert said_once("Le maire dit que le pont est neuf.") == "Le maire dit que le pont est neuf."
