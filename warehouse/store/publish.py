"""Publish the private warehouse: one atomic rename makes the new answers the current ones.

The published copy is what reports, queries and notebooks open, and what leaves the house. It holds no
personal data: columns whose comment begins with `PERSONAL` are null in it, unless the workspace sets
`privacy.show_people`, and people who opted out are not in it at all. Table by table is copied, because a copy
of the file would keep the bytes of blanked columns in freed blocks.
"""

# ruff: noqa: S608 - names and kinds come from the catalogue of the warehouse

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.store.changes import note_changes
from warehouse.store.database import open_database, open_published, quote_name, quote_text, transaction
from warehouse.store.files import sync_folder, temporary_beside
from warehouse.store.privacy import note_requested, without_requested

PERSONAL = "personal; "
"""How the comment of a column begins that holds names or addresses of people."""
_COPY = "publishing"


def publish_warehouse(source: DuckDBPyConnection | Path, published: Path) -> None:
    """Replace the published copy by the present state of the private warehouse.

    `source` is the connection that has it open, with no transaction under way, or its path. Readers that have
    the old copy open go on reading it. Raises `WarehouseError` if the copy cannot be made, such as on a full
    disk; the old copy stays then.
    """
    if isinstance(source, Path):
        with closing(open_database(source)) as con:
            publish_warehouse(con, published)
        return
    temporary = None
    try:
        published.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_beside(published)
        _copy(source, temporary)
        note_changes(temporary, published)
        _sync(temporary)
        open_published(temporary).close()
        temporary.replace(published)
        sync_folder(published.parent)
    except (duckdb.Error, OSError) as error:
        raise WarehouseError(f"{published} stays as it was: {error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
            temporary.with_name(f"{temporary.name}.wal").unlink(missing_ok=True)


def _copy(con: DuckDBPyConnection, target: Path) -> None:
    con.execute(f"attach {quote_text(str(target))} as {_COPY}")
    try:
        with transaction(con):
            [(source,)] = con.execute("select current_database()").fetchall()
            # Schemas, tables and comments; as statements of their own they take a hundred times as long.
            con.execute(f"copy from database {quote_name(source)} to {_COPY} (schema)")
            note_requested(con)
            con.execute("; ".join(_inserts(con)))
            con.execute("drop table temp.requested")
        con.execute(f"checkpoint {_COPY}")
    finally:
        with suppress(duckdb.Error):  # the first error is the one to tell
            con.execute(f"detach {_COPY}")


def _inserts(con: DuckDBPyConnection) -> Iterator[str]:
    """What fills the tables of the copy, personal columns without their values."""
    shown = con.execute("select value from meta.parameter where name = 'show_people'").fetchall() == [
        ("true",)
    ]
    [(requests,)] = con.execute("select count(*) from raw.privacy_request").fetchall()
    columns = con.execute(
        "select schema_name, table_name, column_name, starts_with(coalesce(comment, ''), ?)"
        " from duckdb_columns() where database_name = current_database() and not internal"
        " order by schema_name, table_name, column_index",
        [PERSONAL],
    ).fetchall()
    for (schema, table), rows in groupby(columns, key=itemgetter(0, 1)):
        if (schema, table) == ("raw", "privacy_request"):
            continue
        name = f"{quote_name(schema)}.{quote_name(table)}"
        names = [column for *_, column, is_personal in rows if shown or not is_personal]
        source = without_requested(table, name) if requests and schema == "raw" else name
        listed = ", ".join(map(quote_name, names))
        yield f"insert into {_COPY}.{name} ({listed}) select {listed} from {source}"


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
