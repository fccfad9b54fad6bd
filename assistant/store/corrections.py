"""Corrections of articles: a title, date, language or publisher that a user set, kept apart from the files.

They lie in `corrections.json` in the store's folder, by the name of the article. `sync` applies them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import CorrectionRefused, StoreDamaged, StoreError, StoreLocked
from ..files import write_whole
from ..reading.dates import EARLIEST, LATEST
from ..reading.hygiene import clean
from ..reading.sentences import sentence_spans
from ..types import Article, Stated

FILE = "corrections.json"
LOCK = ".corrections"
FIELDS = ("title", "published", "language", "publisher")
REQUIRED = ("title", "language")
"""Every article has them; the others may be corrected to nothing, as ""."""
LONGEST = 300
CORRECTED = "corrected"
"""Origin of a fact that a user set."""
SECONDS_FOR_LOCK = 10

Correction = Mapping[str, str]
"""Field -> value."""


def checked(field: str, value: str) -> str:
    """A value as it is kept. Raises `CorrectionRefused` where it cannot be one of that field."""
    if field not in FIELDS:
        raise CorrectionRefused(f"{field!r} cannot be corrected; {', '.join(FIELDS)} can.", field)
    value = " ".join(clean(value)[0].split())
    if not value:
        if field in REQUIRED:
            raise CorrectionRefused(f"The {field} of an article cannot be empty. Give one.", field)
        return ""
    if field == "published":
        return _day(value)
    if field == "language":
        return _language(value)
    if len(value) > LONGEST:
        raise CorrectionRefused(
            f"The {field} has {len(value)} characters; at most {LONGEST} are kept.", field
        )
    return value


def _day(value: str) -> str:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValueError(value)
        day = date.fromisoformat(value)
    except ValueError:
        raise CorrectionRefused(f"{value!r} is not a date. Write it like 2025-03-18.", "published") from None
    if not EARLIEST <= day.year <= LATEST:
        raise CorrectionRefused(
            f"{value!r} is not a date of publication: years from {EARLIEST} to {LATEST} are taken.",
            "published",
        )
    return value


def _language(value: str) -> str:
    code = value.lower()
    if code not in language_codes():
        raise CorrectionRefused(
            f"{value!r} is not the code of a language. Write two letters of ISO 639-1, like fr or en.",
            "language",
        )
    return code


@cache
def language_codes() -> frozenset[str]:
    """The codes of ISO 639-1, and "und" for a text that is in none."""
    from babel import Locale

    return frozenset(code for code in map(str, Locale("en").languages) if len(code) == 2) | {"und"}


def corrected(article: Article, wanted: Correction) -> Article:
    """The article as its file says it, but for what `wanted` says; what the file says instead is kept in `stated`."""
    plain = _as_stated(article)
    stated = {name: _stated(plain, name) for name in FIELDS if name in wanted}
    doubts = stated["published"].warnings if "published" in stated else ()
    facts: dict[str, Any] = {name: value or None for name, value in wanted.items()}
    if "published" in wanted:
        day = wanted["published"]
        facts["published"] = date.fromisoformat(day) if day else None
        facts["published_confidence"] = 1.0 if day else None
    return _in_its_language(
        replace(
            plain,
            **facts,
            origins={**plain.origins, **dict.fromkeys(wanted, CORRECTED)},
            warnings=tuple(warning for warning in plain.warnings if warning not in doubts),
            stated=stated,
        ),
        plain.language,
    )


def applied(article: Article) -> dict[str, str]:
    """The correction that an article was given."""
    return {name: _value(article, name) or "" for name in article.stated}


def _as_stated(article: Article) -> Article:
    """Without any correction."""
    if not article.stated:
        return article
    facts: dict[str, Any] = {name: stated.value for name, stated in article.stated.items()}
    doubts: tuple[str, ...] = ()
    if (day := article.stated.get("published")) is not None:
        facts["published"] = date.fromisoformat(day.value) if day.value else None
        facts["published_confidence"] = day.confidence
        doubts = day.warnings
    origins = {name: origin for name, origin in article.origins.items() if name not in article.stated}
    origins |= {name: stated.origin for name, stated in article.stated.items() if stated.origin is not None}
    plain = replace(article, **facts, origins=origins, warnings=(*article.warnings, *doubts), stated={})
    return _in_its_language(plain, article.language)


def _in_its_language(article: Article, before: str) -> Article:
    """With its sentences cut anew where its language has changed."""
    if article.language == before:
        return article
    return replace(article, sentences=tuple(sentence_spans(article.text, article.language)))


def _stated(article: Article, name: str) -> Stated:
    sure = article.published_confidence if name == "published" else None
    doubts = (
        [warning for warning in article.warnings if "publication date" in warning]
        if name == "published"
        else ()
    )
    return Stated(_value(article, name), article.origins.get(name), sure, tuple(doubts))


def _value(article: Article, name: str) -> str | None:
    value = getattr(article, name)
    return value.isoformat() if isinstance(value, date) else value


class Corrections:
    """The corrections of a store's articles. Processes may share them; every change is atomic."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.path = store / FILE

    def all(self) -> dict[str, Correction]:
        """By name of the article. Raises `StoreDamaged` where the file is not as it was written."""
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._damaged(str(error)) from error
        try:
            known = json.loads(text)["corrections"]
            return {
                str(name): {field: checked(field, value) for field, value in each.items()}
                for name, each in known.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, CorrectionRefused) as error:
            raise self._damaged(f"{type(error).__name__}: {error}"[:200]) from error

    def change(self, article: str, fields: Mapping[str, str | None]) -> None:
        """Set facts of an article; None takes a correction back. Raises `CorrectionRefused`."""
        values = {name: None if value is None else checked(name, value) for name, value in fields.items()}
        with self._changing() as known:
            kept = {**known.get(article, {}), **values}
            known[article] = {name: value for name, value in kept.items() if value is not None}

    def drop(self, article: str) -> None:
        """Forget what was corrected of an article."""
        if article in self.all():
            with self._changing() as known:
                known.pop(article, None)

    def rename(self, renamed: Mapping[str, str]) -> None:
        """Carry corrections over to the new names of articles (new -> old)."""
        known = self.all()
        if not any(old in known and new not in known for new, old in renamed.items()):
            return
        with self._changing() as changing:
            for new, old in renamed.items():
                if old in changing and new not in changing:
                    changing[new] = changing.pop(old)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Correction]]:
        """What is kept, to be changed, while no other process changes it."""
        from filelock import FileLock, Timeout

        try:
            self.store.mkdir(parents=True, exist_ok=True)
            with FileLock(self.store / LOCK, timeout=SECONDS_FOR_LOCK):
                known = self.all()
                yield known
                kept = {name: dict(each) for name, each in sorted(known.items()) if each}
                words = json.dumps({"format": 1, "corrections": kept}, ensure_ascii=False, indent=1)
                write_whole(self.path, f"{words}\n")
        except Timeout as error:
            raise StoreLocked(
                f"The corrections in {str(self.store)!r} are held by another process. Try again."
            ) from error
        except OSError as error:
            raise StoreError(
                f"The corrections in {str(self.store)!r} cannot be written ({error.strerror or error}). "
                "Check the rights and the disk of that folder."
            ) from error

    def _damaged(self, why: str) -> StoreDamaged:
        return StoreDamaged(
            f"The corrections {str(self.path)!r} cannot be read ({why}). Mend that file, or move it away: "
            "without it every article is as its file says."
        )
