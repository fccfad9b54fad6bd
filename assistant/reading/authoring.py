"""What authoring tools add to Markdown: comments that nobody is shown, wiki links, formulae, generics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .drafts import counted

if TYPE_CHECKING:
    from markdown_it.token import Token

_COMMENTS = (
    ("%%", "%%"),
    ("{% comment %}", "{% endcomment %}"),
    ("{/*", "*/}"),
    ("{{!--", "--}}"),
    ("{#", "#}"),
)
"""Of Obsidian, Liquid (Jekyll, Django), MDX, Handlebars and Jinja."""
_FENCE = re.compile(r"[ ]{0,3}(```|~~~)")
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
_FORMULA = re.compile(r"(?<![\\$\w`])\$(?=[^\s$])([^$\n`]{1,300})(?<=\S)\$(?![\w$])")
_SIGNS = re.compile(r"([*_<>\[\]]|\\(?=[^\w\s]))")
_STAR_IN_WORD = re.compile(r"(?<=[^\W_])(?<!\*)\*(?!\*)(?=[^\W_])")
_TAG = re.compile(r"<(/?)([A-Za-z][\w.-]{0,40})")
_VOID = frozenset("br hr img input wbr area col embed link meta source track".split())
_KNOWN = _VOID | frozenset(
    """
    a abbr acronym address article aside audio b bdi bdo big blockquote body button canvas caption center cite code
    colgroup data datalist dd del details dfn dialog div dl dt em fieldset figcaption figure font footer form frame
    frameset h1 h2 h3 h4 h5 h6 head header hgroup html i iframe ins kbd label legend li main map mark menu meter nav
    noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp script section select
    small span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr
    tt u ul var video math
    """.split()
)


def prepared(body: str) -> tuple[str, list[str]]:
    """Markdown without comments, with what a reader sees of wiki links, its formulae protected; warnings."""
    words = 0

    def outside_of_code(part: str) -> str:
        nonlocal words
        for begin, end in _COMMENTS:
            part, dropped = _without(part, begin, end)
            words += dropped
        part = _WIKI_LINK.sub(lambda link: "" if link[1] else (link[3] or link[2]).strip(), part)
        part = _FORMULA.sub(lambda formula: "$" + _SIGNS.sub(r"\\\1", formula[1]) + "$", part)
        return _STAR_IN_WORD.sub(r"\\*", part)

    text = "".join(_parts(body, outside_of_code))
    return text, [f"comments removed ({counted(words, 'word')})"] if words else []


def _parts(body: str, outside_of_code: Callable[[str], str]) -> Iterator[str]:
    """The text, changed by `outside_of_code` where it is no fenced or indented code."""
    prose: list[str] = []
    fence = ""
    for line in body.splitlines(keepends=True):
        opened = _FENCE.match(line)
        if not fence and not opened and not line.startswith(("    ", "\t")):
            prose.append(line)
            continue
        if prose:
            yield outside_of_code("".join(prose))
            prose = []
        if opened and (not fence or opened[1] == fence):
            fence = "" if fence else opened[1]
        yield line
    yield outside_of_code("".join(prose))


def _without(text: str, begin: str, end: str) -> tuple[str, int]:
    """The text without its comments, and how many words these had; one that is never closed is text."""
    kept: list[str] = []
    words = place = 0
    while (start := text.find(begin, place)) >= 0 and (stop := text.find(end, start + len(begin))) >= 0:
        kept.append(text[place:start])
        words += len(text[start + len(begin) : stop].split())
        place = stop + len(end)
    return "".join([*kept, text[place:]]), words


def foreign_tags(children: list[Token]) -> set[int]:
    """Places of "tags" that are none: names that HTML does not know, or that nothing closes ("a<b and c>d")."""
    tags = [(n, _TAG.match(child.content)) for n, child in enumerate(children) if child.type == "html_inline"]
    names = [(number, bool(tag[1]), tag[2].lower()) for number, tag in tags if tag]
    opened = {name for _, closing, name in names if not closing}
    closed = {name for _, closing, name in names if closing}
    return {
        number
        for number, _, name in names
        if name not in _KNOWN or (name not in _VOID and name not in opened & closed)
    }


def is_foreign(source: str) -> bool:
    """Whether a block that looks like HTML begins with no tag of it."""
    tag = _TAG.match(source.lstrip())
    return bool(tag and tag[2].lower() not in _KNOWN)
