"""When each exposure of a repository came in and went out: its snapshots, judged by today's advisories."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.audit.subject import open_subjects
from pipelines.errors import PipelineError
from pipelines.snapshot_plan import SnapshotPlan
from pipelines.snapshots import read_snapshots, snapshot_tables
from sbom.revisions import open_revisions
from warehouse.store.database import open_published

_ANSWERS = ("mart.exposure_window", "mart.remediation_time")


@dataclass(frozen=True, slots=True)
class ExposureHistory:
    """Windows of exposure with what they rest on."""

    snapshots: tuple[dict[str, Any], ...]
    """Rows of `raw.snapshot` that could be read."""
    unread: tuple[str, ...]
    """Snapshots that could not be read, each with the reason."""
    windows: tuple[dict[str, Any], ...]
    """Rows of `mart.exposure_window`, the latest entry first."""
    mean_days_to_remediate: float | None
    """Over all windows, as in `mart.remediation_time`."""
    remediation: tuple[dict[str, Any], ...]
    """Rows of `mart.remediation_time`."""


def read_exposure_history(
    path: Path,
    advisories: Sequence[Path],
    as_of: date,
    *,
    since: date | None = None,
    tags: str | None = None,
) -> ExposureHistory:
    """Scan one commit a month, or the tags that match the pattern `tags`, and find the windows between them.

    Raises:
        ScanError: there is no such repository.
        WarehouseError: a folder of advisories is missing, or none of its files can be read.
        PipelineError: no commit could be read, or no tag matches.
    """
    with open_revisions(path) as revisions:
        names = revisions.tags()
        if tags is not None and not any(fnmatchcase(name, tags) for name in names):
            raise PipelineError(f"{path}: none of its {len(names)} tags matches {tags!r}")
        head = revisions.resolve(None)
        snapshots, runs = read_snapshots(revisions, head, SnapshotPlan(None, tags, since))
        result = revisions.scan(head)
    if all(snapshot.position is None for snapshot in snapshots):
        raise PipelineError(f"{path}: no commit could be read; first: {snapshots[0].error}")
    past = snapshot_tables(snapshots, runs, {"repo_id": result.name, "head_sha": head})
    with closing(
        open_subjects({result.name: result}, advisories, (), as_of, answers=_ANSWERS, more=past)
    ) as con:
        return _read(con)


def read_published_history(published: Path) -> ExposureHistory:
    """The windows of all repositories of a workspace, as they were last published.

    Raises:
        WarehouseError: nothing is published.
        PipelineError: the workspace asks for no snapshots.
    """
    with closing(open_published(published)) as con:
        history = _read(con)
    if not history.snapshots and not history.unread:
        raise PipelineError("the workspace has no snapshots; `months = 12` in [snapshots] asks for them")
    return history


def _read(con: DuckDBPyConnection) -> ExposureHistory:
    def rows(query: str) -> tuple[dict[str, Any], ...]:
        return tuple(con.sql(query).to_arrow_table().to_pylist())

    found = rows("from raw.snapshot order by repo_id, position nulls last, label")
    remediation = rows(
        "from mart.remediation_time"
        " order by enterprise_id nulls first, repo_id nulls first, severity nulls first"
    )
    return ExposureHistory(
        tuple(row for row in found if row["position"] is not None),
        tuple(f"{row['repo_id']} {row['label']}: {row['error']}" for row in found if row["position"] is None),
        rows("from mart.exposure_window order by entered_day desc, repo_id, package_key, group_id"),
        remediation[0]["mean_days"] if remediation else None,
        remediation,
    )
