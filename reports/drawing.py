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
    rows: Sequence[Row]
    drawings: Mapping[str, Drawing]
    """By language."""


def draw_figure(connection: duckdb.DuckDBPyConnection, figure: Figure, subject: object = None) -> Drawn:
    """Run a figure's query and draw it in every language; `subject` picks the rows of one page of a section.

    Raises:
        ReportError: the query does not fit the warehouse.
    """
    table = read_rows(connection, figure, subject)
    return drawn(figure, table, table.to_pylist())


def read_rows(connection: duckdb.DuckDBPyConnection, figure: Figure, subject: object = None) -> pa.Table:
    """The rows of a figure, of all subjects or of one.

    Raises:
        ReportError: the query does not fit the warehouse.
    """
    try:
        if subject is None or figure.subject is None:
            return connection.sql(figure.query).to_arrow_table()
        query = f'select * from ({figure.query}) where "{figure.subject}" = $1'  # noqa: S608 - both are ours
        return connection.sql(query, params=[subject]).to_arrow_table()
    except duckdb.Error as error:
        raise misfit(f"figure {figure.name}", error) from error


def drawn(figure: Figure, table: pa.Table, rows: Sequence[Row]) -> Drawn:
    """The figure over rows that were read already."""
    return Drawn(figure, table, rows, {words.language: figure.draw(rows, words) for words in all_words()})


def plotly_figure(chart: Chart, mode: str = "light") -> Any:
    """A chart as a plotly figure in the colours of `mode`, for notebooks and images."""
    return go.Figure(themed(chart, mode))
