"""Markdown and text as tools and people write them: what is shown is read, signs and numbers as they stand."""

from __future__ import annotations

import pytest

from assistant.language.remarks import Remark
from assistant.reading.articles import ArticleFile, finish
from assistant.reading.drafts import Draft, first
from assistant.reading.encodings import decode
from assistant.reading.markdown import read_markdown, read_text


def markdown(source: str) -> tuple[str, list[Remark]]:
    draft = read_markdown(source.encode(), "a.md")
    assert draft is not None
    return "\n".join(block.text for block in draft.blocks), draft.warnings


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("1901. Mill\n1950. Fire\n1977. Sale", "1901. Mill\n1950. Fire\n1977. Sale"),
        ("2. flour\n5. bran\n9) bread", "2. flour\n5. bran\n9) bread"),
        ("- flour\n- bran", "- flour\n- bran"),
        ("The law $F = m*a*b$ and $x_1 * y_2$ hold.", "The law $F = m*a*b$ and $x_1 * y_2$ hold."),
        ("If a<b and c>d, p<q.", "If a<b and c>d, p<q."),
        ("Use Map<Key, List<Item>> here.", "Use Map<Key, List<Item>> here."),
        ("Vec<u8> and n*m*k.", "Vec<u8> and n*m*k."),
        ("It costs 3 $ or 4 $, *truly*.", "It costs 3 $ or 4 $, truly."),
        ("A <b>bold</b> word,<br>then H<sub>2</sub>O.", "A bold word,\nthen H2O."),
        ("It costs ~~9 euros~~ 7 euros.", "It costs 7 euros."),
        ("See [[mills/corvane|the mill]] and [[Arvis]].", "See the mill and Arvis."),
        ("Where \\(u_{n+1} = 2*u_n*3\\) holds.", "Where \\(u_{n+1} = 2*u_n*3\\) holds."),
        ("$$\nx_1 &= 1 \\\\\ny * z &= 2\n$$", "$$\nx_1 &= 1 \\\\\ny * z &= 2\n$$"),
        ("\\begin{align}\na_1 &= b * c \\\\\nd &= e\n\\end{align}", "\\begin{align}\na_1 &= b * c \\\\\nd &= e\n\\end{align}"),
        ("In __init__.py and 2**8**2.", "In __init__.py and 2**8**2."),
        ("It costs {--9--}{++7++} euros, {~~old~>new~~}, ==marked==.", "It costs 7 euros, new, marked."),
        ("> [!warning] Care\n> Closed.", "Care Closed."),
        ("It opens. ^ref1", "It opens."),
        ("{{< youtube abc >}} It opens {% include a.html %}.", "It opens ."),
        ("See [the mill]({{ \"/mill\" | url }}) and [it]({{site.base}}/a).", "See the mill and it."),
        ("## Terms {#terms}\n\nClosed.{: .note}\n\nThe set {x=1}", "Terms\nClosed.\nThe set {x=1}"),
        ("4[^1] euros.[^b]\n\n[^1]: In May.\n[^b]: http://a.org", "4 [1] euros. [2]\n[1]: In May.\n[2]: http://a.org"),
        ("L**’ambition** du mot**.** et 2**8**2", "L’ambition du mot. et 2**8**2"),
        ('{% include "f.html",\n  image: "/a.png",\n  caption: "The mill in May" %}\n\nOpen.', "The mill in May\nOpen."),
        ('{{< figure src="a.png"\n  caption="Le lavoir" >}}\n\nOuvert.', "Le lavoir\nOuvert."),
        ("<div>Approach</div>\n### Build it\n\nText", "Approach\nBuild it\nText"),
        ('{% image "a.png",\n     "alt" %}\n\n{:toc}\n\nOpen.', "Open."),
        (
            '<aside markdown="1" class="quote">\n  It is *sold*.\n  <p markdown="1">\n  — [Odile](/o)\n  </p>\n</aside>',
            "It is sold.\n— Odile",
        ),
        ("Write `{/* this */}` or ``%%a ` b%%``.", "Write {/* this */} or %%a ` b%%."),
        ("| a | b |\n|---|---|\n| [[mill\\|Odile]] | 2 |", "a | b\nOdile | 2"),
        ("The bud-\nget of the well-\nknown and well-known mill", "The budget of the well-known and well-known mill"),
        ("```\n%%kept%% a<b ~~c~~\n```", "%%kept%% a<b ~~c~~"),
    ],
)  # fmt: skip
def test_signs_and_numbers_as_they_stand(source: str, text: str) -> None:
    assert markdown(source)[0] == text


@pytest.mark.parametrize(
    "comment",
    [
        "%%check: 99 boats%%",
        "{% comment %}check: 99 boats{% endcomment %}",
        "{/* check: 99 boats */}",
        "<!-- check: 99 boats -->",
        "{%- comment -%}check: 99 boats{%- endcomment -%}",
        "{% comment 'note' %}check: 99 boats{% endcomment %}",
        "{% # check: 99 boats %}",
        "{{! check: 99 boats }}",
        "{{- /* check: 99 boats */ -}}",
        "{>>check: 99 boats<<}",
        "{::comment}check: 99 boats{:/comment}",
    ],
)
def test_comments_of_tools_are_no_text(comment: str) -> None:
    text, _ = markdown(f"The mill has 14 boats. {comment}\n\n{comment}\n\nIt opens in May, at 100 %.")
    assert "99" not in text
    assert "14 boats" in text
    assert "100 %" in text


def test_comments_and_struck_out_words_are_counted() -> None:
    assert markdown("Open. %%one two%% ~~three~~")[1] == [
        "comments removed (2 words)",
        "struck-out text removed (1 word)",
    ]


def test_what_is_never_closed_is_text() -> None:
    assert (
        markdown("A growth of 12 %% and {% comment %} of 7.")[0]
        == "A growth of 12 %% and {% comment %} of 7."
    )


@pytest.mark.parametrize(
    ("source", "published"),
    [
        ('{\n "title": "The mill",\n "date": "2023-04-12"\n}\n\nText.', "2023-04-12"),
        ("---\ntitle: The mill\npublishDate: 2023-04-12\n---\nText.", "2023-04-12"),
        ("---\ntitle: The mill\ncreated: 2023-04-12T10:00\n---\nText.", "2023-04-12T10:00"),
        ('---json\n{"title": "The mill", "date": "2023-04-12"}\n---\nText.', "2023-04-12"),
        (';;;\n"title": "The mill",\n"date": "2023-04-12"\n;;;\nText.', "2023-04-12"),
        ('---toml\ntitle = "The mill"\ndate = 2023-04-12\n---\nText.', "2023-04-12"),
        ("---\nTitle: The mill\npublication-date: 2023-04-12\n---\nText.", "2023-04-12"),
        ("---\ntitle: The mill\ndate:\n  created: 2023-04-12\n---\nText.", "2023-04-12"),
        ("---\ntitle: The mill\ndate: 1681257600\n---\nText.", "2023-04-12"),
        ("---\ntitle: The mill\npublished: true\ndate: 2023-04-12\n---\nText.", "2023-04-12"),
        ("---\ntítulo: The mill\nfecha: 12 de abril de 2023\n---\nText.", "12 de abril de 2023"),
        ("Title: The mill\nDate: 2023-04-12\nTags: mills, rye\n\nText.", "2023-04-12"),
    ],
)
def test_front_matter_of_other_tools(source: str, published: str) -> None:
    draft = read_markdown(source.encode(), "a.md")
    assert draft is not None
    assert [block.text for block in draft.blocks] == ["Text."]
    for field, value in (("title", "The mill"), ("published", published)):
        fact = first(draft.facts, field)
        assert fact is not None
        assert fact.value == value


def text(source: str) -> Draft:
    draft = read_text(source.encode(), "a.txt")
    assert draft is not None
    return draft


def test_words_cut_by_line_ends_are_joined() -> None:
    blocks = text("Le bud-\nget du mou-\nlin, peut-\nêtre, et le rendez-\nvous.").blocks
    assert blocks[0].text == "Le budget du moulin, peut-être, et le rendez-vous."
    assert (
        text("Le bud‐\nget du mou\u00ad\nlin et le mar-  \n  ché").blocks[0].text
        == "Le budget du moulin et le marché"
    )


def test_lines_that_are_no_header_stay() -> None:
    source = "Name: Odile\nDate: 3 May\n\nShe owns a mill."
    assert [block.text for block in text(source).blocks] == ["Name: Odile\nDate: 3 May", "She owns a mill."]


@pytest.mark.parametrize("line", ["Who sold the mill?", "The mill is sold!"])
def test_a_question_can_be_the_title_of_a_text(line: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = ArticleFile("a.txt", tmp_path / "a.txt", 9, 0)
    assert finish(file, b"", text(f"{line}\n\nA baker bought it in May, from the bank.")).title == line


PROSE = "L'été dernier, la mairie a décidé de créer une forêt près du château ; le préfet a été très étonné, à tort."


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "cp437", "mac_roman", "iso8859_15", "latin_1"])
def test_western_encodings(encoding: str) -> None:
    assert decode(PROSE.encode(encoding), "a.txt")[0] == PROSE


@pytest.mark.parametrize(
    ("prose", "encoding"),
    [
        (
            "La panadera compró el molino del señor Núñez. ¿Cuánto costó? ¡Mucho! Según él, así es mejor.",
            "mac_roman",
        ),
        (
            "Im Frühjahr wurde die Mühle für 38 Gulden verkauft; über Öfen und große Gärten spricht man später.",
            "cp850",
        ),
        (
            "Mlýn byl na jaře prodán pekařce, která tam bude mlít mouku z jedenácti statků, řekl šéf.",
            "iso8859_2",
        ),
        ("Мельница была продана весной пекарю, который будет молоть муку одиннадцати хозяйств.", "koi8_r"),
        (
            "┌───────┐\n│ Prix  │\n└───────┘\nLe conseil a décidé, la préfète près de la forêt a été étonnée.",
            "cp850",
        ),
    ],
)
def test_older_encodings(prose: str, encoding: str) -> None:
    assert decode(prose.encode(encoding), "a.txt")[0] == prose


def test_the_euro_of_iso_8859_15() -> None:
    prose = "Le bœuf coûte 38 € le kilo, l'œuf 2 €, déjà payés."
    assert decode(prose.encode("iso8859_15"), "a.txt")[0] == prose
    assert decode(prose.encode("cp1252"), "a.txt")[0] == prose


@pytest.mark.parametrize("name", ["summary", "Description", "résumé", "descripción"])
def test_a_note_without_a_body_is_its_summary(name: str) -> None:
    head = f"---\ntitle: Corvane\n{name}: The mill is sold\n  to Odile.\n---\n"
    assert markdown(head)[0] == "The mill is sold to Odile."
    assert markdown(head + "\nIt opens in May.\n")[0] == "It opens in May."


def test_a_standfirst_is_read_before_the_text_and_once() -> None:
    head = "---\ntitle: Corvane\ndeck: The mill opens in May for two years.\ndescription: A mill.\n---\n"
    assert markdown(head + "\nOdile runs it.\n")[0] == "The mill opens in May for two years.\nOdile runs it."
    again = "The mill opens in May, for two years."
    assert markdown(head + f"\n{again}\n\nOdile runs it.\n")[0] == f"{again}\nOdile runs it."
