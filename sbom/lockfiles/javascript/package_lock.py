"""npm's package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3.

Versions 2 and 3 list every folder of the installed tree in `packages`: the project (`""`), workspaces and
linked folders, and packages below `node_modules`. Version 1 nests `dependencies` instead; it is turned into
the same form, and package.json beside it says what the project asks for. A dependency resolves as in node:
through the `node_modules` of each enclosing folder.
"""

import posixpath

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.javascript.npm_manifest import MANIFEST, find_manifest, in_node_modules, read_requirements
from sbom.lockfiles.javascript.npm_package import (
    PURL_TYPE,
    alias_target,
    integrity_digests,
    licence,
    names_folder,
)
from sbom.lockfiles.located import LocatedMap, as_map, as_text, load_located_json
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.model import Scope, UnknownKind
from sbom.purl import split_npm

_NODE_MODULES = "node_modules/"
_LONGEST_LOCATION = 1024  # bounds the walk upwards; nested folders are rarely longer than 300
_NEWEST = 3


class _Tree:
    """The entries of a lock file by location in the installed tree."""

    def __init__(self) -> None:
        self.entries: dict[str, LocatedMap] = {}
        self._names: set[str] = set()

    def add(self, location: str, entry: LocatedMap) -> None:
        self.entries[location] = entry
        self._names.add(_name_at(location))

    def find(self, folders: list[str], name: str) -> str | None:
        """The location that `require(name)` finds in the first of the `node_modules/` folders that has it."""
        if name not in self._names:
            return None
        return next((folder + name for folder in folders if folder + name in self.entries), None)


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what the lock file names; one inside node_modules is another project's and is left alone."""
    if in_node_modules(file.path):
        return
    root, _ = read_root(
        load_located_json(file.content, findings.limits, entry_depth=2), findings, "a package-lock"
    )
    version = root.get("lockfileVersion")
    if isinstance(version, int) and version > _NEWEST:
        findings.unknown(
            UnknownKind.UNSUPPORTED,
            f"lockfileVersion {version} is newer than {_NEWEST}, as which it was read",
            root.line("lockfileVersion"),
        )
    findings.covers(file.resolve(MANIFEST))
    graph = PackageGraph(split_name=split_npm)
    if "packages" in root:
        _read_packages(file, findings, graph, as_map(root["packages"]))
        graph.write(findings)
    else:
        _read_nested(file, findings, graph, root)


def _read_packages(file: SourceFile, findings: Findings, graph: PackageGraph, packages: LocatedMap) -> None:
    tree = _Tree()
    for location, value in packages.items():
        if len(location) > _LONGEST_LOCATION:
            _report_long_location(findings, packages.line(location))
        else:
            tree.add(location, as_map(value))
    for location, entry in tree.entries.items():
        if not in_node_modules(f"{location}/"):
            _declare(file, findings, location, entry)
        elif entry.get("link") is not True:
            name = as_text(entry.get("name")) or _name_at(location)
            graph.packages[location] = _package(name, entry, packages.line(location))
    for location, entry in tree.entries.items():
        is_project = not in_node_modules(f"{location}/")
        folders = _enclosing_modules(location)
        for wanted in read_requirements(entry, development=is_project):
            found = tree.find(folders, wanted.name)
            if found is not None:
                edge = Edge(found, wanted.constraint, wanted.scope, wanted.line)
                graph.connect(None if is_project else location, edge)
            elif not wanted.is_peer and wanted.scope is not Scope.OPTIONAL:
                graph.missing.append((wanted.name, wanted.line))


def _report_long_location(findings: Findings, line: int | None) -> None:
    findings.unknown(UnknownKind.LIMIT, f"a location of over {_LONGEST_LOCATION} characters", line)


def _declare(file: SourceFile, findings: Findings, location: str, entry: LocatedMap) -> None:
    """A folder of the project; its package.json declares it, the lock file's copy only if there is none."""
    manifest = file.resolve(posixpath.join(location, MANIFEST))
    findings.covers(manifest)
    name = as_text(entry.get("name"))
    if name and manifest is not None and manifest not in file.tree.paths:
        findings.declares(
            PURL_TYPE,
            *split_npm(name),
            as_text(entry.get("version")),
            licence=licence(entry.get("license")),
            line=entry.line("name"),
        )


def _name_at(location: str) -> str:
    return location.rpartition(_NODE_MODULES)[2]


def _package(name: str, entry: LocatedMap, line: int | None) -> Package:
    resolved = as_text(entry.get("resolved"))
    return Package(
        name,
        as_text(entry.get("version")),
        line,
        _scope(entry),
        integrity_digests(as_text(entry.get("integrity"))),
        licence(entry.get("license")),
        origin_url(resolved),
        purl_type=PURL_TYPE,
    )


def _scope(entry: LocatedMap) -> Scope | None:
    """npm marks what only development or optional dependencies need; peers are installed like the rest."""
    if entry.get("extraneous") is True:
        return None
    if entry.get("dev") is True:
        return Scope.EXCLUDED
    if entry.get("optional") is True or entry.get("devOptional") is True:
        return Scope.OPTIONAL
    return Scope.REQUIRED


def _enclosing_modules(folder: str) -> list[str]:
    """The `node_modules/` folders in which node looks for what is required in `folder`, nearest first."""
    found = []
    while folder not in ("", ".."):
        found.append(f"{folder}/{_NODE_MODULES}")
        if in_node_modules(f"{folder}/"):
            folder = folder.rpartition(_NODE_MODULES)[0].rstrip("/")
        else:
            folder = folder.rpartition("/")[0]
    return [*found, f"../{_NODE_MODULES}" if folder else _NODE_MODULES]


def _read_nested(file: SourceFile, findings: Findings, graph: PackageGraph, root: LocatedMap) -> None:
    tree = _Tree()
    waiting = [("", root)]
    while waiting:
        folder, entry = waiting.pop()
        children = as_map(entry.get("dependencies"))
        for name, value in children.items():
            location = f"{folder}/{_NODE_MODULES}{name}" if folder else _NODE_MODULES + name
            if len(location) > _LONGEST_LOCATION:
                _report_long_location(findings, children.line(name))
                continue
            child = as_map(value)
            tree.add(location, child)
            graph.packages[location] = _nested_package(name, child, children.line(name))
            if graph.packages[location].first_party:
                path = (as_text(child.get("version")) or "").removeprefix("file:")
                findings.covers(file.resolve(posixpath.join(path, MANIFEST)))
            waiting.append((location, child))
    for location, entry in tree.entries.items():
        required = as_map(entry.get("requires"))
        folders = _enclosing_modules(location)
        for name, constraint in required.items():
            found = tree.find(folders, name)
            if found is None:
                graph.missing.append((name, required.line(name)))
            else:
                graph.connect(location, Edge(found, as_text(constraint), None, required.line(name)))
    manifest = find_manifest(file.tree, file.resolve(MANIFEST))
    for wanted in manifest.requirements if manifest else ():
        found = tree.find([_NODE_MODULES], wanted.name)
        if found is not None:
            graph.connect(None, Edge(found, wanted.constraint, wanted.scope, graph.packages[found].line))
        elif not wanted.is_peer and wanted.scope is not Scope.OPTIONAL:
            graph.missing.append((wanted.name, None))
    graph.write(findings, direct_known=manifest is not None)


def _nested_package(name: str, entry: LocatedMap, line: int | None) -> Package:
    """Version 1 writes into `version` whatever the package was resolved to."""
    package = _package(name, entry, line)
    resolved = package.version or ""
    alias = alias_target(resolved)
    if alias is not None:
        package.name, package.version = alias
    elif names_folder(resolved):
        package.first_party = True
    elif ":" in resolved:
        package.version, package.source_url = None, origin_url(resolved)
    return package


FORMAT = Format(
    name="package-lock",
    version="1",
    globs=("package-lock.json", "npm-shrinkwrap.json"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER},
    title="npm package-lock.json, npm-shrinkwrap.json (v1–v3)",
)
