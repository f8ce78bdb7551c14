"""Remember which data files the tables were read from, so that unchanged files are not read again."""

from duckdb import DuckDBPyConnection

from warehouse.store.database import transaction


def recorded_digest(con: DuckDBPyConnection, name: str) -> str | None:
    """The digest of the files `name` when their tables were last replaced; null if never."""
    rows = con.execute("select digest from meta.table_source where name = ?", [name]).fetchall()
    return str(rows[0][0]) if rows else None


def record_digest(con: DuckDBPyConnection, name: str, digest: str) -> None:
    """Record what the tables hold now; to be called after they were all replaced."""
    with transaction(con):
        con.execute("delete from meta.table_source where name = ?", [name])
        con.execute("insert into meta.table_source values (?, ?)", [name, digest])
