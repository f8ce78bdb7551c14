"""Run jobs in worker processes that may hang, be killed or run out of memory.

Neither standard pool fits untrusted input: `ProcessPoolExecutor` gives up every waiting job when one worker
dies, `multiprocessing.Pool` waits for ever for the job of a dead worker, and neither stops one that hangs.
Here the parent talks with each worker over a pipe of its own, so that it always knows whose job is lost.

Workers are forked from a fork server which has imported the scanners once: a fresh interpreter for each would
cost half a second, and forking a process that runs threads (Dagster, DuckDB, Arrow) can deadlock. A worker
leads a process group, so that the git processes it started end with it.
"""

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pipelines.confinement import Confinement, confine, limit_memory

RETIRE_BYTES = 512 * 1024 * 1024
"""A worker that has needed more memory than this is replaced after its job: Python keeps what it once had."""
_BEGINS = None
"""What a worker sends when it begins a job."""
_PRELOADED = ["__main__", "pipelines.scan_repository"]


class Job(Protocol):
    """What a worker is given; `seconds` is how long it may take before it is killed."""

    @property
    def seconds(self) -> float: ...


JobT = TypeVar("JobT", bound=Job)
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Finished(Generic[JobT, ResultT]):
    """The end of one job: its result, or why there is none."""

    job: JobT
    result: ResultT | None
    seconds: float
    """Wall time since the job began."""
    error_kind: str | None = None
    """`TimeLimit` or `WorkerDied` where there is no result."""
    error: str | None = None


def run_jobs(
    function: Callable[[JobT], ResultT],
    jobs: Iterable[JobT],
    workers: int,
    temporary: Path | None = None,
    *,
    retire_bytes: int = RETIRE_BYTES,
    confinement: Confinement | None = None,
) -> Iterator[Finished[JobT, ResultT]]:
    """Run `function`, which must be importable and not raise, for each job, in the order given.

    Every job ends in exactly one `Finished`, in the order in which they end. A job is handed out only when a
    worker is free and the consumer asks for more, so that a slow consumer slows the workers down.

    `temporary` is a folder for the workers' temporary files: a worker that is killed leaves its own behind.
    `confinement` is what a worker may still do; without it, whatever the parent may.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    waiting = deque(jobs)
    pool: list[_Worker[JobT, ResultT]] = []
    try:
        while waiting or any(worker.job is not None for worker in pool):
            pool = [worker for worker in pool if not worker.gone]
            while waiting and len(pool) < workers:
                pool.append(_Worker(function, temporary, retire_bytes, confinement))
            for worker in pool:
                if waiting and worker.job is None:
                    worker.give(waiting.popleft())
            yield from _collect([worker for worker in pool if worker.job is not None])
    finally:
        for worker in pool:
            worker.end()


def _collect(busy: "list[_Worker[JobT, ResultT]]") -> Iterator[Finished[JobT, ResultT]]:
    """Wait for news or for the end of somebody's time, and give the jobs that have ended."""
    seconds = max(0.0, min(worker.seconds_left for worker in busy))
    wait([handle for worker in busy for handle in worker.handles], seconds)
    for worker in busy:
        finished = worker.poll()
        if finished is not None:
            yield finished


class _Worker(Generic[JobT, ResultT]):
    """The parent's side of one worker process."""

    def __init__(
        self,
        function: Callable[[JobT], ResultT],
        temporary: Path | None,
        retire_bytes: int,
        confinement: Confinement | None,
    ) -> None:
        self.job: JobT | None = None
        self._given_at = 0.0
        self.gone = False
        self._connection, theirs = multiprocessing.Pipe()
        self._process = ForkServerProcess(
            target=_serve, args=(function, theirs, temporary, retire_bytes, confinement), daemon=True
        )
        self._process.start()
        if confinement is not None and self._process.pid is not None:
            limit_memory(self._process.pid, confinement)
        theirs.close()

    @property
    def handles(self) -> tuple[Connection, int]:
        return self._connection, self._process.sentinel

    @property
    def seconds_left(self) -> float:
        assert self.job is not None
        return self._given_at + self.job.seconds - time.monotonic()

    def give(self, job: JobT) -> None:
        self.job, self._given_at = job, time.monotonic()
        with contextlib.suppress(OSError):  # it has died while idle: `poll` will find out
            self._connection.send(job)

    def poll(self) -> Finished[JobT, ResultT] | None:
        """The end of the worker's job if it has come, and killing the worker if its time is up."""
        job = self.job
        assert job is not None
        try:
            while self._connection.poll():
                message = self._connection.recv()
                if message is _BEGINS:  # a worker that is just being forked has not used its time yet
                    self._given_at = time.monotonic()
                    continue
                result, retiring = message
                self.job = None
                if retiring:
                    self.end()
                return Finished(job, result, time.monotonic() - self._given_at)
        except (EOFError, OSError):
            return self._lost("WorkerDied", f"the worker process ended: {self._cause()}")
        if not self._process.is_alive():
            return self._lost("WorkerDied", f"the worker process ended: {self._cause()}")
        if self.seconds_left <= 0:
            return self._lost("TimeLimit", f"stopped after {job.seconds:.0f} s; see limits.seconds")
        return None

    def _lost(self, kind: str, error: str) -> Finished[JobT, ResultT]:
        job, self.job = self.job, None
        assert job is not None
        self.end()
        return Finished(job, None, time.monotonic() - self._given_at, kind, error)

    def _cause(self) -> str:
        self._process.join(5)
        code = self._process.exitcode
        if code == -signal.SIGKILL:
            return "killed by SIGKILL, perhaps for want of memory"
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    def end(self) -> None:
        self.gone = True
        assert self._process.pid is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self._connection.close()


def _serve(
    function: Callable[[JobT], ResultT],
    connection: Connection,
    temporary: Path | None,
    retire_bytes: int,
    confinement: Confinement | None,
) -> None:
    """A worker's life: jobs until there are no more, or until it has grown too large."""
    os.setpgid(0, 0)
    if temporary is not None:
        tempfile.tempdir = str(temporary)
    if confinement is not None:
        confine(confinement)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    retiring = False
    while not retiring:
        try:
            job = connection.recv()
        except EOFError:
            return
        connection.send(_BEGINS)
        result = function(job)
        retiring = _peak_bytes() > retire_bytes
        connection.send((result, retiring))


def _end_with_parent() -> None:
    """A parent that was killed cannot stop its workers: they see its end of a pipe closed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.killpg(0, signal.SIGKILL)


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
