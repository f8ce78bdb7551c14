"""poetry.lock, lock versions 1.0 to 2.1: packages, their edges, and the scope that Poetry gives them.

Which packages the project itself asks for stands only in the pyproject.toml beside it. Scope is what the file
says (`category` before Poetry 1.5, `groups` since Poetry 2.0); in between, it is what the project's
requirements reach. Groups other than main only serve development (Poetry's documentation), so they are
excluded. Packages in a folder (`source.type = "directory"`) are the developer's own: they are no components,
and what they require the project requires.

An optional dependency holds only if an extra asks for it. The extras that packages and the project ask for
are followed; without a readable project its edges are kept as optional ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import canonicalize_name

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.lockfiles.python.python_project import ProjectRequirement, project_requirements, tells_dependencies
from sbom.lockfiles.python.python_requirement import (
    PURL_TYPE,
    PythonRequirement,
    archive_version,
    needs_extra,
    poetry_requirement,
)
from sbom.lockfiles.reachability import MOST_VERSIONS, only_certain, reached_scopes
from sbom.lockfiles.toml_file import TomlFile, read_manifest, read_toml
from sbom.lockfiles.toml_values import as_table
from sbom.lockfiles.version_ranges import allows
from sbom.model import Scope, UnknownKind

_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9._-]")
_NEWEST_MAJOR = "2"
_ALWAYS = ""


@dataclass(slots=True)
class _Edge:
    """A dependency of a package; `needed_by` are the package's extras that ask for an optional one."""

    requirement: PythonRequirement
    is_optional: bool
    needed_by: frozenset[str]
    line: int | None


@dataclass(slots=True, eq=False)
class _Package:
    table: dict[str, Any]
    name: str
    version: str | None
    line: int | None
    edges: list[_Edge]
    is_local: bool
    extras: set[str] = field(default_factory=set)
    """Extras of this package that something asks for."""
    _by_extra: dict[str, list[_Edge]] = field(default_factory=dict)

    def holds(self, edge: _Edge) -> bool:
        return not edge.is_optional or bool(edge.needed_by & self.extras)

    def asked_for_by(self, extra: str) -> list[_Edge]:
        """The edges that one extra needs; those of `_ALWAYS` hold without any."""
        if not self._by_extra:
            for edge in self.edges:
                for name in edge.needed_by if edge.is_optional else (_ALWAYS,):
                    self._by_extra.setdefault(name, []).append(edge)
        return self._by_extra.get(extra, [])


class _Lock:
    """Packages by name; a name may have several versions for several environments."""

    def __init__(self, toml: TomlFile, packages: list[_Package]) -> None:
        self.toml = toml
        self.packages = packages
        self._by_name: dict[str, list[_Package]] = {}
        for package in packages:
            self._by_name.setdefault(package.name, []).append(package)

    def select(self, requirement: PythonRequirement) -> list[_Package]:
        """The packages that a requirement allows; all of its name if that leaves none."""
        named = self._by_name.get(requirement.name, [])
        if len(named) > MOST_VERSIONS:
            return []
        if len(named) < 2:
            return named
        return [p for p in named if p.version and allows(requirement.constraint, p.version)] or named

    def versions(self, name: str) -> int:
        return len(self._by_name.get(name, ()))

    def follow_extras(self, roots: list[tuple[_Package, ProjectRequirement]]) -> None:
        """Mark the extras that the project and, through holding edges, the packages ask for."""
        waiting = [(package, extra) for package, row in roots for extra in row.requirement.extras]
        for package, extra in waiting:
            package.extras.add(extra)
        waiting += [(package, _ALWAYS) for package in self.packages]
        while waiting:
            package, extra = waiting.pop()
            for edge in package.asked_for_by(extra):
                for target in self.select(edge.requirement):
                    new = edge.requirement.extras - target.extras
                    target.extras |= new
                    waiting += [(target, name) for name in new]

    def required_by_local(self) -> set[_Package]:
        """What the developer's own packages ask for."""
        own = (package for package in self.packages if package.is_local)
        held = ((edge for edge in package.edges if package.holds(edge)) for package in own)
        return {target for edges in held for edge in edges for target in self.select(edge.requirement)}


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each locked package with its scope and hashes, and the edges that hold."""
    toml = read_toml(file, findings)
    findings.covers(file.resolve("pyproject.toml"))
    _check_version(toml, findings)
    lock = _Lock(toml, list(_read_packages(toml, file, findings)))
    project = _read_project(file)
    roots = [(package, row) for row in project or () for package in lock.select(row.requirement)]
    lock.follow_extras(roots)
    scopes = _scopes(lock, roots, is_project_known=project is not None)
    direct = {package for package, _ in roots} | lock.required_by_local()
    named_by_extras = _names_in_extras(toml)
    purls: dict[_Package, str | None] = {}
    for package in lock.packages:
        is_direct: bool | None = package in direct or package.name in named_by_extras
        if project is None and not is_direct:
            is_direct = None
        purl = None if package.is_local else _record(package, scopes.get(package), is_direct, lock, findings)
        purls[package] = purl
    for package, row in roots:
        if purls[package] is not None:
            findings.edge(None, str(purls[package]), constraint=row.requirement.constraint, scope=row.scope)
    for package in lock.packages:
        _record_edges(package, purls, lock, scopes, is_project_known=project is not None, findings=findings)
    for row in (project or ()) if toml.is_whole else ():
        if not lock.select(row.requirement) and not row.requirement.marker:
            reason = f"pyproject.toml asks for {row.requirement.name}, which the lock file does not pin"
            findings.unknown(UnknownKind.UNRESOLVED, reason)


def _check_version(toml: TomlFile, findings: Findings) -> None:
    version = toml.table("metadata").get("lock-version")
    if isinstance(version, str) and version.partition(".")[0] not in ("1", _NEWEST_MAJOR):
        line = toml.lines.line("metadata", "lock-version")
        findings.unknown(UnknownKind.UNSUPPORTED, f"lock version {version} is not known", line)


def _read_project(file: SourceFile) -> list[ProjectRequirement] | None:
    """What the pyproject.toml beside the lock file asks for; null if it cannot tell."""
    manifest = read_manifest(file.tree, file.resolve("pyproject.toml"))
    if manifest is None or not tells_dependencies(manifest):
        return None
    return [row for row in project_requirements(manifest) if not row.is_build]


def _read_packages(toml: TomlFile, file: SourceFile, findings: Findings) -> Iterator[_Package]:
    for index, table in enumerate(toml.tables("package")):
        name, version = table.get("name"), table.get("version")
        if not isinstance(name, str):
            if table:
                line = toml.lines.line("package", index)
                findings.unknown(UnknownKind.BROKEN, "a package without a name", line)
            continue
        source = as_table(table.get("source"))
        is_local = source.get("type") == "directory"
        line = toml.lines.line("package", index, "name")
        if is_local:
            manifest = file.resolve(f"{source.get('url')}/pyproject.toml")
            findings.covers(manifest)
            if manifest is None:
                reason = f"{name} stands in a folder outside the repository: {source.get('url')}"
                findings.unknown(UnknownKind.UNRESOLVED, reason, line)
        edges = list(_read_edges(table, index, toml, findings))
        yield _Package(
            table,
            canonicalize_name(name),
            version if isinstance(version, str) else None,
            line,
            edges,
            is_local,
        )


def _read_edges(table: dict[str, Any], index: int, toml: TomlFile, findings: Findings) -> Iterator[_Edge]:
    listed = _packages_of_extras(table)
    for name, value in as_table(table.get("dependencies")).items():
        alternatives = value if isinstance(value, list) else [value]
        for position, alternative in enumerate(alternatives):
            line = toml.lines.item(("package", index, "dependencies", name), position, len(alternatives))
            try:
                requirement = poetry_requirement(name, alternative)
            except ValueError as error:
                findings.unknown(UnknownKind.BROKEN, str(error)[:200], line)
                continue
            extras = set(_EXTRA.findall(requirement.marker or ""))
            yield _Edge(
                requirement,
                isinstance(alternative, dict) and alternative.get("optional") is True,
                frozenset(map(canonicalize_name, extras)) or listed.get(requirement.name, frozenset()),
                line,
            )


def _packages_of_extras(table: dict[str, Any]) -> dict[str, frozenset[str]]:
    """The extras of a package that list a name: all that older files tell of an optional edge."""
    found: dict[str, set[str]] = {}
    for extra, entries in as_table(table.get("extras")).items():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, str):
                name = canonicalize_name(_NOT_A_NAME.split(entry, maxsplit=1)[0])
                found.setdefault(name, set()).add(canonicalize_name(extra))
    return {name: frozenset(extras) for name, extras in found.items()}


def _names_in_extras(toml: TomlFile) -> set[str]:
    """The project's own extras name packages that it asks for."""
    lists = toml.table("extras").values()
    return {
        canonicalize_name(name)
        for names in lists
        if isinstance(names, list)
        for name in names
        if isinstance(name, str)
    }


def _scopes(
    lock: _Lock, roots: list[tuple[_Package, ProjectRequirement]], *, is_project_known: bool
) -> dict[_Package, Scope | None]:
    """The scope of each package: what the file says of it, else what the project's requirements reach."""
    reached = reached_scopes(
        ((package, row.scope) for package, row in roots),
        lambda package: (
            (target, Scope.REQUIRED)
            for edge in package.edges
            if package.holds(edge)
            for target in lock.select(edge.requirement)
        ),
    )
    scopes = reached if lock.toml.is_whole else only_certain(reached)
    for package in lock.packages:
        told = _told_scope(package.table)
        # an extra and a group together make a package "main" and not optional
        only_optional = told is Scope.REQUIRED and scopes.get(package) is Scope.OPTIONAL
        if told is not None and not only_optional:
            scopes[package] = told
        elif not is_project_known and package.table.get("optional") is True:
            scopes[package] = Scope.OPTIONAL
    return scopes


def _told_scope(table: dict[str, Any]) -> Scope | None:
    category, groups = table.get("category"), table.get("groups")
    if isinstance(groups, list) and groups:
        is_main = "main" in groups
    elif category in ("main", "dev"):
        is_main = category == "main"
    else:
        return None
    if not is_main:
        return Scope.EXCLUDED
    markers = table.get("markers")
    main_marker = markers.get("main") if isinstance(markers, dict) else markers
    only_for_extras = isinstance(main_marker, str) and needs_extra(main_marker)
    return Scope.OPTIONAL if table.get("optional") is True or only_for_extras else Scope.REQUIRED


def _record(
    package: _Package,
    scope: Scope | None,
    is_direct: bool | None,
    lock: _Lock,
    findings: Findings,
) -> str:
    return findings.component(
        PURL_TYPE,
        None,
        package.name,
        package.version,
        scope=scope,
        direct=is_direct,
        hashes=_hashes(package, lock),
        source_url=_source_url(as_table(package.table.get("source"))),
        line=package.line,
    )


def _hashes(package: _Package, lock: _Lock) -> tuple[str, ...]:
    """Digests of the package's archives; before lock version 2.0 they stand by name, for all its versions."""
    files = package.table.get("files")
    if not isinstance(files, list):
        by_name = lock.toml.table("metadata", "files")
        files = by_name.get(str(package.table["name"])) or by_name.get(package.name)
        files = files if isinstance(files, list) else []
        if lock.versions(package.name) > 1:
            files = [f for f in files if archive_version(str(as_table(f).get("file"))) == package.version]
    return digests(as_table(entry).get("hash") for entry in files)


def _source_url(source: dict[str, Any]) -> str | None:
    url = source.get("url")
    if not isinstance(url, str):
        return None
    if source.get("type") == "git":
        revision = source.get("resolved_reference") or source.get("reference")
        return git_url(url, revision if isinstance(revision, str) else None)
    return without_credentials(url) if source.get("type") == "url" else None


def _record_edges(
    package: _Package,
    purls: dict[_Package, str | None],
    lock: _Lock,
    scopes: dict[_Package, Scope | None],
    *,
    is_project_known: bool,
    findings: Findings,
) -> None:
    for edge in package.edges:
        if not package.holds(edge) and is_project_known:
            continue
        targets = lock.select(edge.requirement)
        scope: Scope | None = Scope.REQUIRED if package.holds(edge) else Scope.OPTIONAL
        if package.is_local:
            scope = scopes.get(package, scope)
        for target in targets:
            if target is not package and purls[target] is not None:
                findings.edge(
                    purls[package],
                    str(purls[target]),
                    constraint=edge.requirement.constraint,
                    scope=scope,
                    line=edge.line,
                )
        is_needed = not edge.is_optional and edge.requirement.marker is None
        if not targets and is_needed and lock.toml.is_whole:
            reason = f"{package.name} depends on {edge.requirement.name}, which the lock file does not pin"
            findings.unknown(UnknownKind.UNRESOLVED, reason, edge.line)


FORMAT = Format(
    name="poetry-lock",
    version="1",
    globs=("poetry.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="poetry.lock",
)
