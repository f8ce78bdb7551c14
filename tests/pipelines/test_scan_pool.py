"""The pool loses at most the job of a worker that dies or hangs."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.scan_pool import Finished, run_jobs


@dataclass(frozen=True)
class Errand:
    what: str
    argument: str = ""
    seconds: float = 60.0


def run_errand(errand: Errand) -> str:
    if errand.what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif errand.what == "exit":
        os._exit(7)
    elif errand.what == "hang":
        child = subprocess.Popen(["sleep", "600"])
        Path(errand.argument).write_text(f"{os.getpid()} {child.pid}")
        child.wait()
    return f"{errand.argument} by {os.getpid()}"


def collect(*errands: Errand, workers: int = 2) -> list[Finished[Errand, str]]:
    return list(run_jobs(run_errand, errands, workers))


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"


def wait_until_gone(*pids: int) -> bool:
    deadline = time.monotonic() + 10
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_running, pids))


def test_every_job_ends_once_when_all_is_well() -> None:
    ends = collect(*(Errand("answer", str(n)) for n in range(20)))
    assert sorted(int((end.result or "").split()[0]) for end in ends) == list(range(20))
    assert {end.error for end in ends} == {None}


def test_killed_worker_loses_only_its_job() -> None:
    ends = collect(Errand("answer", "1"), Errand("die"), *(Errand("answer", str(n)) for n in range(2, 8)))
    lost = [end for end in ends if end.result is None]
    assert [(end.job.what, end.error_kind) for end in lost] == [("die", "WorkerDied")]
    assert "SIGKILL" in (lost[0].error or "")
    assert len(ends) == 8


def test_exiting_worker_is_named_with_its_exit_code() -> None:
    (end,) = collect(Errand("exit"))
    assert end.error_kind == "WorkerDied"
    assert "exit code 7" in (end.error or "")


def test_hanging_worker_is_killed_with_the_processes_it_started(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    for seconds in (1.0, 30.0):  # on a busy machine a second is not enough to begin in
        ends = collect(Errand("hang", str(note), seconds=seconds), Errand("answer", "x"))
        errors = {end.job.what: end.error_kind for end in ends}
        assert errors == {"hang": "TimeLimit", "answer": None}
        if note.exists():
            break
    assert wait_until_gone(*map(int, note.read_text().split()))


@pytest.mark.parametrize(("retire_bytes", "processes"), [(1 << 40, 1), (1, 4)])
def test_worker_that_grew_is_replaced_after_its_job(retire_bytes: int, processes: int) -> None:
    ends = list(
        run_jobs(run_errand, [Errand("answer", str(n)) for n in range(4)], 1, retire_bytes=retire_bytes)
    )
    assert {end.error for end in ends} == {None}
    assert len({(end.result or "").split()[-1] for end in ends}) == processes


def test_workers_end_when_the_consumer_stops_early(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    ends = run_jobs(run_errand, [Errand("answer"), Errand("hang", str(note))], 2)
    next(ends)
    while not note.exists():
        time.sleep(0.02)
    ends.close()  # type: ignore[attr-defined]
    assert wait_until_gone(*map(int, note.read_text().split()))


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_scan_pool import Errand, run_errand, run_jobs\n"
        "if __name__ == '__main__':\n"
        "    list(run_jobs(run_errand, [Errand('hang', sys.argv[2])], 1))\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(code)
    parent = subprocess.Popen([sys.executable, script, Path(__file__).parent, note])
    deadline = time.monotonic() + 30
    while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    assert wait_until_gone(*map(int, note.read_text().split()))
