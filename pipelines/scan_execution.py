"""Carry out scan jobs on this machine: a pool of confined workers, and a shard for every job."""

from collections.abc import Iterator, Sequence

from pipelines.confinement import Confinement
from pipelines.errors import PipelineError
from pipelines.scan_job import ScanJob, ScanOutcome
from pipelines.scan_pool import Finished, run_jobs
from pipelines.scan_row import write_failure


def execute_scans(jobs: Sequence[ScanJob], workers: int) -> Iterator[ScanOutcome]:
    """The outcome of every job in the order in which they end; all share folders and limits.

    A worker that was killed could not write down its own outcome, so this does. The folder for the shards
    must be there.

    Raises:
        PipelineError: not even a failure could be written.
    """
    if not jobs:
        return
    # with all its parsers it takes as long to import as a run takes in which nothing changed
    from pipelines.scan_repository import scan_repository  # noqa: PLC0415

    shards, limits = jobs[0].shards, jobs[0].limits
    kept = tuple(folder for folder in (jobs[0].boms, jobs[0].snapshots_folder) if folder is not None)
    for folder in kept:
        folder.mkdir(parents=True, exist_ok=True)
    confinement = Confinement((shards, *kept), limits.memory_bytes)
    for finished in run_jobs(scan_repository, jobs, workers, shards, confinement=confinement):
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
