"""RTF made here: what is shown is read, numbers stay whole, tables and notes keep their form."""

from __future__ import annotations

import pytest

from assistant.errors import ArticleRejected
from assistant.reading.drafts import Draft, first
from assistant.reading.rtf import read_rtf

HEAD = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Helvetica;}}"


def read(body: str, info: str = "") -> Draft:
    return read_rtf(f"{HEAD}{info}\n{body}}}".encode("latin-1"), "a.rtf")


def text_of(body: str) -> str:
    return "\n".join(block.text for block in read(body).blocks)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"The mill\par It costs 12 \u8364? in \'e9t\'e9.\par", "The mill\nIt costs 12 € in été."),
        (r"It costs {\strike 49 euros} 39 euros, \striked1 12\striked0  7.\par", "It costs 39 euros, 7."),
        (r"It costs {\deleted 49}{\revised 39} euros, {\v secret }so.\par", "It costs 39 euros, so."),
        (r"In 2019{\super 2}, 4,300{\super a}, 10{\super 6}, CO{\sub 2}, 412{\sub 1}, 19{\super e}, 5{\up6 3}.\par",
         "In 2019 [2], 4,300 [a], 10^6, CO2, 412_1, 19e, 5 [3]."),
        (r"\trowd\intbl Town\cell Votes\cell\row\intbl Arvis\par twice\cell 1,204\cell\row\pard After.\par",
         "Town | Votes\nArvis twice | 1,204\nAfter."),
        (r"It{\footnote\pard The note of it.} is sold.\par", "It [1] is sold.\n[1] The note of it."),
        (r"{\pntext 3.\tab}rye\par{\listtext\tab 1911.\tab}oats\par", "3. rye\n1911. oats"),
        (r'{\field{\*\fldinst PAGE}{\fldrslt 412}} sacks{\header Head}{\pict\bin3 }}}}\par', "412 sacks"),
    ],
)  # fmt: skip
def test_what_is_shown_is_read(body: str, text: str) -> None:
    assert text_of(body) == text


def test_what_is_left_out_is_told() -> None:
    draft = read(r"It costs {\strike 49 euros}{\v secret} 39.\par")
    assert draft.warnings == ["hidden text removed (1 word)", "struck-out text removed (2 words)"]


def test_facts_of_the_document() -> None:
    info = r"{\info{\title The mill of Corv\'e9}{\author Odile Corvin}{\creatim\yr2024\mo5\dy3\hr10}}"
    facts = read(r"It is sold.\par", info).facts
    values = [fact.value for field in ("title", "author", "published") if (fact := first(facts, field))]
    assert values == ["The mill of Corvé", "Odile Corvin", "2024-05-03"]


@pytest.mark.parametrize("data", [b"", b"The mill", b"PK\x03\x04"])
def test_what_is_no_rtf_is_rejected(data: bytes) -> None:
    with pytest.raises(ArticleRejected, match="no RTF"):
        read_rtf(data, "a.rtf")


@pytest.mark.parametrize(
    "body", ["{" * 20_000, "}" * 20_000, "\\'" * 5000, "\\bin99999999 ", "{\\b unfinished"]
)
def test_damaged_ones_end(body: str) -> None:
    read_rtf(f"{HEAD}{body}".encode(), "a.rtf")
