"""Every regular expression of the program, and how its time grows on strings made of its own alphabet."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import pkgutil
import re
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import assistant

SIZE, FACTOR, LIMIT = 1000, 8, 24
"""Time at FACTOR times SIZE over time at SIZE: 8 where it is linear, 64 where quadratic; LIMIT is between."""
PATIENCE = 0.5
"""Seconds of processor time after which a search is given up: whatever takes so long for 1,000 characters grows."""
TRIES = 20
STRINGS = 70
SAMPLES = {
    sre.CATEGORY_DIGIT: "1",
    sre.CATEGORY_WORD: "a1",
    sre.CATEGORY_SPACE: " \n\t",
    sre.CATEGORY_NOT_DIGIT: "x",
    sre.CATEGORY_NOT_WORD: " ,",
    sre.CATEGORY_NOT_SPACE: "x",
}
REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
SEARCHES = {"search", "sub", "subn", "finditer", "findall", "split"}
MATCHES = {"match", "fullmatch"}


# --------------------------------------------------------------------------- collecting


def modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.walk_packages(assistant.__path__, "assistant.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def compiled_patterns() -> dict[str, re.Pattern[str]]:
    """Name -> pattern: globals, items of tables, attributes of classes, and those written inside functions."""
    found: dict[str, re.Pattern[str]] = {}
    for module in modules():
        short = module.__name__.removeprefix("assistant.")
        for name, value in list(vars(module).items()):
            made_here = getattr(value, "__module__", "") == module.__name__
            if inspect.ismodule(value) or ((inspect.isclass(value) or callable(value)) and not made_here):
                continue
            for path, pattern in _patterns_in(value, name, set()):
                if isinstance(pattern.pattern, str):
                    found.setdefault(f"{short}.{path}", pattern)
        found |= {f"{short}.{name}": pattern for name, pattern in _written_in_functions(module)}
    return _once_each(found)


def _once_each(found: dict[str, re.Pattern[str]]) -> dict[str, re.Pattern[str]]:
    """A pattern that is imported elsewhere is timed once, where its name is shortest."""
    unique: dict[tuple[str, int], str] = {}
    for name, pattern in found.items():
        unique.setdefault((pattern.pattern, pattern.flags), name)
    return {name: found[name] for name in unique.values()}


def _patterns_in(value: Any, path: str, seen: set[int]) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern):
        yield path, value
        return
    if id(value) in seen or isinstance(value, str | bytes | int | float):
        return
    seen.add(id(value))
    items: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        pairs = enumerate(value.items())
        items = [
            (f"[{n}]{part}", one)
            for n, pair in pairs
            for part, one in zip(".k .v".split(), pair, strict=True)
        ]
    elif isinstance(value, tuple | list | set | frozenset):
        items = [(f"[{n}]", one) for n, one in enumerate(value)]
    elif inspect.isclass(value):
        items = [(f".{name}", one) for name, one in vars(value).items() if not name.startswith("__")]
    elif is_dataclass(value):
        items = [(f".{field.name}", getattr(value, field.name, None)) for field in fields(value)]
    elif _made_late(value):
        items = [("()", value())]
    for name, one in items:
        yield from _patterns_in(one, path + name, seen)


def _made_late(value: Any) -> bool:
    """Whether it is a cached function without arguments that returns something with patterns in it."""
    return (
        hasattr(value, "cache_info")
        and not inspect.signature(value).parameters
        and "Pattern" in str(inspect.signature(value).return_annotation)
    )


def _written_in_functions(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    """`re.sub("…", …)` and `re.compile("…")` inside of functions, whose text can be told from the module alone."""
    tree = ast.parse(inspect.getsource(module))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        calls = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "re"
            and node.func.attr in SEARCHES | MATCHES | {"compile"}
        ]
        for number, call in enumerate(calls):
            text = _value(call.args[0], module)
            flags = [_value(one.value, module) for one in call.keywords if one.arg == "flags"]
            flags += [_value(one, module) for one in call.args[1:] if "re." in ast.unparse(one)]
            if isinstance(text, str):
                kept = [flag for flag in flags if isinstance(flag, int)]
                anchored = rf"\A(?:{text})" if call.func.attr in MATCHES else text  # type: ignore[attr-defined]
                yield f"{function.name}:{number}", re.compile(anchored, kept[0] if kept else 0)


def _value(node: ast.expr, module: ModuleType) -> Any:
    with suppress(NameError, TypeError, AttributeError, KeyError):
        return eval(compile(ast.Expression(node), "pattern", "eval"), dict(vars(module)))
    return None


# --------------------------------------------------------------------------- strings


Repeated = tuple[str, str, str]
"""What stands before, what is repeated, what stands after."""


def strings_for(pattern: re.Pattern[str]) -> list[Repeated]:
    """Texts that the pattern might stumble over, made from its own parse tree."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    alphabet = list(dict.fromkeys(_alphabet(tree)))
    whole = _example(tree)
    texts: list[Repeated] = []
    for before, body in _repeats(tree, ""):
        texts += [(before, body, "\0"), ("", before + body, "\0"), (before, body, "\n\0"), (before, body, "")]
        texts += [(before, sign, "\0") for sign in alphabet[:6]]
        texts.append(("", before or body, "\0"))
    texts += [
        ("", " ", "x"),
        ("", "\n", "x"),
        ("", "a", "\0"),
        ("", "1", "\0"),
        ("", "a ", "\0"),
        ("", "A", ""),
    ]
    texts += [("", sign, "\0") for sign in alphabet]
    texts += [
        ("", whole, "\0"),
        ("", whole[:-1], "\0"),
        ("", whole[1:], "\0"),
        (whole[:-1], whole[-1:], "\0"),
    ]
    texts += [("", "".join(pair), "\0") for pair in itertools.permutations(alphabet[:5], 2)]
    return [text for text in dict.fromkeys(texts) if text[1]][:STRINGS]


def at_size(text: Repeated, size: int) -> str:
    before, body, after = text
    return before + body * max(1, (size - len(before)) // len(body)) + after


def _alphabet(items: Any) -> Iterator[str]:
    for kind, value in items:
        if kind in (sre.LITERAL,):
            yield chr(value)
        elif kind is sre.IN:
            yield from _of_set(value)
        elif kind in (sre.ANY, sre.NOT_LITERAL):
            yield "x"
        else:
            for part in _parts(kind, value):
                yield from _alphabet(part)


def _of_set(members: Any) -> list[str]:
    if members[0][0] is sre.NEGATE:
        return [sign for sign in "x ,1\n" if not _in_set(members[1:], sign)][:2] or ["\u20ac"]
    signs: list[str] = []
    for kind, value in members[:12]:
        if kind is sre.LITERAL:
            signs.append(chr(value))
        elif kind is sre.RANGE:
            signs.append(chr(value[0]))
        elif kind is sre.CATEGORY:
            signs += SAMPLES.get(value, "x")
    return signs


def _in_set(members: Any, sign: str) -> bool:
    for kind, value in members:
        if kind is sre.LITERAL and value == ord(sign):
            return True
        if kind is sre.RANGE and value[0] <= ord(sign) <= value[1]:
            return True
        if kind is sre.CATEGORY and sign in SAMPLES.get(value, ""):
            return True
    return False


def _parts(kind: Any, value: Any) -> list[Any]:
    """The sequences inside of a node."""
    if kind is sre.BRANCH:
        return list(value[1])
    if kind is sre.SUBPATTERN:
        return [value[3]]
    if kind is sre.ATOMIC_GROUP:
        return [value]
    if kind in REPEATS:
        return [value[2]]
    if kind in (sre.ASSERT, sre.ASSERT_NOT):
        return [value[1]]
    if kind is sre.GROUPREF_EXISTS:
        return [part for part in value[1:] if part is not None]
    return []


def _example(items: Any) -> str:
    """A short text that the sequence matches, look-arounds and backward references aside."""
    made = ""
    for kind, value in items:
        if kind is sre.LITERAL:
            made += chr(value)
        elif kind is sre.IN:
            made += (_of_set(value) or ["x"])[0]
        elif kind in (sre.ANY, sre.NOT_LITERAL):
            made += "x"
        elif kind in REPEATS:
            made += _example(value[2]) * max(1, min(value[0], 50))
        elif kind in (sre.BRANCH, sre.SUBPATTERN, sre.ATOMIC_GROUP):
            made += _example(_parts(kind, value)[0])
    return made


def _repeats(items: Any, before: str) -> Iterator[tuple[str, str]]:
    """(what stands before, what is repeated) for each repetition without a small bound."""
    listed = list(items)
    for number, (kind, value) in enumerate(listed):
        ahead = before + _example(listed[:number])
        if kind in REPEATS and value[1] > SIZE // 2:
            yield ahead, _example(value[2])
        for part in _parts(kind, value):
            yield from _repeats(part, ahead)


# --------------------------------------------------------------------------- timing


class _TooLong(Exception):
    pass


def _give_up(*_: object) -> None:
    raise _TooLong


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    """Processor time of finding every match in `text`; infinite where PATIENCE ends first."""
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    began = time.thread_time()
    try:
        for _ in pattern.finditer(text):
            pass
        return time.thread_time() - began
    except _TooLong:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def slow_on(pattern: re.Pattern[str]) -> str | None:
    """The string on which the time grows faster than the length does; None where there is none."""
    before = signal.signal(signal.SIGVTALRM, _give_up)
    try:
        return next((repr(text) for text in strings_for(pattern) if _grows(pattern, text, SIZE)), None)
    finally:
        signal.signal(signal.SIGVTALRM, before)


def _grows(pattern: re.Pattern[str], text: Repeated, size: int) -> bool:
    short, long = at_size(text, size), at_size(text, size * FACTOR)
    small = large = float("inf")
    for _ in range(TRIES):  # the least of several times is that of the pattern, not of the machine
        small = min(small, _seconds(pattern, short))
        if small == float("inf"):
            return True
        large = min(large, _seconds(pattern, long))
        if large == float("inf"):
            return small < PATIENCE / LIMIT or _grows(pattern, text, size // FACTOR)
        if large <= LIMIT * max(small, 2e-6):
            return False
    return True
