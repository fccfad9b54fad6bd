from __future__ import annotations

import pytest

from assistant.composition.set_aside import Joiner


def joined(*sentences: tuple[str, str]) -> str:
    """The text without the sentences that begin with "Bad", after their list marker."""
    joiner, text = Joiner(), ""
    for before, words in sentences:
        if "Bad" in words:
            joiner.leave_out(before, words)
        else:
            text += joiner.before(before) + words
    return text


@pytest.mark.parametrize(
    ("sentences", "text"),
    [
        ([("", "One."), (" ", "Bad."), (" ", "Two.")], "One. Two."),
        ([("", "Bad."), (" ", "One.")], "One."),
        ([("", "Bad."), ("\n\n", "One.")], "One."),
        ([("", "One."), ("\n\n", "Bad."), (" ", "Two.")], "One.\n\nTwo."),
        ([("", "One."), ("\n\n", "Bad."), ("\n", "Two.")], "One.\n\nTwo."),
        ([("", "- One."), ("\n", "- Bad."), (" ", "Two."), ("\n", "- Three.")], "- One.\n- Two.\n- Three."),
        ([("", "- One."), ("\n- ", "Bad."), ("\n- ", "Two.")], "- One.\n- Two."),
        ([("", "- Bad."), (" ", "One."), ("\n", "- Two.")], "- One.\n- Two."),
        ([("", "Here:"), ("\n\n", "1. Bad."), ("\n", "2. Two.")], "Here:\n\n2. Two."),
        ([("", "One."), (" ", "Bad."), (" ", "Bad.")], "One."),
    ],
)
def test_what_is_left_keeps_its_lines(sentences: list[tuple[str, str]], text: str) -> None:
    assert joined(*sentences) == text
