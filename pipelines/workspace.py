"""The workspace: which region, which enterprises, where their repositories are.

`load_workspace` reads `workspace.toml` and reports everything that is wrong with it at once, with lines;
`pipelines.discovery` guesses a workspace from a folder without such a file. Relative paths count from the
folder that holds the file.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

import taxonomy
from pipelines.errors import WorkspaceError
from pipelines.settings import Settings
from pipelines.workspace_problems import (
    FileLines,
    Location,
    Problem,
    describe_error,
    expand_files,
    find_contradictions,
)
from sbom.crypto.policy_folder import PACKAGED
from sbom.lockfiles.toml_lines import TomlLines

WORKSPACE_FILE = "workspace.toml"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Settings with the folder that relative paths count from, and the file where they stand."""

    root: Path
    settings: Settings
    path: Path | None = None
    """The file; null where the workspace was discovered."""
    lines: FileLines | None = None
    guesses: tuple[str, ...] = ()
    """What was guessed and what could not be searched, for the user to read."""

    @property
    def taxonomy_folders(self) -> list[Path]:
        packaged = [Path(taxonomy.__file__).parent] if self.settings.taxonomy.packaged else []
        return [*packaged, *(self.root / folder for folder in self.settings.taxonomy.folders)]

    @property
    def crypto_policy_folders(self) -> list[Path]:
        return [PACKAGED, *(self.root / folder for folder in self.settings.crypto.folders)]

    @property
    def maven_repository(self) -> Path | None:
        name = self.settings.maven_repository
        return self.root / name if name is not None else None

    @property
    def advisory_folders(self) -> list[Path]:
        return [self.root / folder for folder in self.settings.advisories.folders]

    @property
    def event_folders(self) -> list[Path]:
        return [self.root / folder for folder in self.settings.events.folders]

    @property
    def webhook_folders(self) -> list[Path]:
        return [self.root / folder for folder in self.settings.events.webhooks]

    @property
    def vex_files(self) -> list[Path]:
        return [path for entry in self.settings.vex.files for path in expand_files(self.root, entry)]

    def place(self, location: Location) -> str:
        """`FILE:LINE` of a part of the file, or the root folder where there is no file."""
        return f"{self.path}:{self.lines.line(location)}" if self.lines else str(self.root)


def load_workspace(path: Path, *, needs_owners: bool = True) -> Workspace:
    """Read and check a workspace file, which may name nobody yet unless it `needs_owners`.

    Raises:
        WorkspaceError: everything that is wrong, one line each: `workspace.toml:LINE: what, and what to do`.
    """
    try:
        text = path.read_text("utf-8-sig")
        document = tomllib.loads(text)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WorkspaceError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError(_syntax_message(path, str(error))) from None
    lines = FileLines(document, TomlLines(text))
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise _error(path, lines, map(describe_error, error.errors(include_url=False))) from None
    root = path.resolve().parent
    problems = list(find_contradictions(settings, root, lines, needs_owners=needs_owners))
    if problems:
        raise _error(path, lines, problems)
    return Workspace(root, settings, path.resolve(), lines)


def _error(path: Path, lines: FileLines, problems: Iterable[Problem]) -> WorkspaceError:
    located = sorted({(lines.line(location), message) for location, message in problems})
    return WorkspaceError("\n".join(f"{path}:{line}: {message}" for line, message in located))


def _syntax_message(path: Path, message: str) -> str:
    """tomllib ends its messages with `(at line 3, column 5)` or `(at end of document)`."""
    place = re.search(r" \(at line (\d+), column (\d+)\)", message)
    if place is None:
        return f"{path}: is not TOML: {message}"
    return f"{path}:{place[1]}: is not TOML: {message[: place.start()]} in column {place[2]}"
