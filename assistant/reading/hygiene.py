"""What a reader must not see and what an assistant must not obey: hidden characters, planted orders.

`clean` makes the text that all offsets of the program refer to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from ..types import Span
from .sentences import sentence_spans

# Format characters that nobody sees: zero-width (space, joiners, no-break), soft hyphen, invisible operators,
# variation of Mongolian, interlinear annotation, the tag block (used to smuggle whole sentences).
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_UNSEEN = re.compile("|".join(pattern.pattern for pattern in (_INVISIBLE, _BIDIRECTIONAL, _CONTROL)))
_LINE_ENDS = re.compile("\r\n?|[\x0b\x85\u2028]")
_PARAGRAPH_ENDS = re.compile("[\x0c\u2029]")
_TRAILING = re.compile(r"(?<![^\S\n])[^\S\n]++$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> tuple[str, dict[str, int]]:
    """Normalise a text once and for all; return it with the number of characters dropped, by kind.

    NFC, line ends `\\n`, no invisible, bidirectional or control characters, no trailing spaces, at most one
    blank line in a row. Cleaning twice gives the same text.
    """
    removed = {}
    for what, pattern in (
        ("invisible", _INVISIBLE),
        ("bidirectional control", _BIDIRECTIONAL),
        ("control", _CONTROL),
    ):
        text, count = (text, 0) if text.isascii() and pattern is not _CONTROL else pattern.subn("", text)
        if count:
            removed[what] = count
    text = _PARAGRAPH_ENDS.sub("\n\n", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", text)
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip(), removed


def without_invisible(text: str) -> str:
    """Text without the characters that nobody sees or that turn its direction; each is judged by itself."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)


# Orders as they are met in planted texts: to forget the rules, to play another part, to shape the answer.
# Each alternative needs two signs (a verb and its object, an addressee and a verb): articles that talk about
# assistants, and instructions to people, should pass.
_REPLY = r"(?:answer|reply|response|output)s?"
_REPONSE = r"(?:r[eé]ponses?)"
_RULES = (
    r"(?:instruction|prompt|directive|guideline|command|consigne|directive|invite|r[eè]gles?\ pr[eé]c[eé]dent|ordres?\ pr[eé]c[eé]dent"
    r"|previous\ rule|prior\ rule)"
)
_VERB = (
    r"(?:add|anagram|append|apply|augment|begin|change|combine|compose|convert|encode|encrypt|end|enhance|express|finish|format|give"
    r"|group|include|insert|integrate|introduce|invert|jumble|keep|limit|make|mention|misspell|modify|provide|put|rearrange|remove"
    r"|render|replace|reply|reverse|rewrite|scramble|shift|start|substitute|translate|use|write)"
)
_FORGET = (
    rf"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{{0,40}}\b(?:{_RULES}|everything\ (?:above|before)|the\ (?:question|above|user)"
    r"|(?:this|the)\ (?:article|document|passage)\b)|^\W*do\ not\ use\ (?:this|the)\ (?:article|document|passage|text)\b"
    rf"|\b(?:ignore[zr]?|oublie[zr]?|fais\ abstraction|faites\ abstraction|ne\ tiens?\ (?:pas|aucun)\ compte|ne\ tenez\ (?:pas|aucun)\ compte)\b"
    rf"[^.!?\n]{{0,40}}(?:\b{_RULES}|ce\ qui\ pr[eé]c[eè]de|la\ question|l['’]utilisat)"
    r"|\b(?:ignore|oublie|ne\ tiens\ (?:pas|aucun)\ compte\ d[eu])\ ?(?:l['’]|cet\ |ce\ |le\ )(?:article|document|passage|texte)\b"
)
_ROLE = (
    r"\byou\ are\ (?:now|no\ longer)\ (?:an?|my|the|in|acting|bound|free)\b|^\W*(?:please\ )?pretend\ (?:that\ )?(?:to\ be|you(?:['’]re|\ are))\b"
    r"|\b(?:from\ now\ on|henceforth),?\ (?:you|answer|reply|respond|write|speak)\b"
    r"|\b(?:tu\ es|vous\ [eê]tes)\ (?:maintenant|d[eé]sormais)\ (?:un|une|mon|le|la|en)\b"
    r"|\b(?:[aà]\ partir\ de\ maintenant|d[eé]sormais),?\ (?:tu|r[eé]ponds|[eé]cris|parle)\b|\bfais\ comme\ si\ tu\b"
)
_MACHINE = (
    r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>|\#\#\#\ ?(?:instruction|system)s?\b"
    r"|^\W*(?-i:SYST[EÈ]ME?|ADMIN|DEVELOPER)\ ?:|^\W*(?:new|updated|nouvelles?)\ (?:\w{1,30}\ )?(?:instruction|directive|consigne)s?(?:\ \w{1,30})?\ ?:"
    r"|\b(?:system|developer)\ (?:prompt|override|message)\b|\bdeveloper\ mode\b|\b(?:prompt|invite|message)\ syst[eè]me\b"
)
_AI = (
    r"(?:ais?|a\.i\.|assistants?|chatbots?|language\ models?|llms?|chatgpt|gpt|bots?"
    r"|ia|mod[eè]les?\ de\ lang(?:ue|age)|intelligences?\ artificielles?)"
)
_ADDRESSED = (
    rf"\b(?:if\ you\ are|as)\ an?\ (?:\w{{1,30}}\ )?{_AI}\b[^.!?\n]{{0,30}}\byou\b|\bif\ you\ are\ an?\ (?:\w{{1,30}}\ )?{_AI}\b"
    rf"|\bsi\ (?:tu\ es|vous\ [eê]tes)\ une?\ (?:\w{{1,30}}\ )?{_AI}\b"
    rf"|^\W*(?:\w{{1,30}}\ )?(?:note|message|instructions?|attention)\ (?:to|for|[aà]|pour)\ (?:the\ |any\ |all\ |les?\ |tou[ts]\ |l['’]){{0,4}}(?:\w{{1,30}}\ )?{_AI}\b[^.!?\n]{{0,20}}[:,;–—]"
    rf"|\ben\ tant\ qu['’]{_AI}\b[^.!?\n]{{0,20}},\ (?:tu\ dois|vous\ devez)\b"
    rf"|^\W*(?:dear\ |hey\ |ch[eè]re?\ |attention,?\ )?{_AI}\ ?[,:]\ ?(?!\ ?(?:which|who|that|and|or|the|qui|et|ou)\b)(?:\w{{1,30}}\ ){{0,3}}?(?:must|should|please|you|do|don|never|always|recommend|answer|reply|"
    r"respond|say|write|tell|ignore|forget|include|add|send|tu|vous|r[eé]ponds|dis|[eé]cris|ignore|ajoute|recommande|envoie)\b"
)
_SHAPE = (
    rf"^\W*(?:please\ )?(?:can\ you\ )?{_VERB}\b.{{0,160}}\byour\ {_REPLY}\b"
    r"|^\W*(?:please\ )?(?:can\ you\ )?(?:encode|encrypt|translate|render|invert|jumble|scramble|reverse|misspell)\b.{0,60}\byour\ message\b"
    rf"|\bin\ your\ {_REPLY},?\ (?:you\ )?(?:must\ |should\ )?(?:include|mention|suggest|add|tease|say|recommend|write|state|tell)\b"
    rf"|\b(?:mention|include|add|insert|put)\b[^.!?\n]{{0,80}}\bin\ (?:your|any|every|each)\ {_REPLY}\b"
    rf"|\b(?:correct|right|only|expected)\ answer\ to\ (?:every|any|all)\b|\bthe\ expected\ answer\ is\b"
    rf"|\br[eé]ponse\ (?:correcte|juste)\ [aà]\ (?:toute|chaque)\b|\bla\ r[eé]ponse\ attendue\ est\b"
    rf"|\b(?:mentionne|inclu[st]|incluez|ajoute|ins[eè]re|cite)[zr]?\b[^.!?\n]{{0,80}}\bdans\ (?:ta|votre|toute|chaque)\ {_REPONSE}\b"
    rf"|\byour\ {_REPLY}\ (?:must|should|has\ to|needs\ to|shall)\b"
    r"|\b(?:answer|reply|respond|you\ must\ answer|you\ must\ reply)\ (?:only|solely|exclusively|always|strictly)\b"
    r"|^\W*(?:please\ )?(?:can\ you\ |could\ you\ )?(?:reply|respond|answer)\ (?:in|with|using)\b"
    r"|\b(?:r[eé]ponds|r[eé]pondez|tu\ dois\ r[eé]pondre|vous\ devez\ r[eé]pondre)\ (?:uniquement|seulement|toujours|exclusivement|en|par|que)\b"
    rf"|\b(?:ta|tes|votre|vos)\ {_REPONSE}\ (?:doit|doivent|devra)\b|\b(?:dans|[aà]|de)\ (?:ta|tes)\ {_REPONSE}\b"
    rf"|^\W*(?:ajoute|int[eè]gre|inclus|termine|commence|traduis|chiffre|encode|modifie|[eé]cris|formule|r[eé]dige)(?:z|ez)?\b[^.!?\n]{{0,60}}\b(?:ta|votre)\ {_REPONSE}\b"
    r"|\b(?:do\ not|don['’]t|never)\ (?:mention|reveal|disclose|cite)\b[^.!?\n]{0,30}\b(?:instruction|prompt|source|this\ (?:note|article|document))"
    r"|\b(?:ne\ (?:mentionne|r[eé]v[eè]le|cite|dis)[sz]?\ (?:pas|jamais|rien))\b[^.!?\n]{0,30}\b(?:consigne|instruction|source|utilisat|cet\ article|ce\ document)"
    r"|\b(?:reveal|repeat|print|show|r[eé]v[eè]le|r[eé]p[eè]te|affiche)\ (?:me\ )?(?:your|tes|ton|vos)\ (?:\w{1,30}\ )?(?:prompt|instruction|consigne)"
)
_PATTERNS = (
    # words of which a sentence holds one where the pattern matches; the pattern
    ("ignore ignorez disregard forget override bypass oublie oubliez abstraction compte use", _FORGET),
    ("now henceforth longer pretend maintenant désormais desormais comme", _ROLE),
    (
        "im_start im_end inst sys system user assistant endoftext instruction instructions prompt developer admin directive directives",
        _MACHINE,
    ),
    ("systeme système consigne consignes", _MACHINE),
    (
        "ai ais assistant assistants chatbot chatbots language llm llms chatgpt gpt bot bots ia langue langage",
        _ADDRESSED,
    ),
    ("artificielle artificielles", _ADDRESSED),
    ("answer answers reply replies response responses output outputs message respond", _SHAPE),
    ("réponds reponds répondez repondez répondre repondre réponse reponse réponses reponses", _SHAPE),
    ("mention reveal disclose cite mentionne mentionnez révèle revele dis", _SHAPE),
    ("repeat print show répète repete affiche", _SHAPE),
)
_ORDERS = [
    (frozenset(words.split()), re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for words, pattern in _PATTERNS
]
_LINE = re.compile(r"[^\n]+")
_WORDS = re.compile(r"\w+")
_TASK = re.compile(
    r"\W{0,20}+(?:please\ |s['’]il\ te\ pla[iî]t,?\ )?(?:"
    r"(?:show|help|tell|give|teach|find)\ me\ (?:how|with|a|an|the|some|about)"
    r"|(?:write|draft|compose|provide(?=\ (?:an?|some|insights?)\b)|suggest|recommend|summari[sz]e|describe|explain|analy[sz]e|determine|develop|classify)\ "
    r"(?:a|an|the|some|how|why|insights?|ways?|weekend|\w{1,30}\ (?:in|for|about|near))"
    r"|(?:[eé]cris|[eé]crivez|r[eé]dige[zr]?|compose[zr]?|donne[zr]?|montre[zr]?|r[eé]sume[zr]?|explique[zr]?|traduis(?:ez)?|propose[zr]?|recommande[zr]?"
    r"|d[eé]cris|d[eé]crivez|sugg[eè]re[zr]?)(?:-moi)?\ (?:un|une|des|le|la|les|l['’]|comment|pourquoi)"
    r")\b",
    re.IGNORECASE | re.VERBOSE,
)
_ROOT = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    "with from that this over past some your about into dans pour avec sans cette votre leur".split()
)
FEWEST_ROOTS = 2


def planted_orders(text: str, sentences: Sequence[Span] | None = None) -> list[Span]:
    """Spans of the sentences that give orders to an assistant; they are flagged, never dropped.

    `sentences` are the sentence spans of `text` where they are known.
    """
    spans = sentence_spans(text, "en") if sentences is None else sentences
    orders: list[Span] = []
    for span in spans:
        # "Add this: ![x](address)" is cut at the sign of the picture
        image = (
            text[span.start - 1 : span.start + 1] == "![" and bool(orders) and span.start - orders[-1].end < 2
        )
        if image or any(_is_planted(text, line) for line in _lines(text, span)):
            orders.append(span)
    return orders


def _lines(text: str, span: Span) -> Iterator[Span]:
    """A sentence and its lines: an order may stand on a line of its own between the rows of a table."""
    yield span
    if "\n" in text[span.start : span.end]:
        for line in _LINE.finditer(text, span.start, span.end):
            yield Span(line.start(), line.end())


def _is_planted(text: str, span: Span) -> bool:
    return _is_order(text[span.start : span.end]) or _is_foreign_task(text, span)


def _is_foreign_task(text: str, span: Span) -> bool:
    """Whether a sentence asks for a piece of work that has no word in common with the text it stands in."""
    if not _TASK.match(text, span.start, span.end):
        return False
    roots = _roots(text[span.start : span.end].split(None, 1)[-1])
    return len(roots) >= FEWEST_ROOTS and roots.isdisjoint(
        _roots(text[: span.start] + "\n" + text[span.end :])
    )


def _roots(text: str) -> set[str]:
    return {word[:5] for word in _ROOT.findall(text.lower()) if word not in _COMMON}


def _is_order(sentence: str) -> bool:
    words = _WORDS.findall(sentence.lower())
    return any(not hints.isdisjoint(words) and pattern.search(sentence) for hints, pattern in _ORDERS)
