"""What a forge no longer has: its rows stay and say since when."""

# ruff: noqa: S608 - table and column names come from warehouse.store.schema alone, values are parameters

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.store.database import quote_name, registered, transaction
from warehouse.store.schema import FORGE_KEYS, RAW_TABLES
from warehouse.store.table_versions import bump_versions


def mark_removed(con: DuckDBPyConnection, host: str, repo_id: str, at: datetime) -> None:
    """A repository is not to be had any more under the name by which it was reached last."""
    with transaction(con):
        con.execute(
            "update raw.forge_repository set removed_at = ? where removed_at is null"
            " and (forge, repository_id) in (select (forge, repository_id) from raw.forge_repository_name"
            " where forge = ? and repo_id = ?)",
            [at, host, repo_id],
        )
        bump_versions(con, ["forge_repository"])


def mark_unrenewed(
    con: DuckDBPyConnection,
    repository: tuple[str, int],
    tables: Mapping[str, Mapping[str, Any]],
    at: datetime,
) -> None:
    """Mark the rows that a complete reading, which began at `at`, did not renew.

    `tables` tells by table which values the columns of the rows have that the reading is about.
    """
    with transaction(con):
        for table, values in tables.items():
            same = "".join(f" and old.{quote_name(name)} = ${name}" for name in values)
            _mark(con, table, repository, at, f"old.observed_at < $at{same}", more=values)


def mark_unseen(
    con: DuckDBPyConnection,
    repository: tuple[str, int],
    name: str,
    seen: Sequence[dict[str, Any]],
    at: datetime,
) -> None:
    """Mark the rows of a table that are not in `seen`; what has no `removed_at` is deleted."""
    with transaction(con):
        keys = [key for key in FORGE_KEYS[name] if key not in ("forge", "repository_id")]
        schema = RAW_TABLES[name].schema
        columns = {key: pa.array([row.get(key) for row in seen], schema.field(key).type) for key in keys}
        same = " and ".join(f"new.{quote_name(k)} is not distinct from old.{quote_name(k)}" for k in keys)
        with registered(con, "seen_rows", pa.table(columns)):
            _mark(con, name, repository, at, f"not exists (from seen_rows as new where {same})")


def _mark(
    con: DuckDBPyConnection,
    table: str,
    repository: tuple[str, int],
    at: datetime,
    condition: str,
    *,
    more: Mapping[str, Any] | None = None,
) -> None:
    where = f"old.forge = $host and old.repository_id = $id and {condition}"
    values: dict[str, Any] = {"host": repository[0], "id": repository[1], **(more or {})}
    if "$at" in condition:
        values["at"] = at
    if "removed_at" in RAW_TABLES[table].schema.names:
        values["at"] = at
        statement = (
            f"update raw.{quote_name(table)} as old set removed_at = $at where removed_at is null and {where}"
        )
    else:
        statement = f"delete from raw.{quote_name(table)} as old where {where}"
    [(rows,)] = con.execute(statement, values).fetchall()
    if rows:
        bump_versions(con, [table])
