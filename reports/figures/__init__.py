"""Figures of the reports: one module per figure, found by discovery, shared by pages, notebooks and servers.

A module defines `FIGURE`, a `Figure`: the query over the published warehouse, which section of the pages it
belongs to, and a function that turns the rows into a chart and a finding. To add a figure, add a module and
its texts. `reports.drawing.draw_figure` is how everything else asks for one.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

from reports.errors import ReportError
from reports.texts import Words
from reports.theme import Chart

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart and the one sentence that it shows; the chart is null where there is nothing to draw."""

    finding: str
    chart: Chart | None = None
    choices: Mapping[str, Chart] = field(default_factory=dict)
    """Several charts of one kind by their label, to choose from; the first is shown first."""

    @property
    def first(self) -> Chart | None:
        """The chart that is shown first, which is the only one on paper; null where there is none."""
        return next(iter(self.choices.values()), self.chart)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with the table behind it.

    `query` is a SELECT over the published warehouse, `draw` turns its rows into a chart in one language,
    `order` sorts figures within a section. Texts are `figure.<name>.*` in `reports.texts`.
    """

    name: str
    section: str
    order: int
    query: str
    draw: Callable[[Sequence[Row], Words], Drawing]
    subject: str | None = None
    """Column that says which page of the section a row is for, such as `segment_id`; null = one page."""
    view: str | None = None
    """Template in `reports/site/templates/views/` that shows the rows in place of a chart."""
    robustness: str = "counted"
    """What the numbers are: counted, lower_bound, sampled, judged or curated; texts `robustness.*`."""
    hidden: frozenset[str] = frozenset()
    """Columns that only the drawing needs."""
    drawn_rows: int | None = None
    """How many of its first rows the drawing needs, where a region may have a million: what it says of all
    stands in hidden columns. Null = all."""


@cache
def figures() -> tuple[Figure, ...]:
    """All figures, by section and order.

    Raises:
        ValueError: two modules define figures of the same name.
    """
    found: dict[str, Figure] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        figure = getattr(importlib.import_module(module.name), "FIGURE", None)
        if figure is None:
            continue
        if figure.name in found:
            raise ValueError(f"two figures are named {figure.name!r}")
        found[figure.name] = figure
    return tuple(sorted(found.values(), key=lambda figure: (figure.section, figure.order, figure.name)))


def figure_named(name: str) -> Figure:
    """The figure of this name.

    Raises:
        ReportError: there is none; the message lists those that there are.
    """
    known = {figure.name: figure for figure in figures()}
    if name not in known:
        raise ReportError(f"no figure is named {name!r}; there are {', '.join(known)}")
    return known[name]


def chosen(finding: str, charts: Mapping[str, Chart]) -> Drawing:
    """A drawing of charts by their label: to choose from where there are several."""
    return Drawing(finding, choices=charts) if len(charts) > 1 else Drawing(finding, *charts.values())


def label(value: object, limit: int = 40) -> str:
    """A text from a repository as a plotly label: plotly reads markup, so it is escaped and cut."""
    text = "" if value is None else printable(str(value))
    return escape(text if len(text) <= limit else text[: limit - 1] + "…")


def printable(text: str) -> str:
    """Text without control characters and direction overrides, which can disguise what is read."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
