"""The scan stage in 64 buckets that other machines work off, over storage that all of them reach.

A repository's bucket follows from its id, so that every run puts it into the same one. Below `shards/<run>/`
of the storage lie

    open                     while the run takes shards
    buckets/<bucket>.json    the jobs of each bucket that has any, for the executor's workers
    done/<shard>/            what a worker has scanned, its `shard.json` last
    taken/<shard>            an empty file for each shard that the run has taken

A bucket may be begun twice, because a queue gives what a dead worker had to another one: jobs that are done
or taken are not repeated, and a shard that comes twice is taken once. What arrives for a run that is no
longer open is never loaded.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pydantic import ConfigDict, TypeAdapter

from pipelines.crawl.repository_id import folder_name
from pipelines.errors import PipelineError
from pipelines.scan_execution import execute_scans
from pipelines.scan_job import BOM_FILE, ScanJob, ScanOutcome, bom_path
from pipelines.scan_plan import ScanRequest
from pipelines.state import StateFolder
from pipelines.storage import Store, open_store

BUCKETS = 64
POLL_SECONDS = 1.0
_RUNS = "shards"
_SHARD = "shard.json"
_END_SECONDS = 20
_TOLD_LINES = 3
_JOBS: Any = TypeAdapter(list[ScanJob], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))

Launch = Callable[[str, str, Sequence[int], Path], "subprocess.Popen[bytes]"]
"""Starts the executor: address of the storage, run, numbers of its buckets, file for what it has to say."""


@dataclass(frozen=True, slots=True)
class BucketReport:
    """What one worker did with one bucket."""

    scanned: int
    failed: int
    found: int
    """Jobs that somebody had done before."""


def bucket_of(repo_id: str) -> int:
    """The bucket of a repository, 0 to 63."""
    return int.from_bytes(hashlib.sha256(repo_id.encode()).digest()[:8], "big") % BUCKETS


def scan_bucket(storage: str, run: str, number: int, workers: int = 0) -> BucketReport:
    """Scan what a bucket's file asks for and nobody has done; called by an executor on any machine.

    Raises:
        PipelineError: the run has ended, the storage fails, or the key of the pseudonyms is not here.
    """
    store = open_store(storage)
    folder = f"{_RUNS}/{run}"
    jobs: list[ScanJob] = _JOBS.validate_json(store.read(f"{folder}/buckets/{number:02}.json"))
    waiting = [job for job in jobs if not _is_done(store, folder, job)]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="chainatlas-") as scratch:
        here = [_job_here(job, Path(scratch)) for job in waiting]
        (Path(scratch) / "shards").mkdir()
        for outcome in execute_scans(here, workers or os.cpu_count() or 1):
            failed += outcome.status == "failed"
            if not store.has(f"{folder}/open"):
                raise PipelineError(f"run {run} has ended")
            _send(store, folder, outcome, Path(scratch))
            shutil.rmtree(outcome.shard)
    return BucketReport(len(waiting), failed, len(jobs) - len(waiting))


def scan_in_buckets(
    jobs: Sequence[ScanJob], request: ScanRequest, store: Store, launch: Launch
) -> Iterator[ScanOutcome]:
    """Let an executor scan, and give the outcomes as their shards arrive.

    Raises:
        PipelineError: the executor ended before all jobs had, or the storage fails; the shards that are there
            are kept for the next run.
    """
    folder, log = f"{_RUNS}/{request.run_id}", request.shards / "executor.log"
    store.write(b"", f"{folder}/open")
    numbers = _write_buckets(store, folder, jobs)
    waiting = {_shard_name(job): job for job in jobs}
    executor = launch(store.address, request.run_id, numbers, log)
    try:
        while waiting:
            ended = executor.poll() is not None
            for name in _arrived(store, folder):
                store.write(b"", f"{folder}/taken/{name}")
                shard = _receive(store, folder, name, request.state, request.shards)
                if (job := waiting.pop(name, None)) is not None:
                    yield _outcome(job, shard)
            if ended:
                break
            time.sleep(POLL_SECONDS)
        with suppress(subprocess.TimeoutExpired):
            executor.wait(_END_SECONDS)  # it has its last events to write
    finally:
        _end(executor)
    if waiting:
        raise PipelineError(
            f"{len(waiting)} of {len(jobs)} scans were not done: the executor ended with code "
            f"{executor.returncode}{_last_words(log)}\n"
            "what was scanned is kept, the next run goes on from there"
        )
    store.remove(folder)


def take_leftovers(store: Store, state: StateFolder) -> None:
    """Fetch the shards of runs that were killed to the state folder, and close those runs."""
    runs: dict[str, set[str]] = {}
    for key in store.keys(_RUNS):
        _, run, *_ = key.split("/")
        runs.setdefault(run, set()).add(key)
    for run, keys in sorted(runs.items()):
        if f"{_RUNS}/{run}/open" in keys:
            for name in _arrived(store, f"{_RUNS}/{run}"):
                _receive(store, f"{_RUNS}/{run}", name, state, state.shards / run)
        store.remove(f"{_RUNS}/{run}")


def _write_buckets(store: Store, folder: str, jobs: Sequence[ScanJob]) -> list[int]:
    """The key of the pseudonyms stays out of the storage: a worker reads it from the state folder."""
    buckets: dict[int, list[ScanJob]] = {}
    for job in jobs:
        buckets.setdefault(bucket_of(job.repository.repo_id), []).append(replace(job, person_key=b""))
    for number, content in buckets.items():
        store.write(_JOBS.dump_json(content), f"{folder}/buckets/{number:02}.json")
    return sorted(buckets)


def _job_here(job: ScanJob, scratch: Path) -> ScanJob:
    """The job with folders and the key of this machine."""
    state = job.boms.parent
    key = b""
    if job.scanner == "history":
        if not (state / "secret.key").is_file():
            raise PipelineError(f"{state}/secret.key: is not on this machine; copy the one of the run there")
        key = StateFolder(state).person_key()
    snapshots = job.snapshots_folder
    if snapshots is not None and not os.access(state, os.W_OK):
        snapshots = scratch / "snapshots"
    return replace(
        job,
        person_key=key,
        shards=scratch / "shards",
        boms=scratch / "boms",
        snapshots_folder=snapshots,
    )


def _send(store: Store, folder: str, outcome: ScanOutcome, scratch: Path) -> None:
    done = f"{folder}/done/{outcome.shard.name}"
    bom = bom_path(scratch / "boms", outcome.repo_id)
    if outcome.scanner == "sbom" and bom.is_file():
        store.put(bom, f"{done}/{BOM_FILE}")
    for file in sorted(outcome.shard.iterdir(), key=lambda path: path.name == _SHARD):
        store.put(file, f"{done}/{file.name}")


def _arrived(store: Store, folder: str) -> list[str]:
    """Names of shards that are there as a whole and not taken."""
    keys = store.keys(f"{folder}/done")
    names = [key.split("/")[-2] for key in keys if key.endswith(f"/{_SHARD}")]
    return [name for name in names if not name.startswith(".")]


def _receive(store: Store, folder: str, name: str, state: StateFolder, shards: Path) -> Path:
    """Bring a shard and the BOM beside it to the state folder, under their names when they are whole."""
    done = f"{folder}/done/{name}"
    partial = shards / f".{name}"
    shutil.rmtree(partial, ignore_errors=True)
    for key in store.keys(done):
        file = key.rpartition("/")[2]
        if file == BOM_FILE:
            store.get(key, state.boms / name.rpartition(".")[0] / BOM_FILE)
        else:
            store.get(key, partial / file)
    shutil.rmtree(shards / name, ignore_errors=True)
    partial.rename(shards / name)
    store.remove(done)
    return shards / name


def _is_done(store: Store, folder: str, job: ScanJob) -> bool:
    name = _shard_name(job)
    return store.has(f"{folder}/done/{name}/{_SHARD}") or store.has(f"{folder}/taken/{name}")


def _shard_name(job: ScanJob) -> str:
    return f"{folder_name(job.repository.repo_id)}.{job.scanner}"


def _outcome(job: ScanJob, shard: Path) -> ScanOutcome:
    table = pq.read_table(shard / "repository_scan.parquet", columns=["status", "error"])
    row: Mapping[str, Any] = table.to_pylist()[0]
    return ScanOutcome(job.repository.repo_id, job.scanner, row["status"], shard, row["error"])


def _end(executor: "subprocess.Popen[bytes]") -> None:
    if executor.poll() is None:
        executor.terminate()
        with suppress(subprocess.TimeoutExpired):
            executor.wait(_END_SECONDS)
    if executor.poll() is None:
        executor.kill()
        executor.wait()


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    told = [line for line in lines if "Error" in line or "Failure" in line] or lines
    return "".join(f"\n  {line[:300]}" for line in told[-_TOLD_LINES:])
