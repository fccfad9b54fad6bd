"""What the file of conversations holds that the program does not read one by one."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def opinions(file: Path, answer: str) -> list[dict[str, Any]]:
    """Everything that was said of an answer, oldest first."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT json FROM opinions WHERE message = ? ORDER BY rowid", [answer])
        return [json.loads(text) for (text,) in rows]
