"""Beds for measuring search: public articles indexed by the program itself, with judged questions.

Where the public sets come from (a README.md in each folder of the data says more):

- piaf: PIAF 1.1, French questions on Wikipedia paragraphs (Etalab; MIT / Licence Ouverte, texts CC BY-SA),
  github.com/etalab-ia/piaf-code
- xquad: XQuAD, the same questions in English, Spanish, German, Romanian (CC BY-SA 4.0),
  github.com/google-deepmind/xquad
- news_fr_en_cds: blog of the Canadian Digital Service, every post in both languages (MIT),
  github.com/cds-snc/digital-canada-ca; the question is the title of the translation
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.search.hybrid import HybridRetriever
from assistant.search.scoring import Candidate
from assistant.setup.record import chosen_embedder
from assistant.store.embedding import SentenceTransformerEmbedder
from assistant.store.sync import Store, sync
from assistant.types import Query

if TYPE_CHECKING:
    from assistant.types import Vector

MIN_TOKENS, MAX_TOKENS = 200, 350


class CachedEmbedder:
    """The real embedder; what it has embedded once is kept in a file."""

    def __init__(self, folder: Path, cache: Path) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        self.real = SentenceTransformerEmbedder(folder)
        self.name, self.fingerprint, self.max_tokens = (
            self.real.name,
            self.real.fingerprint,
            self.real.max_tokens,
        )
        self.tokenize = self.real.tokenize
        self.connection = sqlite3.connect(cache / "cache.sqlite")
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS v (kind TEXT, digest BLOB, vector BLOB, PRIMARY KEY (kind, digest))"
        )

    @property
    def dimension(self) -> int:
        return self.real.dimension

    def embed_passages(self, texts: Sequence[str]) -> Any:
        return self._embed("d", texts, self.real.embed_passages)

    def embed_query(self, text: str) -> Any:
        return self._embed("q", [text], lambda texts: self.real.embed_query(texts[0])[None])[0]

    def _embed(self, kind: str, texts: Sequence[str], embed: Callable[[list[str]], Any]) -> Any:
        if not texts:
            return embed([])
        found = {text: self._known(kind, text) for text in texts}
        missing = [text for text, vector in found.items() if vector is None]
        if missing:
            for text, vector in zip(missing, embed(missing), strict=True):
                found[text] = vector.astype(np.float16)
                row = (kind, sha1(text.encode()).digest(), found[text].tobytes())
                self.connection.execute("INSERT OR REPLACE INTO v VALUES (?, ?, ?)", row)
            self.connection.commit()
        vectors = np.stack([found[text] for text in texts]).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _known(self, kind: str, text: str) -> Any:
        key = (kind, sha1(text.encode()).digest())
        row = self.connection.execute("SELECT vector FROM v WHERE kind = ? AND digest = ?", key).fetchone()
        return np.frombuffer(row[0], np.float16) if row else None


@dataclass(frozen=True)
class BedQuestion:
    text: str
    language: str
    articles: frozenset[str]
    """Any of these answers."""
    tuning: bool
    """Half of the questions choose the weights; the other half measures them."""


@dataclass(frozen=True)
class Bed:
    name: str
    store: str
    documents: Sequence[dict[str, Any]]
    questions: Sequence[BedQuestion]


def set_up_embedder(cache: Path) -> CachedEmbedder:
    """The embedder that `make setup` chose; its vectors are kept in `cache`."""
    folder = chosen_embedder(Path(".runtime"))
    if folder is None:
        raise SystemExit("No embedder is set up. Run `make setup` first.")
    cache.mkdir(parents=True, exist_ok=True)
    return CachedEmbedder(folder, cache)


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def sample(items: Iterable[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """`count` of the items, always the same ones."""
    ordered = sorted(items, key=lambda item: item["id"])
    random.Random(0).shuffle(ordered)
    return ordered[:count]


def asked(
    items: Iterable[dict[str, Any]], gold: Callable[[dict[str, Any]], Iterable[str]]
) -> list[BedQuestion]:
    return [
        BedQuestion(item["question"], item["lang"], frozenset(gold(item)), tuning=number % 2 == 0)
        for number, item in enumerate(items)
    ]


class Without(HybridRetriever):
    """The real search as if some articles were not in the corpus: what is left nearly answers."""

    hidden: frozenset[str] = frozenset()

    def find(self, query: Query, vector: Vector) -> list[Candidate]:
        found = super().find(query, vector)
        kept = [one for one in found if one.place.article not in self.hidden]
        for rank in ("dense_rank", "lexical_rank"):
            for language in {one.language for one in kept}:
                ranked = [one for one in kept if one.language == language and getattr(one, rank) is not None]
                ranked.sort(key=lambda one: getattr(one, rank))
                for place, one in enumerate(ranked, start=1):
                    setattr(one, rank, place)
        return kept


def hiding(one: BedQuestion) -> frozenset[str]:
    """Names of the articles that answer a question."""
    return frozenset(f"{name}.md" for name in one.articles)


def beds(data: Path) -> list[Bed]:
    return [*_mixed(data), *_posts(data), *xquad(data), piaf(data)]


def _piaf_parts(data: Path) -> tuple[list[dict[str, Any]], list[BedQuestion]]:
    documents = read(data / "piaf" / "documents.jsonl")[:1000]
    names = {document["id"] for document in documents}
    questions = [q for q in read(data / "piaf" / "questions.jsonl") if q["doc_ids"][0] in names]
    return documents, asked(sample(questions, 500), lambda item: item["doc_ids"])


def piaf(data: Path) -> Bed:
    documents, questions = _piaf_parts(data)
    return Bed("PIAF, French", "piaf", documents, questions)


def xquad(data: Path) -> list[Bed]:
    documents = [d for d in read(data / "xquad" / "documents.jsonl") if d["lang"] == "en"]
    questions = read(data / "xquad" / "questions.jsonl")
    english = {document["id"] for document in documents}
    return [
        Bed(
            f"XQuAD, {language} → en" if language != "en" else "XQuAD, English",
            "xquad",
            documents,
            asked(
                sample([q for q in questions if q["lang"] == language], 500),
                lambda item: [name for name in item["doc_ids"] if name in english],
            ),
        )
        for language in ("en", "es", "de", "ro")
    ]


def _translations(
    data: Path,
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]], list[str], dict[str, str]]:
    """Posts by id, questions, English posts that have a translation (in a fixed order), twin of each post."""
    folder = data / "news_fr_en_cds"
    posts = {post["id"]: post for post in read(folder / "documents.jsonl")}
    questions = read(folder / "questions.jsonl")
    twins = {question["doc_ids"][0]: question["same_lang_doc_ids"][0] for question in questions}
    english = sorted(name for name in twins if posts[name]["lang"] == "en")
    random.Random(1).shuffle(english)
    return posts, questions, english, twins


def _posts(data: Path) -> list[Bed]:
    """Both languages of half of the posts; of the other half only the language that is asked for."""
    posts, questions, english, twins = _translations(data)
    found = []
    for language, other in (("fr", "en"), ("en", "fr")):
        for half in (0, 1):
            chosen = {name if other == "en" else twins[name] for name in english[half::2]}
            hidden = {twins[name] for name in chosen}
            documents = [post for name, post in posts.items() if name not in hidden]
            wanted = [q for q in questions if q["lang"] == language and q["doc_ids"][0] in chosen]
            name = f"posts, {language} → {other}"
            found.append(
                Bed(name, f"posts-{other}-{half}", documents, asked(wanted, lambda item: item["doc_ids"]))
            )
    return found


def _mixed(data: Path) -> list[Bed]:
    """Ten French articles for each English one: 1,000 paragraphs of PIAF and 100 English posts."""
    posts, questions, english, _ = _translations(data)
    documents, french = _piaf_parts(data)
    few = set(english[:100])
    mixture = [*documents, *(posts[name] for name in sorted(few))]
    cross = [q for q in questions if q["lang"] == "fr" and q["doc_ids"][0] in few]
    same = [q for q in questions if q["lang"] == "en" and q["same_lang_doc_ids"][0] in few]
    return [
        Bed("mixed index, fr → fr (PIAF)", "mixed", mixture, french),
        Bed("mixed index, fr → en (posts)", "mixed", mixture, asked(cross, lambda item: item["doc_ids"])),
        Bed(
            "mixed index, en → en (posts)",
            "mixed",
            mixture,
            asked(same, lambda item: item["same_lang_doc_ids"]),
        ),
    ]


def open_store(bed: Bed, cache: Path, embedder: CachedEmbedder) -> Store:
    """The index of a bed's articles; made where it is not there yet."""
    corpus, folder = cache / "corpora" / bed.store, cache / "stores" / bed.store
    write(bed.documents, corpus)
    sync(corpus, folder, embedder, min_tokens=MIN_TOKENS, max_tokens=MAX_TOKENS)
    return Store.open(folder, embedder_fingerprint=embedder.fingerprint)


def write(documents: Iterable[dict[str, Any]], corpus: Path) -> None:
    corpus.mkdir(parents=True, exist_ok=True)
    for document in documents:
        head = {"title": document["title"], "language": document["lang"], "published": document.get("date")}
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items() if value]
        file = corpus / f"{document['id']}.md"
        if not file.exists():
            file.write_text("---\n" + "\n".join(lines) + "\n---\n" + document["text"] + "\n", "utf-8")
