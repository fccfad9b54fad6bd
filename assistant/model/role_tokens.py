"""Signs that a server reads as the end of a turn: taken out of everything that is quoted in a prompt."""

from __future__ import annotations

import re

_ROLE_TOKENS = re.compile(
    r"<(?=[|｜])|(?<=[|｜])>|<(?=/?(?:s|start_of_turn|end_of_turn|think|thinking|thought|reasoning)>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|THINK)\])|<(?=</?SYS>>)",
    re.IGNORECASE,
)


def disarmed(text: str) -> str:
    """Text in which nothing is left that a server would read as the end of a turn or the head of another.

    The server turns the whole conversation into one string before it cuts it into tokens, so `<|im_start|>` in an
    article would open a turn of its own.
    """
    return _ROLE_TOKENS.sub(" ", text)
