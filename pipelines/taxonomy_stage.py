"""Bring the taxonomy's tables up to its files."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

import warehouse
from warehouse.store.load import replace_table
from warehouse.store.sources import record_digest, recorded_digest

_READERS = ("scoring.py", "taxonomy.py", "yaml_lines.py")


def refresh_taxonomy(con: DuckDBPyConnection, folders: Sequence[Path]) -> frozenset[str]:
    """Read the taxonomy if its files changed since the last time; returns the tables that changed.

    Raises:
        WarehouseError: every mistake in the files, with its line.
    """
    digest = _digest(folders)
    if recorded_digest(con, "taxonomy") == digest:
        return frozenset()
    # a second to import and two to read and check, as long as a run takes in which nothing changed
    from warehouse.taxonomy import load_taxonomy  # noqa: PLC0415

    changed = {name for name, table in load_taxonomy(folders).items() if replace_table(con, name, table)}
    record_digest(con, "taxonomy", digest)
    return frozenset(changed)


def _digest(folders: Sequence[Path]) -> str:
    """Of all files in their order, and of the code that reads them."""
    digest = hashlib.sha256()
    code = Path(warehouse.__file__).parent
    files = [code / name for name in _READERS]
    for folder in folders:
        files += sorted([*folder.glob("*.yaml"), *folder.glob("*.json")])
    for file in files:
        digest.update(f"{file.parent.name}/{file.name}".encode("utf-8", "surrogateescape") + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
