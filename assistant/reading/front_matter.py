"""Front matter of Markdown and text, in YAML or (between `+++`) TOML: read if it can be, named in a warning if not."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

from ..language.reading_pack import reading_packs
from ..language.remarks import Remark
from .drafts import Fact

if TYPE_CHECKING:
    from yaml import BaseLoader, Node

_FENCE = re.compile(
    r"\A\s*(?:---(?:[^\S\n]{0,9}ya?ml)?[^\S\n]*\n(?P<yaml>.*?)^(?:---|\.\.\.)"
    r"|(?:\+\+\+|---[^\S\n]{0,9}toml)[^\S\n]*\n(?P<toml>.*?)^(?:\+\+\+|---)"
    r"|(?:;;;|---[^\S\n]{0,9}json)[^\S\n]*\n(?P<json>.*?)^(?:;;;|---))[^\S\n]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_FIELDS = ("title", "published", "language", "publisher", "author", "url")
_HEADER = re.compile(r"\A\s{0,99}((?:[^\W\d_][\w -]{0,30}:[^\S\n][^\n]{1,300}\n){2,12})\s{0,9}\n")
"""Lines `Name: value` before the first blank one, as Pelican and MultiMarkdown have them."""
_HEADER_NAMES = frozenset(
    "tags category categories keywords slug summary description subtitle status modified updated template layout email".split()
)
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")
_LONGEST = 65_536
_DEEPEST = 20
"""Values inside of values; more is not read. Nor are the aliases of YAML, of which a few lines unfold to gigabytes."""


def split_front_matter(text: str) -> tuple[dict[str, object], str, list[Remark]]:
    """Values of the front matter (strings, lists, mappings; keys in small letters alone), the body, warnings."""
    match = _FENCE.match(text[:_LONGEST])
    if not match:
        return _header(text) or _json(text)
    language, body = str(match.lastgroup), text[match.end() :]
    source = match[language]
    if language == "json":
        object_ = source if source.lstrip().startswith("{") else f"{{{source.rstrip().rstrip(',')}}}"
        return _json(object_)[0], body, []
    values, problem = (_parse_yaml if language == "yaml" else _parse_toml)(source)
    if problem is None:
        return {_key(name): value for name, value in values.items()}, body, []
    return (
        _lines(source),
        body,
        [Remark("front_matter", form=language.upper(), problem=problem)],
    )


def _key(name: object) -> str:
    """One name for "publishedDate", "published-date" and "published_date"."""
    return re.sub(r"[\s_-]", "", str(name).lower())


def _header(text: str) -> tuple[dict[str, object], str, list[Remark]] | None:
    """Values of lines above the text, where all of them have names that such lines have."""
    match = _HEADER.match(text[:_LONGEST])
    if match is None:
        return None
    pairs = [line.partition(":")[::2] for line in match[1].splitlines() if line.strip()]
    values: dict[str, object] = {_key(name): value.strip() for name, value in pairs}
    known = {name for field in _FIELDS for name in _names(field)}
    return (
        (values, text[match.end() :], [])
        if set(values) <= known | _HEADER_NAMES and set(values) & known
        else None
    )


@cache
def _names(field: str) -> tuple[str, ...]:
    """Names of a field in front matter, as every language writes them, the most exact ones first."""
    return tuple(
        dict.fromkeys(
            _key(name) for pack in reading_packs().values() for name in pack["fields"].get(field, ())
        )
    )


def _json(text: str) -> tuple[dict[str, object], str, list[Remark]]:
    """Front matter in JSON, as Hugo reads it: an object at the beginning of the text."""
    import json

    start = text.lstrip()[:_LONGEST]
    if not re.match(r"\{\s{0,200}\"", start) or _toml_depth(start.partition("\n\n")[0]) > _DEEPEST:
        return {}, text, []
    try:
        values, end = json.JSONDecoder(strict=False).raw_decode(start)
    except (ValueError, RecursionError):
        return {}, text, []
    return {_key(name): value for name, value in values.items()}, text.lstrip()[end:].lstrip("\n"), []


def _parse_yaml(source: str) -> tuple[dict[str, object], str | None]:
    import yaml

    try:
        # Everything stays a string: no surprise with "no", 2024-13-45 or 1e3.
        values = yaml.load(source, Loader=_yaml_loader())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 2}: " if mark else ""
        return {}, place + str(getattr(error, "problem", None) or error).split("\n")[0]
    if values is None or values == "":
        return {}, None
    if not isinstance(values, dict):
        return {}, "it is not a list of `name: value`"
    return values, None


@cache
def _yaml_loader() -> type[BaseLoader]:
    import yaml

    class Plain(yaml.BaseLoader):
        """Refuses aliases and deep nesting while it reads, before anything is built."""

        depth = 0

        def compose_node(self, parent: Node | None, index: int) -> Node | None:
            self.depth += 1
            if self.depth > _DEEPEST:
                raise ValueError("nested too deeply")
            if self.check_event(yaml.AliasEvent):
                raise ValueError("it has aliases")
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    return Plain


def _parse_toml(source: str) -> tuple[dict[str, object], str | None]:
    import tomllib

    if _toml_depth(source) > _DEEPEST:
        return {}, "nested too deeply"
    try:
        values = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return {}, str(error)
    dates = {key: value.isoformat() for key, value in values.items() if isinstance(value, date)}
    return {**values, **dates}, None


def _toml_depth(source: str) -> int:
    """How deep brackets open inside of brackets, or dots follow dots in a key; its parser takes long for both."""
    opened = itertools.accumulate((sign in "[{") - (sign in "]}") for sign in source)
    dots = (
        line.partition("=")[0].count(".") for line in source.split("\n") if "=" in line or line[:1] == "["
    )
    return max(max(opened, default=0), max(dots, default=0))


def _lines(source: str) -> dict[str, object]:
    """What a person reads in front matter that its parser refuses: `name: value`, or `name = value`, on a line."""
    pairs = re.findall(r"^(\w+)[^\S\n]*[:=][^\S\n]*(.*)$", source, re.MULTILINE)
    return {_key(name): value.strip().strip("\"'") for name, value in pairs}


def front_matter_facts(values: dict[str, object]) -> Iterator[Fact]:
    """The facts that the contracts name; a value of the wrong kind says nothing."""
    for field in _FIELDS:
        for name in _names(field):
            value = _as_text(values.get(name))
            if field == "published" and _SECONDS.fullmatch(value):
                value = datetime.fromtimestamp(int(value[:10]), UTC).date().isoformat()
            if value and not (field == "published" and value.lower() in ("true", "false")):  # Jekyll's drafts
                yield Fact(field, value, "front matter")


def standfirst(values: dict[str, object]) -> str:
    """The lines that a site shows between title and text, "" where there are none."""
    return _first(values, "standfirst")


def summary(values: dict[str, object]) -> str:
    """What the front matter says of the article's contents, "" where nothing."""
    return standfirst(values) or _first(values, "summary")


def _first(values: dict[str, object], field: str) -> str:
    return next((text for name in _names(field) if (text := _as_text(values.get(name)))), "")


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return ", ".join(item.strip() for item in value[:20] if isinstance(item, str))
    if isinstance(value, dict):
        return _as_text(value.get("name") or value.get("created") or value.get("published"))
    return ""
