"""Publish the private warehouse: one atomic rename makes the new answers the current ones.

The published copy is what reports, queries and notebooks open, and what leaves the house. It holds no
personal data: columns whose comment begins with `PERSONAL` are null in it, unless the workspace sets
`privacy.show_people`. Table by table is copied, because a copy of the file would keep the bytes of blanked
columns in freed blocks.
"""

# ruff: noqa: S608 - names and kinds come from the catalogue of the warehouse

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.store.database import open_database, open_published, quote_name, quote_text, transaction
from warehouse.store.files import sync_folder, temporary_beside

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
            con.execute("; ".join(_statements(con)))
        con.execute(f"checkpoint {_COPY}")
    finally:
        with suppress(duckdb.Error):  # the first error is the one to tell
            con.execute(f"detach {_COPY}")


def _statements(con: DuckDBPyConnection) -> Iterator[str]:
    """What makes the copy: every schema, table and comment, personal columns without their values."""
    shown = con.execute("select value from meta.parameter where name = 'show_people'").fetchall() == [
        ("true",)
    ]
    tables = con.execute(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where database_name = current_database() and not temporary order by 1, 2"
    ).fetchall()
    for schema in sorted({schema for schema, _, _ in tables}):
        yield f"create schema if not exists {_COPY}.{quote_name(schema)}"
    for schema, table, comment in tables:
        name = f"{quote_name(schema)}.{quote_name(table)}"
        columns = con.execute(
            "select column_name, data_type, comment from duckdb_columns()"
            " where database_name = current_database() and schema_name = ? and table_name = ?"
            " order by column_index",
            [schema, table],
        ).fetchall()
        blanked = [
            f"cast(null as {kind}) as {quote_name(column)}"
            for column, kind, text in columns
            if (text or "").startswith(PERSONAL) and not shown
        ]
        replaced = f" replace ({', '.join(blanked)})" if blanked else ""
        yield f"create table {_COPY}.{name} as select *{replaced} from {name}"
        if comment is not None:
            yield f"comment on table {_COPY}.{name} is {quote_text(comment)}"
        for column, _, text in columns:
            if text is not None:
                yield f"comment on column {_COPY}.{name}.{quote_name(column)} is {quote_text(text)}"


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
