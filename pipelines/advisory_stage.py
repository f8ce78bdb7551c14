"""Bring the advisory tables up to the files of the workspace's folders."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

import warehouse
from pipelines.progress import Progress
from warehouse.advisories.files import find_advisory_files
from warehouse.store.load import replace_tables
from warehouse.store.sources import record_digest, recorded_digest

_READERS = ("advisories", "versions")


def refresh_advisories(
    con: DuckDBPyConnection, folders: Sequence[Path], progress: Progress
) -> frozenset[str]:
    """Read the advisories if their files changed since the last time; returns the tables that changed.

    Of a file that is damaged or incomplete now, what it said before stays in force, and the damage is a row
    of `raw.advisory_rejection`.

    Raises:
        WarehouseError: a folder is missing, or no file can be read; the tables stay as they were.
    """
    files = [file for folder in folders for file in find_advisory_files(folder)]
    digest = _digest([file.path for file in files])
    if recorded_digest(con, "advisories") == digest:
        return frozenset()
    # half a second to import, as long as a run takes in which nothing changed
    from warehouse.advisories.load import keep_earlier, load_advisories  # noqa: PLC0415

    progress.begin("advisories", len(files))
    tables = load_advisories(folders, progress.advance)
    earlier = {name: con.table(f"raw.{name}").to_arrow_table() for name in tables}
    changed = replace_tables(con, keep_earlier(tables, earlier))
    record_digest(con, "advisories", digest)
    return changed


def _digest(files: Sequence[Path]) -> str:
    """Of names, sizes and times of the files, and of the code and data that read them."""
    digest = hashlib.sha256()
    for file in files:
        status = file.stat()
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    code = Path(warehouse.__file__).parent
    for folder in _READERS:
        for file in sorted((code / folder).glob("*.*")):
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
