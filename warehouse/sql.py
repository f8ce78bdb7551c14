"""SQL as DuckDB's own parser sees it."""

import json
from collections.abc import Iterator
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError

_WRITING_NODES = frozenset(f"{verb}_QUERY_NODE" for verb in ("INSERT", "UPDATE", "DELETE", "COPY"))


def parse_query(con: DuckDBPyConnection, sql: str) -> dict[str, Any]:
    """Syntax tree of one query, as `json_serialize_sql` gives it; nothing is run.

    Raises `WarehouseError` for a mistake of syntax, and for anything that is not a single query.
    """
    [(serialized,)] = con.execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()
    parsed = json.loads(serialized)
    if parsed["error"]:
        if parsed["error_type"] == "not implemented":
            raise WarehouseError(
                "only queries are allowed: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, PIVOT with IN"
            )
        raise WarehouseError(f"not valid SQL: {parsed['error_message']}{_place(sql, parsed.get('position'))}")
    if len(parsed["statements"]) != 1:
        raise WarehouseError(f"expected one query, found {len(parsed['statements'])}")
    statement: dict[str, Any] = parsed["statements"][0]
    if writing := {node["type"] for node in walk(statement) if node.get("type") in _WRITING_NODES}:
        raise WarehouseError(f"only queries are allowed, not {min(writing).partition('_')[0]} within one")
    return statement


def walk(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON tree, depth first."""
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _place(sql: str, position: str | None) -> str:
    if position is None:
        return ""
    before = sql.encode()[: int(position)].decode(errors="replace")
    return f" (line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))})"
