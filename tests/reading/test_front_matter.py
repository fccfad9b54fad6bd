"""Front matter: what it says is read; what would cost more than it is long is refused with a reason."""

from __future__ import annotations

import pytest

from assistant.reading.front_matter import split_front_matter

BILLION_LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("fence", "source", "reason"),
    [
        ("---", BILLION_LAUGHS, "aliases"),
        ("---", "a: " + "[" * 5000, "nested too deeply"),
        ("---", "a: " + "{b: " * 5000, "nested too deeply"),
        ("---", "\n".join(" " * n + "a:" for n in range(300)), "nested too deeply"),
        ("+++", "a = " + "[" * 5000, "nested too deeply"),
        ("+++", "a." * 30_000 + "a = 1", "nested too deeply"),
        ("+++", "[" + "a." * 30_000 + "a]", "nested too deeply"),
    ],
)
def test_bombs_are_read_line_by_line(fence: str, source: str, reason: str) -> None:
    values, body, warnings = split_front_matter(f"{fence}\ntitle: A title\n{source}\n{fence}\nText.")
    assert reason in warnings[0]
    assert body == "Text."
    assert values.get("title") == "A title"


def test_long_lists_are_no_bombs() -> None:
    lines = "".join(f"  - tag {number}\n" for number in range(800))
    values, _, warnings = split_front_matter(f"---\ntitle: A title\ntags:\n{lines}---\nText.")
    tags = values["tags"]
    assert isinstance(tags, list)
    assert (values["title"], len(tags), warnings) == ("A title", 800, [])
