"""What is installed, found or missing, and what to do about it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from pipelines.confinement import available
from pipelines.crawl.local import mirror_records, named_upstreams
from pipelines.crawl.registry.store import list_records
from pipelines.discovery import find_state, find_workspace_file
from pipelines.errors import USER_ERRORS, PipelineError, WorkspaceError
from pipelines.quality import FRESH_HOURS
from pipelines.run_lock import hold_run_lock
from pipelines.run_summary import count_published
from pipelines.state import StateFolder
from pipelines.state_faults import damaged_records, half_written, key_fault
from pipelines.workspace import Workspace, load_workspace
from warehouse.store.database import open_database, open_published, read_through
from warehouse.taxonomy import DEFAULT_FOLDER, load_taxonomy

Status = Literal["fine", "warning", "fault"]
_LEAST_GIT = (2, 30)
_LEAST_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at."""

    name: str
    status: Status
    finding: str
    advice: str | None = None


def diagnose(target: Path) -> list[Diagnosis]:
    """Look at the machine, and at the workspace and state of `target`. Changes nothing."""
    found = [_python(), _packages(), _git(), _confinement()]
    try:
        workspace = _load(target)
        state = find_state(target)
    except WorkspaceError as error:
        return [*found, Diagnosis("workspace", "fault", str(error), "correct the lines that are named")]
    return [
        *found,
        _describe_workspace(target, workspace),
        *_try("taxonomy", lambda: _taxonomy(workspace)),
        *(_mirrors(workspace) if workspace is not None else ()),
        _registries(state),
        _disk(state),
        *_try("warehouse", lambda: _warehouse(state)),
        *_try("published", lambda: _published(state)),
        _report(state),
        *_left_behind(state),
    ]


def _try(name: str, look: Callable[[], Diagnosis]) -> Iterator[Diagnosis]:
    try:
        yield look()
    except USER_ERRORS as error:
        advice = "chainatlas doctor --repair" if name in ("warehouse", "published") else None
        yield Diagnosis(name, "fault", str(error), advice)


def _python() -> Diagnosis:
    return Diagnosis("python", "fine", f"{sys.version.split()[0]}, chainatlas {version('chainatlas')}")


def _packages() -> Diagnosis:
    """Every package that chainatlas needs, in the version that it needs."""
    wrong = []
    for text in requires("chainatlas") or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            try:
                installed = version(requirement.name)
            except PackageNotFoundError:
                wrong.append(f"{requirement.name} is missing")
                continue
            if not requirement.specifier.contains(installed, prereleases=True):
                wrong.append(f"{requirement.name} {installed} is not {requirement.specifier}")
    if wrong:
        return Diagnosis("packages", "fault", "; ".join(wrong), "install chainatlas again with its lock file")
    return Diagnosis("packages", "fine", "all installed")


def _git() -> Diagnosis:
    advice = f"install git {'.'.join(map(str, _LEAST_GIT))} or newer"
    try:
        output = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return Diagnosis("git", "fault", "cannot be started", advice)
    number = re.search(r"(\d+)\.(\d+)\S*", output.stdout)
    if number is None or (int(number[1]), int(number[2])) < _LEAST_GIT:
        return Diagnosis("git", "fault", output.stdout.strip(), advice)
    return Diagnosis("git", "fine", number[0])


def _confinement() -> Diagnosis:
    means = available()
    if any(name.startswith("Landlock") for name in means):
        return Diagnosis("confinement", "fine", f"scans are confined by {' and '.join(means)}")
    return Diagnosis(
        "confinement",
        "warning",
        f"scans are confined by {means[0] if means else 'nothing but limits of memory and time'}",
        "a Linux kernel from 5.13 on with Landlock keeps scans from writing; see docs/security.md",
    )


def _load(target: Path) -> Workspace | None:
    path = find_workspace_file(target)
    return load_workspace(path) if path is not None else None


def _describe_workspace(target: Path, workspace: Workspace | None) -> Diagnosis:
    if workspace is None:
        return Diagnosis(
            "workspace",
            "warning",
            f"{target.resolve()} has no workspace.toml: enterprises are guessed from folder names",
            f"chainatlas init {target} writes one for you to correct",
        )
    settings = workspace.settings
    silent = [owner.id for owner in settings.enterprises if not owner.domains]
    finding = (
        f"{workspace.path}: {len(settings.enterprises)} enterprises, {len(settings.communities)} communities"
    )
    if silent:
        return Diagnosis(
            "workspace",
            "warning",
            f"{finding}; no e-mail domains: {', '.join(silent[:5])}{' …' if len(silent) > 5 else ''}",
            "name the domains, or people in [[roster]]: without them nobody works for these enterprises",
        )
    return Diagnosis("workspace", "fine", finding)


def _taxonomy(workspace: Workspace | None) -> Diagnosis:
    tables = load_taxonomy(workspace.taxonomy_folders if workspace is not None else [DEFAULT_FOLDER])
    chains, segments, rules = (tables[name].num_rows for name in ("chain", "segment", "evidence_rule"))
    return Diagnosis("taxonomy", "fine", f"{chains} chains, {segments} segments, {rules} evidence rules")


def _mirrors(workspace: Workspace) -> Iterator[Diagnosis]:
    """Repositories that are named by their address; nothing where there are none."""
    upstreams = named_upstreams(workspace)
    missing = [upstream.repo_id for upstream in upstreams if not upstream.path.exists()]
    failed = [record.repo_id for record in mirror_records(workspace) if record.status == "failed"]
    if missing or failed:
        finding = (
            f"{len(missing)} of {len(upstreams)} are not there, {len(failed)} failed at the last attempt"
        )
        yield Diagnosis("mirrors", "warning", finding, "chainatlas mirror clones and updates them")
    elif upstreams:
        yield Diagnosis("mirrors", "fine", f"{len(upstreams)} are there")


def _registries(state: StateFolder) -> Diagnosis:
    files = list(list_records(state.registries))
    if not files:
        return Diagnosis(
            "registries",
            "warning",
            "no facts: releases, deprecations, maintainers and most licences are unknown",
            "chainatlas registries update asks for the packages of the last run, or reads saved documents",
        )
    newest = datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC)
    return Diagnosis("registries", "fine", f"{len(files)} packages, last asked {newest:%Y-%m-%d}")


def _disk(state: StateFolder) -> Diagnosis:
    there = next(path for path in (state.path, *state.path.parents) if path.exists())
    free = shutil.disk_usage(there).free
    finding = f"{free / 1024**3:.1f} GiB free for {state.path}"
    if free < _LEAST_FREE_BYTES:
        return Diagnosis("disk", "warning", finding, "free some, or name another `state` folder")
    return Diagnosis("disk", "fine", finding)


def _warehouse(state: StateFolder) -> Diagnosis:
    if not state.warehouse.is_file():
        return Diagnosis("warehouse", "warning", "there is none yet", "chainatlas run makes it")
    try:
        with hold_run_lock(state), closing(open_database(state.warehouse)) as con:
            read_through(con)
            runs = con.execute("select status, count(*) from meta.run group by all order by all").fetchall()
    except PipelineError as error:
        return Diagnosis("warehouse", "fine", f"not opened: {error}")
    size = state.warehouse.stat().st_size / 1024**2
    told = ", ".join(f"{count} {status}" for status, count in runs)
    return Diagnosis("warehouse", "fine", f"can be read, {size:.0f} MiB; runs: {told or 'none'}")


def _published(state: StateFolder) -> Diagnosis:
    if not state.published.is_file():
        return Diagnosis("published", "warning", "nothing yet", "chainatlas run publishes the answers")
    age = datetime.now(UTC) - datetime.fromtimestamp(state.published.stat().st_mtime, UTC)
    hours = age.total_seconds() / 3600
    with closing(open_published(state.published)) as con:
        read_through(con)
    counts, failures = count_published(state.published)
    finding = (
        f"{hours:.1f} hours old, {counts['repositories']} repositories, {counts['components']} components"
    )
    if failures:
        return Diagnosis(
            "published",
            "warning",
            f"{finding}; {len(failures)} scans failed, first {failures[0].repository}: {failures[0].reason}",
            'chainatlas query "from mart.scan_failure" lists them; every run tries them again',
        )
    if hours > FRESH_HOURS:
        return Diagnosis("published", "warning", finding, "chainatlas run brings it up to date")
    return Diagnosis("published", "fine", finding)


def _report(state: StateFolder) -> Diagnosis:
    page = state.report / "index.html"
    if page.is_file():
        return Diagnosis("report", "fine", str(page))
    return Diagnosis(
        "report", "warning", "there is none yet", "chainatlas run or chainatlas report writes it"
    )


def _left_behind(state: StateFolder) -> Iterator[Diagnosis]:
    """What killed processes and bad disks leave behind; nothing where there is nothing."""
    advice = "chainatlas doctor --repair"
    if (fault := key_fault(state)) is not None:
        yield Diagnosis(
            "key", "fault", fault, "restore it from a backup, or remove it to give new pseudonyms"
        )
    if partial := list(half_written(state)):
        finding = f"{len(partial)} half-written files of killed processes, or of a run that is on"
        yield Diagnosis("leftovers", "warning", finding, f"{advice} removes them")
    if (damaged := damaged_records(state)) is not None:
        yield Diagnosis("dagster", "fault", f"{damaged} cannot be opened", f"{advice} moves it aside")
