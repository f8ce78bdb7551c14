"""The published warehouse in a notebook: figures of the report, tables and SQL; nothing can be written.

Every question opens the copy that is published when it is asked, so that a new run shows at once.
"""

import os
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any

import marimo as mo
import pyarrow as pa

from pipelines import WORKSPACE_VARIABLE
from pipelines.cli._tables import write_table
from pipelines.discovery import find_state
from pipelines.simulations import simulate_shocks
from reports.columns import Column, shown_table
from reports.drawing import Drawn, draw_figure, plotly_figure
from reports.figures import figure_named, printable
from reports.site.cells import in_words
from reports.site.names import Names, Region, read_region
from reports.texts import LANGUAGES, Words
from reports.theme import Chart
from warehouse.store.database import open_published
from warehouse.store.query import run_query

_PAGE_ROWS = 10
_MOST_ROWS = 20_000
_TABLES = """
select schema_name || '.' || table_name as "table", estimated_size as "rows", comment as meaning
from duckdb_tables()
where schema_name in ('mart', 'core')
order by schema_name desc, table_name
"""
_ORDERS = {
    "segment": "select segment_id from mart.segment_gap order by rank nulls last, segment_id",
    "enterprise": "select enterprise_id from mart.enterprise_coverage"
    " order by components desc nulls last, enterprise_id",
}


@dataclass(frozen=True)
class Atlas:
    """The published copy of one workspace."""

    published: Path

    @cached_property
    def region(self) -> Region:
        with closing(open_published(self.published)) as con:
            return read_region(con)

    def figure(self, name: str, language: str, subject: str | None = None) -> mo.Html:
        """A figure of the report: its finding, its chart, its definition, the table behind it with its CSV.

        `subject` picks the rows of one segment, enterprise or component. As a script the finding is printed.

        Raises:
            ReportError: there is no such figure, or it does not fit the published copy.
        """
        item, words = self.drawn(name, subject), Words(language)
        drawing = item.drawings[language]
        finding, note = printable(drawing.finding), words(f"figure.{name}.note")
        if not mo.running_in_notebook():
            print(f"{words(f'figure.{name}.title')}: {finding}")  # noqa: T201  # what a script is run for
        charts = drawing.choices or ({"": drawing.chart} if drawing.chart else {})
        shown = {_plain(label): _drawable(chart) for label, chart in charts.items()}
        parts: list[Any] = [_html("h3", finding)]
        if shown:
            parts.append(mo.ui.tabs(shown) if len(shown) > 1 else next(iter(shown.values())))
        parts.append(_html("small", note))
        if item.table.num_rows:
            rows = words("page.rows", rows=item.table.num_rows)
            parts.append(mo.accordion({f"{words('page.table')} ({rows})": self.rows(item, words)}))
        return mo.vstack(parts)

    def drawn(self, name: str, subject: str | None = None) -> Drawn:
        """A figure's rows, and its chart as plain JSON in every language, to go on with in Python.

        Raises:
            ReportError: there is no such figure, or it does not fit the published copy.
        """
        with closing(open_published(self.published)) as con:
            return draw_figure(con, figure_named(name), subject)

    def rows(self, item: Drawn, words: Words) -> mo.Html:
        """The table of a figure as the pages show it: names instead of ids, files with their lines."""
        columns, rows = shown_table(item.figure, item.table.slice(0, _MOST_ROWS))
        cells: dict[str, list[str]] = {}
        for column in columns:
            if not column.hidden:
                texts = [_text(row, column, self.region.names, words) for row in rows]
                cells[words.column(column.name)] = texts
        return table(pa.table(cells), item.figure.name)

    def sql(self, query: str, limit: int = 1000, parameters: Sequence[object] = ()) -> pa.Table:
        """The first `limit` rows of one query; it can read the published copy and nothing else.

        Raises:
            WarehouseError: it is no query, is wrong, or needs too much time or memory.
        """
        return run_query(self.published, query, limit, parameters=parameters).table

    def tables(self, language: str = "en") -> pa.Table:
        """The tables of answers (`mart`) and what they rest on (`core`), with rows and meaning."""
        found, words = self.sql(_TABLES), Words(language)
        told = [words.meaning(text or "") for text in found["meaning"].to_pylist()]
        return found.set_column(found.column_names.index("meaning"), "meaning", pa.array(told, pa.string()))

    def shock(self, removed: Sequence[str]) -> pa.Table:
        """What fails if each of `removed`, such as `owner:oracle`, goes away: one row each, nothing is kept.

        Raises:
            WarehouseError: a shock is not well formed, or it removes nothing.
        """
        shocks = simulate_shocks(self.published, removed, together=False)["shocks"]
        return pa.Table.from_pylist([{"shock": found["shock"], **found["totals"]} for found in shocks])

    def choice(self, kind: str) -> Any:
        """A list to choose a `segment` or an `enterprise` from, the weightiest first; its value is the id."""
        known = self.region.names[kind]
        first = self.sql(_ORDERS[kind], len(known)).column(0).to_pylist()
        ordered = dict.fromkeys([*(identity for identity in first if identity in known), *known])
        names = {_both(identity, known[identity]): identity for identity in ordered}
        return mo.ui.dropdown(names, value=next(iter(names), None), searchable=True, full_width=True)


def open_atlas(target: str | Path | None = None) -> Atlas:
    """The published copy of `target`, a workspace.toml or its folder, as the command line finds it.

    Without one, what `--workspace` names; else the environment variable CHAINATLAS_WORKSPACE; else the
    current folder.

    Raises:
        WorkspaceError: there is no such workspace.
        WarehouseError: nothing is published there.
    """
    named = target or _argument("workspace") or os.environ.get(WORKSPACE_VARIABLE) or "."
    atlas = Atlas(find_state(Path(str(named)).expanduser()).published)
    open_published(atlas.published).close()
    return atlas


def language_choice() -> Any:
    """A switch between the languages; Chinese first, unless `--language en` was said."""
    names = dict(zip(("中文", "English"), LANGUAGES, strict=True))
    wanted = _argument("language")
    chosen = next((name for name, language in names.items() if language == wanted), "中文")
    return mo.ui.radio(names, value=chosen, inline=True)


def text(key: str, language: str, heading: int | None = None) -> mo.Html:
    """A text of the report's catalogue as a paragraph, or as a heading of a level."""
    return _html(f"h{heading}" if heading else "p", Words(language)(key))


def table(rows: pa.Table, name: str = "rows") -> mo.Html:
    """Rows to page, sort, filter and search; the CSV holds no cell that a spreadsheet takes for a formula."""

    def written() -> bytes:
        out = StringIO(newline="")
        write_table(rows, "csv", out)
        return b"\xef\xbb\xbf" + out.getvalue().encode()

    shown = mo.ui.table(rows, pagination=True, page_size=_PAGE_ROWS, selection=None, show_download=False)
    return mo.vstack([shown, mo.download(written, f"{name}.csv", label="CSV")])


def _argument(name: str) -> object:
    """What `--<name>` says, of a script or behind the `--` of `marimo run`."""
    try:
        return mo.cli_args().get(name)
    except Exception:  # its type is private to marimo: this is no notebook but some other Python program
        return None


def _html(tag: str, content: str) -> mo.Html:
    """Plain text in one element, in the style of marimo's own texts."""
    return mo.Html(
        f'<div class="markdown prose dark:prose-invert contents"><{tag}>{escape(content)}</{tag}></div>'
    )


def _drawable(chart: Chart) -> Any:
    """A chart as marimo shows it; flows in a frame, because plotly fails to draw them in a shadow tree."""
    figure = plotly_figure(chart, _mode())
    if all(trace["type"] != "sankey" for trace in chart["data"]):
        return figure
    return mo.iframe(
        framed(figure.to_html(include_plotlyjs=True)), height=f"{chart['layout']['height'] + 40}px"
    )


def framed(page: str) -> str:
    """A page for a frame that marimo fits to its document again and again: a margin would let it grow."""
    return f"<style>body {{ margin: 0 }}</style>{page}"


def _mode() -> str:
    return "dark" if mo.app_meta().theme == "dark" else "light"


def _text(row: Sequence[Any], column: Column, names: Names, words: Words) -> str:
    shown = in_words(row[column.index], column, names, words)
    line = (column.places or {}).get("line")
    return shown if line is None or row[line] is None else f"{shown}:{row[line]}"


def _both(identity: str, names: tuple[str | None, str | None]) -> str:
    shown = " · ".join(dict.fromkeys(filter(None, names)))
    return printable(f"{shown} ({identity})" if shown else identity)


def _plain(label: str) -> str:
    """A label that marimo reads as Markdown, with every sign as an entity."""
    return re.sub(r"[!-/:-@\[-`{-~]", lambda found: f"&#{ord(found[0])};", printable(label))
