"""YAML front matter of Markdown and text: read if it can be, named in a warning if not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .drafts import Fact

_FENCE = re.compile(r"\A\s*---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELDS = {
    "title": ("title", "titre"),
    "published": ("published", "date", "pubdate", "published_at", "datepublished"),
    "language": ("language", "lang", "langue"),
    "publisher": ("publisher", "site", "source"),
    "author": ("author", "authors", "auteur", "by"),
    "url": ("url", "canonical_url", "link"),
}
_LONGEST = 65_536
_DEEPEST = 500


def split_front_matter(text: str) -> tuple[dict[str, object], str, list[str]]:
    """Values of the front matter (strings, lists or mappings of strings, keys in lower case), the body, warnings."""
    match = _FENCE.match(text[:_LONGEST])
    if not match:
        return {}, text, []
    source, body = match[1], text[match.end() :]
    values, problem = _parse(source)
    if problem is None:
        return values, body, []
    return _lines(source), body, [f"front matter is not valid YAML ({problem}); read line by line"]


def _parse(source: str) -> tuple[dict[str, object], str | None]:
    import yaml

    if source.count("[") + source.count("{") + source.count("- ") > _DEEPEST:
        return {}, "nested too deeply"
    try:
        # Everything stays a string: no surprise with "no", 2024-13-45 or 1e3.
        values = yaml.load(source, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 2}: " if mark else ""
        return {}, place + str(getattr(error, "problem", None) or error).split("\n")[0]
    if values is None or values == "":
        return {}, None
    if not isinstance(values, dict):
        return {}, "it is not a list of `name: value`"
    return {str(key).lower(): value for key, value in values.items()}, None


def _lines(source: str) -> dict[str, object]:
    """What a person reads in front matter that YAML refuses: `name: value` on a line."""
    pairs = re.findall(r"^(\w+)[^\S\n]*:[^\S\n]*(.*)$", source, re.MULTILINE)
    return {name.lower(): value.strip().strip("\"'") for name, value in pairs}


def front_matter_facts(values: dict[str, object]) -> Iterator[Fact]:
    """The facts that the contracts name; a value of the wrong kind says nothing."""
    for field, names in _FIELDS.items():
        for name in names:
            value = _as_text(values.get(name))
            if value:
                yield Fact(field, value, "front matter")


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return ", ".join(item.strip() for item in value[:20] if isinstance(item, str))
    if isinstance(value, dict):
        return _as_text(value.get("name"))
    return ""
