from __future__ import annotations

import html
import re
from pathlib import Path

from assistant.web.sources import sources_html

from .fakes import ENGLISH, FRENCH, REVISED, FakeBackend, hits


def test_cards(tmp_path: Path) -> None:
    backend = FakeBackend(tmp_path)
    answer = backend._answer("q", backend.found, backend.script).as_json()
    page = sources_html(answer["citations"], answer["hits"], FRENCH)
    assert re.findall(r'<article class="source" data-n="(\d)"', page) == ["1", "2", "3"]
    assert "Aussi dans depeche-2024.txt" in page
    assert page.count(FRENCH.flagged) == 1
    assert "https://journal.example/2024/budget?x=1" in page
    assert html.escape(REVISED.text) in page


def test_passages_before_any_citation() -> None:
    found = [hit.as_json() for hit in hits()]
    page = sources_html([], found, ENGLISH)
    assert page.count('<article class="passage">') == 2
    assert '<details class="passages" open>' in page
    assert sources_html([], [], ENGLISH).strip() == ""
