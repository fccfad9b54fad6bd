"""Articles of ten passages each, put straight into a store: no files, no reading, no splitting."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from assistant.reading.articles import ArticleFile
from assistant.store import chroma_side, lock, schema, word_side
from assistant.store.sync_run import EMBEDDED_TEXT
from assistant.store.versions import reading_version, words_version
from assistant.store.writer import ReadArticle, Writer, digest
from assistant.types import Article, Passage, Span

PASSAGES, LENGTH, AT_ONCE = 10, 1100, 50


@dataclass
class Took:
    """Seconds and CPU seconds of each part."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        started, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            for key, value in (
                (name, time.perf_counter() - started),
                (f"{name}_cpu", time.process_time() - cpu),
            ):
                self.seconds[key] = self.seconds.get(key, 0.0) + value


def fill(store: Path, goal: int, embedder: Any, paragraphs: Any, took: Took) -> None:
    """Have at least `goal` passages; `paragraphs(language, draw)` gives one. Goes on where it was stopped."""
    with lock.writing(store), contextlib.closing(Writer(store / schema.FILE)) as writer:
        if "embedder_fingerprint" not in writer.manifest():
            writer.set_manifest(
                embedder=embedder.name, embedder_fingerprint=embedder.fingerprint, min_tokens=200, max_tokens=350,
                embedded_text=EMBEDDED_TEXT, reading=reading_version(), words=words_version(), chroma="stale",
                created=time.time(),
            )  # fmt: skip
        while writer.size() < goal:
            first = writer.articles() + 1
            made = [article(number, paragraphs) for number in range(first, first + AT_ONCE)]
            texts = {digest(read.article.title): read.article.title for read in made}
            for read in made:
                spans = ((p.start, p.end) for p in read.passages)
                texts |= {key: read.article.text[a:b] for key, (a, b) in zip(read.keys, spans, strict=True)}
            missing = sorted(writer.missing_vectors(list(texts)))
            vectors = embedder.embed_passages([texts[key] for key in missing])
            with took.part("sqlite"):
                writer.add_vectors(missing, vectors)
                writer.put(made)
        writer.set_manifest(dimension=writer.dimension())
        writer.connection.execute("DELETE FROM pending WHERE kind = 'groups'")
        with took.part("words"):
            word_side.take_up(writer)
        with took.part("chroma"):
            chroma_side.take_up(writer)
        writer.finish(corpus="")


def article(number: int, paragraphs: Any) -> ReadArticle:
    draw = random.Random(number)
    language, name = "fr" if number % 4 == 0 else "en", f"{number % 100:02}/{number:07}.md"
    text, passages, keys = "", [], []
    for _ in range(PASSAGES):
        start = len(text)
        while len(text) - start < LENGTH:
            text += paragraphs(language, draw) + " "
        passage_id = sha256(f"{name} {start}".encode()).hexdigest()[:32]
        passages.append(Passage(passage_id, name, start, len(text) - 1, "", None))
        keys.append(digest(text[start : len(text) - 1]))
        text += "\n"
    spans = tuple(Span(passage.start, passage.end) for passage in passages)
    made = Article(
        name=name, text=text, title=f"Article {number}", language=language, digest=sha256(text.encode()).hexdigest(),
        published=date(2000 + number % 25, 3, number % 9 + 1), sentences=spans,
    )  # fmt: skip
    signature = np.random.default_rng(number).bytes(512)  # nothing is alike
    return ReadArticle(ArticleFile(name, Path(name), 1, 1), made, passages, keys, signature, 1)
