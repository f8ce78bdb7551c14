"""Scan what changed and load it: the plan, the worker pool and the loader put together."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.confinement import Confinement
from pipelines.crawl.local import Repository
from pipelines.crawl.repository_id import folder_name
from pipelines.disk_space import require_floor, require_space
from pipelines.errors import PipelineError
from pipelines.progress import Progress
from pipelines.scan_estimate import ScanEstimate
from pipelines.scan_job import ScanJob, ScanOutcome
from pipelines.scan_plan import ScanRequest, plan_scans
from pipelines.scan_pool import Finished, run_jobs
from pipelines.scan_row import write_failure
from pipelines.shard_files import find_shards
from pipelines.shard_loader import ShardLoader, load_leftovers
from warehouse.store.load import drop_repositories


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
) -> ScanReport:
    """Bring the facts of all repositories up to their HEADs.

    Raises:
        WarehouseError: the warehouse cannot be written.
        PipelineError: the state folder cannot be written or has too little room, or the run was asked for a
            repository that does not exist.
    """
    started = time.monotonic()
    state = request.state
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
        for outcome in _scan(plan.jobs, request):
            if outcome.status == "failed":
                progress.note(f"{outcome.repo_id}: {outcome.scanner} failed: {outcome.error}")
            outcomes.append(outcome)
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


def _scan(jobs: Sequence[ScanJob], request: ScanRequest) -> Iterator[ScanOutcome]:
    """The outcome of every job; a worker that was killed could not write down its own."""
    if not jobs:
        return
    # with all its parsers it takes as long to import as a run takes in which nothing changed
    from pipelines.scan_repository import scan_repository  # noqa: PLC0415

    request.shards.mkdir(parents=True)
    kept = (request.state.boms, request.state.snapshots)
    for folder in kept:
        folder.mkdir(parents=True, exist_ok=True)
    confinement = Confinement((request.shards, *kept), request.limits.memory_bytes)
    for finished in run_jobs(scan_repository, jobs, request.workers, request.shards, confinement=confinement):
        if finished.result is not None:
            yield finished.result
        else:
            yield _record_loss(finished)


def _record_loss(finished: Finished[ScanJob, ScanOutcome]) -> ScanOutcome:
    kind, error = finished.error_kind or "WorkerDied", finished.error or "no reason given"
    try:
        return write_failure(finished.job, kind, error, finished.seconds)
    except OSError as problem:
        raise PipelineError(
            f"{finished.job.shards}: cannot be written: {problem.strerror}; what was loaded before is kept, "
            "the next run goes on from there"
        ) from problem


def _remove_others(kept: Path, keep: set[str]) -> None:
    """Remove the folders of repositories that left the workspace."""
    for folder in kept.iterdir() if kept.is_dir() else ():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
