"""Write a table to a terminal, or for another program."""

import csv
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TextIO

import pyarrow as pa

from pipelines.cli._messages import cell, heading, message
from pipelines.cli._terminal import printable
from reports.spreadsheets import FORMULA_STARTS

_FILE_WIDTH = 160
_GAP = 2
"""Characters between two columns."""


def write_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], output_format: str, out: TextIO
) -> None:
    """Write rows that were made in Python, in the formats of `write_table`."""
    values = {name: [row.get(name) for row in rows] for name in columns}
    write_table(pa.table(values), output_format, out)


def write_table(
    table: pa.Table,
    output_format: str,
    out: TextIO,
    whole: Collection[str] = frozenset(),
    *,
    as_stored: bool = False,
) -> None:
    """Write `table` as `table`, `json`, `csv` or `markdown`; null is empty, in JSON null.

    On a narrow terminal the columns `whole` are the last to be folded. For people, as `table` and `markdown`,
    headings and codes are in the language of the locale, but for what is shown `as_stored`.
    """
    if output_format == "json":
        rows = [dict(zip(table.column_names, row, strict=True)) for row in _rows(table)]
        out.write(json.dumps(rows, ensure_ascii=False, indent=2, default=_json_value) + "\n")
    elif output_format == "csv":
        writer = csv.writer(out)
        writer.writerow(table.column_names)
        writer.writerows([_csv_cell(value) for value in row] for row in _rows(table))
    elif output_format == "markdown":
        names, told = _for_people(table, as_stored)
        out.write(_markdown_row(names) + "|" + "---|" * table.num_columns + "\n")
        out.writelines(map(_markdown_row, told))
    else:
        _write_grid(table, out, whole, as_stored)


def _for_people(table: pa.Table, as_stored: bool) -> tuple[list[str], list[tuple[Any, ...]]]:
    columns = table.column_names
    if as_stored:
        return columns, list(_rows(table))
    told = [tuple(map(cell, columns, row)) for row in _rows(table)]
    return [heading(column) for column in columns], told


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    columns = [column.to_pylist() for column in table.columns]
    yield from zip(*columns, strict=True)


def _json_value(value: object) -> int | float | str:
    """Sums of integers are decimals without a fraction in DuckDB; dates and the like become text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _csv_cell(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _markdown_row(cells: Any) -> str:
    return "| " + " | ".join(_shown(value).replace("|", "\\|") for value in cells) + " |\n"


def _write_grid(table: pa.Table, out: TextIO, whole: Collection[str], as_stored: bool) -> None:
    from rich import box
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out, highlight=False, width=None if out.isatty() else _FILE_WIDTH)
    names, rows = _for_people(table, as_stored)
    shown = [list(map(_shown, row)) for row in rows]
    names = [printable(name) for name in names]
    widths = [max(map(cell_len, cells)) for cells in zip(names, *shown, strict=True)]
    if sum(widths) + _GAP * len(widths) > console.width:  # a name broken at its joints leaves room for values
        names = [name.replace("_", "_\n") for name in names]
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for field, name in zip(table.schema, names, strict=True):
        numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        grid.add_column(
            Text(name),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=field.name in whole,
        )
    for row in shown:
        grid.add_row(*map(Text, row))
    console.print(grid)
    out.write(message("{rows} rows", rows=table.num_rows) + "\n")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return printable(", ".join(map(str, value))).replace("\n", " ")
    return printable(str(value)).replace("\n", " ")
