"""Write docs/modules.md: every module of the program with the first sentence of its docstring.

python tools/module_map.py
"""

from __future__ import annotations

import ast
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "assistant"
PAGE = PROJECT / "docs" / "modules.md"
HEAD = """# Every module

Made from the docstrings by `python tools/module_map.py`; [architecture.md](architecture.md) says how they go together.
"""


def module_map() -> str:
    """The page as it should be."""
    rooms: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE)
        room = "" if len(name.parts) == 1 else name.parts[0]
        said = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0]
        shown = name.parent.as_posix() + "/" if name.name == "__init__.py" else name.as_posix()
        rooms.setdefault(room, []).append(f"| `{shown}` | {' '.join(said.split())} |")
    parts = [HEAD]
    for room, lines in rooms.items():
        parts.append(f"## assistant/{room}\n\n| module | what it is |\n|---|---|\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(module_map(), "utf-8")
