"""Put the rows of a test case into the raw tables of a warehouse."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.store.database import registered
from warehouse.store.schema import RAW_TABLES
from warehouse.taxonomy import DEFAULT_FOLDER, load_taxonomy


@cache
def _scoring() -> dict[str, pa.Table]:
    tables = load_taxonomy([DEFAULT_FOLDER])
    return {name: tables[name] for name in ("scoring", "verdict_condition")}


def insert_scoring(con: DuckDBPyConnection) -> None:
    """The scoring of the project's own taxonomy."""
    for name, table in _scoring().items():
        with registered(con, "given", table):
            con.execute(f'insert into raw."{name}" from given')


def insert_rows(con: DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Rows of a raw table, as a case of tests/fixtures/models names them."""
    schema = RAW_TABLES[table].schema
    assert {column for row in rows for column in row} <= {*schema.names, "times"}, table
    filled = [
        {field.name: _given(copy.get(field.name), field.type) for field in schema}
        for row in rows
        for copy in _copies(row)
    ]
    with registered(con, "given", pa.Table.from_pylist(filled, schema)):
        con.execute(f'insert into raw."{table}" from given')


def _copies(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "times" not in row:
        yield dict(row)
    for number in range(1, row.get("times", 0) + 1):
        yield {**row, "sha": f"{row['sha']}-{number}"}


def _given(value: Any, kind: pa.DataType) -> Any:
    if isinstance(value, date) and kind != pa.date32():
        moment = datetime.combine(value, time(12), UTC)
        return moment if pa.types.is_timestamp(kind) else int(moment.timestamp())
    return value
