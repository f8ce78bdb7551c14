"""What is wrong inside a state folder, seen without changing anything: for the diagnosis and the repair."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipelines.errors import PipelineError
from pipelines.shard_files import PARTIAL
from pipelines.state import StateFolder


def key_fault(state: StateFolder) -> str | None:
    """Why the key of the pseudonyms cannot be used; null where it can, or where none was needed yet."""
    key = state.path / "secret.key"
    if not key.exists():
        return f"{key} is missing" if state.warehouse.exists() else None
    try:
        state.person_key()
    except PipelineError:
        return f"{key} is damaged"
    return None


def half_written(state: StateFolder) -> Iterator[Path]:
    """Files and folders that killed processes left before they were whole."""
    yield from (path for path in state.shards.glob("*/*") if path.name.startswith(PARTIAL))
    for folder in (state.path, state.published.parent):
        yield from (path for path in folder.glob("*.tmp-*") if path.is_file())


def damaged_records(state: StateFolder) -> Path | None:
    """A file of Dagster's own records that cannot be opened; null if all can."""
    import sqlite3  # noqa: PLC0415

    for file in sorted(state.dagster.rglob("*.db")):
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as con:
                con.execute("select name from sqlite_master limit 1").fetchall()
        except sqlite3.DatabaseError:
            return file
    return None
