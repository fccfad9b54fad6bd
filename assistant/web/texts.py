"""What the page says: the `[page]` texts of the language packs, in the browser's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ..errors import AssistantError
from ..language.calendars import decimal_sign
from ..language.pack import Pack, languages, pack


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of the page in one language, each an attribute; `{names}` are filled in with `str.format`."""

    language: str
    decimal: str
    values: Mapping[str, str]

    def __getattr__(self, key: str) -> str:
        try:
            return self.values[key]
        except KeyError:
            raise AttributeError(f"The language pack {self.language!r} has no page.{key}.") from None

    def part(self, name: str) -> str:
        """What a part of the program is called: index, embedder or model."""
        return self.values[f"part_{name}"]

    def state(self, name: str) -> str:
        """What its state is called: loading, waiting, ready, missing or failed."""
        return self.values[f"state_{name}"]

    def reason(self, name: str) -> str:
        """What is wrong with an answer, in words."""
        return self.values[f"because_{name}"]

    def behind_kind(self, name: str) -> str:
        """How many files are new, changed or gone."""
        return self.values[f"behind_{name}"]

    def behind_one(self, name: str) -> str:
        """What is the case with one file: new, changed or gone."""
        return self.values[f"file_{name}"]

    def problem(self, error: AssistantError) -> str:
        """What is the case, and what to do."""
        return self.problem_of(type(error))

    def problem_of(self, kind: type[AssistantError]) -> str:
        """What is the case where an error of that kind came: as the pack says it of the nearest kind above."""
        names = (re.sub(r"(?<!^)(?=[A-Z])", "_", each.__name__).lower() for each in kind.__mro__)
        return next(found for name in names if (found := self.values.get(f"problem_{name}")))

    def not_added(self, kind: str, limit: int = 0, kinds: str = "") -> str:
        """Why a file was not added or not removed; `limit` in millions of bytes, `kinds` that are read."""
        return self.values[f"not_added_{kind}"].format(most=limit, kinds=kinds)

    def cannot_be(self, field: str) -> str:
        """Why a value cannot be the title, date, language or publisher of an article."""
        return self.values[f"cannot_be_{field}"]

    def fact(self, name: str) -> str:
        """What a fact of an article is called: title, published, language or publisher."""
        return self.values[f"fact_{name}"]

    def phase(self, name: str) -> str:
        """What an index run does: reading, words or vectors."""
        return self.values[f"phase_{name}"]

    def about(self, seconds: float) -> str:
        """A time that is not known exactly."""
        if seconds < 50:
            return self.values["about_seconds"].format(n=max(10, round(seconds / 10) * 10))
        if seconds < 5400:
            return self.values["about_minutes"].format(n=max(1, round(seconds / 60)))
        return self.values["about_hours"].format(n=round(seconds / 3600))

    def aside(self, count: int, checked: bool = False) -> str:
        """How many sentences are set aside from an answer, or lack support in a text that was checked."""
        kind = "unsupported" if checked else "aside"
        return self.values[f"{kind}_{'one' if count == 1 else 'many'}"].format(n=count)

    def place(self, name: str) -> str:
        """Where a model runs: gpu, processor or both."""
        return self.values[f"runs_{name}"]

    def count(self, value: int) -> str:
        """A whole number with the language's sign between thousands."""
        return f"{value:,}".replace(",", self.thousands)

    def bytes(self, value: float) -> str:
        """A number of bytes, as GB or MB."""
        amount, unit = (value / 1e9, "giga") if value >= 1e9 else (value / 1e6, "mega")
        text = f"{amount:.1f}" if unit == "giga" and amount < 100 else f"{amount:.0f}"
        return f"{text.replace('.', self.decimal)}\u00a0{self.values[unit]}"

    def queued(self, before: int) -> str:
        """How many questions of others the model answers first."""
        return self.values[f"queued_{'one' if before == 1 else 'many'}"].format(n=before)

    def seconds(self, value: float) -> str:
        """A duration with the language's decimal sign."""
        text = f"{value:.2f}" if value < 1 else f"{value:.1f}"
        return f"{text.replace('.', self.decimal)} s"


def typeset(text: str, language: str) -> str:
    """A text with the spaces and the apostrophe of French print; other languages as they are."""
    if language != "fr":
        return text
    text = re.sub(r"(?<=\w)'(?=\w)", "\u2019", text)
    return re.sub(r" (?=[:;?!»%](?:\W|$))|(?<=«) ", "\u00a0", text)


@cache
def texts_of(language: str) -> Texts:
    """The page's texts in a language that has a pack, else in English."""
    found: Pack = pack(language)
    texts = {key: typeset(text, found.language) for key, text in found.page.items()}
    return Texts(found.language, decimal_sign(found.language), texts)


def texts_for(accept_language: str | None, default: str = "en") -> Texts:
    """The texts for a browser's Accept-Language header: its most wanted language among ours."""
    ours, wanted = languages(), []
    for part in (accept_language or "")[:200].split(","):
        match = re.match(r"\s{0,9}([a-zA-Z]{2})[\w-]{0,30}\s{0,9}(?:;\s{0,9}q=([\d.]{1,9}))?\s{0,9}$", part)
        if match and match[1].lower() in ours:
            wanted.append((_quality(match[2]), match[1].lower()))
    best = max(wanted, key=lambda item: item[0], default=(0.0, default))
    return texts_of(best[1] if best[0] > 0 else default)


def _quality(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0


def translations() -> dict[str, dict[str, str]]:
    """The catalogue as Gradio wants it: language to key to text."""
    return {language: dict(texts_of(language).values) for language in languages()}
