"""What of our own code and words decides that a store is read again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from assistant.store.versions import LANGUAGE, ROOM, code_behind, pack_sections

READS = """
import sys
from pathlib import Path
from assistant.reading.articles import ArticleFile, read_article
path = Path(sys.argv[1])
read_article(ArticleFile(path.name, path, path.stat().st_size, 0))
print(*(name for name in sys.modules if name.startswith(("assistant.reading", "assistant.language"))))
"""


def test_every_module_that_reading_loads_decides(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<html lang=en><h1>The mill</h1><p>Published on 3 May 2024 by Odile.</p>" + "<p>It is sold.</p>" * 9
    )
    run = subprocess.run([sys.executable, "-c", READS, str(page)], capture_output=True, text=True, check=True)
    loaded = {name.removeprefix("assistant.").replace(".", "/") for name in run.stdout.split()}
    known = {
        path.relative_to(ROOM.parent).with_suffix("").as_posix() for path in code_behind(ROOM.glob("*.py"))
    }
    assert {"language/dates", "language/lexicon", "reading/web_pages"} <= loaded
    assert loaded - {"language", "reading"} <= known


def test_the_words_of_an_index_depend_on_less() -> None:
    code = code_behind([ROOM / "words.py"])
    assert ROOM / "words.py" in code
    assert LANGUAGE / "folding.py" in code
    assert LANGUAGE / "dates.py" not in code


def test_the_sections_of_the_packs_that_reading_uses() -> None:
    used = {key.partition(".")[2] for key in pack_sections(code_behind(ROOM.glob("*.py")))}
    assert {"dates", "numbers", "time", "words"} <= used
    assert not used & {"texts", "answer", "page", "prompts", "failures"}
