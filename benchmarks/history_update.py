"""Bringing 1,000 new commits of a history into the warehouse, by the stage of scans of every run.

    python benchmarks/history_update.py GIT_DIRECTORY

A copy of the repository (its files are linked, not copied) is read whole at an older HEAD, then at the
newest. Printed are wall seconds of each: start and confinement of the worker, the reading, the shard and its
load into the warehouse. Other scanners are left out.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from history import find_older_head, git

from pipelines import scan_plan
from pipelines.crawl.local import observe_repositories
from pipelines.discovery import discover_workspace
from pipelines.progress import LoggedProgress
from pipelines.scan_plan import ScanRequest
from pipelines.scan_stage import scan_repositories
from pipelines.state import StateFolder
from sbom.limits import DEFAULT_LIMITS
from warehouse.store.database import open_database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="git directory, bare or not")
    path: Path = parser.parse_args().path
    git_dir = path / ".git" if (path / ".git").is_dir() else path
    newest, older = git(path, "rev-parse", "HEAD"), find_older_head(path)
    if older is None:
        raise SystemExit(f"{path}: fewer than 1,000 commits")
    limits = replace(DEFAULT_LIMITS, seconds=7200)
    due: Mapping[str, tuple[str, ...]] = dict.fromkeys(scan_plan.DUE_SCANNERS, ("history",))
    scan_plan.DUE_SCANNERS = due  # type: ignore[assignment, misc]
    with tempfile.TemporaryDirectory(dir=git_dir.parent, prefix="history-update-") as folder:
        code = Path(folder) / "code"
        copy = code / "one" / "app.git"
        shutil.copytree(git_dir, copy, copy_function=os.link)
        state = StateFolder(Path(folder) / "state")
        state.prepare()
        with closing(open_database(state.warehouse)) as con:
            for run, head in enumerate((older, newest)):
                (copy / "HEAD").unlink()
                (copy / "HEAD").write_text(f"{head}\n")
                repositories = list(observe_repositories(discover_workspace(code)).repositories)
                started = time.perf_counter()
                request = ScanRequest(state, str(run), limits, workers=1)
                report = scan_repositories(con, repositories, request, LoggedProgress())
                wall, rows = time.perf_counter() - started, report.rows.get("commit", 0)
                print(f"{('whole', 'update')[run]:8} {rows:9,} commits  wall {wall:7.2f} s")


if __name__ == "__main__":
    main()
