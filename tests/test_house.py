"""The house keeps its plan: who may import whom, what loads late, what is documented."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "assistant"
MODULES = sorted(PACKAGE.rglob("*.py"))

ROOT = {
    "articles",
    "queries",
    "seams",
    "types",
    "errors",
    "files",
    "library",
    "loopback",
    "addresses",
    "answer_json",
    "citations",
}
MAY_IMPORT = {
    "articles": set(),
    "seams": set(),
    "queries": set(),
    "answer_json": set(),
    "citations": set(),
    "types": {"articles", "citations", "queries", "seams"},
    "errors": set(),
    "library": {"types"},
    "files": set(),
    "loopback": set(),
    "addresses": {"loopback"},
    "settings": {"errors", "addresses"},
    "reading": ROOT | {"language"},
    "store": ROOT | {"language", "reading"},
    "search": ROOT | {"language", "reading", "store"},
    "model": ROOT,
    "language": ROOT,
    "proof": ROOT | {"language", "reading", "search", "model"},
    "composition": ROOT | {"language", "reading", "search", "model", "proof"},
    "conflicts": ROOT | {"language", "reading", "proof", "composition"},
    "intents": ROOT | {"language", "reading", "search", "model", "proof", "composition", "conflicts"},
    "answering": ROOT
    | {"language", "reading", "search", "model", "proof", "composition", "conflicts", "intents"},
    "conversations": ROOT | {"language"},
    "curation": ROOT | {"reading", "store"},
    "evaluation": ROOT | {"language", "reading", "search", "model", "proof", "composition", "answering"},
    "setup": ROOT | {"model"},
    "accounts": ROOT,
    "web": ROOT
    | {
        "language",
        "model",
        "composition",
        "conflicts",
        "intents",
        "answering",
        "conversations",
        "accounts",
        "curation",
    },
    "llamaindex": ROOT | {"search"},
}
DOORS = {"wiring", "cli", "collection", "__main__", "__init__"}
HEAVY = {
    "torch",
    "sentence_transformers",
    "transformers",
    "chromadb",
    "gradio",
    "llama_index",
    "pandas",
    "dateparser",
    "trafilatura",
    "matplotlib",
    "ollama",
    "mammoth",
    "ir_measures",
}
LONGEST_FILE = 400
LONGEST_FUNCTION = 45


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """(absolute module name, whether it is imported when the file is) for each import; those for types only are left out."""
    tree = ast.parse(path.read_text("utf-8"))
    package = ["assistant", *path.relative_to(PACKAGE).parts[:-1]]
    late = {
        node
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(outer)
    }
    for_types = {
        node
        for outer in ast.walk(tree)
        if isinstance(outer, ast.If) and "TYPE_CHECKING" in ast.unparse(outer.test)
        for node in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node not in late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if node.module is None or module == "assistant":
                yield from ((f"{module}.{alias.name}", node not in late) for alias in node.names)
            else:
                yield module, node not in late


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_go_one_way(path: Path) -> None:
    room = room_of(path)
    if room in DOORS:
        return
    for module, _ in imports(path):
        if module.startswith("assistant."):
            target = module.split(".")[1]
            assert target == room or target in MAY_IMPORT[room], f"{room} may not import {target}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_load_late(path: Path) -> None:
    early = {module.split(".")[0] for module, at_import in imports(path) if at_import}
    allowed = {"llama_index"} if room_of(path) == "llamaindex" else set()
    assert not (early & HEAVY) - allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_small_files_and_functions(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{node.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_words_of_a_language_stand_in_the_packs(path: Path) -> None:
    from word_tables import word_tables

    lines = word_tables(path.read_text("utf-8"))
    assert not lines, f"words belong into assistant/language/packs: lines {lines}"


def test_word_tables_are_recognised() -> None:
    from word_tables import word_tables

    for table in (
        'WORDS = ("quand", "depuis", "when")',
        'WORDS = {"fr": [], "en": []}',
        'PATTERN = re.compile(r"quand|depuis|since")',
        'TEXT = "Écrivez une question."',
        'WORDS = "quand depuis since".split()',
    ):
        assert word_tables(table) == [1], table
    assert word_tables('"""« Où ? » is a question."""\nTAGS = ("div", "span")') == []


def test_most_functions_are_short() -> None:
    lengths = [
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert statistics.median(lengths) < 12


def test_only_doors_know_the_settings() -> None:
    users = {
        room_of(path) for path in MODULES for module, _ in imports(path) if module == "assistant.settings"
    }
    assert users <= {"wiring", "cli", "collection"}


def test_only_the_command_line_prints() -> None:
    printers = {
        room_of(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printers <= {"cli"}


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from assistant.cli import cli; cli(['--help'], standalone_mode=False); print(*sys.modules, file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in run.stderr.split()}
    assert not loaded & (HEAVY | {"numpy", "pydantic"})
    assert "ask" in run.stdout


def test_every_command_is_documented_and_exists() -> None:
    import click

    from assistant.cli import COMMANDS, cli

    page = (PROJECT / "docs" / "commands.md").read_text("utf-8")
    for name in COMMANDS:
        assert f"`assistant {name}" in page, f"docs/commands.md does not tell of {name!r}"
        assert isinstance(cli.get_command(click.Context(cli), name), click.Command)


def test_every_setting_is_documented() -> None:
    from pydantic import BaseModel

    from assistant.settings import Settings

    page = (PROJECT / "docs" / "settings.md").read_text("utf-8")
    for section, field in Settings.model_fields.items():
        assert isinstance(field.annotation, type)
        assert issubclass(field.annotation, BaseModel)
        for name, setting in field.annotation.model_fields.items():
            assert f"`{section}.{name}`" in page, f"docs/settings.md does not tell of {section}.{name}"
            assert setting.description, f"{section}.{name} has no description"


def test_every_path_that_a_document_names_exists() -> None:
    """README's tree, the map of the program and every link: a file that has moved is moved there too."""
    rooms = (PACKAGE, PROJECT / "tests", PROJECT / "benchmarks", PROJECT / "tools")
    files = {path.name for room in rooms for path in room.rglob("*.*")}
    for page in [*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")]:
        text = page.read_text("utf-8")
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
        assert all((page.parent / link).exists() for link in links), page
        named = re.findall(r"`((?:assistant|tests|benchmarks|docs|tools)/[\w./-]+)`", text)
        assert all((PROJECT / path).exists() for path in named), page
        bare = set(re.findall(r"`(?:\w+/)*(\w+\.(?:py|html))`", text))
        assert bare <= files, f"{page.name}: {bare - files}"
    readme = (PROJECT / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 180
    tree = re.findall(r"^  ([\w./]+\.py)\b", readme, re.MULTILINE)
    assert len(tree) > 10
    assert all((PACKAGE / path).exists() for path in tree)


def test_every_attack_has_its_test() -> None:
    page = (PROJECT / "docs" / "attacks.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", page)
    assert len(named) > 40
    for path, test in named:
        assert f"def {test}" in (PROJECT / path).read_text("utf-8"), f"{path}::{test}"


@pytest.mark.parametrize("path", sorted((PROJECT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_what_a_benchmark_imports_exists(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("assistant"):
            module = importlib.import_module(str(node.module))
            for name in node.names:
                # a type that only type checkers see, or a module, has no attribute before it is imported
                written = re.search(rf"^\s*{name.name}\b", inspect.getsource(module), re.MULTILINE)
                beside = Path(str(module.__file__)).with_name(f"{name.name}.py").exists()
                assert hasattr(module, name.name) or written or beside, f"{node.module} has no {name.name}"


def test_the_map_of_the_modules_is_as_they_are() -> None:
    sys.path.insert(0, str(PROJECT / "tools"))
    from module_map import PAGE, module_map

    assert PAGE.read_text("utf-8") == module_map(), "run: python tools/module_map.py"


def test_every_error_stands_in_the_tree() -> None:
    from assistant import errors

    classes = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)
    ]
    for error in classes:
        assert error.__name__ in (errors.__doc__ or "")


def test_public_nouns() -> None:
    """Other programs import these: additions are fine, a missing one is not."""
    from assistant import types

    names = {
        "Article",
        "Passage",
        "Query",
        "Hit",
        "Quote",
        "Citation",
        "Sentence",
        "Answer",
        "Retrieved",
        "Evidence",
        "Notice",
        "Thought",
        "Token",
        "Finished",
        "Turn",
        "Embedder",
        "Retriever",
        "ChatModel",
        "Chunk",
        "Message",
    }
    assert names <= set(vars(types))
