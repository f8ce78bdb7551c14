"""What the API answers: tables with filters and free SQL, on the copy that is published when it is asked."""

import io
import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from reports.exports.tables import Table, read_tables
from warehouse.errors import WarehouseError
from warehouse.store.database import open_published, quote_name
from warehouse.store.query import QueryResult, run_query

ARROW = "application/vnd.apache.arrow.stream"
MAX_ROWS = 10_000
DEFAULT_ROWS = 100
SECONDS = 30.0
MEMORY = "1GB"

_COMPARISONS = {
    "": "{column} = ?",
    "not": "{column} is distinct from ?",
    "min": "{column} >= ?",
    "max": "{column} <= ?",
    "like": "contains(lower({column}::varchar), lower(?))",
}
"""Filters by what follows the column's name and a dot: `score.min=50`."""
_OWN_WORDS = {"limit", "offset", "order", "format"}


def list_tables(published: Path) -> list[dict[str, Any]]:
    """Every answer with its meaning and columns."""
    with closing(open_published(published)) as con:
        tables = read_tables(con)
    return [
        {
            "name": table.name,
            "meaning": table.meaning,
            "rows": table.rows,
            "columns": [
                {"name": column.name, "type": column.type, "meaning": column.meaning}
                for column in table.columns
            ],
        }
        for table in tables
    ]


def read_rows(published: Path, name: str, words: Iterable[tuple[str, str]]) -> QueryResult:
    """Rows of one answer: filters by column, `order=column` or `order=-column`, `limit`, `offset`.

    Raises:
        WarehouseError: there is no such answer, column or comparison, or a number is none.
    """
    with closing(open_published(published)) as con:
        found = [table for table in read_tables(con) if table.name == name]
    if not found:
        raise WarehouseError(f"there is no answer called {name!r}; /api/tables lists them")
    table, pairs = found[0], list(words)
    own = {key: value for key, value in pairs if key in _OWN_WORDS}
    conditions, values = _conditions(table, [pair for pair in pairs if pair[0] not in _OWN_WORDS])
    sql = f"select * from ({table.query()}){conditions}{_order(table, own.get('order'))}"  # noqa: S608
    offset = _number("offset", own.get("offset", "0"), 1 << 40)
    limit = _number("limit", own.get("limit", str(DEFAULT_ROWS)), MAX_ROWS)
    return run_query(published, f"{sql} offset {offset}", limit, SECONDS, MEMORY, parameters=values)


def answer_sql(published: Path, asked: Mapping[str, Any]) -> QueryResult:
    """Rows of a query of the user's own: `sql` and perhaps `limit`.

    Raises:
        WarehouseError: it is no query, is wrong, or needs too much time or memory.
    """
    sql, limit = asked.get("sql"), asked.get("limit", 1000)
    if not isinstance(sql, str):
        raise WarehouseError("`sql` is missing: a text")
    return run_query(published, sql, _number("limit", str(limit), MAX_ROWS), SECONDS, MEMORY)


def as_json(result: QueryResult) -> bytes:
    """Rows as a list of lists, which is small, with the columns' names and types."""
    columns = [{"name": field.name, "type": str(field.type)} for field in result.table.schema]
    rows = [list(row) for row in zip(*(column.to_pylist() for column in result.table.columns), strict=True)]
    content = {"columns": columns, "rows": rows, "truncated": result.truncated}
    return json.dumps(content, ensure_ascii=False, default=_plain).encode()


def as_arrow(result: QueryResult) -> bytes:
    """Rows as one Arrow stream."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, result.table.schema) as writer:
        writer.write_table(result.table)
    return sink.getvalue()


def _conditions(table: Table, pairs: list[tuple[str, str]]) -> tuple[str, list[str]]:
    columns = {column.name for column in table.columns}
    conditions, values = [], []
    for key, value in pairs:
        name, _, comparison = key.partition(".")
        if name not in columns:
            raise WarehouseError(f"{table.name} has no column {name!r}; it has {', '.join(sorted(columns))}")
        if comparison not in _COMPARISONS:
            known = ", ".join(filter(None, _COMPARISONS))
            raise WarehouseError(
                f"{key!r}: columns are compared as they are, or by .{known.replace(', ', ', .')}"
            )
        conditions.append(_COMPARISONS[comparison].format(column=quote_name(name)))
        values.append(value)
    return (f" where {' and '.join(conditions)}" if conditions else ""), values


def _order(table: Table, word: str | None) -> str:
    if word is None:
        return ""
    name, direction = (word[1:], " desc nulls last") if word.startswith("-") else (word, " nulls last")
    if name not in {column.name for column in table.columns}:
        raise WarehouseError(f"{table.name} has no column {name!r} to order by")
    others = ", ".join(quote_name(column.name) for column in table.columns if column.name != name)
    return f" order by {quote_name(name)}{direction}, {others}"


def _number(name: str, text: str, highest: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > highest:
        raise WarehouseError(f"`{name}` is a number from 0 to {highest}, not {text[:40]!r}")
    return int(text)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
