"""Draw figures from a published warehouse: what pages, notebooks and servers call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import plotly.graph_objects as go
import pyarrow as pa

from reports.errors import misfit
from reports.figures import Drawing, Figure, Row
from reports.texts import all_words
from reports.theme import Chart, themed


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its rows, drawn in every language."""

    figure: Figure
    table: pa.Table
    total: int
    """Rows that the query has; the table may hold the first of them alone."""
    rows: Sequence[Row]
    """Those that the drawing was made of."""
    drawings: Mapping[str, Drawing]
    """By language."""


def draw_figure(
    connection: duckdb.DuckDBPyConnection,
    figure: Figure,
    subject: object = None,
    most_rows: int | None = None,
) -> Drawn:
    """Run a figure's query and draw it in every language; `subject` picks the rows of one page of a section.

    Not many more than `most_rows` are read where the drawing needs no more.

    Raises:
        ReportError: the query does not fit the warehouse.
    """
    rows = query_rows(connection, figure, subject)
    try:
        if most_rows is None or figure.drawn_rows is None:
            table = rows.to_arrow_table()
            return drawn(figure, table, table.num_rows, table.slice(0, figure.drawn_rows).to_pylist())
        table = rows.limit(max(most_rows, figure.drawn_rows)).to_arrow_table()
        [(total,)] = rows.count("*").fetchall()
    except duckdb.Error as error:
        raise misfit(f"figure {figure.name}", error) from error
    return drawn(figure, table, total, table.slice(0, figure.drawn_rows).to_pylist())


def query_rows(
    connection: duckdb.DuckDBPyConnection, figure: Figure, subject: object = None
) -> duckdb.DuckDBPyRelation:
    """The rows of a figure, of all subjects or of one, not read yet.

    Raises:
        ReportError: the query does not fit the warehouse.
    """
    try:
        if subject is None or figure.subject is None:
            return connection.sql(figure.query)
        query = f'select * from ({figure.query}) where "{figure.subject}" = $1'  # noqa: S608 - both are ours
        return connection.sql(query, params=[subject])
    except duckdb.Error as error:
        raise misfit(f"figure {figure.name}", error) from error


def read_rows(connection: duckdb.DuckDBPyConnection, figure: Figure) -> pa.Table:
    """All rows of a figure.

    Raises:
        ReportError: the query does not fit the warehouse.
    """
    try:
        return query_rows(connection, figure).to_arrow_table()
    except duckdb.Error as error:
        raise misfit(f"figure {figure.name}", error) from error


def drawn(figure: Figure, table: pa.Table, total: int, rows: Sequence[Row]) -> Drawn:
    """The figure over rows that were read already."""
    drawings = {words.language: figure.draw(rows, words) for words in all_words()}
    return Drawn(figure, table, total, rows, drawings)


def plotly_figure(chart: Chart, mode: str = "light") -> Any:
    """A chart as a plotly figure in the colours of `mode`, for notebooks and images."""
    return go.Figure(themed(chart, mode))
