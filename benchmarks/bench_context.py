"""What should accompany a passage in the index: its title, its section heading, its date, its publisher?

    python benchmarks/bench_context.py DATA [--passages 300] [--lexical-only] [--cache FOLDER] [--embedder FOLDER]

PIAF and XQuAD (see `search_beds.py`), once as they are (a paragraph is an article: many share a title) and once with
the paragraphs of a title joined into one long article; a passage counts as right where it is of the right article
and holds the answer. For headings, dates and publishers the English posts of the Canadian Digital Service, whose every
passage counts, among as many of Digital.gov; their questions are their titles, so that the title itself cannot be
judged on them, and none names a publisher: a publisher can only do harm here. Prints nDCG@10 by words (BM25) and by meaning
(cosine) for each text that may be indexed.
"""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bench_search import ndcg
from search_beds import MAX_TOKENS, MIN_TOKENS, CachedEmbedder, read, sample, write

from assistant.reading.articles import find_articles, read_article
from assistant.reading.passages import split_passages
from assistant.reading.sentences import sentence_spans
from assistant.store import full_text
from assistant.types import Article


@dataclass(frozen=True)
class Text:
    """A passage with what could stand beside it."""

    id: str
    title: str
    heading: str
    published: str
    words: str
    publisher: str = ""


TEXTS: dict[str, Callable[[Text], str]] = {
    "passage alone": lambda text: text.words,
    "with title": lambda text: f"{text.title}\n{text.words}",
    "with heading": lambda text: f"{text.heading}\n{text.words}",
    "with date": lambda text: f"{text.published}\n{text.words}",
    "with publisher": lambda text: f"{text.publisher}\n{text.words}",
}


@dataclass(frozen=True)
class Bed:
    name: str
    language: str
    texts: Sequence[Text]
    questions: Sequence[tuple[str, frozenset[str]]]
    """A question and the ids of the passages that answer it."""
    measured: Sequence[str] = ("passage alone", "with title")


def bed(data: Path, folder: str, language: str, joined: bool, passages: int, embedder: CachedEmbedder) -> Bed:
    documents = [item for item in read(data / folder / "documents.jsonl") if item["lang"] == language]
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in documents:
        groups.setdefault(item["title"] if joined else item["id"], []).append(item)
    texts: list[Text] = []
    holders: dict[str, list[Text]] = {}
    for name, group in groups.items():
        if len(texts) >= passages:
            break
        found = _texts(name, group, language, embedder)
        texts += found
        holders.update({item["id"]: found for item in group})
    questions = []
    asked = [item for item in read(data / folder / "questions.jsonl") if item["lang"] == language]
    for item in asked:
        document = next((name for name in item["doc_ids"] if name in holders), None)
        if document is not None:
            right = {
                text.id
                for text in holders[document]
                if any(answer in text.words for answer in item["answers"])
            }
            if right:
                questions.append({"id": item["id"], "asked": (item["question"], frozenset(right))})
    kind = "long articles" if joined else "paragraphs"
    return Bed(f"{folder}, {language}, {kind}", language, texts, [q["asked"] for q in sample(questions, 500)])


def _texts(name: str, group: Sequence[dict[str, Any]], language: str, embedder: CachedEmbedder) -> list[Text]:
    text = "\n\n".join(item["text"] for item in group)
    article = Article(
        name, text, group[0]["title"], language, "", sentences=tuple(sentence_spans(text, language))
    )
    return _passages(article, group[0].get("date") or "", embedder)


def _passages(article: Article, published: str, embedder: CachedEmbedder, publisher: str = "") -> list[Text]:
    return [
        Text(
            passage.id,
            article.title,
            passage.section,
            published,
            article.text[passage.start : passage.end],
            publisher,
        )
        for passage in split_passages(article, embedder.tokenize, MIN_TOKENS, MAX_TOKENS)
    ]


PUBLISHERS = {"news_fr_en_cds": "Canadian Digital Service", "news_en_digitalgov": "Digital.gov"}


def posts(data: Path, cache: Path, passages: int, embedder: CachedEmbedder) -> Bed:
    """English posts of two publishers, read as the program reads Markdown, so that their headings are known."""
    texts: list[Text] = []
    right: dict[str, frozenset[str]] = {}
    for folder, publisher in PUBLISHERS.items():
        documents = [item for item in read(data / folder / "documents.jsonl") if item["lang"] == "en"]
        corpus, theirs = cache / "corpora" / f"{folder}-en", 0
        write(documents, corpus)
        for file in find_articles(corpus):
            if theirs >= passages:
                break
            article = read_article(file)
            if article is None:
                continue
            found = _passages(article, str(article.published), embedder, publisher)
            texts += found
            theirs += len(found)
            right[article.name.removesuffix(".md")] = frozenset(text.id for text in found)
    questions = [
        (item["question"], right[item["same_lang_doc_ids"][0]])
        for item in read(data / "news_fr_en_cds" / "questions.jsonl")
        if item["lang"] == "en" and item["same_lang_doc_ids"][0] in right
    ]
    measured = ("passage alone", "with heading", "with date", "with publisher")
    return Bed("posts of two publishers, en", "en", texts, questions, measured)


def by_words(bed: Bed, indexed: Callable[[Text], str]) -> float:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE passages (id INTEGER PRIMARY KEY, name TEXT)")
    connection.executemany("INSERT INTO passages VALUES (?, ?)", enumerate(text.id for text in bed.texts))
    full_text.add(connection, bed.language, enumerate(map(indexed, bed.texts)))
    found = (full_text.search(connection, question, 10, bed.language) for question, _ in bed.questions)
    return _mean([[name for name, _ in hits] for hits in found], bed)


def by_meaning(bed: Bed, indexed: Callable[[Text], str], embedder: CachedEmbedder) -> float:
    vectors = embedder.embed_passages([indexed(text) for text in bed.texts])
    found = []
    for question, _ in bed.questions:
        order = np.argsort(-(vectors @ embedder.embed_query(question)))[:10]
        found.append([bed.texts[place].id for place in order])
    return _mean(found, bed)


def _mean(found: Sequence[Sequence[str]], bed: Bed) -> float:
    return float(np.mean([ndcg(ids, right) for ids, (_, right) in zip(found, bed.questions, strict=True)]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--passages", type=int, default=300, help="of each bed")
    parser.add_argument("--lexical-only", action="store_true", help="embeds nothing")
    parser.add_argument("--cache", type=Path, default=Path(".runtime/bench"))
    parser.add_argument("--embedder", type=Path, default=Path(".runtime/embedders/multilingual-e5-small"))
    options = parser.parse_args()
    embedder = CachedEmbedder(options.embedder, options.cache)
    beds = [
        bed(options.data, folder, language, joined, options.passages, embedder)
        for folder, language in (("piaf", "fr"), ("xquad", "en"))
        for joined in (False, True)
    ]
    beds.append(posts(options.data, options.cache, options.passages, embedder))
    print("| bed | passages | questions | indexed text | words | meaning |\n|---|---|---|---|---|---|")
    for chosen in beds:
        for name in chosen.measured:
            meaning = "-" if options.lexical_only else f"{by_meaning(chosen, TEXTS[name], embedder):.3f}"
            print(
                f"| {chosen.name} | {len(chosen.texts)} | {len(chosen.questions)} | {name} "
                f"| {by_words(chosen, TEXTS[name]):.3f} | {meaning} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
