"""Each kind of message, answered over a real store: its form, its sources, and what it says where there is nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.grounding import Prover
from assistant.intents.classifier import Prediction
from assistant.search.hybrid import HybridRetriever
from assistant.store.sync import Store, sync
from assistant.types import Answer, Turn

DAY = date(2025, 6, 1)


class GivenKinds:
    """Tells the kind that a message is listed with; others are questions."""

    def __init__(self, kinds: dict[str, str]) -> None:
        self.kinds = kinds

    def leans(self, message: str) -> bool:
        return False

    def __call__(self, message: str) -> Prediction:
        kind, _, aspect = self.kinds.get(message, "answer").partition(".")
        return Prediction(kind, aspect, 1.0)  # type: ignore[arg-type]


def assistant_over(store: Store, embedder: FakeEmbedder, kinds: dict[str, str]) -> Assistant:
    retriever = HybridRetriever(store, embedder)
    return Assistant(retriever, Prover(), None, library=store, classify=GivenKinds(kinds), vectors=embedder)


@pytest.fixture
def ask(sample_store: Store, embedder: FakeEmbedder):  # type: ignore[no-untyped-def]
    def asked(kind: str, message: str, history: Sequence[Turn] = (), **kinds: str) -> Answer:
        told = {message: kind, **{text: one for one, text in kinds.items()}}
        assistant = assistant_over(sample_store, embedder, told)
        answer = answer_of(assistant.ask(message, history, DAY))
        for sentence in answer.sentences:
            assert answer.text[sentence.start : sentence.end] == sentence.text
        numbers = [int(n) for n in re.findall(r"\[(\d+)\]", answer.text)]
        assert list(dict.fromkeys(numbers)) == [citation.n for citation in answer.citations]
        for citation in answer.citations:
            quote = citation.quote
            assert sample_store.article(quote.article).text[quote.start : quote.end] == quote.text
        return answer

    return asked


def turns(question: str, answer: Answer) -> list[Turn]:
    return [Turn("user", question), Turn("assistant", answer.text, answer.as_json())]


def test_a_greeting_searches_nothing_and_names_the_users_own_articles(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask("chat.hello", "Bonjour")
    assert answer.kind == "chat"
    assert not answer.hits
    assert not answer.abstained
    assert "Le budget de la ville" in answer.text
    assert answer.text.count("\n- ") == 3


def test_the_collection_is_counted_exactly(ask) -> None:  # type: ignore[no-untyped-def]
    assert "4 articles" in ask("collection.count", "Combien d'articles y a-t-il ?").text
    newest = ask("collection.newest", "Quel est l'article le plus récent ?")
    assert newest.text.splitlines()[1].startswith("- «\u00a0Le budget de la ville (reprise)\u00a0»")
    in_english = ask("collection.which", "Quels articles sont en anglais ?")
    assert set(in_english.articles) == {"horses.md", "tides.txt"}
    of_2024 = ask("collection.which", "Quels articles ont été publiés en juin 2024 ?")
    assert of_2024.articles == ("horses.md",)
    assert ask("collection.which", "Quels articles ont été publiés en juin 1999 ?").articles == ()


def test_an_overview_of_an_article_by_its_title(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask("overview", "Summarise the article on the horses")
    assert {citation.quote.article for citation in answer.citations} == {"horses.md"}
    assert len(answer.citations) > 1


def test_an_overview_of_a_period_has_a_line_an_article(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask("overview", "Résume les articles de mars 2025")
    assert {citation.quote.article for citation in answer.citations} == {"budget.md", "copy/budget.md"}
    nothing = ask("overview", "Résume les articles de mars 1999")
    assert nothing.abstained
    assert "1999" in nothing.text


def test_a_question_that_names_only_a_period_is_an_overview(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask("answer", "What happened in June 2024?").kind == "overview"


def test_an_unknown_subject_is_said_to_be_one(ask) -> None:  # type: ignore[no-untyped-def]
    assert "zeppelins" in ask("overview", "Résume l'article sur les zeppelins").text


def test_a_comparison_is_a_table_with_an_empty_cell_for_what_is_unknown(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask("compare", "Compare the horses and the zeppelins: river")
    rows = answer.text.strip().splitlines()
    assert rows[0] == "|  | horses | zeppelins |"
    assert rows[1] == "|---|---|---|"
    assert rows[2].startswith("| river | Twelve wild horses crossed the river")
    assert "not found" in rows[2]
    assert all(row.endswith("|") for row in rows[:3])
    assert "zeppelins" in answer.text.splitlines()[-1]


def test_a_title_in_quotation_marks_is_no_comparison(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask("compare", "Résume « Le budget de la ville, voté ou non »")
    assert "|---|" not in answer.text


def test_a_timeline_is_in_the_order_of_the_events(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask("timeline", "Fais une chronologie du budget")
    years = [int(year) for year in re.findall(r"^- .*?(\d{4})\b", answer.text, re.MULTILINE)]
    assert years
    assert years == sorted(years)


def tell_of(
    tmp_path: Path, files: dict[str, str], kind: str, message: str, history: Sequence[Turn] = ()
) -> Answer:
    """The answer to one message over articles of its own."""
    store, embedder = tmp_path / "store", FakeEmbedder()
    sync(write_corpus(tmp_path / "corpus", files), store, embedder, min_tokens=5, max_tokens=200)
    with Store.open(store, embedder_fingerprint=embedder.fingerprint) as opened:
        return answer_of(assistant_over(opened, embedder, {message: kind}).ask(message, history, DAY))


@pytest.mark.parametrize(("article", "author"), [("old mill", "Ann Reed"), ("port", "no author given")])
def test_who_wrote_an_article_is_what_its_file_says(tmp_path: Path, article: str, author: str) -> None:
    files = {
        "mill.md": "---\ntitle: The old mill\nauthor: Ann Reed\n---\n\nThe old mill grinds again.\n",
        "port.md": "---\ntitle: The port\n---\n\nThe port was closed by a storm.\n",
    }
    answer = tell_of(tmp_path, files, "collection.author", f"Who wrote the article on the {article}?")
    assert answer.text.endswith(author)
    assert len(answer.articles) == 1


LISTED = """---
title: The winners of the prize
language: en
---

The prize was given again in spring, and everyone was glad of it.

The 3 winners of Prize 2:

- Harbour, a map of the quays;
- Mill, a guide to old mills

The jury met in the town hall for the whole day.
"""


@pytest.mark.parametrize(
    ("kind", "message"), [("list", "List the winners of Prize 2"), ("answer", "winners prize 2")]
)
def test_the_items_of_a_list_are_given_where_its_heading_is_asked_for(
    tmp_path: Path, kind: str, message: str
) -> None:
    answer = tell_of(tmp_path, {"prize.md": LISTED}, kind, message)
    quotes = [citation.quote.text for citation in answer.citations]
    assert quotes == ["Harbour, a map of the quays;", "Mill, a guide to old mills"]


class Unsure(GivenKinds):
    """Tells what is listed, and is not certain of it."""

    def __call__(self, message: str) -> Prediction:
        return super().__call__(message)._replace(probability=0.8)


def test_what_joins_no_two_things_is_a_comparison_only_where_that_is_certain(
    sample_store: Store, embedder: FakeEmbedder
) -> None:
    message = "impact of the horses in numbers"
    kinds = {message: "compare"}
    for classify, kind in ((Unsure(kinds), "answer"), (GivenKinds(kinds), "compare")):
        retriever = HybridRetriever(sample_store, embedder)
        assistant = Assistant(retriever, Prover(), None, library=sample_store, classify=classify)
        assert answer_of(assistant.ask(message, (), DAY)).kind == kind


def test_one_word_names_no_list(tmp_path: Path) -> None:
    answer = tell_of(tmp_path, {"prize.md": LISTED}, "answer", "prize")
    assert any("given again" in citation.quote.text for citation in answer.citations)


def test_a_list_of_another_number_is_another_list(tmp_path: Path) -> None:
    answer = tell_of(tmp_path, {"prize.md": LISTED}, "list", "List the winners of Prize 3")
    assert all("Harbour" not in citation.quote.text for citation in answer.citations[:1])


def test_an_article_is_named_by_the_forms_of_its_words_alone(tmp_path: Path) -> None:
    head = "---\ntitle: {}\nlanguage: fr\n---\n\n"
    files = {
        "a.md": head.format("Un service numérique pour l'accès aux jardins")
        + "Les jardins ouvrent leurs portes à tous les habitants de la ville.\n",
        "b.md": head.format("Naviguer sans écran")
        + "L'accessibilité numérique permet à un aveugle de lire cette page sans aide.\n",
    }
    answer = tell_of(tmp_path, files, "overview", "Que disent les articles sur l'accessibilité numérique ?")
    assert "b.md" in {citation.quote.article for citation in answer.citations}


def test_what_is_new_in_a_year_is_of_that_year(tmp_path: Path) -> None:
    head = "---\ntitle: {}\npublished: {}\nlanguage: fr\n---\n\n"
    files = {
        "a.md": head.format("La digue", "2022-03-02") + "La digue protège la ville des crues de printemps.\n",
        "b.md": head.format("Le tram", "2023-03-02") + "Le tram relie la gare au marché du centre.\n",
    }
    answer = tell_of(tmp_path, files, "overview", "quelles sont les nouveautés de 2022 ?")
    assert {citation.quote.article for citation in answer.citations} == {"a.md"}


def test_a_number_inside_a_name_is_no_year_of_a_timeline(tmp_path: Path) -> None:
    text = "---\ntitle: 18F\nlanguage: en\n---\n\nAn 18F member has a page of projects. In May 2014 18F opened its office.\n"
    answer = tell_of(tmp_path, {"a.md": text}, "timeline", "timeline of 18F")
    assert re.findall(r"^- (.*?): ", answer.text, re.MULTILINE) == ["May 2014"]


def test_the_articles_that_were_listed_are_summed_up(ask) -> None:  # type: ignore[no-untyped-def]
    question = "Quels articles sont en anglais ?"
    before = ask("collection.which", question)
    second = ask("previous.shorter", "résume le deuxième", turns(question, before))
    assert {citation.quote.article for citation in second.citations} == {before.articles[1]}
    both = ask("previous.shorter", "résume-les", turns(question, before))
    assert {citation.quote.article for citation in both.citations} == set(before.articles)


def test_a_timeline_of_a_year_has_the_events_of_that_year_alone(tmp_path: Path) -> None:
    head = "---\ntitle: {}\npublished: {}\nlanguage: fr\n---\n\n"
    files = {
        "digue.md": head.format("La digue", "2025-03-02")
        + "La digue a été bâtie en mai 1921 par la commune. La digue a rompu le 4 février 2025 après la tempête. "
        "Le règlement 2024/1689 dit qui paie la digue.\n",
        "suite.md": head.format("La digue, un an après", "2026-02-04")
        + "La digue a été réparée en novembre 2025 par la région. Une digue neuve ouvre en mars 2026.\n",
    }
    answer = tell_of(tmp_path, files, "timeline", "Chronologie de la digue en 2025")
    told = re.findall(r"^- (.*?)\s: ", answer.text, re.MULTILINE)
    assert told == ["4 février 2025", "2 mars 2025 — La digue", "novembre 2025"]


def test_a_number_of_a_law_is_no_year_of_a_timeline(tmp_path: Path) -> None:
    text = "---\ntitle: La digue\nlanguage: fr\n---\n\nLe règlement 2024/1689, en vigueur depuis mai 2024, parle de la digue.\n"
    answer = tell_of(tmp_path, {"digue.md": text}, "timeline", "Chronologie de la digue")
    assert re.findall(r"^- (.*?)\s: ", answer.text, re.MULTILINE) == ["mai 2024"]


@pytest.mark.parametrize("kind", ["compare", "list", "timeline"])
@pytest.mark.parametrize(
    "message", ["Combien d'écoles la ville ouvre-t-elle ?", "When did the horses cross the river?"]
)
def test_who_asks_for_a_number_or_a_date_gets_an_answer(ask, kind: str, message: str) -> None:  # type: ignore[no-untyped-def]
    assert ask(kind, message).kind == "answer"


def test_a_comparison_that_is_asked_for_as_a_question_stays_one(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask("compare", "Which is heavier, the horses or the zeppelins?").kind == "compare"
    assert ask("compare", "Avec quelle ville compare-t-on la ville ?").kind == "answer"


def test_the_same_is_asked_again_of_another_subject(tmp_path: Path, embedder: FakeEmbedder) -> None:
    head = "---\ntitle: {}\nlanguage: fr\n---\n\n"
    files = {
        "digue.md": head.format("La digue de Lormont")
        + "La digue de Lormont protège la ville des crues depuis 1921.\n",
        "tram.md": head.format("Le tram de Cenon")
        + "Le tram de Cenon relie la gare au marché depuis 1958.\n",
    }
    sync(write_corpus(tmp_path / "corpus", files), tmp_path / "store", embedder, min_tokens=5, max_tokens=200)
    with Store.open(tmp_path / "store", embedder_fingerprint=embedder.fingerprint) as store:
        assistant = assistant_over(store, embedder, {"Résume la digue de Lormont": "overview"})
        first = answer_of(assistant.ask("Résume la digue de Lormont", (), DAY))
        history = turns("Résume la digue de Lormont", first)
        again = answer_of(assistant.ask("Et le tram de Cenon ?", history, DAY))
        asked = answer_of(assistant.ask("Et quand le tram de Cenon a-t-il ouvert ?", history, DAY))
    assert (first.kind, again.kind, asked.kind) == ("overview", "overview", "answer")
    assert {citation.quote.article for citation in again.citations} == {"tram.md"}


def test_a_name_of_the_articles_alone_is_a_question(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask("chat.thanks", "Horses").kind == "answer"
    assert ask("chat.hello", "Bonjour").kind == "chat"


def test_a_comparison_of_ideas_takes_the_sentences_that_name_them(tmp_path: Path) -> None:
    head = "---\ntitle: {}\nlanguage: en\n---\n\n"
    files = {
        "a.md": head.format("A year of code")
        + "The club met again in the old hall by the river. Open source lets anyone study and change the program.\n",
        "b.md": head.format("What you may download")
        + "Everyone came by train this time, and stayed late. Open weights let anyone run the model at home.\n",
    }
    answer = tell_of(tmp_path, files, "compare", "Compare open source and open weights")
    first, _, row = answer.text.strip().splitlines()[:3]
    assert first == "| open source | open weights |"
    assert "study and change" in row
    assert "run the model" in row


def test_a_pasted_text_is_proved_sentence_by_sentence(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask(
        "check", "Est-ce exact ? Les députés ont longuement applaudi. Le maire promet neuf nouvelles écoles."
    )
    verdicts = {sentence.text.split(" [")[0].rstrip("."): sentence.verdict for sentence in answer.sentences}
    assert verdicts["Les députés ont longuement applaudi"] == "supported"
    assert verdicts["Le maire promet neuf nouvelles écoles"] != "supported"
    assert "deux nouvelles écoles" in answer.text


def test_what_is_asked_of_the_answer_before_needs_no_new_search(ask) -> None:  # type: ignore[no-untyped-def]
    question = "Combien d'écoles le maire promet-il ?"
    before = ask("answer", question)
    history = turns(question, before)
    cited = {citation.quote.article for citation in before.citations}
    sources = ask("previous.source", "Quelle est ta source ?", history)
    assert {citation.quote.article for citation in sources.citations} == cited
    table = ask("previous.table", "Mets ça dans un tableau", history)
    assert "|---|---|---|" in table.text
    shorter = ask("previous.shorter", "Plus court", history)
    assert len(shorter.citations) == 1
    more = ask("previous.more", "Continue", history)
    assert {c.quote.start for c in more.citations if c.quote.article == "budget.md"}.isdisjoint(
        {c.quote.start for c in before.citations if c.quote.article == "budget.md"}
    )


def test_articles_on_a_subject_have_all_of_it_and_the_nearest_comes_first(tmp_path: Path) -> None:
    head = "---\ntitle: {}\npublished: {}\nlanguage: en\n---\n\n"
    files = {
        "a.md": head.format("Basic income at last", "2019-01-01") + "The basic income is paid to all.\n",
        "b.md": head.format("Notes", "2021-01-01") + "Nobody knows who is for a basic income.\n",
        "c.md": head.format("Tax", "2022-01-01") + "An income is taxed in spring.\n",
    }
    which = tell_of(tmp_path, files, "collection.which", "Which articles do I have on basic income?")
    assert which.articles == ("a.md", "b.md")
    either = tell_of(tmp_path, files, "collection.which", "Which articles talk about basic income or tax?")
    assert set(either.articles) == {"a.md", "b.md", "c.md"}


def test_what_no_article_has_does_not_hide_how_many_there_are(tmp_path: Path) -> None:
    files = {"a.md": "---\ntitle: Notes\nlanguage: en\n---\n\nNobody knows who is for it.\n"}
    answer = tell_of(tmp_path, files, "collection.count", "How many articles are there in the bag?")
    assert "1 articles" in answer.text


def test_a_summary_of_articles_in_another_language_is_of_those(tmp_path: Path) -> None:
    head = "---\ntitle: {}\nlanguage: {}\n---\n\n"
    files = {
        "a.md": head.format("Le bac de Corvane", "fr")
        + "Les passagers du bac de Corvane attendent. Le bac est plein.\n",
        "b.md": head.format("The ferry of Corvane", "en") + "The passengers of the ferry of Corvane wait.\n",
    }
    answer = tell_of(
        tmp_path, files, "overview", "Sum up what the French articles say about passengers in Corvane"
    )
    assert {citation.quote.article for citation in answer.citations} == {"a.md"}
    assert answer.text.startswith(("What the articles say", "“Le bac"))


def test_a_translation_may_be_asked_for_in_any_words(ask) -> None:  # type: ignore[no-untyped-def]
    before = ask("answer", "Combien d'écoles le maire promet-il ?")
    history = turns("Combien d'écoles le maire promet-il ?", before)
    assert ask("previous.translate", "can you translate that into English", history).kind == "previous"


def test_the_sources_of_an_answer_are_told_by_article(tmp_path: Path) -> None:
    mill = (
        "---\ntitle: The old mill\nauthor: Ann Reed\npublished: 2021-05-04\n---\n\n"
        "The mill grinds rye. The mill grinds wheat in spring.\n"
    )
    before = tell_of(tmp_path, {"mill.md": mill}, "answer", "What does the mill grind?")
    assert len(before.citations) == 2
    asked = "Where did you get that?"
    sources = tell_of(tmp_path, {"mill.md": mill}, "previous.source", asked, turns("What?", before))
    assert sources.text.count("The old mill") == 1
    assert "Ann Reed, 4 May 2021" in sources.text
    assert len(sources.citations) == 2


def test_a_remark_in_brackets_is_no_part_of_the_subject(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask("overview", "Sum up the horses (my editor loves the tides of this harbour)")
    assert {citation.quote.article for citation in answer.citations} == {"horses.md"}


def test_going_on_without_a_conversation_says_so(ask) -> None:  # type: ignore[no-untyped-def]
    answer = ask("previous.more", "Continue")
    assert answer.kind == "previous"
    assert not answer.abstained
    assert not answer.citations


@pytest.mark.parametrize("aspect", ["more", "shorter", "table", "source", "why", "translate"])
def test_an_answer_before_of_which_only_the_text_is_left(ask, aspect: str) -> None:  # type: ignore[no-untyped-def]
    history = [Turn("user", "Combien d'écoles ?"), Turn("assistant", "Deux écoles [1].")]
    answer = ask(f"previous.{aspect}", "Et ça ?", history)
    assert answer.kind in ("previous", "answer")
    assert answer.text.strip()


@pytest.mark.parametrize("kind", ["overview", "collection.which", "timeline", "list"])
def test_a_period_without_articles_says_so(ask, kind: str) -> None:  # type: ignore[no-untyped-def]
    answer = ask(kind, "Résume les articles de juin 1999")
    assert not answer.citations
    assert answer.text.strip()
    assert not answer.articles


def test_an_overview_of_five_hundred_articles_is_bounded_and_says_what_is_left_out(
    tmp_path: Path, embedder: FakeEmbedder
) -> None:
    told = (
        "Le conseil de la ville numéro {n} a voté le budget de {n} euros pour la piscine et pour le marché."
    )
    articles = {
        f"{n:03}.md": f"---\ntitle: Ville {n}\npublished: 2025-03-{1 + n % 28:02}\nlanguage: fr\n---\n"
        + told.format(n=n)
        for n in range(500)
    }
    sync(
        write_corpus(tmp_path / "corpus", articles),
        tmp_path / "store",
        embedder,
        min_tokens=20,
        max_tokens=60,
    )
    message = "Résume les articles de mars 2025"
    with Store.open(tmp_path / "store", embedder_fingerprint=embedder.fingerprint) as store:
        answer = answer_of(assistant_over(store, embedder, {message: "overview"}).ask(message, (), DAY))
    assert 0 < len({citation.quote.article for citation in answer.citations}) <= 8
    assert "492" in answer.text
    assert len(answer.text) < 5_000


def test_two_messages_in_one_are_both_answered(ask) -> None:  # type: ignore[no-untyped-def]
    kinds = {
        "collection.count": "How many articles are there?",
        "overview": "Summarise the article on the horses.",
    }
    answer = ask("answer", " ".join(kinds.values()), **kinds)
    assert answer.kind == "collection"
    assert "4 articles" in answer.text
    assert {citation.quote.article for citation in answer.citations} == {"horses.md"}


def test_two_questions_that_one_sentence_joins_are_both_answered(ask) -> None:  # type: ignore[no-untyped-def]
    first, second = "Combien d'écoles le maire promet-il ?", "qui a voté le budget ?"
    both = ask("answer", f"{first.rstrip(' ?')} et {second}", previous=second)
    alone = [ask("answer", question) for question in (first, second)]
    assert both.kind == "answer"
    assert [quote.text for quote in both.evidence] == [q.text for one in alone for q in one.evidence]


def test_a_composed_and_a_decomposed_question_are_one(ask) -> None:  # type: ignore[no-untyped-def]
    composed = ask("answer", "Combien d'écoles le maire promet-il ?")
    decomposed = ask("answer", "Combien d'e\u0301coles le maire promet-il\u00a0?")
    assert composed.text == decomposed.text


def test_a_name_with_a_typing_error_is_looked_up_as_it_is_written(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask("answer", "Qui a voté le bugdet ?").text == ask("answer", "Qui a voté le budget ?").text
