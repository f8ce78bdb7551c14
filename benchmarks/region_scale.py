"""`chainatlas run` over made regions of growing size: cold, unchanged, and with ten repositories changed.

    python benchmarks/region_scale.py FOLDER [--repositories 100 1000 10000] [--jobs 2] [--no-report]

Regions are made by `made_region.py` below FOLDER, unless they are there. Each run is a process; of it
and of all that it starts there are measured: wall and processor seconds, the peak of the sum of their memory
(proportional set size, sampled four times a second), the peak of open files of one process, seconds by stage,
and the slowest models. The exponent is the slope of log(processor seconds) over log(components) between one
size and the next. The load of the machine stands beside the wall time.
"""

import argparse
import contextlib
import ctypes
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from made_region import make_region, plan_repositories

SEED = 20261127
CHANGED = 10
_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


@dataclass
class Measured:
    """One run."""

    wall: float = 0.0
    cpu: float = 0.0
    peak_mib: float = 0.0
    peak_files: int = 0
    load: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds from the stage's first line of progress to the next stage's."""
    summary: dict[str, object] = field(default_factory=dict)
    models: list[tuple[str, int]] = field(default_factory=list)
    """Models that were built and their milliseconds, the slowest first."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--repositories", type=int, nargs="*", default=[100, 1000, 10_000])
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--only", nargs="*", choices=("cold", "unchanged", "changed"))
    arguments.add_argument("--no-report", action="store_true")
    options = arguments.parse_args()
    words = ["--jobs", str(options.jobs), *(["--no-report"] if options.no_report else [])]
    earlier: dict[str, tuple[int, float]] = {}
    print("repositories  run          wall s    cpu s   MiB peak  files  load  exponent", flush=True)
    for count in options.repositories:
        folder = options.folder / f"r{count}"
        planned = make_region(folder, count, SEED)
        for kind in options.only or ("cold", "unchanged", "changed"):
            if kind == "changed":
                change(folder, count)
            measured = run(folder, words)
            exponent = ""
            if kind in earlier:
                size, cpu = earlier[kind]
                exponent = f"{math.log(measured.cpu / cpu) / math.log(planned['components'] / size):.2f}"
            earlier[kind] = planned["components"], measured.cpu
            print(
                f"{count:>12}  {kind:<10} {measured.wall:>8.1f} {measured.cpu:>8.1f}"
                f" {measured.peak_mib:>10.0f} {measured.peak_files:>6} {measured.load:>5.1f} {exponent:>9}"
            )
            for line in details(measured):
                print(f"              {line}")
            sys.stdout.flush()


def details(measured: Measured) -> Iterator[str]:
    yield "stages: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in measured.stages.items())
    counts = measured.summary["counts"]
    assert isinstance(counts, dict)
    yield ", ".join(f"{counts[name]:,} {name}" for name in ("components", "edges", "commits", "unknowns"))
    yield (
        f"{measured.summary['scanned']} scanned, {len(measured.summary['failures'])} failed; "  # type: ignore[arg-type]
        f"{measured.summary['models_built']} tables built, {measured.summary['models_unchanged']} unchanged"
        f", {len(measured.summary['renewed'])} of them for what changed alone"  # type: ignore[arg-type]
    )
    yield "slowest: " + ", ".join(f"{name} {wall / 1000:.1f} s" for name, wall in measured.models[:12])


def change(folder: Path, count: int) -> None:
    """One more commit in ten repositories, spread over the region."""
    plans = list(plan_repositories(count, SEED))
    author = f"Dev <dev@e0000.example> {int(time.time())} +0800"
    for plan in plans[:: max(1, len(plans) // CHANGED)][:CHANGED]:
        path = folder / "code" / f"e{plan.enterprise:04}" / f"r{plan.number:05}.git"
        commit = f"commit refs/heads/main\nauthor {author}\ncommitter {author}\ndata 6\nchange\n"
        text = f"{commit}from refs/heads/main^0\nM 100644 inline src/changed\ndata {len(author)}\n{author}\n"
        words = ["git", "-C", str(path), "fast-import", "--quiet"]
        subprocess.run(words, input=text.encode(), check=True, stdout=subprocess.DEVNULL)


def run(folder: Path, words: list[str]) -> Measured:
    """One `chainatlas run` as a process, watched."""
    # workers belong to a server that nobody waits for: without this their processor time would not be counted
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    measured = Measured()
    before, started = os.times(), time.perf_counter()
    stamp = time.time()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run", str(folder), "--format", "json", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watching = threading.Thread(target=watch, args=(process, measured), daemon=True)
    watching.start()
    assert process.stderr is not None
    assert process.stdout is not None
    output: list[str] = []
    reading = threading.Thread(target=lambda: output.append(process.stdout.read()), daemon=True)  # type: ignore[union-attr]
    reading.start()
    stage, since = "start", started
    for line in process.stderr:
        name = line.partition(":")[0]
        if name in ("advisories", "scan", "load", "build", "publish", "report") and name != stage:
            now = time.perf_counter()
            measured.stages[stage] = measured.stages.get(stage, 0) + now - since
            stage, since = name, now
    process.wait()
    reading.join()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    measured.stages[stage] = time.perf_counter() - since
    after = os.times()
    measured.wall = time.perf_counter() - started
    measured.cpu = after.children_user + after.children_system - before.children_user - before.children_system
    measured.load = os.getloadavg()[0]
    measured.summary = json.loads(output[0])
    with contextlib.closing(duckdb.connect(str(measured.summary["published"]), read_only=True)) as con:
        measured.models = con.execute(
            "select model, wall_ms from meta.model_build where built_at >= to_timestamp(?) order by 2 desc",
            [stamp],
        ).fetchall()
    return measured


def watch(process: subprocess.Popen[str], measured: Measured) -> None:
    """Sample the memory and the open files of a process and of its descendants until it ends."""
    while process.poll() is None:
        total = 0.0
        for pid in family(process.pid):
            total += resident_mib(pid)
            try:
                measured.peak_files = max(measured.peak_files, len([*Path(f"/proc/{pid}/fd").iterdir()]))
            except OSError:
                continue
        measured.peak_mib = max(measured.peak_mib, total)
        time.sleep(0.25)


def family(root: int) -> list[int]:
    """A process and its descendants."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


def resident_mib(pid: int) -> float:
    """Proportional set size: pages that forked workers share count once."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


if __name__ == "__main__":
    main()
