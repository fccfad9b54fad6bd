"""What a store says, in a form that two stores can be compared by."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np

from assistant.reading.words import content_stems
from assistant.store.database import Database
from assistant.store.sync import Store
from assistant.store.vectors import FOLDER, KINDS, Chroma


def snapshot(folder: Path) -> dict[str, Any]:
    """Everything a reader can learn from the store, Chroma's side included; vectors rounded."""
    with Store.open(folder) as store:
        names = [article.name for article in store.articles()]
        ids = [passage.id for name in names for passage in store.passages_of(name)]
        stored = store.passages(ids)
        stems = sorted({s for each in stored.values() for s in content_stems(each.text, each.language)})
        statistics = store.language_statistics
        found = {
            "articles": {name: store.article(name) for name in names},
            "passages": stored,
            "vectors": np.round(store.vectors(ids), 5).tolist(),
            "languages": store.languages,
            "words": {language: store.document_frequency(stems, language) for language in store.languages},
            "statistics": {
                language: (s.n, np.round(s.mean, 4).tolist(), float(np.round(np.trace(s.covariance), 4)))
                for language, s in statistics.items()
            },
            "complete": store.status()["complete"],
        }
    with contextlib.closing(Chroma(folder / FOLDER)) as chroma:
        found["chroma"] = {
            name: {
                one: (np.round(vector, 4).tolist(), record)
                for one, (vector, record) in chroma.records(name, sorted(chroma.ids(name))).items()
            }
            for name in chroma.names()
            if chroma.count(name)
        }
    with contextlib.closing(Database.open(folder)) as database:
        found["pending"] = [database.pending(kind) for kind in KINDS]
        found["left out"] = database.left_out()
        found["unused vectors"] = database.connection.execute(
            "SELECT count(*) FROM vectors WHERE id NOT IN "
            "(SELECT vector FROM passages UNION SELECT title_vector FROM articles)"
        ).fetchone()[0]
    return found
