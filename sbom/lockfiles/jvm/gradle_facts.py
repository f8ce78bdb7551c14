"""What a Gradle build script says: the rows that its reader fills and the readers of other files look up."""

from dataclasses import dataclass, field
from typing import NamedTuple

from sbom.lockfiles.jvm.gradle_catalog import Rich
from sbom.lockfiles.jvm.gradle_values import Environment


class Notation(NamedTuple):
    """A module that a script names; `line` is null where another file holds the text."""

    group: str
    name: str
    version: Rich
    line: int | None
    is_platform: bool = False


class Request(NamedTuple):
    """A module that a configuration asks for, and the blocks around the declaration, outermost first."""

    configuration: str
    notation: Notation
    around: tuple[str, ...]


@dataclass(slots=True)
class Facts:
    """What a script says."""

    path: str
    env: Environment
    requests: list[Request] = field(default_factory=list)
    managed: dict[tuple[str, str], Rich] = field(default_factory=dict)
    """Versions of constraints, of the dependency-management plugin, and forced ones."""
    projects: set[str] = field(default_factory=set)
    """Paths of the projects that it depends on."""
    plugins: list[Notation] = field(default_factory=list)
    identity: dict[str, str] = field(default_factory=dict)
    """Group, version and description of the project itself."""
    shared_identity: dict[str, str] = field(default_factory=dict)
    """The same as this script sets them for all projects below."""
    open: list[int] = field(default_factory=list)
    """Lines of dependencies that the script computes."""
    local: list[tuple[str, int]] = field(default_factory=list)
    """Modules without group: files beside the build."""
    project_name: str | None = None
    catalogs: dict[str, str] = field(default_factory=dict)
    """Files of further version catalogs by their name in scripts."""
