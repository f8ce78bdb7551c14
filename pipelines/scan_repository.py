"""One scan of one repository: from its objects to a shard for the warehouse, and to its half of the BOM.

This runs in worker processes. Whatever goes wrong ends as a failed row of `repository_scan`: one repository
must not stop the others.
"""

import time
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version

import pyarrow as pa

from pipelines.bom_halves import write_cryptography, write_packages
from pipelines.crawl.history import read_history
from pipelines.crawl.history_state import HistoryState
from pipelines.crawl.repository_id import folder_name
from pipelines.scan_job import ScanJob, ScanOutcome, Status
from pipelines.scan_row import scan_row, write_failure
from pipelines.shard_files import ShardWriter, rows_to_table
from pipelines.snapshots import Snapshot, SnapshotStore, read_snapshots, snapshot_tables
from sbom.bom import build_document
from sbom.crypto.scan import scan_crypto
from sbom.errors import ScanError
from sbom.imports import scan_bom
from sbom.platforms import PlatformResult, scan_platforms
from sbom.revisions import open_revisions
from sbom.scan import scan_path
from warehouse.store.shard import Scanner


def scan_repository(job: ScanJob) -> ScanOutcome:
    """Scan and write the shard. Raises `OSError` only, if not even the failure can be written."""
    started = time.monotonic()
    try:
        return _SCANS[job.scanner](job, started)
    except Exception as error:  # untrusted input may do anything
        kind = type(error).__name__
        return write_failure(job, kind, str(error) or kind, time.monotonic() - started)


def _scan_sbom(job: ScanJob, started: float) -> ScanOutcome:
    repository = job.repository
    if repository.kind == "bom":
        result, platforms = scan_bom(repository.path, job.limits), PlatformResult((), ())
    else:
        result = scan_path(
            repository.path, repository.head_sha, job.limits, maven_repository=job.maven_repository
        )
        platforms = scan_platforms(repository.path, repository.head_sha, job.limits)
    unknowns = (*result.unknowns, *platforms.unknowns)
    snapshots = _snapshots(job)
    # BOMs are merged and exported: they hold as few people as the published copy does.
    document = build_document(result.without_people(), _tool_version(), repository.url, job.supplier)
    write_packages(job.boms, repository.repo_id, document)
    status: Status = "partial" if unknowns else "succeeded"
    same = {"repo_id": repository.repo_id, "head_sha": result.commit, "scanner": "sbom"}
    with ShardWriter(job.shards, repository.repo_id, "sbom") as shard:
        shard.write("component", rows_to_table("component", result.components, same))
        shard.write("dependency", rows_to_table("dependency", result.dependencies, same))
        shard.write("declared_package", rows_to_table("declared_package", result.declared, same))
        shard.write("licence_file", rows_to_table("licence_file", result.licences, same))
        shard.write("platform_marker", rows_to_table("platform_marker", platforms.markers, same))
        for name, table in snapshots.items():
            shard.write(name, table)
        shard.write("unknown", rows_to_table("unknown", unknowns, same))
        shard.write("repository_scan", scan_row(job, status, time.monotonic() - started, job.state))
        return ScanOutcome(repository.repo_id, "sbom", status, shard.complete("replace"))


def _snapshots(job: ScanJob) -> Mapping[str, pa.Table]:
    """What the repository held earlier, where that is asked for; a folder has no past."""
    repository = job.repository
    if not job.snapshots or repository.git_dir is None or repository.head_sha is None:
        return {}
    same = {"repo_id": repository.repo_id, "head_sha": repository.head_sha}
    store = None
    if job.snapshots_folder is not None:
        made_by = job.scanner_version.replace(job.snapshots.fingerprint, "")
        store = SnapshotStore(job.snapshots_folder / folder_name(repository.repo_id), made_by)
    try:
        with open_revisions(repository.path, job.limits, job.maven_repository) as revisions:
            found = read_snapshots(revisions, repository.head_sha, job.snapshots, store, job.limits.seconds)
    except ScanError as error:
        lost = Snapshot(None, "head", "HEAD", repository.head_sha, None, str(error))
        return snapshot_tables((lost,), (), same)
    return snapshot_tables(*found, same)


def _scan_crypto(job: ScanJob, started: float) -> ScanOutcome:
    repository = job.repository
    result = scan_crypto(repository.path, repository.head_sha, job.limits)
    status: Status = "partial" if result.unknowns else "succeeded"
    same = {"repo_id": repository.repo_id, "head_sha": result.commit, "scanner": "crypto"}
    write_cryptography(job.boms, repository.repo_id, result)
    with ShardWriter(job.shards, repository.repo_id, "crypto") as shard:
        shard.write("crypto_occurrence", rows_to_table("crypto_occurrence", result.occurrences, same))
        shard.write("certificate", rows_to_table("certificate", result.certificates, same))
        shard.write("key_material", rows_to_table("key_material", result.keys, same))
        shard.write("unknown", rows_to_table("unknown", result.unknowns, same))
        shard.write("repository_scan", scan_row(job, status, time.monotonic() - started, job.state))
        return ScanOutcome(repository.repo_id, "crypto", status, shard.complete("replace"))


def _scan_history(job: ScanJob, started: float) -> ScanOutcome:
    repository = job.repository
    assert repository.git_dir is not None, "a plain folder has no history"
    previous = HistoryState.from_json(job.state) if job.state is not None else None
    history = read_history(
        repository.git_dir,
        previous,
        repo_id=repository.repo_id,
        person_key=job.person_key,
        rev=repository.head_sha,
        processes=job.processes,
        limits=job.limits,
    )
    with ShardWriter(job.shards, repository.repo_id, "history") as shard:
        for name, rows in history.batches():
            shard.write(name, rows)
        same = {"repo_id": repository.repo_id, "head_sha": history.head, "scanner": "history"}
        shard.write("unknown", rows_to_table("unknown", history.unknowns, same))
        status: Status = "partial" if history.unknowns or _lacks_something(history.state) else "succeeded"
        row = scan_row(job, status, time.monotonic() - started, history.state.to_json())
        shard.write("repository_scan", row)
        mode = "replace" if history.mode == "replace" else "append"
        return ScanOutcome(repository.repo_id, "history", status, shard.complete(mode))


def _lacks_something(state: HistoryState) -> bool:
    """Whether this or an earlier reading, which an `append` does not repeat, left something out."""
    return state.broken or bool(state.shallow or state.missing) or state.stopped_after is not None


_SCANS: Mapping[Scanner, Callable[[ScanJob, float], ScanOutcome]] = {
    "sbom": _scan_sbom,
    "crypto": _scan_crypto,
    "history": _scan_history,
}


@cache
def _tool_version() -> str:
    return version("chainatlas")
