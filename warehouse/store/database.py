"""Open the private warehouse (one writer) and its published copy (many readers).

The private file belongs to one process at a time: DuckDB locks every other process out, readers too. That
lock is a POSIX one, which a process loses as soon as it closes *any* descriptor of the file: nothing but
DuckDB may open the private file in the process that has it open. See `warehouse.store.publish`.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.store.files import temporary_beside
from warehouse.store.schema import RAW_TABLES, Table

MIGRATIONS = Path(__file__).parent / "migrations"
_NO_EXTENSIONS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}
_PUBLISHED_NAME = "chainatlas"
_LEAST_MEMORY = 64 * 1024 * 1024


def open_database(path: Path, migrations: Path = MIGRATIONS) -> DuckDBPyConnection:
    """Open the private warehouse for writing, made and brought up to date where needed.

    Raises `WarehouseError` if another process has it open, if it is damaged, or if it was made by a newer
    version.
    """
    path = path.absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path, migrations)
        con = _connect(path)
    except OSError as error:
        raise WarehouseError(f"{path}: cannot be created: {error.strerror}") from error
    try:
        _bring_up_to_date(con, path, migrations)
    except BaseException:
        con.close()
        raise
    return con


def open_in_memory() -> DuckDBPyConnection:
    """A warehouse without rows that lives in memory, for answers about what no workspace holds."""
    con = duckdb.connect(":memory:", config=_NO_EXTENSIONS)
    try:
        con.execute("set global TimeZone = 'UTC'")
        con.execute("set temp_directory = ''")  # the default place would be the caller's current folder
        _bring_up_to_date(con, Path(":memory:"), MIGRATIONS)
    except BaseException:
        con.close()
        raise
    return con


def open_published(path: Path, settings: Mapping[str, str] | None = None) -> DuckDBPyConnection:
    """Open the published copy read-only, locked: no file, network, extension or configuration access.

    `settings` are DuckDB settings that hold for this connection, such as `memory_limit`. A reader keeps the
    copy that it opened when a newer one is published. Raises `WarehouseError` if there is none.
    """
    path = path.absolute()
    if not path.is_file():
        raise WarehouseError(f"{path}: nothing is published yet: `chainatlas run` publishes the warehouse")
    # Attached, because a second `connect` to a path gets the instance of the first, and with it the old file.
    con = duckdb.connect(":memory:", config=_NO_EXTENSIONS)
    try:
        con.execute(f"attach {quote_text(str(path))} as {_PUBLISHED_NAME} (read_only)")
        con.execute(f"use {_PUBLISHED_NAME}")
        # No spilling: the default place would be the reader's current folder.
        for name, value in {"TimeZone": "UTC", "temp_directory": "", **(settings or {})}.items():
            con.execute(f"set {name} = {quote_text(value)}")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
    except duckdb.Error as error:
        con.close()
        raise WarehouseError(f"{path}: cannot be read: {error}; publish it again") from error
    return con


def use_memory(con: DuckDBPyConnection, memory_bytes: int | None) -> None:
    """Bound the memory of tables and queries; what does not fit is put aside beside the warehouse's file.

    Null is half of what the machine, or the control group, grants; DuckDB's own 80 % leaves too little to the
    models in Python and to the scans.
    """
    con.execute(f"set memory_limit = {quote_text(memory_setting(memory_bytes))}")


def memory_setting(memory_bytes: int | None) -> str:
    """A number of bytes, or half of what is granted, as DuckDB's `memory_limit`."""
    return "50%" if memory_bytes is None else f"{memory_bytes}B"


def give_back_memory(con: DuckDBPyConnection, memory_bytes: int | None) -> None:
    """Let go of the pages that are kept for the next query, then go on as `use_memory` says."""
    with suppress(duckdb.Error):  # what is in use stays
        con.execute(f"set memory_limit = '{_LEAST_MEMORY}B'")
    use_memory(con, memory_bytes)


def read_through(con: DuckDBPyConnection) -> None:
    """Read every value of the database in use, because a damaged block is noticed only when it is read.

    Raises:
        WarehouseError: a table cannot be read.
    """
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where not temporary and database_name = current_database() order by all"
    ).fetchall()
    for schema, table in tables:
        name = f"{quote_name(schema)}.{quote_name(table)}"
        try:
            con.execute(f"select bit_xor(hash(columns(*))) from {name}").fetchall()  # noqa: S608  # the catalogue's
        except duckdb.Error as error:
            raise WarehouseError(f"{schema}.{table} cannot be read: {error}") from error


@contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """All statements of the block or, after any exception, none of them."""
    con.execute("begin transaction")
    try:
        yield
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.TransactionException):  # a commit that failed has ended the transaction
            con.execute("rollback")
        raise


@contextmanager
def registered(con: DuckDBPyConnection, name: str, table: pa.Table | pa.RecordBatchReader) -> Iterator[None]:
    """Let SQL of the block read an Arrow table under a name, or once a reader of one."""
    con.register(name, table)
    try:
        yield
    finally:
        with suppress(duckdb.TransactionException):  # the rollback after an error removes the name
            con.unregister(name)


def quote_text(text: str) -> str:
    """A SQL string literal, for the statements that take no parameter."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def is_built(con: DuckDBPyConnection, table: str) -> bool:
    """Whether there is a model's table in schema `core`."""
    [(tables,)] = con.execute(
        "select count(*) from duckdb_tables() where schema_name = 'core' and table_name = ?", [table]
    ).fetchall()
    return bool(tables)


def _create(path: Path, migrations: Path) -> None:
    """Make an empty warehouse under another name first: a process that dies leaves no broken file."""
    fresh = temporary_beside(path)
    con = _connect(fresh)
    try:
        _bring_up_to_date(con, fresh, migrations)
        con.execute("checkpoint")
    finally:
        con.close()
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass  # another process made it in the meantime; theirs may hold rows already
    except OSError:  # a file system without hard links
        fresh.replace(path)
    fresh.unlink(missing_ok=True)


def _connect(path: Path) -> DuckDBPyConnection:
    try:
        con = duckdb.connect(path, config=_NO_EXTENSIONS)
        con.execute("set global TimeZone = 'UTC'")
    except duckdb.Error as error:
        if lock := re.search(r"Conflicting lock is held in (\S+) \(PID (\d+)\)", str(error)):
            raise WarehouseError(
                f"{path}: in use by process {lock[2]} ({lock[1]}): wait until it ends or stop it; "
                "queries and reports can read the published copy meanwhile"
            ) from error
        raise WarehouseError(
            f"{path}: cannot be opened: {error}. If the file is damaged, move it away and run again: the "
            "warehouse is made anew from the repositories"
        ) from error
    return con


def _bring_up_to_date(con: DuckDBPyConnection, path: Path, migrations: Path) -> None:
    try:
        _migrate(con, path, migrations)
        with transaction(con):
            _ensure_raw_tables(con, path)
    except duckdb.Error as error:
        raise WarehouseError(f"{path}: cannot be brought up to date: {error}") from error


def _migrate(con: DuckDBPyConnection, path: Path, folder: Path) -> None:
    recorded = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'meta' and table_name = 'migration'"
    )
    applied = {}
    if recorded.fetchall():
        applied = dict(con.execute("select name, sha256 from meta.migration").fetchall())
    files = {file.stem: file for file in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))}
    if newer := sorted(applied.keys() - files.keys()):
        raise WarehouseError(
            f"{path}: made by a newer version of chainatlas, which applied {', '.join(newer)}: upgrade first"
        )
    for name, file in files.items():
        text = file.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if name not in applied:
            with transaction(con):
                con.execute(text)
                con.execute("insert into meta.migration values (?, ?, now())", [name, digest])
        elif applied[name] != digest:
            raise WarehouseError(
                f"{file}: changed after it was applied to {path}: write a new migration instead"
            )


def _ensure_raw_tables(con: DuckDBPyConnection, path: Path) -> None:
    """Make the tables of `warehouse.store.schema`, the columns that are missing, and their comments."""
    found: dict[str, dict[str, tuple[str, str | None]]] = {}
    for table, column, kind, comment in con.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = 'raw'"
    ).fetchall():
        found.setdefault(table, {})[column] = kind, comment
    grains = dict(
        con.execute("select table_name, comment from duckdb_tables() where schema_name = 'raw'").fetchall()
    )
    statements: list[str] = []
    for table in RAW_TABLES.values():
        empty = con.from_arrow(table.schema.empty_table())
        kinds = dict(zip(empty.columns, map(str, empty.types), strict=True))
        try:
            statements += _table_statements(table, kinds, found.get(table.name, {}), grains.get(table.name))
        except WarehouseError as error:
            raise WarehouseError(f"{path}: {error}") from error
    con.execute("; ".join(statements))


def _table_statements(
    table: Table, kinds: Mapping[str, str], found: Mapping[str, tuple[str, str | None]], grain: str | None
) -> Iterator[str]:
    """What turns a table as found (type and comment by column) into the declared one."""
    name = f"raw.{quote_name(table.name)}"
    if not found:
        yield f"create table {name} ({', '.join(f'{quote_name(c)} {kind}' for c, kind in kinds.items())})"
    for column, kind in kinds.items():
        field = f"{name}.{quote_name(column)}"
        if found and column not in found:
            yield f"alter table {name} add column {quote_name(column)} {kind}"
        if column in found and found[column][0] != kind:
            raise WarehouseError(f"{field} is {found[column][0]}, should be {kind}: a migration is missing")
        comment = table.schema.field(column).metadata[b"comment"].decode()
        if column not in found or found[column][1] != comment:
            yield f"comment on column {field} is {quote_text(comment)}"
    if grain != table.grain:
        yield f"comment on table {name} is {quote_text(table.grain)}"
