"""Scan what changed and load it: the plan, the worker pool and the loader put together."""

import logging
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines import logs
from pipelines.crawl.local import Repository
from pipelines.crawl.repository_id import folder_name
from pipelines.disk_space import require_floor, require_space
from pipelines.progress import Progress
from pipelines.scan_buckets import Launch, scan_in_buckets, take_leftovers
from pipelines.scan_estimate import ScanEstimate
from pipelines.scan_execution import execute_scans
from pipelines.scan_job import ScanJob, ScanOutcome
from pipelines.scan_plan import ScanRequest, plan_scans
from pipelines.shard_files import find_shards
from pipelines.shard_loader import ShardLoader, load_leftovers
from pipelines.storage import Store
from warehouse.store.load import drop_repositories

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What the scan stage did."""

    scanned: tuple[str, ...]
    """Repositories of which anything was scanned."""
    unchanged: tuple[str, ...]
    left_out: tuple[str, ...]
    """Repositories that the run was not asked for."""
    failures: tuple[ScanOutcome, ...]
    dropped: tuple[str, ...]
    """Repositories that left the workspace."""
    resumed: int
    """Scans of a run that was killed, loaded instead of repeated."""
    rows: Mapping[str, int]
    """Rows loaded, by table."""
    refused: tuple[str, ...]
    """Shards that the warehouse refused, with the reason."""
    seconds: float


def scan_repositories(
    con: DuckDBPyConnection,
    repositories: Sequence[Repository],
    request: ScanRequest,
    progress: Progress,
    others: tuple[Store, Launch] | None = None,
) -> ScanReport:
    """Bring the facts of all repositories up to their HEADs, with other machines where `others` reaches them.

    Raises:
        WarehouseError: the warehouse cannot be written.
        PipelineError: the state folder cannot be written or has too little room, or the run was asked for a
            repository that does not exist.
    """
    started = time.monotonic()
    state = request.state
    if others is not None:
        take_leftovers(others[0], state)
    resumed = load_leftovers(con, find_shards(state.shards))
    shutil.rmtree(state.shards, ignore_errors=True)
    dropped = drop_repositories(con, [repository.repo_id for repository in repositories])
    for folder in (state.boms, state.snapshots):
        _remove_others(folder, {folder_name(repository.repo_id) for repository in repositories})
    plan = plan_scans(con, repositories, request)
    if plan.jobs:
        require_space(state.path, state.warehouse, plan.pack_bytes)
    progress.begin("scan", len(plan.jobs))
    estimate = ScanEstimate(plan.jobs)
    outcomes = []
    with ShardLoader(con) as loader:
        for outcome in _scan(plan.jobs, request, others):
            if outcome.status == "failed":
                progress.note(f"{outcome.repo_id}: {outcome.scanner} failed: {outcome.error}")
            outcomes.append(outcome)
            # to a person the note has told it; a warning without a handler would be written beside it
            told_alone = outcome.status == "failed" and logs.wanted()
            level = logging.WARNING if told_alone else logging.INFO
            _LOGGER.log(level, "scanned", extra=_told(outcome))
            loader.add(outcome.shard)
            require_floor(state.path)
            estimate.finish(outcome.repo_id, outcome.scanner)
            progress.expect(estimate.seconds_left)
            progress.advance()
    shutil.rmtree(state.shards, ignore_errors=True)
    return ScanReport(
        scanned=tuple(sorted({outcome.repo_id for outcome in outcomes})),
        unchanged=plan.unchanged,
        left_out=plan.left_out,
        failures=tuple(outcome for outcome in outcomes if outcome.status == "failed"),
        dropped=dropped,
        resumed=resumed,
        rows=dict(loader.rows),
        refused=tuple(loader.refused),
        seconds=time.monotonic() - started,
    )


def _scan(
    jobs: Sequence[ScanJob], request: ScanRequest, others: tuple[Store, Launch] | None
) -> Iterator[ScanOutcome]:
    """The outcome of every job, scanned here or by others."""
    if not jobs:
        return
    request.shards.mkdir(parents=True)
    if others is None:
        yield from execute_scans(jobs, request.workers)
    else:
        yield from scan_in_buckets(jobs, request, *others)


def _told(outcome: ScanOutcome) -> dict[str, str | None]:
    return {
        "repo_id": outcome.repo_id,
        "scanner": outcome.scanner,
        "status": outcome.status,
        "error": outcome.error,
    }


def _remove_others(kept: Path, keep: set[str]) -> None:
    """Remove the folders of repositories that left the workspace."""
    for folder in kept.iterdir() if kept.is_dir() else ():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
