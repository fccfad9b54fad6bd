"""What authoring tools add to Markdown: comments that nobody is shown, wiki links, formulae, generics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..language.remarks import Remark
from .drafts import words_removed
from .generators import Footnotes, laid_open, without_instructions

if TYPE_CHECKING:
    from markdown_it.token import Token

_COMMENTS = tuple(
    (re.compile(begin), re.compile(end))
    for begin, end in (
        (r"(?<![\d%])(?<!\d )%%(?!%)", "%%"),
        (r"\{%-?\s{0,9}comment\b[^%{}]{0,80}%\}", r"\{%-?\s{0,9}endcomment\s{0,9}-?%\}"),
        (r"\{%-?\s{0,9}#", r"-?%\}"),
        (r"\{/\*", r"\*/\}"),
        (r"\{\{-?\s{0,9}/\*", r"\*/\s{0,9}-?\}\}"),
        (r"\{\{!--", r"--\}\}"),
        (r"\{\{!", r"\}\}"),
        (r"\{#(?![\w-]{1,80}\})", r"#\}"),
        (r"\{::comment\}", r"\{:/(?:comment)?\}"),
        (r"\{>>", r"<<\}"),
        (r"<%(?:--|#)", r"(?:--)?%>"),
    )
)
"""Of Obsidian, Liquid (Jekyll, Django), MDX, Hugo, Handlebars, Jinja, kramdown, CriticMarkup and JSP."""
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)(?:(?!\n\s{0,99}\n)[^`]|(?!(?<!`)\1(?!`))`){1,2000}?(?<!`)\1(?!`)")
_STRONG_IN_WORD = re.compile(r"(?<=[^\W\d_])\*\*(?=[^\s*])([^*\n]{1,300}?)(?<=[^\s*])\*\*(?!\*)")
"""Bold letters that CommonMark does not see where a sign stands beside them: "L**’ambition**", "le mot**.**"."""
_INSERTED = re.compile(
    r"\{(?:\+\+([^{}]{1,999}?)\+\+|==([^{}]{1,999}?)==|~~[^{}]{0,999}?~>([^{}]{0,999}?)~~)\}"
)
_DELETED = re.compile(r"\{--([^{}]{1,999}?)--\}")
_MARKED = re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]{1,300})(?<=\S)==(?![=\w])")
_CALLOUT = re.compile(r"^((?:[ ]{0,3}>[ ]?){1,9})\[![\w-]{1,40}\][+-]?[ ]{0,9}", re.MULTILINE)
_BLOCK_NAME = re.compile(r"[ \t]\^(?=[\d-]{0,20}[A-Za-z])[\w-]{2,40}$", re.MULTILINE)
_DISPLAYED = re.compile(
    r"^[ ]{0,3}(?:\$\$[^$]{1,3000}\$\$|\\\[(?:(?!\n\s{0,99}\n)[^$]){1,3000}?\\\]"
    r"|\\begin\{(\w{1,20}\*?)\}(?:(?!\n\s{0,99}\n)[^$]){1,3000}?\\end\{\1\})[ ]{0,9}$",
    re.MULTILINE,
)
"""A formula with lines of its own."""
_NAME = re.compile(r"(?<!\w)__(?=\w{1,40}__(?:\.\w|\())(\w{1,40})__")
_FENCE = re.compile(r"[ ]{0,3}(```|~~~)")
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
_FORMULA = re.compile(
    r"(?<![\\$\w`])\$(?=[^\s$])[^$\n`]{1,300}(?<=\S)\$(?![\w$])|\$\$[^$`]{1,600}\$\$"
    r"|(?<!\\)\\\((?:(?!\n\s{0,99}\n)[^`]){1,600}?\\\)|(?<!\\)\\\[(?:(?!\n\s{0,99}\n)[^`]){1,600}?\\\]"
)
_SIGNS = re.compile(r"([*_<>\[\]]|\\(?![A-Za-z0-9]))")
_STAR_IN_WORD = re.compile(r"(?<=[^\W_])(?<!\*)\*(?!\*)(?=[^\W_])|(?<=\d)\*\*(?=\d)")
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


def prepared(body: str) -> tuple[str, list[Remark]]:
    """Markdown without comments, with what a reader sees of wiki links, its formulae protected; warnings."""
    words = struck = 0
    notes = Footnotes()

    def outside_of_code(part: str) -> str:
        nonlocal words, struck
        for begin, end in _COMMENTS:
            part, dropped = _without(part, begin, end)
            words += dropped
        struck += sum(len(deleted.split()) for deleted in _DELETED.findall(part))
        part = _INSERTED.sub(lambda match: match[1] or match[2] or match[3] or "", _DELETED.sub("", part))
        part = notes.numbered(without_instructions(part))
        part = _BLOCK_NAME.sub("", _CALLOUT.sub(r"\1", part))
        part = _WIKI_LINK.sub(lambda link: "" if link[1] else (link[3] or link[2]).strip("\\ \t"), part)
        part = _MARKED.sub(r"\1", part)
        part = _FORMULA.sub(lambda formula: _SIGNS.sub(r"\\\1", formula[0]), part)
        part = _NAME.sub(r"\\_\\_\1\\_\\_", part)
        part = _STRONG_IN_WORD.sub(r"\1", part)
        return _STAR_IN_WORD.sub(lambda stars: stars[0].replace("*", "\\*"), part)

    def outside_of_spans(part: str) -> str:
        pieces, place = [], 0
        for code in _CODE.finditer(part):
            pieces += [outside_of_code(part[place : code.start()]), code[0]]
            place = code.end()
        return "".join([*pieces, outside_of_code(part[place:])])

    body = laid_open(body)
    fenced = (
        _DISPLAYED.sub(lambda formula: f"```math\n{formula[0]}\n```", body)
        if "\\" in body or "$$" in body
        else body
    )
    text = "".join(_parts(fenced, outside_of_spans))
    comments = [Remark("comment_words", count=words)] if words else []
    return text, comments + words_removed(struck=struck)


def _parts(body: str, outside_of_code: Callable[[str], str]) -> Iterator[str]:
    """The text, changed by `outside_of_code` where it is no fenced or indented code."""
    prose: list[str] = []
    fence = ""
    for line in body.splitlines(keepends=True):
        opened = _FENCE.match(line)
        goes_on = bool(prose and prose[-1].strip())  # an indented line below another is no code
        if not fence and not opened and (goes_on or not line.startswith(("    ", "\t"))):
            prose.append(line)
            continue
        if prose:
            yield outside_of_code("".join(prose))
            prose = []
        if opened and (not fence or opened[1] == fence):
            fence = "" if fence else opened[1]
        yield line
    yield outside_of_code("".join(prose))


def _without(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> tuple[str, int]:
    """The text without its comments, and how many words these had; one that is never closed is text."""
    kept: list[str] = []
    words = place = 0
    while (opened := begin.search(text, place)) and (closed := end.search(text, opened.end())):
        kept.append(text[place : opened.start()])
        words += len(text[opened.end() : closed.start()].split())
        place = closed.end()
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
