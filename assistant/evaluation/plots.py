"""Plots of a report, as SVG to be set into the page. Only this module draws."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .evaluation_json import EstimateJson, Metrics
from .metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#010203"
"""Stands for the page's text colour, light or dark; replaced by `currentColor` in the SVG."""
# Okabe and Ito's palette: told apart by colour-blind readers, visible on white and on black
WIDE = 30
"""Times that differ by more than this factor are drawn on a logarithmic axis."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}


@contextmanager
def _figure(width: float, height: float) -> Iterator[tuple[Figure, Axes]]:
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, figure.subplots()


def _svg(figure: Figure, title: str) -> str:
    """The drawing alone, as wide as the page lets it, in the page's own text colour."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = out.getvalue()
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    head = f'<svg role="img" aria-label="{title}"'
    return re.sub(
        r'<svg(?=[^<>]*>)([^<>]*?) width="[^"<>]*"',
        rf"{head}\1",
        re.sub(r' height="[\d.]+pt"', "", text, count=1),
        count=1,
    )


def quality_plot(groups: Mapping[str, Metrics], names: Sequence[str]) -> str | None:
    """A dot with its interval for each metric of `names` in each group; None where nothing was measured."""
    shown = [name for name in names if any(group[name]["value"] is not None for group in groups.values())]
    if not shown:
        return None
    groups = {label: group for label, group in groups.items() if any(group[name]["n"] for name in shown)}
    labels = list(groups)
    with _figure(5, 1.4 + len(labels) * (0.12 * len(shown) + 0.15)) as (figure, axes):
        for index, name in enumerate(shown):
            _dots(axes, [group[name] for group in groups.values()], name, index, len(shown))
        axes.set_yticks(range(len(labels)), labels)
        axes.invert_yaxis()
        axes.set_xlim(-0.02, 1.02)
        axes.grid(axis="x", color=INK, alpha=0.15)
        figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize="small", columnspacing=1)
        return _svg(figure, "Quality by kind of question")


def _dots(axes: Axes, found: Sequence[EstimateJson], name: str, index: int, count: int) -> None:
    offset = 0.7 * ((index + 0.5) / count - 0.5)
    points = [
        (
            place + offset,
            value,
            value if one["low"] is None else one["low"],
            value if one["high"] is None else one["high"],
        )
        for place, one in enumerate(found)
        if (value := one["value"]) is not None
    ]
    values = [value for _, value, _, _ in points]
    spread = [
        [max(0.0, value - low) for _, value, low, _ in points],
        [max(0.0, high - value) for _, value, _, high in points],
    ]
    colour = COLOURS[index % len(COLOURS)]
    axes.errorbar(
        values,
        [y for y, *_ in points],
        xerr=spread,
        fmt="o",
        ms=5,
        color=colour,
        capsize=2,
        label=METRICS[name].label,
    )


def times_plot(series: Mapping[str, Sequence[float]]) -> str | None:
    """Share of answers that are there after so many seconds, one curve a series; None without any time."""
    shown = {name: sorted(values) for name, values in series.items() if values}
    if not shown:
        return None
    with _figure(5, 4) as (figure, axes):
        for index, (name, values) in enumerate(shown.items()):
            shares = [(place + 1) / len(values) for place in range(len(values))]
            axes.step(values, shares, where="post", color=COLOURS[index % len(COLOURS)], label=name, lw=2)
        if max(map(max, shown.values())) > WIDE * max(1e-6, min(map(min, shown.values()))):
            axes.set_xscale("log")
        axes.set_xlabel("seconds since the question was asked")
        axes.set_ylabel("share of answers")
        axes.set_ylim(0, 1.03)
        axes.grid(color=INK, alpha=0.15)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter(lambda *_: "")
        figure.legend(loc="outside upper left", ncols=2, frameon=False)
        return _svg(figure, "Times of first evidence, first word and whole answer")
