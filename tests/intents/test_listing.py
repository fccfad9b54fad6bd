"""A list that no article has itself: what each of several articles says, a line an article."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.types import Answer

from .test_compare import HEAD
from .test_enumeration import told

MILL = HEAD.format("The mill", "2021-05-04", "en") + "The council gave the mill a new roof of slate.\n"
QUAY = HEAD.format("The quay", "2022-05-04", "en") + "The council gave the quay lamps that burn all night.\n"
FERRY = HEAD.format("Bread", "2023-05-04", "en") + "Rye keeps longer than wheat, bakers say.\n"


def lines_of(answer: Answer) -> list[str]:
    return re.findall(r"^- .*$", answer.text, re.MULTILINE)


def test_each_article_that_tells_of_it_has_a_line(tmp_path: Path) -> None:
    files = {"mill.md": MILL, "quay.md": QUAY, "bread.md": FERRY}
    answer = told(tmp_path, files, "list", "List what the council gave")
    assert len(lines_of(answer)) == 2
    assert {citation.quote.article for citation in answer.citations} == {"mill.md", "quay.md"}
    assert not answer.abstained


def test_where_one_article_tells_of_it_there_is_no_list(tmp_path: Path) -> None:
    answer = told(tmp_path, {"mill.md": MILL, "bread.md": FERRY}, "list", "List what the council gave")
    assert not lines_of(answer)
    assert answer.citations[0].quote.article == "mill.md"
