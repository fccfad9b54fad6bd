"""Sentence boundaries: a table of texts with "|" where a sentence ends, and what must hold for any text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading.sentences import LONGEST, sentence_spans

FRENCH = [
    "L'art. 5 du code l'interdit.| Il faut le lire.",
    "M. Dupont et Mme Martin arrivent.| Ils repartent.",
    "Voir p. 12 et pp. 14-15.| Puis vol. II, chap. 3.",
    "Le taux est de 3,5 % en 2024.| Il baisse.",
    "Selon l'art. L. 123-4 et l'art. R. 5, c'est permis.",
    "Il dit : « C'est vrai. »| Puis il part.",
    "« Qui vient ? » demande-t-il.| Personne.",
    "Pourquoi ?| Parce que !| Voilà…| Fin.",
    "Il hésite… puis accepte.| Bien.",
    "Né en 52 av. J.-C. à Rome, il y reste.| Il meurt.",
    "Le prof. Martin, le Dr. House, etc. sont là.",
    "Des pommes, des poires, etc.| Le reste viendra.",
    "N° 5 et no. 7 de la rue.| C'est là.",
    "La loi du 1er janv. 2024 et celle du 5 févr. 2023 changent.",
    "J. Dupont et A. B. Martin signent.| Tous deux.",
    "Cf. supra, par ex. le cas de J.-P. Durand.",
    "M. Le Maire parle.| Le maire aussi.",
    "Le site www.example.org est là.| Il marche.",
    "Version 2.0 sortie.| La 2.1 suit.",
    "Il a dit oui (enfin, presque.)| Elle non.",
    "(Voir plus loin.)| Suite.",
    "La S.A. Dupont vend.| Elle achète.",
    "Il gagne 1.200 euros.| Elle 1 300.",
    "Le modèle tourne sur 16 Go.| 5 minutes suffisent.",
    "Le prix en 2019.[3]| La suite vient.",
    "Le n. 4 de la revue, éd. 2020, al. 3, et s. suivants.",
    "Est-ce vrai ?!| Oui.",
    "Bd. Voltaire, 3 av. Foch, tél. 01.| Fin.",
]
ENGLISH = [
    "Mr. Smith met Dr. Jones at 5 p.m. yesterday.| They talked.",
    "The U.S. government agreed.| It said so.",
    "He lives in the U.S.| He likes it.",
    "See No. 5 and p. 12, e.g. the table, i.e. the first.| Done.",
    "Did he say no?| No.| He left.",
    'She said "Stop."| Then she left.',
    'He asked, "Why?" and left.| "Because," she said.',
    "Acme Inc. sold it.| Acme Inc.| The end.",
    "It costs 3.5 dollars.| It was 4.",
    "J. R. R. Tolkien wrote it.| It sold well.",
    "Prices rose 2.5% vs. last year.| Wages fell.",
    "The meeting is at 9 a.m.| We will be there.",
    "St. Louis and Washington, D.C. are cities.",
    "On Jan. 5, 2024 it began.| On Feb. 6 it ended.",
    "Wait... what?| Yes.",
    "This is state of the art.| The museum agrees.",
    "It works.| And it is fast.",
    "Fig. 3 shows it.| Sec. 4 explains.",
    "He got a Ph.D. in 1999.| Then he taught.",
    "Gov. Brown and Sen. Lee met Gen. Grant.",
    "They won!| Hooray!",
    "It came out in 2024.| gpt-oss-120b followed, cf. gpt-4o.| iPhone is a name.",
    "OpenAI’s “gpt-oss” is out.”| Others follow.",
    "I like plan B.| The other one fails.",
]
OTHERS = [
    ("de", "Am 3. Mai kam er, z. B. mit Dr. Müller.| Er blieb bis zum 5. Juni."),
    ("de", "Das kostet 3,5 Mio. Euro.| Es ist teuer."),
    ("es", "El Sr. García vive en la av. Central.| ¿Y la Sra. López?| ¡También!"),
    ("it", "Il dott. Rossi, l'art. 5 e il n. 3.| Fine."),
    ("pt", "O Dr. Silva chegou às 3,5 h.| A Sra. Costa também."),
    ("zh", "这是第一句。|这是第二句！|第三句？|"),
]
BLOCKS = [
    "Un titre|\n\nUn paragraphe qui\nva à la ligne.| Fin.",
    "- un élément|\n- un autre.| Avec deux phrases.|\n- fin",
    "Liste :|\n1. premier|\n2. second",
    "a | b|\n1 | 2",
    "Safety tests delay it|\nThis line of text is rather long and it goes on\nbelow until here.",
]


def table() -> list[tuple[str, str]]:
    return [
        *(("fr", text) for text in FRENCH),
        *(("en", text) for text in ENGLISH),
        *OTHERS,
        *(("fr", text) for text in BLOCKS if " | " not in text),
    ]


@pytest.mark.parametrize(("language", "marked"), table())
def test_boundaries(language: str, marked: str) -> None:
    expected = [part.strip() for part in marked.split("|") if part.strip()]
    text = marked.replace("|", "")
    assert [text[start:end] for start, end in sentence_spans(text, language)] == expected


def test_rows_of_a_table_are_sentences() -> None:
    text = "Modèle | Prix\nLlama | 0\nQwen | 0"
    assert [text[start:end] for start, end in sentence_spans(text, "fr")] == text.split("\n")


AWKWARD = st.text(
    st.one_of(
        st.sampled_from(list("abÀé. .!?…«»\"'()[]|-•\n\n\n\t\u00a0\u202f0123，。！？")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=400,
)


@settings(max_examples=300, deadline=None)
@given(AWKWARD, st.sampled_from(["fr", "en", "de", "und"]))
def test_every_character_is_in_exactly_one_sentence(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    covered = [False] * len(text)
    previous = 0
    for start, end in spans:
        assert previous <= start < end
        assert text[start:end] == text[start:end].strip()
        assert "\n\n" not in text[start:end]
        covered[start:end] = [True] * (end - start)
        previous = end
    assert all(inside or character.isspace() for inside, character in zip(covered, text, strict=True))


@pytest.mark.parametrize(
    "unit",
    ["mot ", "a", ". ", "M. ", "\n", "«", "- x\n", "a.\n\n", "U.S. ", "| a ", "1. ", "( ", '" ', "…", "A."],
)
def test_takes_time_in_proportion_to_the_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        started = time.process_time()
        spans = sentence_spans(text, "fr")
        assert all(end - start <= LONGEST for start, end in spans)
        return time.process_time() - started

    small = min(seconds(20_000), seconds(20_000))
    assert min(seconds(200_000), seconds(200_000)) < 40 * small + 0.2
