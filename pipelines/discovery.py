"""A workspace for a folder that has no `workspace.toml`: guessed from where its repositories are."""

import glob
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from pipelines.crawl.find_repositories import find_repositories
from pipelines.crawl.repository_id import readable
from pipelines.errors import WorkspaceError
from pipelines.settings import Enterprise, Name, Region, Settings
from pipelines.state import StateFolder, default_state, locate_state
from pipelines.workspace import WORKSPACE_FILE, Workspace, load_workspace

_held: ContextVar[dict[Path, Workspace] | None] = ContextVar("held", default=None)


def find_workspace_file(target: Path) -> Path | None:
    """The workspace file that `target` is or holds; null for a folder without one.

    Raises:
        WorkspaceError: there is neither a file nor a folder.
    """
    try:
        if target.is_file():
            return target
        is_folder = target.is_dir()
    except OSError:  # too long to be the name of a file: a query, say
        is_folder = False
    if not is_folder:
        raise WorkspaceError(f"{target}: no such file or folder; name a folder or a {WORKSPACE_FILE}")
    path = target / WORKSPACE_FILE
    return path if path.is_file() else None


def open_workspace(target: Path) -> Workspace:
    """The workspace of a file, of a folder that holds one, or guessed from the repositories below a folder.

    Raises:
        WorkspaceError: the file is wrong, or there is no repository below the folder.
    """
    held = _held.get()
    if held is not None and target in held:
        return held[target]
    path = find_workspace_file(target)
    workspace = load_workspace(path) if path is not None else discover_workspace(target)
    if held is not None:
        held[target] = workspace
    return workspace


@contextmanager
def hold_workspaces() -> Iterator[None]:
    """Let `open_workspace` look once for each target within the block: a search may take seconds.

    Outside of such a block every call looks anew, because Dagster's processes outlive edits of the file.
    """
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def find_state(target: Path) -> StateFolder:
    """The state folder of what the user named, without searching for repositories.

    Raises:
        WorkspaceError: the file is wrong.
    """
    return find_settings(target)[1]


def find_settings(target: Path) -> tuple[Settings, StateFolder]:
    """The settings and the state folder of what the user named, which may hold no repository yet.

    Raises:
        WorkspaceError: the file is wrong.
    """
    path = find_workspace_file(target)
    if path is None:
        return Settings(), default_state(target.resolve())
    workspace = load_workspace(path, needs_owners=False)
    return workspace.settings, locate_state(workspace)


def discover_workspace(root: Path) -> Workspace:
    """Guess a workspace: each first-level folder with repositories below it is taken for one enterprise.

    Repositories directly in `root` are taken for those of one enterprise named after `root`.

    Raises:
        WorkspaceError: there is no repository below `root`.
    """
    root = root.resolve()
    found = find_repositories(root)
    if not found.paths:
        reasons = "".join(f"\n{problem}" for problem in found.problems)
        raise WorkspaceError(
            f"{root}: no git repository below; name a folder that holds repositories, or write their folders "
            f"into a {WORKSPACE_FILE}{reasons}"
        )
    owned: dict[str, list[str]] = {}
    for path in found.paths:
        relative = path.relative_to(root)
        owner = relative.parts[0] if len(relative.parts) > 1 else root.name or "root"
        owned.setdefault(owner, []).append(glob.escape(os.fspath(relative)))
    ids = _distinct_ids(sorted(owned))
    enterprises = [
        Enterprise(id=ids[name], name=Name(en=readable(Path(name))), repositories=owned[name])
        for name in sorted(owned)
    ]
    settings = Settings(region=Region(name=Name(en=readable(Path(root.name)))), enterprises=enterprises)
    guess = (
        f"guessed, not known: {len(enterprises)} enterprise(s) from the folders below {root}, without e-mail "
        f"domains, districts or country; `chainatlas init {root}` writes them down for you to correct"
    )
    return Workspace(root, settings, guesses=(guess, *found.problems))


def _distinct_ids(names: list[str]) -> Mapping[str, str]:
    """An id for each folder name: what an id cannot hold becomes `-`, equal ids get a number."""
    ids: dict[str, str] = {}
    for name in names:
        base = re.sub(r"[^\w.+-]", "-", name.lower()).lstrip(".+-")[:90] or "enterprise"
        number, candidate = 2, base
        while candidate in ids.values():
            number, candidate = number + 1, f"{base}-{number}"
        ids[name] = candidate
    return ids
