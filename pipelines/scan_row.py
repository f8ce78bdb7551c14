"""The row of `repository_scan` that every scan leaves, and the shard of one that failed."""

from datetime import UTC, datetime

import pyarrow as pa

from pipelines.scan_job import ScanJob, ScanOutcome, Status
from pipelines.shard_files import ShardWriter
from warehouse.store.schema import RAW_TABLES


def scan_row(
    job: ScanJob,
    status: Status,
    seconds: float,
    state: str | None,
    *,
    error_kind: str | None = None,
    error: str | None = None,
) -> pa.Table:
    """How the scan ended after `seconds`; `state` is what the next one needs to go on."""
    row = {
        "repo_id": job.repository.repo_id,
        "head_sha": job.repository.head_sha,
        "scanner": job.scanner,
        "scanner_version": job.scanner_version,
        "status": status,
        "error_kind": error_kind,
        "error": error,
        "wall_ms": round(seconds * 1000),
        "state": state,
        "scanned_at": datetime.now(UTC),
    }
    return pa.Table.from_pylist([row], RAW_TABLES["repository_scan"].schema)


def write_failure(job: ScanJob, kind: str, error: str, seconds: float) -> ScanOutcome:
    """Write the shard of a scan that failed; what an earlier one found stays, with what it goes on from."""
    with ShardWriter(job.shards, job.repository.repo_id, job.scanner) as shard:
        shard.write(
            "repository_scan", scan_row(job, "failed", seconds, job.state, error_kind=kind, error=error)
        )
        return ScanOutcome(job.repository.repo_id, job.scanner, "failed", shard.complete("failed"), error)
