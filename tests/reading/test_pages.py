"""HTML pages made here: what a reader sees of the article is read, in its own form."""

from __future__ import annotations

import pytest

from assistant.language.remarks import Remark
from assistant.reading.hidden import as_shown
from assistant.reading.web_pages import read_html

SENTENCE = "The bakers of Corvane meet at the mill each {} to share the flour, and {} of them came by boat this year."
PROSE = [
    SENTENCE.format(day, number)
    for day, number in (("Monday", 12), ("Friday", 31), ("Sunday", 7), ("Easter", 64))
]
PARAGRAPHS = [f"<p>{sentence}</p>" for sentence in PROSE]
NAVIGATION = "<nav><ul><li><a href=/>Home</a></li><li><a href=/b>Boats</a></li></ul></nav>"


def read(body: str, head: str = "") -> tuple[str, list[Remark]]:
    page = f"<html><head><title>Mill</title>{head}</head><body>{NAVIGATION}{body}<footer><p>Imprint</p></footer></body></html>"
    draft = read_html(page.encode(), "page.html")
    return "\n\n".join(block.text for block in draft.blocks), draft.warnings


@pytest.mark.parametrize(
    "container",
    [
        "div",
        "aside",
        "form",
        "section",
        "main",
        'div class="zz"',
        "td><p",
        "fieldset",
        'div class="widget"',
        'div id="comments-x"',
        "aside class=sidebar",
        "footer",
        "details open",
        "dialog open",
    ],
)
def test_whatever_the_container_is_called(container: str) -> None:
    text, _ = read(
        f"<{container}><h1>The mill</h1>{''.join(PARAGRAPHS)}</{container.split()[0].split('>')[0]}>"
    )
    assert [sentence for sentence in PROSE if sentence not in text] == []
    assert "Boats" not in text


def test_subheadings_lists_tables_captions_and_definitions_stay_in_their_order() -> None:
    body = f"""<div class="texte"><h1>The mill</h1>{PARAGRAPHS[0]}<h3>Opening</h3><ul><li>May: 4 to 9</li><li>June: 5</li></ul>
        {PARAGRAPHS[1]}<figure><img src=a.png><figcaption>The wheel, 7 metres high</figcaption></figure>{PARAGRAPHS[2]}
        <table><tr><th>Farm</th><th>Sacks</th></tr><tr><td>Arvis</td><td>12</td></tr></table>
        <dl><dt>Miller</dt><dd>Odile Corvin</dd></dl>{PARAGRAPHS[3]}</div>
        <div class="related"><h3>Read also</h3><ul><li><a href=/x>Another mill</a></li></ul></div>"""
    text, _ = read(body)
    parts = [PROSE[0], "Opening", "- May: 4 to 9\n- June: 5", PROSE[1], "The wheel, 7 metres high", PROSE[2],
             "Farm | Sacks\nArvis | 12", "Miller\nOdile Corvin", PROSE[3]]  # fmt: skip
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert "Another mill" not in text


def test_what_sums_the_article_up_is_part_of_it() -> None:
    summary = "Eleven farms share one wheel again, and the town pays for the stones that the flood took."
    caption = "Odile Corvin at the wheel in March, a week before the first sacks of flour came by boat."
    body = f"""<header class="top"><h1>The mill</h1><h2 class="deck">{summary}</h2><p class="byline">By A. Reporter of the
        Corvane Herald, who has written of mills and of boats for more than twenty years</p>
        <div class="wp-caption">{caption}</div></header><article>{"".join(PARAGRAPHS)}</article>"""
    text, _ = read(body)
    assert text.startswith(f"The mill\n\n{summary}\n\n{PROSE[0]}")


def test_a_request_for_consent_is_not_the_article() -> None:
    consent = (
        "<p>We and our 214 partners keep cookies on your device to measure what you read, and share them with others.</p>"
        * 2
    )
    text, _ = read(
        f'<div id="cookie-notice">{consent}</div><aside><h1>The mill</h1>{PARAGRAPHS[0]}{PARAGRAPHS[1]}</aside>'
    )
    assert PROSE[0] in text
    assert "partners" not in text


@pytest.mark.parametrize(
    ("css", "seen"),
    [
        (".note { display: none }", False),
        ("@media screen { .note { display: none } }", False),
        ("@media (max-width: 600px) { .note { display: none } }", True),
        ("@media print { .note { visibility: hidden } }", True),
        (".note { display: none } .note { display: block }", True),
        (".note { display: none } article .note { display: flex }", True),
        (".js .note { display: none }", True),
        (".note { opacity: 1 } .note { opacity: 0 }", False),
        ("@media (min-width: 400px) { p.note { display: none } }", False),
        ("@media (width > 90em), print { .note { display: none } }", True),
        ("@media not print { .note { display: none } }", False),
        ("@media (prefers-color-scheme: dark) { .note { display: none } }", True),
        (".note { display: none } @media (min-width: 400px) { .note { display: block } }", True),
        ("article .note { display: block } .note { display: none }", True),
        ("article .note { display: block } .note { display: none !important }", False),
        (".note { display: none } .note.open { display: block }", True),
        (".note:not(.open) { display: none }", True),
        ("@container (max-width: 300px) { .note { display: none } }", True),
        ("@supports not (display: grid) { .note { display: none } }", True),
        (".note { opacity: 0; transition: opacity 1s }", True),
        (".note { max-height: 0; overflow: hidden }", False),
        (".note { position: absolute; clip-path: inset(50%) }", False),
        (".note { color: #fff; background: white }", False),
    ],
)
def test_rules_hide_only_on_every_screen_and_until_another_shows(css: str, seen: bool) -> None:
    body = f'<article><h1>The mill</h1>{"".join(PARAGRAPHS)}<p class="note">It will close on 3 October.</p>{PARAGRAPHS[1]}</article>'
    text, warnings = read(body, f"<style>{css}</style>")
    assert ("3 October" in text) == seen
    assert bool(warnings) != seen


def test_a_rule_that_hides_the_page_is_not_believed() -> None:
    text, _ = read(
        f'<div class="fade"><h1>The mill</h1>{"".join(PARAGRAPHS)}</div>', "<style>.fade{opacity:0}</style>"
    )
    assert PROSE[0] in text


@pytest.mark.parametrize(
    "struck",
    [
        "<del>{}</del>",
        "<s>{}</s>",
        "<strike>{}</strike>",
        '<span style="text-decoration: line-through red">{}</span>',
        '<style>.was {{ text-decoration: line-through }}</style><span class="was">{}</span>',
    ],
)
def test_struck_out_text_goes_and_is_told(struck: str) -> None:
    price = f"<p>A sack costs {struck.format('49 euros')} <ins>39 euros</ins>.</p>"
    text, warnings = read(f"<article>{''.join(PARAGRAPHS)}{price}</article>")
    assert "A sack costs 39 euros." in text
    assert "struck-out text removed (2 words)" in warnings


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("in 2019<sup>2</sup>, ", "in 2019 [2], "),
        ("in 2019<sup><a href=#n3>3</a></sup>.", "in 2019 [3]."),
        ("10<sup>6</sup> sacks", "10^6 sacks"),
        ("12 km<sup>2</sup> of", "12 km^2 of"),
        ("the 1<sup>er</sup> May", "the 1er May"),
        ("the 10<sup>e</sup> boat", "the 10e boat"),
        ("10<sup>-3</sup> sacks", "10^-3 sacks"),
        ("in 2019<sup>1,2</sup>, ", "in 2019 [1,2], "),
        ("for 12<sup>*</sup> crowns", "for 12 [*] crowns"),
        ("CO<sub>2</sub> rises", "CO2 rises"),
        ('in 2019<span style="vertical-align: super">4</span>.', "in 2019 [4]."),
        ('<style>.n { vertical-align: super }</style>in 2019<span class="n">4</span>.', "in 2019 [4]."),
        ("with 4,300<sup>a</sup> sacks", "with 4,300 [a] sacks"),
        ("the 2<sup>n</sup> ways", "the 2^n ways"),
        ("the 2<sup>n+1</sup> ways", "the 2^(n+1) ways"),
        ("in 2019<sup>note 2</sup>, ", "in 2019 [note 2], "),
        ("in 2019<sup>re</sup>, ", "in 2019re, "),
        ("if <math><mi>E</mi><mo>=</mo><msup><mi>c</mi><mn>2</mn></msup></math> holds", "if E=c^2 holds"),
        (
            "of <math><mfrac><mrow><mn>1</mn><mo>+</mo><mi>x</mi></mrow><msub><mi>y</mi><mn>12</mn></msub></mfrac></math> sacks",
            "of (1+x)/y_12 sacks",
        ),
        (
            "of <span class=katex><span><math><semantics><msup><mi>x</mi><mn>3</mn></msup><annotation>x^3</annotation></semantics></math></span>"
            "<span class=katex-html>x3</span></span> sacks",
            "of x^3 sacks",
        ),
        ("the <ruby>mill<rp>(</rp><rt>moulin</rt><rp>)</rp></ruby> there", "the mill there"),
        ("and 412<sub>1</sub> sacks", "and 412_1 sacks"),
        ("and 1<sup>3</sup>/<sub>4</sub> sacks", "and 1 3/4 sacks"),
        ("at 12 m<sup>3</sup>/s, ", "at 12 m^3/s, "),
        ('in 2019<a href="#n" style="vertical-align: super">4</a>.', "in 2019 [4]."),
    ],
)
def test_raised_signs_leave_numbers_whole(markup: str, text: str) -> None:
    assert (
        text
        in read(
            f"<article>{''.join(PARAGRAPHS)}<p>It was sold {markup} as the miller says at the fair.</p></article>"
        )[0]
    )


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<ol start="4"><li>flour</li><li>bran</li></ol>', "4. flour\n5. bran"),
        ("<ol reversed><li>flour</li><li>bran</li></ol>", "2. flour\n1. bran"),
        ('<ol><li value="7">flour</li><li>bran</li></ol>', "7. flour\n8. bran"),
        (
            "<table><tr><td rowspan=2>Arvis</td><td>May</td><td>1</td></tr><tr><td>June</td><td>2</td></tr></table>",
            "Arvis | May | 1\nArvis | June | 2",
        ),
        (
            "<table><tr><th colspan=2>Arvis</th></tr><tr><td>June</td><td>2</td></tr></table>",
            "Arvis\nJune | 2",
        ),
        ("<table><tr><td>A</td><td></td><td>2</td></tr></table>", "A |  | 2"),
        ("<ol type=a start=2><li>flour of the mill</li><li>bran</li></ol>", "b. flour of the mill\nc. bran"),
        (
            '<ol style="list-style: upper-roman"><li>flour of the mill</li><li>bran</li></ol>',
            "I. flour of the mill\nII. bran",
        ),
        ("<menu><li>flour of the mill</li><li>bran</li></menu>", "- flour of the mill\n- bran"),
        (
            "<table><tr><td rowspan=0>Arvis</td><td>May</td></tr><tr><td>June</td></tr><tr><td>July</td></tr></table>",
            "Arvis | May\nArvis | June\nArvis | July",
        ),
        (
            "<table><tr><td>Boat</td><td><table><tr><td>May</td><td>3</td></tr></table></td></tr></table>",
            "Boat | May | 3",
        ),
    ],
)
def test_numbers_of_lists_and_merged_cells(markup: str, text: str) -> None:
    assert (
        text in read(f"<article><h1>Mill</h1>{PARAGRAPHS[0]}{markup}{''.join(PARAGRAPHS[1:])}</article>")[0]
    )


def test_hostile_style_sheets_cost_little() -> None:
    from lxml import html

    for css in ("{" * 50_000, "a{b" * 30_000, "@media all{" * 300, ".a" * 50_000):
        as_shown(html.document_fromstring(f"<style>{css}</style><p>Text</p>"))


def test_a_rule_that_hides_most_in_many_pieces_is_not_believed() -> None:
    pieces = "".join(f"<div class=slide>{paragraph}</div>" for paragraph in PARAGRAPHS)
    text, warnings = read(
        f"<article><h1>Mill</h1>{pieces}</article><p class=note>Vote for us.</p>",
        "<style>.slide,.note{display:none}</style>",
    )
    assert all(sentence in text for sentence in PROSE)
    assert warnings == ["hidden text removed (3 words)"]


@pytest.mark.parametrize(
    ("style", "seen"),
    [
        ("font-size: 0.9375rem", True), ("font-size:.8em;", True), ("font-size: 0", False), ("font-size:0px;", False),
        ("opacity: 0%", False), ("filter: opacity(0)", False), ("height:0;overflow:hidden", False), ("zoom: 0", False),
        ("transform: scale(0)", False), ("transform: scale(0.9)", True), ("position:absolute;left:-300vw", False),
        ("margin-left:-9999px", False), ("color: rgba(0, 0, 0, 0)", False), ("color: rgb(255 255 255)", False),
        ("color: white; background: #123", True), ("display: none; display: block", True), ("font: 0/0 a", False),
        ("height: 0; overflow: hidden; padding-bottom: 50%", True), ("background: url(a.png); color: white", True),
        ("font-size: 0.5px", False), ("font-size:0.01em", False), ("opacity:0.9", True), ("opacity: 0", False),
    ],
)  # fmt: skip
def test_small_letters_are_seen_and_letters_of_no_size_are_not(style: str, seen: bool) -> None:
    body = f'<article><h1>Mill</h1>{PARAGRAPHS[0]}<p style="{style}">Rye costs forty crowns this year.</p>{"".join(PARAGRAPHS[1:])}</article>'
    assert ("forty crowns" in read(body)[0]) == seen


def test_a_short_line_of_the_article_stays_and_a_heading_over_nothing_goes() -> None:
    body = (
        f"<article><h1>Mill</h1>{''.join(PARAGRAPHS)}<p>– “Yes.”</p></article>"
        "<div><h3>Mentioned</h3><div><a href=x>Arvis and its mill in the hills of the north</a></div></div>"
    )
    text = read(body)[0]
    assert "– “Yes.”" in text
    assert "Mentioned" not in text


def test_short_cells_at_the_end_of_an_article_stay_in_their_form() -> None:
    table = "<table><tr><th rowspan=2>Town</th><th>May</th><th>June</th></tr><tr><td>12</td><td>9</td></tr></table>"
    body = f"<article><h1>Mill</h1>{''.join(PARAGRAPHS)}<ol><li value=3>rye</li><li value=9>oats</li></ol>{table}</article>"
    assert read(body)[0].endswith("3. rye\n9. oats\n\nTown | May | June\nTown | 12 | 9")


def test_what_trafilatura_found_has_its_raised_signs_apart() -> None:
    """Where the page's own pieces are not met again, its result stands."""
    from lxml import html

    from assistant.reading.markup import blocks_of

    body = html.fragment_fromstring(
        '<body><p>It had 4 300<hi rend="#sup">1</hi> sacks.</p></body>', parser=html.xhtml_parser
    )
    assert [block.text for block in blocks_of(body)] == ["It had 4 300 [1] sacks."]


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ('<div class=wp-caption><img src=a><p>The wheel, 7 metres high, from the bank.</p></div>', "7 metres"),
        ("<div class=faq><h3>Who pays?</h3><div><div>The bank pays 62 % of it.</div></div></div>", "Who pays?\n\nThe bank pays 62 %"),
        ("<div class=grid><div><b>8.2</b> million for the wheel</div><div>5.1 million</div></div>", "8.2 million for the wheel\n\n5.1 million"),
        ("<details><summary>What does it cost?</summary>A loaf costs 4 crowns.</details>", "What does it cost?\n\nA loaf costs 4"),
        ("<div role=list><div role=listitem>May: 4 to 9</div><div role=listitem>June: 5</div></div>", "May: 4 to 9\n\nJune: 5"),
        ('<div style="visibility:hidden">Gone <p style="visibility:visible">It opens at 9.</p></div>', "It opens at 9."),
        ("<div hidden>Gone</div><dialog><p>Gone</p></dialog><template><p>Gone</p></template><p>It opens at 9.</p>", "It opens at 9."),
        ("<font color=white>Gone</font><table bgcolor=#224466><tr><td><font color=white>It opens at 9.</font></td></tr></table>", "It opens at 9."),
    ],
)  # fmt: skip
def test_what_stands_between_two_paragraphs_is_kept_whole(markup: str, said: str) -> None:
    text, _ = read(
        f'<div class="texte"><h1>Mill</h1>{PARAGRAPHS[0]}{PARAGRAPHS[1]}{markup}{PARAGRAPHS[2]}{PARAGRAPHS[3]}</div>'
    )
    assert said in text
    assert "Gone" not in text


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Another mill is sold", "À lire aussi : un autre moulin", "Lea también: Otro molino", "Lesen Sie auch: Die Mühle",
        "Leggi anche: un altro mulino", "Leia também: outro moinho", "Advertisement", "Werbung", "Photo: Odile Corvin", "© The Herald 2024",
    ],
)  # fmt: skip
def test_lines_that_point_elsewhere_are_no_text(line: str) -> None:
    text, warnings = read(
        f"<article><h1>Mill</h1>{PARAGRAPHS[0]}<p>{line}</p>{''.join(PARAGRAPHS[1:])}</article>"
    )
    assert line not in text
    assert warnings == []


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement is what it lives from.",
        "Photo: the wheel, seven metres high, seen from the bank in spring of last year.",
    ],
)
def test_lines_that_only_begin_alike_stay(line: str) -> None:
    assert (
        line
        in read(f"<article><h1>Mill</h1>{PARAGRAPHS[0]}<p>{line}</p>{''.join(PARAGRAPHS[1:])}</article>")[0]
    )


@pytest.mark.parametrize(
    "line",
    [
        "Il vous reste 62 % de cet article à lire.",
        "Already a subscriber? Log in",
        "La suite de cet article est réservée aux abonnés.",
    ],
)
def test_a_page_that_stops_says_so(line: str) -> None:
    text, warnings = read(f"<article><h1>Mill</h1>{''.join(PARAGRAPHS)}<p>{line}</p></article>")
    assert line not in text
    assert "only the beginning" in warnings[0]
