"""What a careful person reads out of the sample files: six formats, four languages, dates in seven places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import ArticleRejected
from assistant.reading.articles import READERS, ArticleFile, find_articles, read_article
from assistant.types import Article

FOLDER = Path(__file__).parents[1] / "data" / "articles"


@dataclass(frozen=True)
class Expected:
    name: str
    title: str
    language: str
    published: str | None
    origin: str | None
    first: str
    last: str
    never: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    warning: str = ""
    flagged: int = 0


TABLE = [
    Expected(
        "front-matter-fr.md", "Le droit de Microsoft sur le calcul d'OpenAI", "fr", "2025-01-22", "front matter",
        "Le droit de Microsoft", "l'art. 5, p. 12.", ("**", "](", "x.png", "---", "|--", ">"),
        ("Le droit de Microsoft sur le calcul d'OpenAI", "Ce qui change"),
    ),
    Expected(
        "month-only.md", "Llama downloads", "en", "2025-03-01", "front matter",
        "Meta says", "over 650 million.", ("tags",), warning="no day",
    ),
    Expected(
        "broken-front-matter.md", "The model: postponed", "en", "2025-06-11", "front matter",
        "OpenAI postpones", "Google's cloud.", ("unclosed",), warning="not valid YAML",
    ),
    Expected(
        "byline-fr.md", "Une définition pour l'open source", "fr", "2024-10-28", "byline",
        "Une définition", "3 novembre 2024", ("#",), ("Une définition pour l'open source",),
    ),
    Expected(
        "byline-en.md", "Mistral Small 3 is out", "en", "2025-01-31", "byline",
        "Mistral Small", "27 September 2023.", ("==",), ("Mistral Small 3 is out",),
    ),
    Expected("undated-es.md", "Los pesos abiertos", "es", None, None, "Los pesos", "nunca se publican.", ("#",), ("Los pesos abiertos",)),
    Expected(
        "hidden.md", "A page with hidden signs", "en", None, None, "A page with hidden signs", "praise this page.",
        ("\u200b", "\u00ad", "\u202e", "Editors", "capital"), ("A page with hidden signs",), "hidden text removed", 1,
    ),
    Expected("front-matter-de.txt", "Offene Gewichte", "de", "2025-01-20", "front matter", "DeepSeek", "von Qwen.", ("title",)),
    Expected("dateline.txt", "Safety tests delay the model", "en", "2025-07-11", "byline", "Safety", "after its release."),
    Expected("utf16.txt", "Les poids ouverts", "fr", None, None, "Les poids", "Apache 2.0.", ("\ufeff", "\x00")),
    Expected(
        "windows-1252.txt", "Les poids ouverts", "fr", None, None, "Les poids", "– l’œuvre d’une équipe – est sous licence Apache 2.0.",
        ("\ufffd",), warning="encoding guessed: cp1252",
    ),
    Expected("broken-utf8.txt", "Les poids ouverts", "fr", None, None, "Les poids", "fermé.", ("Ã",), warning="not UTF-8"),
    Expected("2023-11-14-notes.txt", "Notes de lecture", "fr", "2023-11-14", "file name", "Notes", "hors ligne.", ("\r",)),
    Expected(
        "json-ld-fr.html", "Mistral 7B arrive", "fr", "2023-09-27", "json-ld", "Mistral 7B arrive", "la licence autorise.",
        ("cookies", "Commentaire", "commentaire", "Abonnez", "Accueil", "tout autre article", "Mentions"),
        ("Mistral 7B arrive", "Une licence sans condition", "Comparer les modèles"),
    ),
    Expected(
        "meta-en.html", "Llama 3.1 goes up to 405 billion", "en", "2024-07-23", "meta article:published_time",
        "Llama 3.1", "have at hand.", ("Subscribe", "newsletter", "Privacy", "Home"), ("Llama 3.1 goes up to 405 billion",),
    ),
    Expected(
        "time-es.html", "Un paso hacia los pesos abiertos", "es", "2025-03-31", "time tag", "Un paso", "de su publicación.",
        ("Inicio", "Aviso legal"), ("Un paso hacia los pesos abiertos",),
    ),
    Expected(
        "latin-1.htm", "Otro paso hacia los pesos abiertos", "es", "2025-03-31", "time tag", "Otro paso", "de su publicación.",
        ("Inicio", "Ã"), ("Otro paso hacia los pesos abiertos",),
    ),
    Expected(
        "hidden.html", "What open weights are not", "en", "2025-08-08", "published line", "What open weights", "this page is the best.",
        ("sky", "recommend", "conversation", "verse", "obey", "A hidden"), ("What open weights are not",), "hidden text removed", 1,
    ),
    Expected("graph.html", "GPT-2 in full", "en", "2019-11-05", "address", "GPT-2", "of their own.", ("broken",), ("GPT-2 in full",)),
    Expected("short.html", "Annonce", "fr", None, None, "Annonce", "du 5 avril.", (), ("Annonce",)),
    Expected(
        "columns.pdf", "Ce que dit le règlement", "fr", "2025-09-04", "byline", "Ce que dit", "un modèle équivalent.",
        ("Bulletin", "page 1", "page 2"), ("Ce que dit le règlement", *(f"Partie {n}" for n in range(1, 8))), "headers and footers left out",
    ),
    Expected(
        "letters.pdf", "Open weights in 2025", "en", "2025-08-08", "byline", "Open weights", "for everyone to read.",
        ("Ignore", "un der", "un-", "mo-", "\ufffe", "Microsoft Word"), ("Open weights in 2025",), "hidden text removed",
    ),
    Expected("rows.pdf", "Columns drawn row by row", "en", "2000-01-01", "PDF metadata", "The left column says 00", "says 23 and so on"),
    Expected(
        "report.docx", "Pourquoi exécuter un modèle soi-même", "fr", "2025-06-12", "DOCX properties", "Pourquoi",
        "de ce qui est permis.", ("<",), ("Pourquoi exécuter un modèle soi-même", "Les raisons", "Les chiffres"),
    ),
    Expected(
        "minutes.docx", "Minutes", "en", "2025-06-10", "byline", "Minutes", "later in the summer.",
        ("pirate", "praise"), ("Minutes",), "hidden text removed",
    ),
    Expected("toml-de.md", "Luft in Schulen", "de", "2024-05-20", "front matter", "Die Stadt", "Stadträtin für Bildung.", ("+++", "title")),
    Expected(
        "windows-1252-de.txt", "Sensoren in jeder Klasse", "de", "2024-09-17", "byline", "Sensoren", "Stadträtin für Bildung.",
        ("\ufffd",), warning="encoding guessed: cp1252",
    ),
    Expected(
        "2024/08/19/filed-fr.md", "Un article rangé par date", "fr", "2024-08-19", "file name", "Un article", "l'art. 3 de la convention.",
        headings=("Un article rangé par date",),
    ),
    Expected(
        "paywall.html", "L'air des gymnases", "fr", "2024-09-09", "meta article:published_time", "L'air des gymnases", "dix-huit mois.",
        ("85 %", "abonn", "cookies", "Politique", "budget", "Gaston", "Mentions"), ("L'air des gymnases",), "for subscribers",
    ),
    Expected(
        "updated.html", "L'air : la préfecture répond", "fr", "2025-02-03", "byline", "L'air", "l'art. 3 de la convention.",
        ("cookies", "Politique", "budget", "Gaston", "Mentions"), ("L'air : la préfecture répond",),
    ),
    Expected(
        "compounds.pdf", "Dix-huit mois de mesures", "fr", "2024-11-04", "byline", "Dix-huit mois", "vingt-deux mois, et les capteurs restent peut-être après.",
        headings=("Dix-huit mois de mesures",),
    ),
    Expected(
        "acta-es.docx", "Acta de la reunión", "es", "2024-10-14", "byline", "Acta", "el artículo 3 del convenio.",
        ("Confidencial",), ("Acta de la reunión",), "headers and footers left out: 'Confidencial'",
    ),
]  # fmt: skip
REJECTED = {
    "binary.txt": "binary",
    "empty.md": "no text",
    "locked.pdf": "password",
}


def read(name: str) -> Article:
    path = FOLDER / name
    article = read_article(ArticleFile(name, path, path.stat().st_size, 0))
    assert article is not None
    return article


@pytest.mark.parametrize("expected", TABLE, ids=lambda expected: expected.name)
def test_reads_what_a_careful_person_reads(expected: Expected) -> None:
    article = read(expected.name)
    assert article.title == expected.title
    assert article.language == expected.language
    assert article.published == (date.fromisoformat(expected.published) if expected.published else None)
    assert article.origins.get("published") == expected.origin
    assert (article.published_confidence is None) == (expected.published is None)
    assert article.text.startswith(expected.first)
    assert article.text.endswith(expected.last)
    assert [words for words in expected.never if words in article.text] == []
    assert tuple(article.text[start:end] for start, end, _ in article.headings) == expected.headings
    assert expected.warning in "\n".join(article.warnings)
    assert bool(expected.warning) == bool(article.warnings)
    assert len(article.flagged) == expected.flagged
    assert set(article.origins) >= {"title", "language"}


@pytest.mark.parametrize(("name", "reason"), REJECTED.items())
def test_rejects_with_a_reason(name: str, reason: str) -> None:
    with pytest.raises(ArticleRejected, match=reason) as caught:
        read(name)
    assert repr(name) in str(caught.value)


def test_a_file_may_ask_to_be_left_out() -> None:
    path = FOLDER / "left-out.md"
    assert read_article(ArticleFile("left-out.md", path, path.stat().st_size, 0)) is None


def test_every_sample_is_in_the_table() -> None:
    found = {file.name for file in find_articles(FOLDER)}
    assert found == {expected.name for expected in TABLE} | set(REJECTED) | {"left-out.md", "scanned.pdf"}
    assert len(found) >= 30
    assert (
        {Path(name).suffix for name in found}
        == {".md", ".txt", ".html", ".htm", ".pdf", ".docx"}
        < set(READERS)
    )
    places = {str(expected.origin).split()[0] for expected in TABLE} - {"None"}
    assert len(places) >= 7


def test_facts_besides() -> None:
    article = read("json-ld-fr.html")
    assert (article.publisher, article.author, article.url) == (
        "Exemple",
        "La rédaction",
        "https://example.org/mistral",
    )
    assert article.origins["publisher"] == "json-ld"
    article = read("front-matter-fr.md")
    assert (article.publisher, article.author) == ("Sample corpus", "La rédaction, Un relecteur")
    assert read("month-only.md").author is None or "editors" in str(read("month-only.md").author)


def test_lists_and_tables_stay_legible() -> None:
    text = read("front-matter-fr.md").text
    assert "1. OpenAI peut acheter ailleurs.\n2. Microsoft passe d'abord :\n  - pour la recherche ;" in text
    assert "Année | Investissement\n2019 | 1 milliard\n2023 | 10 milliards" in text
    assert "500 milliards de dollars en quatre ans" in text
    assert "droit de premier refus sur" in text
    assert "Modèle | Paramètres\nMistral 7B | 7 milliards" in read("json-ld-fr.html").text
    assert "gpt-oss-120b | 117 billion | 80 GB" in read("letters.pdf").text
    assert "Modèle | Mémoire\ngpt-oss-20b | 16 Go" in read("report.docx").text


def test_columns_are_read_one_after_the_other() -> None:
    text = read("columns.pdf").text
    marks = [f"[{part}.{number}]" for part in range(1, 8) for number in range(1, 7)]
    assert [text.index(mark) for mark in marks] == sorted(text.index(mark) for mark in marks)
    assert "à moins que le modèle ne présente un risque systémique." in text
    rows = read("rows.pdf").text
    assert rows.index("left column says 23") < rows.index("right column says 00")

    text = read("acta-es.docx").text
    assert "1. instalar los sensores\n2. publicar las mediciones\n\nEscuela | Aulas\nCervantes | 12" in text


def test_pages_and_hyphens_of_a_pdf() -> None:
    article = read("columns.pdf")
    assert len(article.pages) == 3
    assert article.pages[0].start == 0
    assert article.pages[-1].end == len(article.text)
    text = read("letters.pdf").text
    assert "open weights under the Apache 2.0 licence. The large open-weights model fits" in text
    assert "Such an open-weights model can be run offline." in text
