"""Decide which repositories to scan: those whose HEAD, scanner, limits or history state changed.

Nothing here starts a process or reads an object of a repository.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.bom_halves import cryptography_path
from pipelines.crawl.history_state import HistoryState, history_fingerprint
from pipelines.crawl.local import Repository
from pipelines.scan_job import DUE_SCANNERS, ScanJob, bom_path
from pipelines.selection import changed_at, moved_since, select_repositories
from pipelines.snapshot_plan import SnapshotPlan
from pipelines.state import StateFolder
from sbom.crypto.scan import crypto_fingerprint, looks_into
from sbom.git import common_dir
from sbom.imports import IMPORTER_FINGERPRINT
from sbom.limits import Limits
from sbom.lockfiles import match_formats
from sbom.platforms import context_of_file, platforms_fingerprint
from sbom.platforms.builds import form_of_file
from sbom.scan import scanner_fingerprint
from sbom.source import FolderSource
from warehouse.store.shard import Scanner


def _sbom_reads(path: str) -> object:
    return match_formats(path) or context_of_file(path) or form_of_file(path)


_READS: Mapping[Scanner, Callable[[str], object]] = {"sbom": _sbom_reads, "crypto": looks_into}


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """How a run wants its repositories scanned."""

    state: StateFolder
    run_id: str
    limits: Limits
    workers: int
    rescan: bool = False
    """Scan unchanged repositories too."""
    maven_repository: Path | None = None
    """Where parents and BOMs of Maven that a repository does not hold are looked for."""
    only: tuple[str, ...] = ()
    """Scan these alone, see `select_repositories`; the facts of the others stay as they are."""
    since: datetime | None = None
    """Scan those alone whose HEAD moved here since then, or that were never scanned."""
    snapshots: SnapshotPlan | None = None
    """The earlier commits that are read of each repository."""

    @property
    def shards(self) -> Path:
        return self.state.shards / self.run_id


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """Jobs, the largest repositories first, and the ids of the repositories that need none."""

    jobs: tuple[ScanJob, ...]
    unchanged: tuple[str, ...]
    left_out: tuple[str, ...]
    """Repositories that the run was not asked for."""
    pack_bytes: int
    """Size of what the jobs read, each repository once."""


@dataclass(frozen=True, slots=True)
class _LastScan:
    head_sha: str | None
    scanner_version: str
    status: str
    state: str | None
    began: datetime


def plan_scans(con: DuckDBPyConnection, repositories: Sequence[Repository], request: ScanRequest) -> ScanPlan:
    """Compare the repositories with their last scans in `raw.repository_scan`.

    Raises:
        PipelineError: `request.only` names something that the workspace does not have.
    """
    versions = _scanner_versions(request)
    last, owners = _last_scans(con), _owner_names(con)
    selected = select_repositories(repositories, request.only)
    if request.since is not None:
        known = {repo_id for repo_id, _ in last}
        selected = frozenset(
            repository.repo_id
            for repository in repositories
            if repository.repo_id in selected
            and (repository.repo_id not in known or moved_since(repository, request.since))
        )
    sized: list[tuple[int, ScanJob]] = []
    unchanged = []
    pack_bytes = 0
    for repository in repositories:
        if repository.repo_id not in selected or repository.kind == "absent":
            continue
        jobs = []
        for scanner in DUE_SCANNERS[repository.kind]:
            job = _job(repository, scanner, versions[scanner], request)
            if scanner == "sbom" and repository.kind != "bom":
                job = _supplied_by(job, owners.get(repository.enterprise_id))
            before = last.get((repository.repo_id, scanner))
            if before is None or request.rescan:
                jobs.append(job)
            elif not _is_done(job, before):
                jobs.append(_go_on(job, before))
        if jobs:
            size = _pack_bytes(repository)
            pack_bytes += size
            sized += [(size, job) for job in jobs]
        else:
            unchanged.append(repository.repo_id)
    # The history of a large repository takes longest: begun last, it would keep one worker busy alone.
    sized.sort(key=lambda item: (-item[0], item[1].scanner, item[1].repository.repo_id))
    spare = max(1, request.workers // max(1, len(sized)))
    left_out = tuple(repository.repo_id for repository in repositories if repository.repo_id not in selected)
    jobs_in_order = tuple(replace(job, processes=spare, pack_bytes=size) for size, job in sized)
    return ScanPlan(jobs_in_order, tuple(unchanged), left_out, pack_bytes)


def _scanner_versions(request: ScanRequest) -> dict[Scanner, str]:
    """What a scan's result depends on besides the repository, by scanner."""
    bounds = ",".join(map(str, astuple(request.limits)))
    maven = f";maven/{request.maven_repository}" if request.maven_repository is not None else ""
    snapshots = f";{request.snapshots.fingerprint}" if request.snapshots else ""
    readers = f"{scanner_fingerprint()};{IMPORTER_FINGERPRINT};{platforms_fingerprint()}"
    return {
        "sbom": f"chainatlas/{version('chainatlas')};{readers};limits/{bounds}{maven}{snapshots}",
        "crypto": f"{crypto_fingerprint()};limits/{bounds}",
        "history": f"{history_fingerprint(request.state.person_key())};limits/{bounds}",
    }


def _last_scans(con: DuckDBPyConnection) -> dict[tuple[str, str], _LastScan]:
    rows = con.execute(
        "select repo_id, scanner, head_sha, scanner_version, status, state,"
        " scanned_at - to_milliseconds(wall_ms) from raw.repository_scan"
    ).fetchall()
    return {(repo_id, scanner): _LastScan(*rest) for repo_id, scanner, *rest in rows}


def _owner_names(con: DuckDBPyConnection) -> dict[str, str]:
    """Names of enterprises and communities, as their own country writes them, by id."""
    return dict(con.execute("select enterprise_id, name_zh from raw.enterprise").fetchall())


def _supplied_by(job: ScanJob, name: str | None) -> ScanJob:
    """The job with a supplier for its BOM, which is written again when the name changes."""
    if name is None:
        return job
    return replace(job, supplier=name, scanner_version=f"{job.scanner_version};supplier/{name}")


def _job(repository: Repository, scanner: Scanner, scanner_version: str, request: ScanRequest) -> ScanJob:
    state = None
    if repository.kind == "bom":
        state = _file_state(repository.path)
    elif repository.git_dir is None:
        state = _folder_state(repository.path, request.limits, _READS[scanner])
    return ScanJob(
        repository=repository,
        scanner=scanner,
        scanner_version=scanner_version,
        limits=request.limits,
        shards=request.shards,
        boms=request.state.boms,
        maven_repository=request.maven_repository,
        person_key=request.state.person_key() if scanner == "history" else b"",
        snapshots=request.snapshots or None,
        snapshots_folder=request.state.snapshots,
        state=state,
    )


def _go_on(job: ScanJob, last: _LastScan) -> ScanJob:
    return replace(job, state=last.state) if job.scanner == "history" else job


def _is_done(job: ScanJob, last: _LastScan) -> bool:
    repository = job.repository
    if (last.head_sha, last.scanner_version) != (repository.head_sha, job.scanner_version):
        return False
    if last.status == "failed":
        # A failure may pass, so it is tried again, except that there is nothing to read without a commit.
        return repository.git_dir is not None and repository.head_sha is None
    if job.scanner == "history":
        return _is_read(repository, last)
    if job.state != last.state:
        return False
    half = cryptography_path if job.scanner == "crypto" else bom_path
    return half(job.boms, repository.repo_id).is_file()


def _is_read(repository: Repository, last: _LastScan) -> bool:
    """Whether the history was read as far as the repository holds it.

    Tags can be made, a shallow clone can be deepened and missing objects can come without a new HEAD; each
    writes a file.
    """
    state = HistoryState.from_json(last.state) if last.state is not None else None
    if state is None or repository.git_dir is None or (state.shallow is not None) != repository.is_shallow:
        return False
    if last.began > datetime.now(UTC):  # the clock went back: times of files tell nothing
        return False
    common = common_dir(repository.git_dir)
    tags = common / "refs" / "tags"
    watched = [path for path in (common / "packed-refs", tags, *tags.rglob("*")) if path.exists()]
    watched += [common / "shallow"] if repository.is_shallow else []
    if state.missing:
        objects = common / "objects"
        if (objects / "info" / "alternates").exists():
            return False
        watched += [objects, *objects.glob("[0-9a-f][0-9a-f]"), objects / "pack"]
    return all(changed_at(path) < last.began for path in watched)


def _file_state(path: Path) -> str | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return f"{status.st_size} {status.st_mtime_ns}"


def _folder_state(folder: Path, limits: Limits, reads: Callable[[str], object]) -> str:
    """Path, size and time of every file that a scanner reads: a plain folder has no commit to tell."""
    digest = hashlib.sha256()
    for path, key in sorted(FolderSource(folder, limits).listing().files.items()):
        if reads(path):
            try:
                status = os.lstat(key)
            except OSError:
                continue
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _pack_bytes(repository: Repository) -> int:
    """How much there is to read, roughly: the size of the packs."""
    if repository.git_dir is None:
        return 0
    packs = common_dir(repository.git_dir) / "objects" / "pack"
    try:
        with os.scandir(packs) as listing:
            return sum(item.stat().st_size for item in listing if item.name.endswith(".pack"))
    except OSError:
        return 0
