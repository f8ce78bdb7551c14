"""What a pyproject.toml asks for: PEP 621, PEP 735 dependency groups, PEP 518, Poetry, and uv's sources."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from packaging.utils import canonicalize_name

from sbom.lockfiles.origins import git_url, without_credentials
from sbom.lockfiles.python.python_requirement import (
    PythonRequirement,
    archive_version,
    is_archive,
    parse_requirement,
    poetry_requirement,
)
from sbom.lockfiles.toml_file import TomlFile
from sbom.lockfiles.toml_values import as_strings
from sbom.model import Scope

Report = Callable[[str, int | None], object]
"""Told of an entry that is no requirement: reason, line."""


@dataclass(frozen=True, slots=True)
class ProjectRequirement:
    """A requirement of the project itself, with the scope of the table that holds it."""

    requirement: PythonRequirement
    scope: Scope | None
    line: int | None
    is_build: bool = False
    """Needed by the build backend, which lock files do not pin."""


def project_name(toml: TomlFile) -> str | None:
    """The project's normalised name; null if the file declares no project."""
    for table in (toml.table("project"), toml.table("tool", "poetry")):
        if isinstance(table.get("name"), str):
            return canonicalize_name(table["name"])
    return None


def tells_dependencies(toml: TomlFile) -> bool:
    """Whether the file lists the project's dependencies rather than leaving them to setup.py or a hook."""
    if toml.table("tool", "poetry"):
        return True
    project = toml.table("project")
    return bool(project) and "dependencies" not in as_strings(project.get("dynamic"))


def group_scope(group: str, *, is_distributed: bool) -> Scope | None:
    """The scope of a PEP 735 dependency group.

    A built distribution never has its groups, and `dev` is uv's name for what serves development. Other
    groups of a project that is not distributed may well be what it runs with (PEP 735, "Rationale").
    """
    return Scope.EXCLUDED if is_distributed or group == "dev" else None


def group_scopes(toml: TomlFile) -> dict[str, Scope | None]:
    """The scope of each extra and dependency group that a project defines; null where it may be either."""
    is_distributed = _is_distributed(toml)
    scopes: dict[str, Scope | None] = dict.fromkeys(
        toml.table("tool", "pdm", "dev-dependencies"), Scope.EXCLUDED
    )
    for group in toml.table("dependency-groups"):
        scopes[group] = group_scope(group, is_distributed=is_distributed)
    return scopes | dict.fromkeys(toml.table("project", "optional-dependencies"), Scope.OPTIONAL)


def _is_distributed(toml: TomlFile) -> bool:
    return bool(toml.table("build-system")) and toml.table("tool", "uv").get("package") is not False


def project_requirements(toml: TomlFile, report: Report = lambda *_: None) -> list[ProjectRequirement]:
    """All requirements in the order of the tables; the project's own extras (`name[extra]`) are left out."""
    own_name = project_name(toml)
    found = [
        *_pep508_list(toml, ("project", "dependencies"), Scope.REQUIRED, report),
        *_pep508_lists(toml, ("project", "optional-dependencies"), Scope.OPTIONAL, report),
        *_groups(toml, report),
        *_poetry_requirements(toml, report),
        *_pep508_list(toml, ("tool", "uv", "dev-dependencies"), Scope.EXCLUDED, report),
        *_pep508_lists(toml, ("tool", "pdm", "dev-dependencies"), Scope.EXCLUDED, report),
        *(
            replace(row, is_build=True)
            for row in _pep508_list(toml, ("build-system", "requires"), Scope.EXCLUDED, report)
        ),
    ]
    sources = _uv_sources(toml)
    return [
        replace(row, requirement=_moved(row.requirement, sources.get(row.requirement.name, {})))
        for row in found
        if row.requirement.name != own_name
    ]


def _pep508_lists(
    toml: TomlFile, path: tuple[str, ...], scope: Scope, report: Report
) -> Iterator[ProjectRequirement]:
    for key in toml.table(*path):
        yield from _pep508_list(toml, (*path, key), scope, report)


def _groups(toml: TomlFile, report: Report) -> Iterator[ProjectRequirement]:
    is_distributed = _is_distributed(toml)
    for group in toml.table("dependency-groups"):
        scope = group_scope(group, is_distributed=is_distributed)
        yield from _pep508_list(toml, ("dependency-groups", group), scope, report)


def _pep508_list(
    toml: TomlFile, path: tuple[str, ...], scope: Scope | None, report: Report
) -> Iterator[ProjectRequirement]:
    entries = toml.table(*path[:-1]).get(path[-1])
    if entries is None:
        return
    if not isinstance(entries, list):
        report(f"{'.'.join(path)} is not an array", toml.lines.line(*path))
        return
    for index, entry in enumerate(entries):
        line = toml.lines.item(path, index, len(entries))
        if isinstance(entry, dict) and "include-group" in entry:
            continue  # that group's own entries are listed
        try:
            if not isinstance(entry, str):
                raise ValueError(f"not a requirement: {entry!r}"[:200])
            yield ProjectRequirement(parse_requirement(entry), scope, line)
        except ValueError as error:
            report(str(error), line)


def _poetry_requirements(toml: TomlFile, report: Report) -> Iterator[ProjectRequirement]:
    poetry = ("tool", "poetry")
    project = toml.table("project")
    is_dynamic = "dependencies" in as_strings(project.get("dynamic"))
    # beside static [project] dependencies, Poetry's table only adds sources to them
    if "dependencies" not in project and (is_dynamic or "optional-dependencies" not in project):
        yield from _poetry_table(toml, (*poetry, "dependencies"), Scope.REQUIRED, report)
    yield from _poetry_table(toml, (*poetry, "dev-dependencies"), Scope.EXCLUDED, report)
    for group in toml.table(*poetry, "group"):
        yield from _poetry_table(toml, (*poetry, "group", group, "dependencies"), Scope.EXCLUDED, report)


def _poetry_table(
    toml: TomlFile, path: tuple[str, ...], scope: Scope, report: Report
) -> Iterator[ProjectRequirement]:
    for name, value in toml.table(*path).items():
        if name == "python":
            continue
        alternatives = value if isinstance(value, list) else [value]
        for index, alternative in enumerate(alternatives):
            line = toml.lines.item((*path, name), index, len(alternatives))
            is_optional = isinstance(alternative, dict) and alternative.get("optional") is True
            try:
                requirement = poetry_requirement(name, alternative)
            except ValueError as error:
                report(str(error)[:200], line)
                continue
            weaker = Scope.OPTIONAL if is_optional and scope is Scope.REQUIRED else scope
            yield ProjectRequirement(requirement, weaker, line)


def _uv_sources(toml: TomlFile) -> dict[str, dict[str, Any]]:
    """`tool.uv.sources` by normalised name; sources that depend on a marker are left out."""
    sources: dict[str, dict[str, Any]] = {}
    for name, value in toml.table("tool", "uv", "sources").items():
        table = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(table, dict):
            sources[canonicalize_name(name)] = table
    return sources


def _moved(requirement: PythonRequirement, source: dict[str, Any]) -> PythonRequirement:
    """A requirement that uv takes from a workspace member, a path, a repository or an archive."""
    if source.get("workspace") is True:
        return replace(requirement, is_local=True)
    if isinstance(source.get("path"), str):
        version = archive_version(source["path"])
        return replace(requirement, version=version, is_local=not is_archive(source["path"]))
    if isinstance(source.get("git"), str):
        revision = source.get("rev") or source.get("tag") or source.get("branch")
        return replace(
            requirement, source_url=git_url(source["git"], revision if isinstance(revision, str) else None)
        )
    if isinstance(source.get("url"), str):
        url = without_credentials(source["url"])
        return replace(requirement, version=archive_version(url), source_url=url)
    return requirement
