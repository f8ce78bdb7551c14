"""Publish the private warehouse: one atomic rename makes the new answers the current ones.

The published copy is what reports, queries and notebooks open, and what leaves the house. It holds no
personal data: columns whose comment begins with `PERSONAL` are null in it, unless the workspace sets
`privacy.show_people`, and people who opted out are not in it at all. Table by table is copied, because a copy
of the file would keep the bytes of blanked columns in freed blocks.

Most tables are as they were in the copy before, and writing them costs more than all else of a run in which
little changed. So a new copy begins as a copy of that file, and only tables with another version are written,
of these only the rows of the repositories that changed where that is known; where something must leave it
(a repository, a person, a column), all is written anew.
"""

# ruff: noqa: S608 - names and kinds come from the catalogue of the warehouse

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.ledger import last_builds, raw_versions
from warehouse.model import PARAMETERS
from warehouse.store.changes import TABLE as CHANGES
from warehouse.store.changes import note_changes
from warehouse.store.database import open_database, open_published, quote_name, quote_text, transaction
from warehouse.store.files import sync_folder, temporary_beside
from warehouse.store.schema import FORGE_TABLES
from warehouse.store.table_versions import changed_keys
from warehouse.store.withheld import REQUESTED, note_requested, requested_digest, without_requested

PERSONAL = "personal; "
"""How the comment of a column begins that holds names or addresses of people."""
_COPY = "publishing"
_WITHOUT_VERSION = frozenset(f"raw.{name}" for name in FORGE_TABLES)
"""What is copied each time: when forge rows were observed last may change without a new version."""
_NEVER = frozenset({"raw.privacy_request", "meta.changed_key"})
"""What stays here: who asked not to be seen, and what may name repositories that left."""
_PART = "temp.published_part"
"""Repositories whose rows are written anew, by table."""
_FREE_SHARE = 0.4
"""A copy with more free blocks than this is made anew."""


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
        _copy(source, temporary, published)
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


def _copy(con: DuckDBPyConnection, target: Path, before: Path) -> None:
    """Make the copy: of the one before, with the tables that have changed since, or anew."""
    note_requested(con)
    versions, token = _versions(con), secrets.token_hex(16)
    if not _renew(con, target, before, versions, token):
        target.unlink(missing_ok=True)
        with _attached(con, target):
            _note_publication(con, token)
            with transaction(con):
                [(source,)] = con.execute("select current_database()").fetchall()
                # Schemas, tables and comments; as statements of their own they take a hundred times as long.
                con.execute(f"copy from database {quote_name(source)} to {_COPY} (schema)")
                _fill(con, None, versions, token)
            con.execute(f"checkpoint {_COPY}")
    con.execute(f"drop table {REQUESTED}")


def _renew(
    con: DuckDBPyConnection, target: Path, before: Path, versions: Mapping[str, str], token: str
) -> bool:
    """Make the copy of the file of the one before; false if that cannot be."""
    if not _begin_with(con, target, before):
        return False
    with _attached(con, target):
        changed = _changed_tables(con, versions)
        if changed is None:
            return False
        _note_publication(con, token)
        with transaction(con):
            _fill(con, changed, versions, token)
        con.execute(f"checkpoint {_COPY}")
        return True


@contextmanager
def _attached(con: DuckDBPyConnection, target: Path) -> Iterator[None]:
    con.execute(f"attach {quote_text(str(target))} as {_COPY}")
    try:
        yield
    finally:
        with suppress(duckdb.Error):  # the first error is the one to tell
            con.execute(f"detach {_COPY}")


def _begin_with(con: DuckDBPyConnection, target: Path, before: Path) -> bool:
    """Copy the file of the copy before, if it is the last one of this warehouse."""
    own = con.execute("select token from meta.publication").fetchall()
    try:
        with closing(open_published(before)) as reader:
            theirs = reader.execute("select token from meta.publication").fetchall()
    except (WarehouseError, duckdb.Error):
        return False
    if not own or own != theirs:
        return False
    shutil.copyfile(before, target)
    return True


def _changed_tables(
    con: DuckDBPyConnection, versions: Mapping[str, str]
) -> dict[str, frozenset[str] | None] | None:
    """Tables whose content is not that of the copy before; null if all must be written anew.

    With each the repositories whose rows are not; null where that is not known.

    What must leave the copy must leave its bytes: rows that are deleted stay in freed blocks of the file.
    """
    if _shape(con, None) != _shape(con, _COPY):
        return None
    copied = dict(con.execute(f"select table_name, version from {_COPY}.meta.published_table").fetchall())
    gone = f"select repo_id from {_COPY}.raw.repository except select repo_id from raw.repository"
    [(left,)] = con.execute(f"select count(*) from ({gone})").fetchall()
    [(free, blocks)] = con.execute(
        "select free_blocks, total_blocks from pragma_database_size() where database_name = ?", [_COPY]
    ).fetchall()
    whole = {REQUESTED, "raw.privacy_request", PARAMETERS}
    if left or free > _FREE_SHARE * blocks or any(copied.get(name) != versions[name] for name in whole):
        return None
    return {
        name: _changed_repositories(con, name, columns, copied.get(name), versions.get(name))
        for name, _, _, columns, _ in _tables(con)
        if name not in copied or copied[name] != versions.get(name) or name in _WITHOUT_VERSION
    }


def _changed_repositories(
    con: DuckDBPyConnection, name: str, columns: list[str], copied: str | None, version: str | None
) -> frozenset[str] | None:
    if "repo_id" not in columns or copied is None or version is None or name in _WITHOUT_VERSION:
        return None
    return changed_keys(con, name, "repo_id", int(copied), int(version))


def _shape(con: DuckDBPyConnection, database: str | None) -> list[tuple[object, ...]]:
    """Tables and columns with their types and comments."""
    return con.execute(
        "select schema_name, table_name, column_name, data_type, c.comment, t.comment"
        " from duckdb_columns() as c join duckdb_tables() as t using (database_oid, schema_name, table_name)"
        " where t.database_name = coalesce(?, current_database()) and not c.internal"
        " and schema_name || '.' || table_name <> ? order by schema_name, table_name, column_index",
        [database, CHANGES],
    ).fetchall()


def _versions(con: DuckDBPyConnection) -> dict[str, str]:
    """Version of the content by table, of those that have one, and of the parameters."""
    parameters = con.execute("select name, value from meta.parameter order by name").fetchall()
    models = {name: str(build.content_build_id) for name, build in last_builds(con).items()}
    return raw_versions(con) | models | {PARAMETERS: repr(parameters), REQUESTED: requested_digest(con)}


def _note_publication(con: DuckDBPyConnection, token: str) -> None:
    """Before anything is copied: a run that dies now leaves a copy that is not the last one."""
    with transaction(con):
        con.execute("delete from meta.publication")
        con.execute("insert into meta.publication values (?)", [token])


def _fill(
    con: DuckDBPyConnection,
    changed: Mapping[str, frozenset[str] | None] | None,
    versions: Mapping[str, str],
    token: str,
) -> None:
    """Write the rows that changed, or all."""
    con.execute(f"create or replace temp table {_PART.partition('.')[2]} (table_name varchar, key varchar)")
    for name, repositories in (changed or {}).items():
        if repositories:
            con.execute(f"insert into {_PART} select ?, unnest(?::varchar[])", [name, sorted(repositories)])
    con.execute("; ".join(_inserts(con, changed)))
    con.execute(f"drop table {_PART}")
    con.execute(f"delete from {_COPY}.meta.publication")
    con.execute(f"insert into {_COPY}.meta.publication values (?)", [token])
    con.execute(f"delete from {_COPY}.meta.published_table")
    con.execute(
        f"insert into {_COPY}.meta.published_table select unnest(?::varchar[]), unnest(?::varchar[])",
        [list(versions), list(versions.values())],
    )


def _tables(con: DuckDBPyConnection) -> Iterator[tuple[str, str, str, list[str], list[str]]]:
    """`schema.table`, schema, table, its columns, and those that hold no personal data."""
    columns = con.execute(
        "select schema_name, table_name, column_name, starts_with(coalesce(comment, ''), ?)"
        " from duckdb_columns() where database_name = current_database() and not internal"
        " order by schema_name, table_name, column_index",
        [PERSONAL],
    ).fetchall()
    for (schema, table), rows in groupby(columns, key=itemgetter(0, 1)):
        found = list(rows)
        names = [column for *_, column, _ in found]
        harmless = [column for *_, column, is_personal in found if not is_personal]
        yield f"{schema}.{table}", schema, table, names, harmless


def _inserts(con: DuckDBPyConnection, changed: Mapping[str, frozenset[str] | None] | None) -> Iterator[str]:
    """What fills the tables of the copy, personal columns without their values."""
    shown = con.execute("select value from meta.parameter where name = 'show_people'").fetchall() == [
        ("true",)
    ]
    [(requests,)] = con.execute("select count(*) from raw.privacy_request").fetchall()
    for full_name, schema, table, names, harmless in _tables(con):
        if full_name in _NEVER or (changed is not None and full_name not in changed):
            continue
        name = f"{quote_name(schema)}.{quote_name(table)}"
        part = ""
        if changed is not None:
            if changed[full_name] is not None:
                chosen = f"select key from {_PART} where table_name = {quote_text(full_name)}"
                part = f" where repo_id in ({chosen})"
            yield f"delete from {_COPY}.{name}{part}"
        source = without_requested(table, name) if requests and schema == "raw" else name
        listed = ", ".join(map(quote_name, names if shown else harmless))
        yield f"insert into {_COPY}.{name} ({listed}) select {listed} from {source}{part}"


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
