"""Reading a git history, against the bare `git log` that it needs and against Perceval where it is installed.

    python benchmarks/history.py PATH [--rounds N]

Each round runs everything once, so that all of them meet the same machine; of each the best round counts, and
ratios are of those. Reading a history includes writing its rows as Parquet. For the update, all is taken as
read but the newest 1,000 or a few more commits, as the former HEAD has to be a first parent.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.crawl.history import read_history
from pipelines.crawl.history_plan import plan_history
from pipelines.crawl.history_state import history_fingerprint
from sbom.git import open_view
from sbom.limits import DEFAULT_LIMITS
from warehouse.store.schema import RAW_TABLES
from warehouse.store.shard import SCANNER_TABLES

_BARE = ("log", "-z", "--numstat", "--no-renames")
_UPDATE_COMMITS = 1000
_KEY = b"key of this benchmark"
PERCEVAL = """
import sys
from perceval.backends.core.git import Git
list(Git(sys.argv[1], sys.argv[1]).fetch(latest_items=False, no_update=True))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, help="git directory, bare or not")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--perceval", metavar="PYTHON", help="interpreter of an environment with Perceval")
    parser.add_argument("--read", type=int, metavar="PROCESSES", help=argparse.SUPPRESS)
    parser.add_argument("--since", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        print(json.dumps(read(arguments.path, arguments.read, arguments.since)))
    else:
        compare(arguments.path, arguments.rounds, arguments.perceval)


def compare(path: Path, rounds: int, perceval: str | None) -> None:
    """Print wall time, CPU time and memory of each way, and its ratio to the bare `git log`."""
    since = find_older_head(path)
    ways: dict[str, Callable[[], dict[str, float]]] = {
        "git log --numstat": lambda: timed("git", "-C", str(path), *_BARE),
        "one process": lambda: reading(path, 1),
        "two processes": lambda: reading(path, 2),
    }
    if since:
        ways[f"update by {_UPDATE_COMMITS}"] = lambda: reading(path, 1, since)
    if perceval:
        ways["Perceval"] = lambda: timed(perceval, "-c", PERCEVAL, str(path))
    results: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            results[name].append(run())
    best = {name: {key: min(run[key] for run in runs) for key in runs[0]} for name, runs in results.items()}
    bare = best["git log --numstat"]
    print(f"{path}: {git(path, 'rev-list', '--count', 'HEAD')} commits, best of {rounds}")
    print(
        f"{'':20} {'wall s':>8} {'ratio':>6} {'CPU s':>8} {'ratio':>6} {'own s':>6} {'MiB':>6} {'of git':>6}"
    )
    for name, row in best.items():
        print(
            f"{name:20} {row['wall']:8.2f} {row['wall'] / bare['wall']:6.2f} {row['cpu']:8.2f}"
            f" {row['cpu'] / bare['cpu']:6.2f} {row.get('own_cpu', 0):6.2f} {row.get('own_mib', 0):6.0f}"
            f" {row['git_mib']:6.0f}"
        )


def find_older_head(path: Path) -> str | None:
    """The newest first-parent commit that at least 1,000 commits came after; null in a shorter history."""
    line = git(path, "rev-list", "--first-parent", "HEAD").split()
    found = bisect_left(
        line, _UPDATE_COMMITS, key=lambda sha: int(git(path, "rev-list", "--count", "HEAD", f"^{sha}"))
    )
    return line[found] if found < len(line) else None


def git(path: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(path), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def timed(*command: str) -> dict[str, float]:
    """Wall and CPU seconds of a command whose output goes through a pipe, as a reader's would."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while process.stdout.read(1024 * 1024):
            pass
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "git_mib": after.ru_maxrss / 1024}


def reading(path: Path, processes: int, since: str | None = None) -> dict[str, float]:
    """One reading in a fresh interpreter, whose start is not counted."""
    arguments = [sys.executable, __file__, str(path), "--read", str(processes)]
    done = subprocess.run(
        arguments + (["--since", since] if since else []), check=True, capture_output=True, text=True
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def read(path: Path, processes: int, since: str | None) -> dict[str, float]:
    """Read a history into Parquet files."""
    git_dir = path / ".git" if (path / ".git").is_dir() else path
    limits = replace(DEFAULT_LIMITS, seconds=3600)
    previous = None
    if since:
        with open_view(git_dir) as view:
            previous = plan_history(
                view, git_dir, None, since, limits=limits, fingerprint=history_fingerprint(_KEY)
            ).state
    started, used, own = time.perf_counter(), cpu_seconds(), time.process_time()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        writers = {
            name: stack.enter_context(pq.ParquetWriter(f"{folder}/{name}.parquet", RAW_TABLES[name].schema))
            for name in SCANNER_TABLES["history"]
        }
        history = read_history(
            git_dir, previous, repo_id="benchmark", person_key=_KEY, processes=processes, limits=limits
        )
        for name, batch in history.batches():
            writers[name].write_batch(batch)
    return {
        "wall": time.perf_counter() - started,
        "cpu": cpu_seconds() - used,
        "own_cpu": time.process_time() - own,
        "own_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "git_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main()
