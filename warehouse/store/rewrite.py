"""Write the private warehouse anew, so that nothing is left in it of rows that were deleted."""

from pathlib import Path

import duckdb

from warehouse.errors import WarehouseError
from warehouse.store.database import open_database, quote_name, quote_text
from warehouse.store.files import sync_folder, temporary_beside


def rewrite_database(path: Path) -> None:
    """Copy the private warehouse, which nobody may have open, table by table into a new file in its place.

    Raises:
        WarehouseError: it is in use or cannot be copied; it stays as it was.
    """
    fresh = temporary_beside(path)
    try:
        with open_database(path) as con:
            con.execute("checkpoint")
            [(name,)] = con.execute("select current_database()").fetchall()
            con.execute(f"attach {quote_text(str(fresh))} as rewritten")
            con.execute(f"copy from database {quote_name(name)} to rewritten")
            con.execute("checkpoint rewritten")
            con.execute("detach rewritten")
        fresh.replace(path)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        sync_folder(path.parent)
    except (duckdb.Error, OSError) as error:
        raise WarehouseError(f"{path} is not rewritten: {error}") from error
    finally:
        fresh.unlink(missing_ok=True)
        fresh.with_name(f"{fresh.name}.wal").unlink(missing_ok=True)
