"""Put rows that forges tell in place of the earlier ones, by the keys of `warehouse.store.schema`.

Everything happens in the caller's transaction, so that a crawler's cursor moves with the rows of its page.
"""

# ruff: noqa: S608 - table and column names come from warehouse.store.schema alone

from collections.abc import Mapping

import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.store.database import quote_name, registered
from warehouse.store.schema import FORGE_DETAILS, FORGE_KEYS, RAW_TABLES
from warehouse.store.table_versions import bump_versions

_BOOKKEEPING = frozenset({"forge_crawl", "forge_cursor", "forge_etag", "forge_rate_limit"})
"""Small tables whose rows are always news."""
_PROVENANCE = ("observed_at", "parser_version")
"""What may differ between two answers that say the same."""


def upsert_rows(con: DuckDBPyConnection, rows: Mapping[str, pa.Table], *, touch: bool = False) -> None:
    """Upsert rows by table; `touch` renews `observed_at` even of rows that say nothing new.

    Of two rows with the same key the later one counts; a row that is older by `updated_at` than the stored
    one is left out, but with `touch` it says that the thing is there.

    Raises:
        WarehouseError: columns differ from the schema's.
    """
    bump_versions(con, [name for name, table in rows.items() if _upsert(con, name, table, touch)])


def _upsert(con: DuckDBPyConnection, name: str, table: pa.Table, touch: bool) -> int:
    """Upsert the rows of one table; returns how many say something new."""
    schema = RAW_TABLES[name].schema
    if name not in FORGE_KEYS or not table.schema.equals(schema):
        raise WarehouseError(f"raw.{name}: rows with other columns cannot be put in")
    keys = FORGE_KEYS[name]
    target, columns = f"raw.{quote_name(name)}", ", ".join(map(quote_name, schema.names))
    same_key = " and ".join(f"old.{quote_name(k)} is not distinct from new.{quote_name(k)}" for k in keys)
    positions = pa.array(range(table.num_rows), pa.int64())
    if name in _BOOKKEEPING:
        with registered(con, "arriving", table):
            con.execute(f"delete from {target} as old using arriving as new where {same_key}")
            con.execute(f"insert into {target} ({columns}) select {columns} from arriving")
        return int(table.num_rows)
    with registered(con, "arriving", table.append_column("position", positions)):
        con.execute(
            f"create or replace temp table upserting as select {_merged(name)}, {_is_news(name)} as is_news"
            f" from (from arriving where position in"
            f" (select max(position) from arriving group by {', '.join(map(quote_name, keys))})) as new"
            f" left join (select *, true as is_there from {target}) as old on {same_key}"
            f" where {_is_not_older(name)}"
        )
        revived = _renew_older(con, name, same_key) if touch else 0
    wanted = "true" if touch else "is_news"
    con.execute(f"delete from {target} as old using temp.upserting as new where {same_key} and {wanted}")
    [(news,)] = con.execute(
        f"insert into {target} ({columns}) select {columns} from temp.upserting where {wanted}"
    ).fetchall()
    if touch:
        [(news,)] = con.execute("select count(*) filter (is_news) from temp.upserting").fetchall()
    return int(news) + revived


def _renew_older(con: DuckDBPyConnection, name: str, same_key: str) -> int:
    """Renew rows of which an older state arrives, as from a machine of the forge that lags behind.

    They keep what they say, and are there, so that they are not removed any more. Returns how many were.
    """
    columns = RAW_TABLES[name].schema.names
    if "updated_at" not in columns:
        return 0
    update = f"update raw.{quote_name(name)} as old set"
    where = f"from arriving as new where {same_key} and not ({_is_not_older(name)})"
    revived = 0
    if "removed_at" in columns:
        is_back = "old.removed_at is not null and new.removed_at is null"
        [(revived,)] = con.execute(f"{update} removed_at = null {where} and {is_back}").fetchall()
    con.execute(f"{update} observed_at = greatest(old.observed_at, new.observed_at) {where}")
    return int(revived)


def _merged(name: str) -> str:
    """The new row's columns; details that it does not tell are the old row's."""
    marker, details = FORGE_DETAILS.get(name, ("", ()))
    return ", ".join(
        f"case when new.{quote_name(marker)} is null then coalesce(new.{column}, old.{column})"
        f" else new.{column} end as {column}"
        if column in map(quote_name, details)
        else f"new.{column} as {column}"
        for column in map(quote_name, RAW_TABLES[name].schema.names)
    )


def _is_news(name: str) -> str:
    marker, details = FORGE_DETAILS.get(name, ("", ()))
    differences = [
        f"(new.{quote_name(marker)} is not null or new.{quote_name(c)} is not null) and {_differs(c)}"
        if c in details
        else _differs(c)
        for c in RAW_TABLES[name].schema.names
        if c not in _PROVENANCE and c not in FORGE_KEYS[name]
    ]
    return " or ".join(["old.is_there is null", *(f"({difference})" for difference in differences)])


def _differs(column: str) -> str:
    return f"new.{quote_name(column)} is distinct from old.{quote_name(column)}"


def _is_not_older(name: str) -> str:
    if "updated_at" not in RAW_TABLES[name].schema.names:
        return "true"
    return "old.updated_at is null or new.updated_at is null or new.updated_at >= old.updated_at"
