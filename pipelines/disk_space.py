"""Is there room for what a run will write? Asked before it starts and while it scans."""

import shutil
from pathlib import Path

from pipelines.errors import PipelineError

_FLOOR_BYTES = 256 << 20
"""What must be free at any time: DuckDB needs room to write down what it holds, and so does its log."""
_SHARD_SHARE = 0.1
"""Bytes of Parquet and tables for each byte of a repository's packs; 0.02 to 0.06 on real ones."""
_COPIES = 2
"""The published copy is written beside the one that it replaces."""
_MIB = 1 << 20


def require_space(state: Path, warehouse: Path, pack_bytes: int) -> None:
    """Check that the state folder has room for a scan of repositories whose packs have `pack_bytes` bytes.

    Raises:
        PipelineError: there is less room than the run is likely to need.
    """
    kept = warehouse.stat().st_size if warehouse.is_file() else 0
    needed = int(_FLOOR_BYTES + _SHARD_SHARE * pack_bytes + _COPIES * kept)
    free = shutil.disk_usage(state).free
    if free < needed:
        raise PipelineError(
            f"{state}: {free // _MIB} MiB are free and this run is likely to need {needed // _MIB} MiB; "
            "make room, name another folder with `state`, or scan fewer repositories with --only"
        )


def require_floor(state: Path, copied: Path | None = None) -> None:
    """Check while a run goes on that it can still write down what it has, and copy a file where it will.

    Raises:
        PipelineError: the room has run short.
    """
    free = shutil.disk_usage(state).free
    if free < _FLOOR_BYTES + (copied.stat().st_size if copied is not None else 0):
        raise PipelineError(
            f"{state}: only {free // _MIB} MiB are left, so the run stops; what was done so far is kept, "
            "and the next run goes on from there once there is room"
        )
