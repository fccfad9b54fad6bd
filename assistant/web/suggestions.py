"""Questions that may follow an answer, made from the titles of what was found; no model takes part.

Headings are not used: most say nothing by themselves ("Why it matters"), and a question made of one was answered with
a list of articles.
"""

from __future__ import annotations

from ..answer_json import AnswerJson, HitJson
from ..composition.prompt_injection import is_injection
from ..language.pack import languages, pack

MOST = 3
LONGEST_TITLE = 120
KINDS = ("answer", "list", "compare", "timeline", "overview")
"""Of message whose hits speak of one thing."""


def suggestions(answer: AnswerJson) -> list[str]:
    """Up to `MOST` questions in the answer's language: the articles found that it does not cite, its language first."""
    language = answer.get("language")
    if language not in languages() or answer.get("kind", "answer") not in KINDS:
        return []
    known = {citation["article"] for citation in answer.get("citations", ())}
    found: list[HitJson] = []
    for hit in answer.get("hits", ()):
        same = {hit["article"], *hit.get("also_in", ())}
        if not same & known and _can_be_named(hit["title"]):
            found.append(hit)
        known |= same
    own_first = sorted(found, key=lambda hit: hit["language"] != language)
    return [pack(language).say("example_overview", title=hit["title"]) for hit in own_first[:MOST]]


def _can_be_named(title: str) -> bool:
    """Whether a title can stand in a question: short, of one line, no order to an assistant."""
    return 0 < len(title) <= LONGEST_TITLE and "\n" not in title and not is_injection(title)
