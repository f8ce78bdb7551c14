"""Publish the private warehouse: one atomic rename makes the new answers the current ones.

The private file must not be opened by the process that has it open in DuckDB, not even to read it: closing
that descriptor would drop DuckDB's POSIX lock, and another process could write at the same time. So the bytes
are copied by a process of its own.
"""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError
from warehouse.store import copy_file
from warehouse.store.database import open_database, open_published
from warehouse.store.files import sync_folder, temporary_beside


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
        source.execute("checkpoint")
        [(file,)] = source.execute(
            "select path from duckdb_databases() where database_name = current_database()"
        ).fetchall()
        published.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_beside(published)
        copying = subprocess.run(
            [sys.executable, "-I", "-S", copy_file.__file__, file, temporary],
            capture_output=True,
            text=True,
            check=False,
        )
        if copying.returncode != 0:
            raise WarehouseError(
                f"{published} stays as it was, because it cannot be copied: {copying.stderr.strip()}"
            )
        open_published(temporary).close()
        temporary.replace(published)
        sync_folder(published.parent)
    except (duckdb.Error, OSError) as error:
        raise WarehouseError(f"{published} stays as it was: {error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
