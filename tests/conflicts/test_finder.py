"""Which sources contradict each other, and which only differ in words, notation or time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders import make_hit

from assistant.conflicts.finder import ConflictFinder
from assistant.reading.articles import find_articles, read_article
from assistant.store.embedding import SentenceTransformerEmbedder
from assistant.types import Hit, Query

CORPUS = Path(__file__).parents[2] / "corpus"
OLD, NEW = date(2024, 3, 14), date(2025, 2, 3)

CONTRADICTING = [
    ("fr", "Combien de livres compte la bibliothèque de Lormont ?",
     "La bibliothèque de Lormont compte 12 000 livres.", "La bibliothèque de Lormont compte 15 000 livres.",
     ("12 000", "15 000")),
    ("fr", "Quand le pont de Lormont a-t-il été ouvert ?",
     "Le pont de Lormont a été ouvert le 3 mai 1998.", "Ouvert le 3 mai 1999, le pont de Lormont relie deux rives.",
     ("3 mai 1998", "3 mai 1999")),
    ("fr", "Le pont de Lormont est-il ouvert aux camions ?",
     "Le pont de Lormont est ouvert aux camions toute l'année.",
     "Le pont de Lormont n'est pas ouvert aux camions.", ("est ouvert", "n'est pas")),
    ("fr", "Quel est le budget du festival de Lormont ?",
     "Le budget du festival de Lormont est de 1,2 million d'euros.",
     "Le budget du festival de Lormont est de 2,1 millions d'euros.", ("1,2 million", "2,1 millions")),
    ("en", "How many books does the Lormont library hold?",
     "The Lormont library holds 12,000 books.", "The Lormont library holds 15,000 books in four rooms.",
     ("12,000", "15,000")),
    ("en", "When was the Lormont bridge opened?",
     "The Lormont bridge was opened on 3 May 1998.", "The Lormont bridge was opened in June 1998.",
     ("3 May 1998", "June 1998")),
    # a plan of 2024 cannot be what a newer article tells of 2019
    ("fr", "Quand le pont de Lormont a-t-il été ouvert ?",
     "Le pont de Lormont a été ouvert en juin 2024.", "Le pont de Lormont a été ouvert en juin 2019.",
     ("juin 2024", "juin 2019")),
    ("en", "What share of visitors of the Lormont site are from abroad?",
     "At Lormont 21% of visits come from abroad.", "At Lormont 41% of visits come from abroad.", ("21%", "41%")),
    ("en", "Is the Lormont bridge open to trucks?",
     "The Lormont bridge is open to heavy trucks.", "The Lormont bridge is not open to heavy trucks.",
     ("is open", "is not open")),
]  # fmt: skip
AGREEING = [
    ("en", "Which skippers had pulled out of the Lormont race so far?",
     "Au pointage de 19h, Odile Corvin est en tête de la course de Lormont devant Ada Reed.",
     "Au pointage de 15h UTC, Odile Corvin est toujours en tête de la course de Lormont, Ada Reed deuxième."),
    ("fr", "Que dit-on du premier Forum mondial de la langue française ?",
     "Le premier Forum mondial de la langue française en est aujourd'hui à sa deuxième journée.",
     "Tout n'est pas rose au premier Forum mondial de la langue française."),
    ("fr", "Que sait-on de l'appel à projets de Lormont ?",
     "Le 6e appel à projets de Lormont est ouvert.", "Le 8e appel à projets de Lormont est ouvert."),
    ("fr", "Combien d'habitants compte Lormont ?",
     "Lormont compte 1,2 million d'habitants.", "Lormont compte 1 200 000 habitants."),
    ("fr", "Quand le pont de Lormont a-t-il été ouvert ?",
     "Le pont de Lormont a été ouvert le 3 mai 1998.", "Le pont de Lormont a été ouvert en mai 1998."),
    ("fr", "Quel est le budget du festival de Lormont ?",
     "Le budget du festival de Lormont est de 1,98 million d'euros.",
     "Le budget du festival de Lormont est de près de 2 millions d'euros."),
    ("fr", "Combien d'habitants compte Lormont ?",
     "Lormont compte 24 000 habitants.", "Cenon compte 26 000 habitants."),
    ("fr", "Combien de visiteurs le musée de Lormont a-t-il reçus ?",
     "Le musée de Lormont a reçu 8 000 visiteurs en 2023.", "Le musée de Lormont a reçu 9 500 visiteurs en 2024."),
    ("fr", "Quand le pont de Lormont doit-il ouvrir ?",
     "Le pont de Lormont doit ouvrir le 3 mai 2024.", "Le pont de Lormont doit ouvrir le 3 juin 2025."),
    ("en", "How many people live in Lormont?",
     "Lormont has 1.2 million people.", "Lormont has 1,200,000 people."),
    ("en", "When was the Lormont bridge opened?",
     "The Lormont bridge was opened on May 3, 1998.", "The Lormont bridge was opened on 1998-05-03."),
    ("en", "How many downloads does the Lormont app have?",
     "The Lormont app has 40,000 downloads.", "The Lormont app has 55,000 downloads."),
    ("en", "What did the council of Lormont decide?",
     "The council of Lormont voted the budget on 12 March 2024.",
     "The council of Lormont voted the school plan on 1 February 2025."),
    ("fr", "Quand cet article sur Lormont a-t-il été publié ?",
     "Cet article sur Lormont a été publié en mai 2023.", "Cet article sur Lormont a été publié en juin 2023."),
    ("en", "Is the Lormont bridge open to trucks?",
     "The Lormont bridge is not open to heavy trucks.", "The Lormont bridge isn't open to heavy trucks."),
]  # fmt: skip


def two_hits(language: str, older: str, newer: str) -> list[Hit]:
    return [
        make_hit(newer, rank=1, article="new.md", title="Lormont", language=language, published=NEW),
        make_hit(older, rank=2, article="old.md", title="Lormont", language=language, published=OLD),
    ]


@pytest.mark.parametrize(("language", "question", "older", "newer", "values"), CONTRADICTING)
def test_a_contradiction_is_shown_with_the_newest_last(
    language: str, question: str, older: str, newer: str, values: tuple[str, str]
) -> None:
    hits = two_hits(language, older, newer)
    (found,) = ConflictFinder()(Query(question, question, language), hits, language)
    assert found.about == question
    assert [quote.text for _, quote in found.sides] == [older, newer]
    assert all(value in side for value, (side, _) in zip(values, found.sides, strict=True))
    assert [newest for *_, newest in found.dated(hits)] == [False, True]


@pytest.mark.parametrize(("language", "question", "older", "newer"), AGREEING)
def test_agreement_and_change_with_time_are_no_contradiction(
    language: str, question: str, older: str, newer: str
) -> None:
    finder = ConflictFinder()
    hits = two_hits(language, older, newer)
    assert finder(Query(question, question, language), hits, language) == []
    assert finder.of_sentence(older, language, hits) == []


def test_one_article_does_not_contradict_itself() -> None:
    text = "Le pont de Lormont a été ouvert le 3 mai 1998. Le pont de Lormont a été ouvert le 3 mai 1999."
    question = "Quand le pont de Lormont a-t-il été ouvert ?"
    assert ConflictFinder()(Query(question, question, "fr"), [make_hit(text, title="Lormont")], "fr") == []


def test_an_undated_side_is_never_the_newest() -> None:
    older, newer = CONTRADICTING[0][2:4]
    hits = [
        make_hit(older, article="old.md", title="Lormont", published=None),
        make_hit(newer, rank=2, article="new.md", title="Lormont", published=OLD),
    ]
    question = CONTRADICTING[0][1]
    (found,) = ConflictFinder()(Query(question, question, "fr"), hits, "fr")
    assert [(quote.article, newest) for _, quote, newest in found.dated(hits)] == [
        ("old.md", False),
        ("new.md", True),
    ]


def corpus_hits(*names: str) -> list[Hit]:
    files = {file.name: file for file in find_articles(CORPUS)}
    hits = []
    for rank, name in enumerate(names, 1):
        article = read_article(files[name])
        assert article is not None
        hits.append(
            make_hit(
                article.text, rank=rank, article=name, title=article.title, language=article.language,
                published=article.published,
            )
        )  # fmt: skip
    return hits


REDDIT = (
    "fr/altman-reddit.md", "en/open-model-next-week.md", "fr/openai-de-l-ouvert-au-ferme.md",
    "fr/heberger-un-modele.docx", "en/deepseek-r1.md",
)  # fmt: skip
GPT2 = ("fr/openai-de-l-ouvert-au-ferme.md", "en/openai-plans-open-model.md")


@pytest.mark.models
@pytest.mark.parametrize(
    ("question", "language", "articles", "values"),
    [
        ("De quand date GPT-2, le dernier modèle de langage à poids ouverts d'OpenAI avant 2025 ?", "fr", GPT2,
         ["février 2019", "November 2019"]),
        ("When was GPT-2, OpenAI's last open-weights language model before 2025, released?", "en", GPT2,
         ["février 2019", "November 2019"]),
        # the nearest text in French is the title of the article, which has no date
        ("When was the Reddit session?", "en", REDDIT, ["31 janvier 2025", "March 2025"]),
    ],
)  # fmt: skip
def test_the_sample_corpus_disagrees_in_two_languages(
    question: str,
    language: str,
    articles: tuple[str, ...],
    values: list[str],
    real_embedder: SentenceTransformerEmbedder,
) -> None:
    hits = corpus_hits(*articles)
    (found,) = ConflictFinder(real_embedder.embed_passages)(
        Query(question, question, language), hits, language
    )
    assert [value for value, _ in found.sides] == values
    assert [newest for *_, newest in found.dated(hits)] == [False, True]


@pytest.mark.models
@pytest.mark.parametrize(
    ("question", "language", "articles"),
    [
        ("Quelle est la nouvelle date du modèle ouvert d'OpenAI ?", "fr",
         ("fr/openai-annonce-modele-ouvert.md", "fr/modele-ouvert-reporte.md", "en/open-model-postponed.md")),
        ("How many times has Llama been downloaded?", "en",
         ("en/llama-650-million-downloads.md", "fr/llama-milliard.md")),
        ("Combien de paramètres compte DeepSeek-R1 ?", "fr",
         ("fr/deepseek-r1.md", "en/deepseek-r1.md", "fr/mistral-modeles-ouverts.md")),
    ],
)  # fmt: skip
def test_superseded_versions_of_the_sample_corpus_are_time(
    question: str, language: str, articles: tuple[str, ...], real_embedder: SentenceTransformerEmbedder
) -> None:
    finder = ConflictFinder(real_embedder.embed_passages)
    assert finder(Query(question, question, language), corpus_hits(*articles), language) == []


FRENCH = """Le pont de Lormont a été ouvert le 3 mai 1998.
La bibliothèque de Lormont compte 12 000 livres.
Le festival de musique dure trois jours chaque été.
La mairie ferme à midi le samedi.
Les bus de nuit partent de la gare toutes les heures.
Le marché aux fleurs se tient sur la place.
Le conseil municipal a voté un plan pour les écoles."""
ENGLISH = """The Lormont bridge was opened on 3 May 1998.
The Lormont library holds 12,000 books.
The music festival lasts three days every summer.
The town hall closes at noon on Saturdays.
Night buses leave from the station every hour.
The flower market takes place on the square.
The town council voted a plan for the schools."""


def in_two_languages(french: str, english: str) -> list[Hit]:
    return [
        make_hit(french, article="fr.md", title="La ville de Lormont", language="fr", published=OLD),
        make_hit(english, rank=2, article="en.md", title="The town of Lormont", language="en", published=NEW),
    ]


@pytest.mark.models
@pytest.mark.parametrize(
    ("change", "question", "language", "sentence", "values"),
    [
        (("12,000", "15,000"), "Combien de livres compte la bibliothèque de Lormont ?", "fr",
         "La bibliothèque de Lormont compte 12 000 livres.", ["12 000", "15,000"]),
        (("1998", "1999"), "Quand le pont de Lormont a-t-il été ouvert ?", "fr",
         "Le pont de Lormont a été ouvert le 3 mai 1998.", ["3 mai 1998", "3 May 1999"]),
        (("12,000", "15,000"), "How many books does the Lormont library hold?", "en",
         "The Lormont library holds 15,000 books.", ["12 000", "15,000"]),
        (("3 May", "3 June"), "When was the Lormont bridge opened?", "en",
         "The Lormont bridge was opened on 3 June 1998.", ["3 mai 1998", "3 June 1998"]),
        (("three days", "four days"), "Combien de jours le festival de musique dure-t-il ?", "fr",
         "Le festival de musique dure trois jours chaque été.", ["trois jours", "four days"]),
    ],
)  # fmt: skip
def test_a_french_and_an_english_source_contradict_each_other(
    change: tuple[str, str], question: str, language: str, sentence: str, values: list[str],
    real_embedder: SentenceTransformerEmbedder,
) -> None:  # fmt: skip
    finder = ConflictFinder(real_embedder.embed_passages)
    hits = in_two_languages(FRENCH, ENGLISH.replace(*change))
    (found,) = finder(Query(question, question, language), hits, language)
    assert [value for value, _ in found.sides] == values
    (checked,) = finder.of_sentence(sentence, language, hits)
    assert [value for value, _ in checked.sides] == values


@pytest.mark.models
@pytest.mark.parametrize(
    ("language", "question", "sentence", "change"),
    [
        # the same, in other notations and coarser
        ("fr", "Quand le pont de Lormont a-t-il été ouvert ?",
         "Le pont de Lormont a été ouvert le 3 mai 1998.", ("on 3 May 1998", "in May 1998")),
        ("en", "How many books does the Lormont library hold?",
         "The Lormont library holds 12 thousand books.", ("12,000", "12 thousand")),
        # of another town, and of another thing
        ("fr", "Combien de livres compte la bibliothèque de Lormont ?",
         "La bibliothèque de Lormont compte 12 000 livres.",
         ("The Lormont library holds 12,000 books", "A library in Cenon holds 15,000 books")),
        ("en", "How many books does the Lormont library hold?",
         "The Lormont library holds 12,000 books.",
         ("The flower market takes place", "The flower market has 60 stalls")),
    ],
)  # fmt: skip
def test_sources_in_two_languages_agree_or_speak_of_something_else(
    language: str, question: str, sentence: str, change: tuple[str, str],
    real_embedder: SentenceTransformerEmbedder,
) -> None:  # fmt: skip
    assert change[0] in ENGLISH
    finder = ConflictFinder(real_embedder.embed_passages)
    hits = in_two_languages(FRENCH, ENGLISH.replace(*change))
    assert finder(Query(question, question, language), hits, language) == []
    assert finder.of_sentence(sentence, language, hits) == []


def test_what_is_a_name_asks_for_no_value_that_sources_could_disagree_on() -> None:
    """Each sentence tells another thing of what the titles name."""
    left = make_hit(
        "Since January 2019 the town had run the bridge alone.",
        title="Zorgate ends the monopoly", language="en", published=OLD,
    )  # fmt: skip
    right = make_hit(
        "Zorgate was announced on 21 March 2021 by four firms.",
        title="Zorgate in short", language="en", published=NEW, article="b.md", rank=2,
    )  # fmt: skip
    question = "What is Zorgate?"
    assert ConflictFinder()(Query(question, question, "en"), (left, right), "en") == []


def test_a_yes_or_no_is_no_matter_of_dates() -> None:
    left = make_hit(
        "Zorg released the weights of its model Mira-1 under the MIT licence on 20 March 2024.",
        title="Mira-1 under the MIT licence", language="en", published=OLD,
    )  # fmt: skip
    right = make_hit(
        "Mira-1 has been under the MIT licence since March, and Tolo 4 since 5 April 2024.",
        title="Mira-1, Tolo 4", language="en", published=NEW, article="b.md", rank=2,
    )  # fmt: skip
    question = "Is Mira-1 under the MIT licence?"
    assert ConflictFinder()(Query(question, question, "en"), (left, right), "en") == []
