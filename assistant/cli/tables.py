"""Evaluations and comparisons as tables on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .terminal import echo

if TYPE_CHECKING:
    from ..evaluation.evaluation_json import ComparisonJson, EvaluationJson, PairedJson

LISTED = 8
"""Questions won or lost that are listed for a metric; --json lists all."""
CHANCE = 0.05


def print_table(data: EvaluationJson) -> None:
    """The measured metrics with their intervals, on stdout; what failed, on stderr."""
    from rich.console import Console
    from rich.table import Table

    from ..evaluation.metrics import METRICS
    from ..evaluation.wording import in_sections, interval, number, subject

    title = f"{data['n']} questions: {subject(data)}"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    table.add_column("metric", no_wrap=True)
    for column in ("value", "95 % interval", "n"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("what it is", style="dim")
    for section, rows in in_sections(data["metrics"]).items():
        table.add_row()
        table.add_row(f"[bold]{section}[/bold]")
        for name, found in rows:
            sign = " ↓" if METRICS[name].better == "lower" else ""
            label = METRICS[name].label
            if found.get("p50") is not None:
                halves = (number(name, found[key]).removesuffix(" s") for key in ("p50", "p95"))
                label += " (p50 {}, p95 {})".format(*halves)
            value = number(name, found["value"])
            table.add_row(name + sign, value, interval(name, found), str(found["n"]), label)
    console = Console()
    console.print(table)
    console.print("\n↓ lower is better. --report FILE shows them by kind and language, and each question.")
    for failure in data["failures"]:
        echo(f"failed: {failure['id']}: {failure['reason']}", err=True)


def print_comparison(data: ComparisonJson, texts: dict[str, str]) -> None:
    """Differences with intervals, what they mean, then the questions won and lost, on stdout."""
    from rich.console import Console
    from rich.table import Table

    changed = {n: one for n, one in data["metrics"].items() if one["wins"] or one["losses"]}
    table = Table(
        box=None, pad_edge=False, title=f"B against A, {data['n']} questions in both", title_justify="left"
    )
    for column in ("metric", "A", "B", "B - A", "95 % interval", "won/lost/tied"):
        table.add_column(column, justify="left" if column == "metric" else "right", no_wrap=True)
    for name, one in changed.items():
        table.add_row(*_compared(name, one))
    console = Console()
    if changed:
        console.print(table)
        console.print("\nwon/lost/tied: questions, from B's side. ↓ lower is better.\n")
    for name, one in changed.items():
        echo(f"{name}: {_meaning(one)}")
    same = [name for name in data["metrics"] if name not in changed]
    if same:
        echo(f"The same on every question: {', '.join(same)}.")
    for name, (first, second) in _changes(data).items():
        echo(f"{name}: A {first}, B {second}")
    for name, one in changed.items():
        if one["form"] not in ("seconds", "count"):
            _print_questions(name, one, texts)


def _compared(name: str, one: PairedJson) -> list[str]:
    from ..evaluation.wording import number

    return [
        name + (" ↓" if one["better"] == "lower" else ""),
        number(name, one["a"]),
        number(name, one["b"]),
        f"{one['difference']:+.3f}",
        f"{one['low']:+.3f} to {one['high']:+.3f}",
        f"{len(one['wins'])}/{len(one['losses'])}/{one['ties']}",
    ]


def _meaning(one: PairedJson) -> str:
    """In words: what the difference says, and what it would take where it says nothing yet."""
    word = "higher" if (one["difference"] or 0) > 0 else "lower"
    verdict = "better" if word == one["better"] else "worse"
    p = f"p {one['p_holm']:.3f}, {'exact McNemar' if one['test'] == 'mcnemar' else 'paired bootstrap'}, Holm"
    if one["p_holm"] < CHANCE:
        return f"B is {verdict} ({p})."
    needed = one["needed_n"]
    more = "" if needed is None else f" You would need {needed:,} questions to see a difference of this size."
    return f"no difference beyond chance ({p}).{more}"


def _changes(data: ComparisonJson) -> dict[str, tuple[object, object]]:
    """Settings and fingerprints in which A and B differ, by dotted name; fingerprints shortened."""
    from ..evaluation.wording import flat

    found: dict[str, tuple[object, object]] = {}
    for name, (first, second) in data["different"].items():
        sides = [dict(flat({name: side})) for side in (first, second)]
        for key in dict.fromkeys([*sides[0], *sides[1]]):
            a, b = (side.get(key) for side in sides)
            if a != b:
                found[key] = (_short(a), _short(b))
    return found


def _short(value: object) -> object:
    if value is None:
        return "none"
    return value[:19] + "…" if isinstance(value, str) and len(value) > 40 else value


def _print_questions(name: str, one: PairedJson, texts: dict[str, str]) -> None:
    """The questions won and lost, each with A's and B's value."""
    for word, ids in (("wins", one["wins"]), ("losses", one["losses"])):
        if ids:
            echo(f"\n{name}, {word} of B ({len(ids)}):")
        for identifier in ids[:LISTED]:
            a, b = one["values"][identifier]
            echo(f"  {identifier}  {a:g} → {b:g}  {texts.get(identifier, '')[:80]}")
        if len(ids) > LISTED:
            echo(f"  and {len(ids) - LISTED} more (--json lists all)")
