"""pylock.toml and pylock.<name>.toml (PEP 751), read by `packaging`, table by table where one is broken.

A file that defines extras or dependency groups marks what only they need; one that defines none is a flat set
of which it does not say what it serves. What the project itself asks for stands in the pyproject.toml beside
a file that is named pylock.toml; `packages.dependencies` are edges where the tool wrote them. Folders are the
developer's own.
"""

import re
from collections.abc import Iterator
from typing import Any

from packaging.pylock import Package as LockedPackage
from packaging.pylock import Pylock, PylockUnsupportedVersionError, PylockValidationError

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.python.python_project import project_requirements
from sbom.lockfiles.python.python_requirement import PURL_TYPE, marker_needs
from sbom.lockfiles.reachability import MOST_VERSIONS
from sbom.lockfiles.toml_file import TomlFile, read_manifest, read_toml
from sbom.lockfiles.toml_values import as_array
from sbom.model import Scope, UnknownKind

_MANIFEST = "pyproject.toml"
_IN_EXTRAS = re.compile(r"""["'][^"']*["']\s+in\s+extras\b""")
_IN_GROUPS = re.compile(r"""["'](?P<group>[^"']*)["']\s+in\s+dependency_groups\b""")
_IN_EITHER = re.compile(f"{_IN_EXTRAS.pattern}|{_IN_GROUPS.pattern}")
_LONGEST_MARKER = 4096


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked packages, the edges that the file tells, and those of the project."""
    toml = read_toml(file, findings)
    graph = PackageGraph(split_name=lambda name: (None, name))
    is_marked = bool(toml.data.get("extras") or toml.data.get("dependency-groups"))
    keys: dict[int, str] = {}
    by_name: dict[str, list[str]] = {}
    for index, locked in _packages(toml, findings):
        line = toml.lines.line("packages", index, "name")
        package = _package(locked, toml.tables("packages")[index].get("version"), line)
        package.scope = _scope(locked) if is_marked else None
        keys[index] = f"{package.name} {package.version}"
        if graph.packages.setdefault(keys[index], package) is package:
            by_name.setdefault(package.name, []).append(keys[index])
        if locked.directory is not None:
            findings.covers(file.resolve(f"{locked.directory.path}/{_MANIFEST}"))
    for index, key in keys.items():
        _connect(toml, index, key, by_name, graph)
    project = None
    if file.name == "pylock.toml":
        path = file.resolve(_MANIFEST)
        findings.covers(path)
        project = read_manifest(file.tree, path)
    for row in project_requirements(project) if project else ():
        for key in () if row.is_build else by_name.get(row.requirement.name, ())[:MOST_VERSIONS]:
            line = graph.packages[key].line
            graph.connect(None, Edge(key, row.requirement.constraint, row.scope, line))
    graph.write(findings, direct_known=project is not None and toml.is_whole)


def _packages(toml: TomlFile, findings: Findings) -> Iterator[tuple[int, LockedPackage]]:
    """The packages as `packaging` reads them; what breaks the specification is reported and left out."""
    try:
        yield from enumerate(Pylock.from_dict(toml.data).packages)
        return
    except PylockUnsupportedVersionError as error:
        findings.unknown(UnknownKind.UNSUPPORTED, str(error), toml.lines.line("lock-version"))
    except PylockValidationError as error:
        if not str(error.context or "").startswith("packages"):
            findings.unknown(UnknownKind.BROKEN, f"not a pylock: {error}"[:300])
    except RecursionError:
        findings.unknown(UnknownKind.LIMIT, "a marker is nested too deeply")
    broken: list[tuple[int | None, str]] = []
    for index, table in enumerate(toml.tables("packages")):
        alone = {"lock-version": "1.0", "created-by": "", "packages": [table]}
        try:
            yield index, Pylock.from_dict(alone).packages[0]
        except (PylockValidationError, RecursionError) as error:
            if table:
                line = toml.lines.line("packages", index)
                broken.append((line, f"not a locked package: {error}"[:300]))
    findings.alike(UnknownKind.BROKEN, broken)


def _package(locked: LockedPackage, version: str | None, line: int | None) -> Package:
    archives = [row for row in (locked.archive, locked.sdist, *(locked.wheels or ())) if row is not None]
    return Package(
        locked.name,
        version,
        line,
        hashes=digests(f"{algorithm}:{value}" for row in archives for algorithm, value in row.hashes.items()),
        source_url=_source_url(locked, archives),
        first_party=locked.directory is not None,
        purl_type=PURL_TYPE,
    )


def _source_url(locked: LockedPackage, archives: list[Any]) -> str | None:
    """The repository with its commit; of an index only where one archive is left."""
    if locked.vcs is not None:
        location = locked.vcs.url or locked.vcs.path or ""
        url = git_url(location, locked.vcs.commit_id)
        return url if locked.vcs.type == "git" else f"{locked.vcs.type}+{url.removeprefix('git+')}"
    if len(archives) == 1 and archives[0].url and not archives[0].url.startswith("file:"):
        return without_credentials(archives[0].url)
    return None


def _scope(locked: LockedPackage) -> Scope | None:
    """Optional where only extras need a package, excluded where only the group `dev` does.

    Other groups are names of the project's own, of which development is only one use (PEP 735).
    """
    marker = str(locked.marker) if locked.marker is not None else ""
    if len(marker) > _LONGEST_MARKER:
        return None
    groups = {found["group"] for found in _IN_GROUPS.finditer(marker)}
    if groups and marker_needs(marker, _IN_GROUPS):
        return Scope.EXCLUDED if groups == {"dev"} else None
    if marker_needs(marker, _IN_EXTRAS):
        return Scope.OPTIONAL
    return None if marker_needs(marker, _IN_EITHER) else Scope.REQUIRED


def _connect(
    toml: TomlFile, index: int, key: str, by_name: dict[str, list[str]], graph: PackageGraph
) -> None:
    entries = as_array(toml.tables("packages")[index].get("dependencies"))
    for position, entry in enumerate(entries):
        wanted = entry if isinstance(entry, dict) else {}
        name, version = wanted.get("name"), wanted.get("version")
        line = toml.lines.item(("packages", index, "dependencies"), position, len(entries))
        for target in by_name.get(str(name), ())[:MOST_VERSIONS]:
            if version in (None, graph.packages[target].version) and target != key:
                graph.connect(key, Edge(target, None, Scope.REQUIRED, line))


FORMAT = Format(
    name="pylock",
    version="1",
    globs=("pylock.toml", "pylock.*.toml"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="pylock.toml (PEP 751)",
)
