"""The answers as one Excel workbook: the planners' lists first, their evidence, then every other answer."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from duckdb import DuckDBPyConnection
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.errors import ReportError
from reports.exports.tables import Table, settings
from reports.figures import printable
from reports.texts import Words
from reports.whole_file import whole_file

_SHEET_NAME_CHARACTERS = 31
_CELL_CHARACTERS = 32_767
_LARGEST_INTEGER = 2**53
"""Excel keeps numbers as doubles."""
_WIDTHS = {"VARCHAR": 28, "DATE": 12, "BOOLEAN": 8}
_OTHER_WIDTH = 14
_SAFE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
    "remove_timezone": True,
}
"""Nothing that came from a repository becomes a formula or a link."""


def write_workbook(con: DuckDBPyConnection, tables: Sequence[Table], path: Path, words: Words) -> None:
    """Write the tables as sheets with typed cells, fixed headers with notes, and an overview before them.

    Raises:
        ReportError: the file cannot be written.
    """
    try:
        with whole_file(path) as file, xlsxwriter.Workbook(file, _SAFE) as book:
            formats = _formats(book)
            names = dict(zip((table.name for table in tables), _sheet_names(tables, words), strict=True))
            _write_overview(book, tables, names, formats, words)
            for table in tables:
                _write_sheet(con, book.add_worksheet(names[table.name]), table, formats, words)
    except XlsxWriterException as error:
        raise ReportError(f"{path}: cannot be written: {error}") from error


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    return {
        "header": book.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True, "valign": "top"}
        ),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "link": book.add_format({"font_color": "#1F5FA8", "underline": 1}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "integer": book.add_format({"num_format": "#,##0"}),
        "number": book.add_format({"num_format": "0.00##"}),
    }


def _sheet_names(tables: Sequence[Table], words: Words) -> Iterator[str]:
    """Names of sheets: of the lists in the reader's language, of the others as in the warehouse."""
    for table in tables:
        key = f"export.sheet.{table.name}"
        yield (words(key) if words.has(key) else table.name)[:_SHEET_NAME_CHARACTERS]


def _write_overview(
    book: xlsxwriter.Workbook,
    tables: Sequence[Table],
    names: dict[str, str],
    formats: dict[str, Format],
    words: Words,
) -> None:
    sheet = book.add_worksheet(words("export.overview"))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 2, 110)
    sheet.write_string(0, 0, words("export.title"), formats["title"])
    sheet.write_string(1, 0, words("export.privacy"))
    for place, key in enumerate(("sheet", "rows", "meaning")):
        sheet.write_string(3, place, words(f"export.{key}"), formats["header"])
    for row, table in enumerate(tables, 4):
        name = names[table.name]
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        sheet.write_number(row, 1, table.rows, formats["integer"])
        sheet.write_string(row, 2, words.meaning(table.meaning), formats["wrapped"])
    sheet.freeze_panes(4, 0)


def _write_sheet(
    con: DuckDBPyConnection, sheet: Worksheet, table: Table, formats: dict[str, Format], words: Words
) -> None:
    limit = settings().sheet_rows
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _WIDTHS.get(column.type, _OTHER_WIDTH))
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.title(words), formats["header"])
        meaning = words.meaning(column.meaning)
        sheet.write_comment(0, place, f"{column.name} ({column.type}): {meaning}", {"x_scale": 2})
    written = 0
    for batch in con.sql(table.query(limit + 1)).to_arrow_reader(10_000):
        for record in zip(*(values.to_pylist() for values in batch.columns), strict=True):
            written += 1
            if written > limit:
                note = words("export.more_rows", shown=limit, total=table.rows, table=table.name)
                sheet.write_string(written, 0, note)
                break
            for place, value in enumerate(record):
                _write_cell(sheet, written, place, value, formats)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, min(written, limit)), len(table.columns) - 1)


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, formats: dict[str, Format]) -> None:
    """One value as what it is; null is an empty cell, never zero."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int) and abs(value) < _LARGEST_INTEGER:
        sheet.write_number(row, place, value, formats["integer"])
    elif isinstance(value, float | Decimal):
        sheet.write_number(row, place, float(value), formats["number"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001
    else:
        sheet.write_string(row, place, printable(_text(value))[:_CELL_CHARACTERS])


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(item)}" for key, item in value.items())
    return str(value)
