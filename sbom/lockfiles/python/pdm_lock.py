"""pdm.lock, lock versions 3 and 4: packages, hashes, edges, and since 4.4 the groups that need each package.

`default` is required; what other groups are (extras, development) stands in the pyproject.toml beside the
file. Before 4.4 scopes are those in which the project's requirements reach a package. A package with extras
has an entry of its own, which belongs to the same component. Folders are the developer's own.
"""

from collections.abc import Iterator
from typing import Any

from packaging.utils import canonicalize_name

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.python.python_project import group_scopes, project_requirements
from sbom.lockfiles.python.python_requirement import (
    PURL_TYPE,
    PythonRequirement,
    is_archive,
    parse_requirement,
)
from sbom.lockfiles.reachability import MOST_VERSIONS, strongest
from sbom.lockfiles.toml_file import TomlFile, read_manifest, read_toml
from sbom.lockfiles.version_ranges import allows
from sbom.model import Scope, UnknownKind

_MANIFEST = "pyproject.toml"
_DEFAULT = "default"
_KNOWN_MAJORS = ("3", "4")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked packages, their edges, and those of the project."""
    toml = read_toml(file, findings)
    path = file.resolve(_MANIFEST)
    findings.covers(path)
    project = read_manifest(file.tree, path)
    _check_version(toml, findings)
    lock = _Lock(toml, project)
    lock.read_packages(file, findings)
    lock.read_edges(findings)
    if project is not None:
        lock.read_requests(project)
    if not lock.has_groups and project is not None and toml.is_whole:
        lock.graph.derive_scopes()
    if not toml.is_whole:
        lock.graph.missing.clear()
    lock.graph.write(findings, direct_known=project is not None and toml.is_whole)


def _check_version(toml: TomlFile, findings: Findings) -> None:
    metadata = toml.table("metadata")
    version = metadata.get("lock_version")
    if version is not None and str(version).partition(".")[0] not in _KNOWN_MAJORS:
        line = toml.lines.line("metadata", "lock_version")
        findings.unknown(UnknownKind.UNSUPPORTED, f"lock version {version} is not known", line)


class _Lock:
    """The file, read into a graph whose keys are name and version."""

    def __init__(self, toml: TomlFile, project: TomlFile | None) -> None:
        self.graph = PackageGraph(split_name=lambda name: (None, name))
        self.has_groups = False
        self._toml = toml
        self._scopes = {**(group_scopes(project) if project else {}), _DEFAULT: Scope.REQUIRED}
        self._files = toml.table("metadata", "files")  # before lock version 4
        self._keys: dict[int, str] = {}
        self._by_name: dict[str, list[str]] = {}

    def read_packages(self, file: SourceFile, findings: Findings) -> None:
        for index, table in enumerate(self._toml.tables("package")):
            name, line = table.get("name"), self._toml.lines.line("package", index, "name")
            if not isinstance(name, str) or not name:
                if table:
                    line = self._toml.lines.line("package", index)
                    findings.unknown(UnknownKind.BROKEN, "a package without a name", line)
                continue
            package = self._package(canonicalize_name(name), table, line)
            if package.first_party:
                findings.covers(file.resolve(f"{table['path']}/{_MANIFEST}"))
            key = f"{package.name} {package.version}"
            self._keys[index] = key
            known = self.graph.packages.setdefault(key, package)
            if known is package:
                self._by_name.setdefault(package.name, []).append(key)
            else:
                known.scope = strongest((known.scope, package.scope))

    def _package(self, name: str, table: dict[str, Any], line: int | None) -> Package:
        groups = table.get("groups")
        scope = None
        if isinstance(groups, list) and groups:
            self.has_groups = True
            scope = strongest(self._scopes.get(str(group)) for group in groups)
        version, path = table.get("version"), table.get("path")
        files = table.get("files") or self._files.get(f"{table.get('name')} {version}")
        archives = [row for row in files if isinstance(row, dict)] if isinstance(files, list) else []
        return Package(
            name,
            version if isinstance(version, str) and version else None,
            line,
            scope,
            digests(row.get("hash") for row in archives),
            source_url=_source_url(table, archives),
            first_party=isinstance(path, str) and not is_archive(path),
            purl_type=PURL_TYPE,
        )

    def read_edges(self, findings: Findings) -> None:
        for index, table in enumerate(self._toml.tables("package")):
            listed = table.get("dependencies")
            entries = listed if isinstance(listed, list) and index in self._keys else []
            for position, entry in enumerate(entries):
                line = self._toml.lines.item(("package", index, "dependencies"), position, len(entries))
                try:
                    wanted = parse_requirement(str(entry))
                except ValueError as error:
                    findings.unknown(UnknownKind.BROKEN, str(error)[:200], line)
                    continue
                targets = list(self._select(wanted))
                for target in targets:
                    if target != self._keys[index]:  # the entry with extras needs the one without
                        edge = Edge(target, wanted.constraint, Scope.REQUIRED, line)
                        self.graph.connect(self._keys[index], edge)
                if not targets and wanted.marker is None:
                    self.graph.missing.append((wanted.name, line))

    def read_requests(self, project: TomlFile) -> None:
        for row in project_requirements(project):
            for key in () if row.is_build else self._select(row.requirement):
                line = self.graph.packages[key].line
                self.graph.connect(None, Edge(key, row.requirement.constraint, row.scope, line))

    def _select(self, wanted: PythonRequirement) -> Iterator[str]:
        """The packages that a requirement allows; all of its name if that leaves none."""
        named = self._by_name.get(wanted.name, [])
        if len(named) <= MOST_VERSIONS:
            versions = [(key, self.graph.packages[key].version or "") for key in named]
            yield from [key for key, version in versions if allows(wanted.constraint, version)] or named


def _source_url(table: dict[str, Any], archives: list[dict[str, Any]]) -> str | None:
    """The repository or archive that a package is taken from; of an index only where one archive is left."""
    repository, revision, url = table.get("git"), table.get("revision"), table.get("url")
    if isinstance(repository, str):
        return git_url(repository, revision if isinstance(revision, str) else None)
    if url is None and len(archives) == 1:
        url = archives[0].get("url")
    return without_credentials(url) if isinstance(url, str) else None


FORMAT = Format(
    name="pdm-lock",
    version="1",
    globs=("pdm.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="pdm.lock (3–4.5)",
)
