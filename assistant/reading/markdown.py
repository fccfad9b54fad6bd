"""Markdown and plain text, with or without front matter.

Markdown is read as a person sees it: emphasis, links and heading signs go, their words stay; soft line ends become
spaces; list markers stay, table cells are parted by " | ", code stands as it is. HTML inside is read as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from ..language.remarks import Remark
from .authoring import foreign_tags, is_foreign, prepared
from .drafts import Block, Draft, words_removed
from .encodings import decode
from .front_matter import front_matter_facts, split_front_matter, standfirst, summary
from .page_layout import HYPHEN, with_hyphens

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


OPENING = 3
"""First blocks of an article, in which its standfirst may stand again."""
SAME = 0.8
"""Share of its words that are there then."""


def read_markdown(data: bytes, name: str) -> Draft | None:
    """A Markdown file; None where its front matter says `index: false`."""
    return _read(data, name, markdown_blocks)


def read_text(data: bytes, name: str) -> Draft | None:
    """A plain text; its lines stay as they are."""
    return _read(data, name, lambda body: (text_blocks(body), []))


def text_blocks(body: str) -> list[Block]:
    """Paragraphs of a plain text."""
    return with_hyphens([Block(part) for part in re.split(r"\n\s*\n", _CUT_WORD.sub(HYPHEN, body))])


def _read(
    data: bytes, name: str, blocks_of_body: Callable[[str], tuple[list[Block], list[Remark]]]
) -> Draft | None:
    text, warnings = decode(data, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    values, body, problems = split_front_matter(text.lstrip("\ufeff"))
    if str(values.get("index", "")).lower() in ("false", "no", "off"):
        return None
    blocks, dropped = blocks_of_body(body)
    if not blocks and (about := summary(values)):  # a note that points to an article elsewhere
        blocks = text_blocks(about)
    elif (shown := standfirst(values)) and not _opens_with(blocks, shown):
        blocks = [*text_blocks(shown), *blocks]
    return Draft(blocks, list(front_matter_facts(values)), warnings + problems + dropped)


def _opens_with(blocks: Sequence[Block], standfirst: str) -> bool:
    """Whether an article repeats its standfirst in its first blocks, in about the same words."""
    told = set(re.findall(r"\w+", standfirst.lower()))
    opening = set(re.findall(r"\w+", " ".join(block.text for block in blocks[:OPENING]).lower()))
    return len(told & opening) >= SAME * len(told)


_CUT_WORD = re.compile(r"(?<=[^\W\d_]{2})[-\u2010\u00ad¬][^\S\n]{0,9}\n[^\S\n]{0,9}(?=[^\W\d_]{2})")
"""A hyphen of any kind between the lines that share a word."""
_SOFT_BREAK = "\ue000"
_CUT_AT_BREAK = re.compile(rf"(?<=[^\W\d_]{{2}})[-\u2010\u00ad¬]{_SOFT_BREAK}(?=[^\W\d_]{{2}})")
_MOST_SIGNS = 5000


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def markdown_blocks(body: str) -> tuple[list[Block], list[Remark]]:
    """Blocks of a Markdown text, and warnings about what was dropped."""
    if _takes_too_long(body):
        return text_blocks(body), [Remark("plain_text")]
    source, dropped = prepared(body)
    reader = _Reader(_parser().parse(source))
    blocks = with_hyphens(list(reader.blocks()))
    return blocks, dropped + words_removed(struck=reader.struck_out) + reader.warnings


def _takes_too_long(body: str) -> bool:
    """Whether a paragraph holds so many opening signs that the parser, which pairs them, needs minutes."""
    if len(body) < _MOST_SIGNS:
        return False
    return any(part.count(sign) > _MOST_SIGNS for part in re.split(r"\n\s*\n", body) for sign in "[*_<`")


class _Reader:
    """Walks the parser's flat list of tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.warnings: list[Remark] = []
        self.struck_out = 0
        """Words."""
        self.lists: list[str] = []
        """For each list around the place, what kind it is."""
        self.marker = ""
        self.lines: list[str] = []
        """Of the list or table at hand."""
        self.cells: list[str] | None = None
        """Of the table row at hand."""

    def blocks(self) -> Iterator[Block]:
        level = 0
        for token in self.tokens:
            if token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type == "inline":
                yield from self._text(self._inline(token), level)
                level = 0
            elif token.type in ("fence", "code_block"):
                yield from self._text(token.content.rstrip("\n"), 0)
            elif token.type == "html_block":
                if is_foreign(token.content):
                    yield from self._text(token.content.strip(), 0)
                else:
                    for block in self._html(token.content):
                        yield from self._text(block.text, block.level)
            else:
                self._structure(token)
                if self.lines and self.cells is None and not self.lists:
                    yield Block("\n".join(self.lines))
                    self.lines = []

    def _structure(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(token.type)
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.marker = f"{token.info}{token.markup} " if token.info else "- "  # as it is written
            case "tr_open":
                self.cells = []
            case "tr_close":
                self.lines.append(" | ".join(self.cells or []))
            case "table_close":
                self.cells = None

    def _text(self, text: str, level: int) -> Iterator[Block]:
        if self.cells is not None:
            self.cells.append(" ".join(text.split()))
        elif self.lists:
            indent = "  " * (len(self.lists) - 1)
            self.lines += [indent + (self.marker or "  ") + text] if text else []
            self.marker = ""
        else:
            yield Block(text, level)

    def _inline(self, token: Token) -> str:
        children = self._shown(token.children or [])
        token.children = children
        if all(child.type != "html_inline" or _is_break(child) for child in children):
            text = _CUT_AT_BREAK.sub(HYPHEN, "".join(map(_inline_text, children))).replace(_SOFT_BREAK, " ")
            return re.sub(r"(?<! ) {2,}(?=\S)", " ", text) if self.struck_out else text
        parser = _parser()
        source = parser.renderer.render([token], parser.options, {})
        return "\n".join(block.text for block in self._html(source))

    def _shown(self, children: list[Token]) -> list[Token]:
        """The tokens without what is struck out; what only looks like a tag becomes text."""
        foreign = foreign_tags(children)
        shown: list[Token] = []
        struck = 0
        for number, child in enumerate(children):
            if number in foreign:
                child.type = "text"
            struck += child.nesting if child.tag == "s" else 0
            if struck > 0:
                self.struck_out += len(child.content.split())
            elif child.tag != "s":
                shown.append(child)
        return shown

    def _html(self, source: str) -> list[Block]:
        from .web_pages import fragment_blocks

        blocks, warnings = fragment_blocks(source)
        self.warnings += warnings
        return blocks


def _is_break(token: Token) -> bool:
    return token.content.lower().startswith("<br")


def _inline_text(token: Token) -> str:
    if token.type in ("hardbreak", "html_inline"):
        return "\n"
    if token.type == "softbreak":
        return _SOFT_BREAK
    return "" if token.type == "image" else token.content
