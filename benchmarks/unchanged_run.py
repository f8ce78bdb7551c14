"""A run over made repositories, and the runs after it in which nothing has changed.

    python benchmarks/unchanged_run.py [--repositories 10 1000] [--rounds 3]

For each number of repositories: wall and processor seconds of the first run, then the median of the unchanged
ones, each a process of its own, start-up included; processor seconds are without the first run's workers. The
repositories are bare, of ten kinds (size of the lock file, number of commits), each with a remote of its own.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

_KINDS = 10


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--repositories", type=int, nargs="*", default=[10, 1000])
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    print("repositories  run        wall s     cpu s")
    with tempfile.TemporaryDirectory(prefix="chainatlas-benchmark-") as folder:
        kinds = [make_kind(Path(folder) / f"kind-{kind}.git", kind) for kind in range(_KINDS)]
        for count in options.repositories:
            region = make_region(Path(folder) / f"region-{count}", kinds, count)
            show(count, "first", *timed_run(region))
            times = [timed_run(region) for _ in range(options.rounds)]
            show(count, "unchanged", *(median(seconds) for seconds in zip(*times, strict=True)))


def show(count: int, run: str, wall: float, cpu: float) -> None:
    print(f"{count:>12}  {run:<9} {wall:>7.2f}  {cpu:>8.2f}", flush=True)


def timed_run(region: Path) -> tuple[float, float]:
    """Wall seconds and processor seconds of one `chainatlas run`."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = [sys.executable, "-m", "pipelines.cli", "run", str(region), "--quiet", "--format", "json"]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu


def make_region(folder: Path, kinds: list[Path], count: int) -> Path:
    """`count` repositories of `count / 10` enterprises, copied from the kinds."""
    for number in range(count):
        repository = folder / f"enterprise-{number // 10:03}" / f"repository-{number}.git"
        shutil.copytree(kinds[number % len(kinds)], repository)
        url = f"https://forge.example/enterprise-{number // 10:03}/repository-{number}.git"
        with (repository / "config").open("a") as config:
            config.write(f'[remote "origin"]\n\turl = {url}\n')
    return folder


def make_kind(folder: Path, kind: int) -> Path:
    """A bare repository with 3 to 30 commits and a lock file of 10 to 100 packages."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True, env=environment)
    packages = {
        f"node_modules/package-{kind}-{number}": {"version": f"1.{number}.0"}
        for number in range(10 * kind + 10)
    }
    lock = {
        "name": f"kind-{kind}",
        "lockfileVersion": 3,
        "packages": {"": {"name": f"kind-{kind}"}} | packages,
    }
    stream = []
    for number in range(3 * kind + 3):
        person = f"Author {number % 5} <author{number % 5}@enterprise.example>"
        author = f"{person} {1_700_000_000 + number * 86_400} +0800"
        files = {"package-lock.json": json.dumps(lock), f"src/file{number}.js": f"// {number}\n" * 20}
        stream.append(f"commit refs/heads/main\nauthor {author}\ncommitter {author}\ndata 6\nchange\n")
        stream += [f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in files.items()]
    subprocess.run(
        ["git", "-C", folder, "fast-import", "--quiet"],
        input="".join(stream).encode(),
        check=True,
        env=environment,
    )
    return folder


if __name__ == "__main__":
    main()
