"""The collection that `bench_messages` asks about, written from public data as a folder of articles.

- news_fr_en_cds: blog of the Canadian Digital Service in French and English (MIT), the posts of 2021 and 2022
- news_en_digitalgov: news of Digital.gov (public domain), the posts of 2024
- piaf: French Wikipedia paragraphs of PIAF 1.1 (CC BY-SA), the first articles, undated
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CDS_YEARS, DIGITALGOV_YEARS, PIAF_ARTICLES = ("2021", "2022"), ("2024",), 40


def _documents(folder: Path) -> Iterator[dict[str, Any]]:
    for line in (folder / "documents.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def write_corpus(data: Path, corpus: Path) -> int:
    """Write the articles below `corpus`, a folder a source; return how many there are."""
    count = 0
    for source, years in (("news_fr_en_cds", CDS_YEARS), ("news_en_digitalgov", DIGITALGOV_YEARS)):
        for document in _documents(data / source):
            if document["date"][:4] in years:
                _write(corpus / source.split("_")[-1] / f"{document['id']}.md", document, document["text"])
                count += 1
    articles: dict[str, list[dict[str, Any]]] = {}
    for document in _documents(data / "piaf"):
        articles.setdefault(document["article"], []).append(document)
    for name, parts in list(articles.items())[:PIAF_ARTICLES]:
        _write(corpus / "piaf" / f"{name}.md", parts[0], "\n\n".join(part["text"] for part in parts))
        count += 1
    return count


def _write(path: Path, document: dict[str, Any], text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {"title": document["title"], "date": document.get("date"), "lang": document["lang"]}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items() if value]
    path.write_text("---\n" + "\n".join(lines) + f"\n---\n\n{text}\n", "utf-8")
