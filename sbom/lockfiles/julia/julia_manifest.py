"""Julia's Manifest.toml, formats 1 and 2: resolved packages with their edges.

Packages without a version are Julia's standard library of the time, or folders of the developer's own. What
the project asks for stands in the Project.toml beside the file, `extras` there serve tests. The digest of a
package is of a git tree, which is no hash of the component. A type's UUID tells packages of one name apart.
https://pkgdocs.julialang.org/v1/toml-files/
"""

from collections.abc import Iterator
from typing import Any

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.toml_file import TomlFile, read_manifest, read_toml
from sbom.model import Scope, UnknownKind

PURL_TYPE = "julia"
_PROJECT = "Project.toml"
_MARKS = ("manifest_format", "julia_version")
_SECTIONS = (("deps", Scope.REQUIRED), ("weakdeps", Scope.OPTIONAL), ("extras", Scope.EXCLUDED))
_KNOWN_MAJORS = ("1", "2")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the packages, their edges, and those of the project; another tool's Manifest.toml has no rows."""
    toml = read_toml(file, findings)
    packages = list(_packages(toml))
    if not packages and not any(mark in toml.data for mark in _MARKS):
        return
    form = str(toml.data.get("manifest_format", "1"))
    if form.partition(".")[0] not in _KNOWN_MAJORS:
        line = toml.lines.line("manifest_format")
        findings.unknown(UnknownKind.UNSUPPORTED, f"manifest_format {form} is not known", line)
    graph = PackageGraph(split_name=lambda name: (None, name))
    for key, _, package in packages:
        graph.packages[key] = package
    by_name: dict[str, list[str]] = {}
    for key, _, package in packages:
        by_name.setdefault(package.name, []).append(key)
    for key, table, package in packages:
        for name, uuid in _dependencies(table.get("deps")):
            target = uuid if uuid in graph.packages else next(iter(by_name.get(name, ())), None)
            if target is not None:
                graph.connect(key, Edge(target, None, Scope.REQUIRED, package.line))
            elif toml.is_whole:
                graph.missing.append((name, package.line))
    path = file.resolve(_PROJECT)
    project = read_manifest(file.tree, path)
    findings.covers(path)
    for name, uuid, constraint, scope in _asked(project) if project else ():
        target = uuid if uuid in graph.packages else next(iter(by_name.get(name, ())), None)
        if target is not None:
            graph.connect(None, Edge(target, constraint, scope, graph.packages[target].line))
    is_known = project is not None and toml.is_whole
    if is_known:
        graph.derive_scopes()
    graph.write(findings, direct_known=is_known, pinned=False)


def _packages(toml: TomlFile) -> Iterator[tuple[str, dict[str, Any], Package]]:
    """Key (the UUID where there is one), table and package of each entry."""
    is_second = isinstance(toml.data.get("deps"), dict)
    section: tuple[str, ...] = ("deps",) if is_second else ()
    for name, entries in (toml.table("deps") if is_second else toml.data).items():
        if not isinstance(entries, list):
            continue
        for index, table in enumerate(entries):
            if isinstance(table, dict) and ("uuid" in table or "version" in table):
                uuid, version = table.get("uuid"), table.get("version")
                is_folder = isinstance(table.get("path"), str)
                package = Package(
                    name,
                    version if isinstance(version, str) else None,
                    toml.lines.line(*section, name, index),
                    source_url=_source_url(table),
                    first_party=is_folder,
                    purl_type=PURL_TYPE,
                    qualifiers={"uuid": uuid} if isinstance(uuid, str) and uuid else None,
                )
                yield (uuid if isinstance(uuid, str) and uuid else f"{name} {index}"), table, package


def _source_url(table: dict[str, Any]) -> str | None:
    url, revision = table.get("repo-url"), table.get("repo-rev")
    return git_url(url, revision if isinstance(revision, str) else None) if isinstance(url, str) else None


def _dependencies(value: Any) -> Iterator[tuple[str, str]]:
    """Name and UUID of each dependency; a list leaves the UUIDs out where names are unique."""
    if isinstance(value, list):
        yield from ((name, "") for name in value if isinstance(name, str))
    elif isinstance(value, dict):
        yield from ((name, uuid if isinstance(uuid, str) else "") for name, uuid in value.items())


def _asked(project: TomlFile) -> Iterator[tuple[str, str, str | None, Scope]]:
    compat = project.table("compat")
    for section, scope in _SECTIONS:
        for name, uuid in _dependencies(project.table(section)):
            constraint = compat.get(name)
            yield name, uuid, constraint if isinstance(constraint, str) else None, scope


FORMAT = Format(
    name="julia-manifest",
    version="1",
    globs=("Manifest.toml", "JuliaManifest.toml", "Manifest-v*.toml"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE, Knows.HASH},
    title="Julia Manifest.toml (1–2)",
)
