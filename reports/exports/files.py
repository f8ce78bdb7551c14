"""The answers as Parquet or CSV files, whole, and a dictionary of what their columns mean."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from reports.exports.tables import Table
from reports.spreadsheets import FORMULA_STARTS
from reports.texts import Words
from reports.whole_file import whole_file
from warehouse.store.database import quote_name

_BATCH_ROWS = 50_000
_DICTIONARY = ("table", "column", "title", "type", "meaning")


def write_tables(
    con: DuckDBPyConnection, tables: Sequence[Table], folder: Path, file_format: str
) -> Iterator[Path]:
    """Write each table into a file of its own, `parquet` or `csv`, and yield its path.

    In CSV a text that a spreadsheet would take for a formula begins with an apostrophe, and lists are texts.

    Raises:
        ReportError: a file cannot be written.
    """
    for table in tables:
        path = folder / f"{table.name}.{file_format}"
        with whole_file(path) as file:
            if file_format == "csv":
                _write_csv(con.sql(_harmless(table)).to_arrow_reader(_BATCH_ROWS), file)
            else:
                _write_parquet(con.sql(table.query()).to_arrow_reader(_BATCH_ROWS), file)
        yield path


def write_dictionary(tables: Sequence[Table], path: Path, words: Words) -> None:
    """Write what every table and column means, as CSV that spreadsheets open in the right encoding.

    Raises:
        ReportError: the file cannot be written.
    """
    with whole_file(path) as whole, whole.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(words(f"export.dictionary.{heading}") for heading in _DICTIONARY)
        for table in tables:
            writer.writerow([table.name, "", "", "", words.meaning(table.meaning)])
            writer.writerows(
                [table.name, column.name, column.title(words), column.type, words.meaning(column.meaning)]
                for column in table.columns
            )


def _harmless(table: Table) -> str:
    cells = (_harmless_cell(quote_name(column.name), column.type) for column in table.columns)
    return f"select {', '.join(cells)} from ({table.query()})"  # noqa: S608


def _harmless_cell(name: str, kind: str) -> str:
    if kind != "VARCHAR" and not kind.endswith(("[]", ")")):
        return name
    text, starts = f"{name}::varchar", "".join(FORMULA_STARTS)
    is_formula = f"{text} <> '' and contains('{starts}', left({text}, 1))"
    return f"case when {is_formula} then '''' || {text} else {text} end as {name}"


def _write_parquet(rows: pa.RecordBatchReader, path: Path) -> None:
    with parquet.ParquetWriter(path, rows.schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)


def _write_csv(rows: pa.RecordBatchReader, path: Path) -> None:
    with path.open("wb") as file:
        file.write("\ufeff".encode())  # without it, spreadsheets take Chinese for another encoding
        with arrow_csv.CSVWriter(file, rows.schema) as writer:
            for batch in rows:
                writer.write_batch(batch)
