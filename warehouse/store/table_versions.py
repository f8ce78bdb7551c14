"""Versions of the content of raw tables, by which the runner knows which models are stale."""

# ruff: noqa: S608 - names are parameters

from collections.abc import Iterable

from duckdb import DuckDBPyConnection


def bump_versions(con: DuckDBPyConnection, table_names: Iterable[str]) -> None:
    """Raise the counters of raw tables; in the transaction that changes their rows."""
    names = [[f"raw.{table_name}" for table_name in sorted(table_names)]]
    changed = "(select unnest(?::varchar[]) as name)"
    con.execute(f"update meta.table_version set version = version + 1 where table_name in {changed}", names)
    con.execute(
        f"insert into meta.table_version select name, 1 from {changed}"
        " where name not in (select table_name from meta.table_version)",
        names,
    )
