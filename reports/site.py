"""Build the report: one static page that works offline, from the published warehouse."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import singledispatch
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined
from plotly.offline import get_plotlyjs

from reports.errors import ReportError
from reports.figures import Drawing, Figure, Row, figures, printable
from reports.texts import LANGUAGES, Words, all_words
from warehouse.errors import WarehouseError
from warehouse.store.database import open_published

SECTIONS = ("overview", "chain", "security", "crypto", "contribution", "coverage")
TABLE_ROWS = 300
"""Rows of a table shown in the page; the rest is counted below it."""
CELL_CHARACTERS = 200
LIST_ITEMS = 12


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure ready for the page."""

    figure: Figure
    drawings: Mapping[str, Drawing]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total_rows: int


def build_report(published: Path, folder: Path) -> Path:
    """Write `index.html` into `folder` and return its path; an earlier page is replaced atomically.

    Raises:
        ReportError: there is no published warehouse, or a figure's query does not fit it.
    """
    try:
        connection = open_published(published)
    except WarehouseError as error:
        raise ReportError(f"no report without a published warehouse: {error}") from None
    with connection:
        shown = [show_figure(connection, figure) for figure in figures()]
        as_of = _parameter(connection, "as_of")
    page = _render(shown, as_of)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"index.html.{os.getpid()}.partial"
    partial.write_text(page, "utf-8")
    partial.replace(folder / "index.html")
    return folder / "index.html"


def show_figure(connection: duckdb.DuckDBPyConnection, figure: Figure) -> ShownFigure:
    """Run a figure's query and draw it in every language.

    Raises:
        ReportError: the query does not fit the warehouse.
    """
    try:
        table = connection.sql(figure.query).to_arrow_table()
    except duckdb.Error as error:
        raise ReportError(f"figure {figure.name}: {error}") from error
    records: Sequence[Row] = table.to_pylist()
    return ShownFigure(
        figure,
        {words.language: figure.draw(records, words) for words in all_words()},
        tuple(table.column_names),
        tuple(tuple(record.values()) for record in records[:TABLE_ROWS]),
        len(records),
    )


def _parameter(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    row = connection.execute("select value from meta.parameter where name = ?", [name]).fetchone()
    return None if row is None else str(row[0])


def _render(shown: Sequence[ShownFigure], as_of: str | None) -> str:
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = cell
    template = environment.get_template("report.html.j2")
    return template.render(
        languages=LANGUAGES,
        words={words.language: words for words in all_words()},
        sections=[(name, [item for item in shown if item.figure.section == name]) for name in SECTIONS],
        as_of=as_of,
        charts=_charts_json(shown),
        plotly=get_plotlyjs(),
        style=files("reports.templates").joinpath("report.css").read_text("utf-8"),
        script=files("reports.templates").joinpath("report.js").read_text("utf-8"),
    )


def _charts_json(shown: Sequence[ShownFigure]) -> str:
    """Charts by figure and language, for a script element: `<` must not end it."""
    charts = {
        item.figure.name: {
            language: json.loads(drawing.chart.to_json())
            for language, drawing in item.drawings.items()
            if drawing.chart
        }
        for item in shown
    }
    return json.dumps(charts, ensure_ascii=False).replace("<", "\\u003c")


@singledispatch
def cell(value: Any, words: Words) -> str:
    """A value as the text of a table cell; null is shown as a dash, which is not a zero."""
    text = printable(str(value))
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


@cell.register
def _(value: None, words: Words) -> str:
    return "–"


@cell.register
def _(value: bool, words: Words) -> str:
    return words("value.yes" if value else "value.no")


@cell.register
def _(value: int, words: Words) -> str:
    return f"{value:,}"


@cell.register(float)
@cell.register(Decimal)
def _(value: float | Decimal, words: Words) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


@cell.register
def _(value: datetime, words: Words) -> str:
    return value.strftime("%Y-%m-%d %H:%M")


@cell.register
def _(value: list, words: Words) -> str:  # type: ignore[type-arg]
    shown = ", ".join(cell(item, words) for item in value[:LIST_ITEMS])
    more = len(value) - LIST_ITEMS
    return shown if more <= 0 else words("value.and_more", shown=shown, more=more)
