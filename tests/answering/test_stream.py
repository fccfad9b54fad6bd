"""Recorded shapes of many models' replies pass through one filter, wherever the network cuts them."""

from __future__ import annotations

import pytest

from assistant.answering.stream import Named, Piece, StreamFilter, Text, Thinking

SHAPES = {
    "plain": (
        "Microsoft garde un droit [1]. Fin [2].",
        "Microsoft garde un droit . Fin .",
        [(1,), (2,)],
        "",
        0,
        False,
    ),
    "two in one": ("Oui [1, 3] et [2][3].", "Oui  et .", [(1, 3), (2,), (3,)], "", 0, False),
    "range": ("Oui [1-3].", "Oui .", [(1, 2, 3)], "", 0, False),
    "gpt-oss": ("Yes【1†L3-L5】. No【2†source】.", "Yes. No.", [(1,), (2,)], "", 0, False),
    "in words": ("Oui (source 2). Non (extraits 1 et 3).", "Oui . Non .", [(2,), (1, 3)], "", 0, False),
    "word in brackets": ("Yes [Source 2] and [excerpt 1].", "Yes  and .", [(2,), (1,)], "", 0, False),
    "footnote": ("Oui[^2].", "Oui.", [(2,)], "", 0, False),
    "double": ("Oui [[2]] non.", "Oui  non.", [(2,)], "", 0, False),
    "never offered": ("Oui [9]. Non [2024].", "Oui . Non .", [], "", 2, False),
    "thinking in the text": ("<think>Bon. [1]</think>Oui [1].", "Oui .", [(1,)], "Bon. [1]", 0, False),
    "thinking never closed": ("<think>Bon.", "", [], "Bon.", 0, False),
    "special tokens": ("<|channel|>Oui<|im_end|>", "Oui", [], "", 0, False),
    "list at the end": ("Oui [1].\n\nSources :\n[1] A\n[2] B", "Oui .\n\n", [(1,)], "", 0, False),
    "bold list at the end": ("Yes [1].\n\n**Sources:** [1], [2]", "Yes .\n\n", [(1,)], "", 0, False),
    "heading of a list": ("Yes.\n\n### References\n- A", "Yes.\n\n", [], "", 0, False),
    "sources are the subject": (
        "Oui.\nSources officielles et presse.",
        "Oui.\nSources officielles et presse.",
        [],
        "",
        0,
        False,
    ),
    "no marker": ("Une phrase sans rien.", "Une phrase sans rien.", [], "", 0, False),
    "other brackets": (
        "a [sic] (2024) f(x) [voir plus loin] <b>",
        "a [sic] (2024) f(x) [voir plus loin] <b>",
        [],
        "",
        0,
        False,
    ),
    "sentinel": ("AUCUNE_SOURCE", "", [], "", 0, True),
    "english sentinel": ("NO_SOURCE", "", [], "", 0, True),
    "almost the sentinel": ("AUCUNE SOURCE N'", "AUCUNE SOURCE N'", [], "", 0, False),
    "list and table": (
        "- un [1]\n- deux\n\n| a | b |\n|---|---|\n",
        "- un \n- deux\n\n| a | b |\n|---|---|\n",
        [(1,)],
        "",
        0,
        False,
    ),
    "code": ("`a[1]` et [2]", "`a[ 1 ]` et ", [(2,)], "", 0, False),
    "empty": ("", "", [], "", 0, False),
}


def run(pieces: list[str], offered: int = 3) -> tuple[StreamFilter, list[Piece]]:
    stream = StreamFilter(offered)
    shown = [piece for text in pieces for piece in stream.feed(text)]
    return stream, shown + stream.close()


def summary(stream: StreamFilter, pieces: list[Piece]) -> tuple[str, list[tuple[int, ...]], str, int, bool]:
    return (
        "".join(piece.text for piece in pieces if isinstance(piece, Text)),
        [piece.ids for piece in pieces if isinstance(piece, Named)],
        "".join(piece.text for piece in pieces if isinstance(piece, Thinking)),
        stream.invalid,
        stream.refused,
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_cut_at_every_place(shape: str) -> None:
    reply, *expected = SHAPES[shape]
    assert summary(*run([reply])) == tuple(expected)
    assert summary(*run(list(reply))) == tuple(expected)
    for cut in range(1, len(reply)):
        assert summary(*run([reply[:cut], reply[cut:]])) == tuple(expected), f"cut at {cut}"


def test_text_is_held_back_only_while_a_marker_may_come() -> None:
    stream = StreamFilter(2)
    assert stream.feed("Un mot ") == [Text("Un mot ")]
    assert stream.feed("[") == []
    assert stream.feed("1") == []
    assert stream.feed("]") == [Named((1,))]
    assert "".join(
        p.text for p in stream.feed("[une longue parenthèse qui n'est pas une source") if isinstance(p, Text)
    )
