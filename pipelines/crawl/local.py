"""Observe the repositories of a workspace on this machine: which they are and where their HEAD stands.

Only small files are read (HEAD, refs, the remote's URL), so that a thousand repositories take a second.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.crawl.find_repositories import find_repositories
from pipelines.crawl.mirror_git import shown_address
from pipelines.crawl.mirrors import MirrorRecord, Upstream, is_address, mirror_path, read_record
from pipelines.crawl.repository_id import (
    canonical_remote,
    local_id,
    read_remote_url,
    readable,
    separate_equal_ids,
)
from pipelines.errors import WorkspaceError
from pipelines.settings import Enterprise
from pipelines.state import locate_state
from pipelines.workspace import Workspace
from pipelines.workspace_problems import Location, expand_entry
from sbom.errors import SourceError
from sbom.git import common_dir, find_git_dir, resolve_head


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, plain folder or BOM file of the workspace as it stands now."""

    repo_id: str
    enterprise_id: str
    path: Path
    git_dir: Path | None
    """Null for a plain folder, a BOM file and what is not mirrored yet."""
    location: str
    """Relative to the workspace's folder."""
    url: str | None
    """Where the repository lives by its remote; null if it names none."""
    head_sha: str | None
    """Null for an empty or unreadable repository and for a plain folder."""
    is_shallow: bool | None
    observed_at: datetime

    @property
    def kind(self) -> str:
        if self.git_dir is None and not self.path.exists():
            return "absent"
        if self.git_dir is None:
            return "bom" if self.path.is_file() else "folder"
        return "bare" if self.git_dir == self.path else "git"

    @property
    def host(self) -> str:
        return self.repo_id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.repo_id.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Observation:
    """Repositories by id, and what the user should know about them."""

    repositories: tuple[Repository, ...]
    warnings: tuple[str, ...]


def observe_repositories(workspace: Workspace) -> Observation:
    """Every repository of the workspace with its HEAD.

    Raises:
        WorkspaceError: two enterprises claim the same repository.
    """
    warnings: list[str] = []
    owners = _find_owned(workspace, warnings)
    upstreams = {upstream.path: upstream for upstream in named_upstreams(workspace)}
    git_dirs = {path: _git_dir(path, warnings) for path in owners}
    remotes = {
        path: canonical_remote(upstreams[path].url) if path in upstreams else _remote(git_dir)
        for path, git_dir in git_dirs.items()
    }
    ids, doubles = separate_equal_ids(
        {
            path: upstreams[path].repo_id
            if path in upstreams
            else remotes[path] or local_id(owner.id, Path(readable(path)))
            for path, owner in owners.items()
        }
    )
    warnings += _describe_missing(upstreams.values())
    now = datetime.now(UTC)
    repositories = [
        Repository(
            ids[path],
            owner.id,
            path,
            git_dirs[path],
            shown_address(upstreams[path].url)
            if path in upstreams
            else readable(Path(os.path.relpath(path, workspace.root))),
            f"https://{remotes[path]}" if remotes[path] else None,
            _head(git_dirs[path], warnings),
            _is_shallow(git_dirs[path]),
            now,
        )
        for path, owner in owners.items()
    ]
    repositories.sort(key=lambda repository: repository.repo_id)
    return Observation(tuple(repositories), (*warnings, *doubles))


def named_upstreams(workspace: Workspace) -> list[Upstream]:
    """The repositories that the workspace names by their address, with the places of their mirrors."""
    folder = locate_state(workspace).mirrors
    upstreams: dict[Path, Upstream] = {}
    for owner, entry, _ in _entries(workspace):
        if is_address(entry):
            path = mirror_path(folder, entry).absolute()
            upstreams.setdefault(path, Upstream(entry, owner.id, path))
    return list(upstreams.values())


def mirror_records(workspace: Workspace) -> list[MirrorRecord]:
    """What became of the mirrors of the workspace at the last attempt."""
    records = (read_record(upstream.path) for upstream in named_upstreams(workspace))
    return [record for record in records if record is not None]


def _describe_missing(upstreams: Iterable[Upstream]) -> Iterator[str]:
    missing = [upstream.repo_id for upstream in upstreams if not upstream.path.exists()]
    if missing:
        shown = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        yield f"{len(missing)} repositories are not mirrored yet, `chainatlas mirror` clones them: {shown}"


def _find_owned(workspace: Workspace, warnings: list[str]) -> dict[Path, Enterprise]:
    owners: dict[Path, tuple[Enterprise, Location]] = {}
    problems = []
    for owner, entry, location in _entries(workspace):
        mirrored = (
            [mirror_path(locate_state(workspace).mirrors, entry).absolute()] if is_address(entry) else None
        )
        for path in mirrored or _expand(workspace.root, entry, warnings):
            other, there = owners.setdefault(path, (owner, location))
            if other.id != owner.id:
                problems.append(
                    f"{workspace.place(location)}: {path} is also a repository of {other.id!r} "
                    f"({workspace.place(there)}); keep it in one"
                )
    if problems:
        raise WorkspaceError("\n".join(problems))
    return {path: owner for path, (owner, _) in owners.items()}


def _entries(workspace: Workspace) -> Iterator[tuple[Enterprise, str, Location]]:
    for key in ("enterprises", "communities"):
        for number, owner in enumerate(getattr(workspace.settings, key)):
            for position, entry in enumerate(owner.repositories):
                yield owner, entry, (key, number, "repositories", position)


def _expand(root: Path, entry: str, warnings: list[str]) -> Iterator[Path]:
    """A folder is a repository, or holds repositories, or is scanned as it is, without history.

    A BOM file stands for the repository that it was made of.
    """
    for folder in expand_entry(root, entry):
        if folder.is_file() or _git_dir(folder, warnings) is not None:
            yield folder.resolve()
            continue
        found = find_repositories(folder)
        warnings += found.problems
        for path in found.paths or [folder]:
            yield path.resolve()


def _git_dir(path: Path, warnings: list[str]) -> Path | None:
    try:
        return find_git_dir(path)
    except OSError as error:
        warnings.append(f"{path}: cannot be read: {error.strerror}")
        return None


def _remote(git_dir: Path | None) -> str | None:
    url = read_remote_url(git_dir) if git_dir is not None else None
    return canonical_remote(url) if url is not None else None


def _head(git_dir: Path | None, warnings: list[str]) -> str | None:
    try:
        return resolve_head(git_dir) if git_dir is not None else None
    except (SourceError, OSError) as error:
        warnings.append(f"HEAD cannot be read: {error}")
        return None


def _is_shallow(git_dir: Path | None) -> bool | None:
    if git_dir is None:
        return None
    shallow = common_dir(git_dir) / "shallow"
    return shallow.is_file() and shallow.stat().st_size > 0
