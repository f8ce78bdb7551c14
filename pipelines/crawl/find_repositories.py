"""Find git repositories below a folder: work trees and bare repositories.

The search does not go into what it found: a repository inside another one's work tree (a submodule, a
vendored checkout) is the other one's content, and its history would be credited to the wrong enterprise.
"""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from sbom.git import common_dir, find_git_dir

SKIPPED_FOLDERS = frozenset({"node_modules", "venv", "__pycache__", "site-packages"})
"""Folders whose content is installed; hidden folders (.venv, .cache) are skipped too."""


@dataclass(frozen=True, slots=True)
class SearchBounds:
    """How long and how deep to look; a bound that is hit is reported, never silent."""

    depth: int = 6
    folders: int = 200_000
    seconds: float = 30.0


@dataclass(slots=True)
class FoundRepositories:
    """Repository folders in path order, and what kept the search from being complete."""

    paths: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def find_repositories(root: Path, bounds: SearchBounds | None = None) -> FoundRepositories:
    """Repositories at or below `root`. Symbolic links are not followed.

    Of a repository and its linked work trees only one is reported: the repository where it is below `root`,
    else the first work tree.
    """
    bounds = bounds or SearchBounds()
    found = FoundRepositories()
    by_store: dict[Path, Path] = {}
    deadline = time.monotonic() + bounds.seconds
    too_deep = visited = 0
    pending = [(root, 0)]
    while pending:
        folder, depth = pending.pop()
        visited += 1
        if visited > bounds.folders or time.monotonic() > deadline:
            found.problems.append(
                f"the search below {root} stopped after {visited - 1} folders and "
                f"{bounds.seconds:.0f} s at most; name the folders of the repositories in workspace.toml"
            )
            break
        try:
            git_dir = find_git_dir(folder)
        except OSError as error:
            found.problems.append(f"{folder}: cannot be searched: {error.strerror}")
            continue
        if git_dir is not None:
            store = common_dir(git_dir).resolve()
            if store not in by_store or store == git_dir.resolve():
                by_store[store] = folder
        elif depth == bounds.depth:
            too_deep += 1
        else:
            pending += [(child, depth + 1) for child in _subfolders(folder, found.problems)]
    if too_deep:
        found.problems.append(
            f"{too_deep} folders deeper than {bounds.depth} levels below {root} were not searched; "
            "name the folders of their repositories in workspace.toml"
        )
    found.paths = sorted(by_store.values())
    return found


def _subfolders(folder: Path, problems: list[str]) -> list[Path]:
    try:
        with os.scandir(folder) as listing:
            return [
                folder / item.name
                for item in listing
                if not item.name.startswith(".")
                and item.name not in SKIPPED_FOLDERS
                and item.is_dir(follow_symlinks=False)
            ]
    except OSError as error:
        problems.append(f"{folder}: cannot be searched: {error.strerror}")
        return []
