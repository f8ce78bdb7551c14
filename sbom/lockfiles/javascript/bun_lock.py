"""bun.lock: JSON with comments and trailing commas, lockfileVersion 0 to 2 (Bun 1.2 and later).

`workspaces` holds what the project and its members ask for. `packages` names each installed package by its
place in the tree (`is-even/is-odd` is the `is-odd` that only `is-even` sees); a dependency resolves to the
nearest place, as in node. A package is a list whose shape depends on where it comes from:

    ["name@1.0.0", "registry", {…}, "sha512-…"]     ["name@https://…/x.tgz", {…}, "sha512-…"]
    ["name@github:owner/repo#commit", {…}, "tag"]   ["name@workspace:packages/name"]
"""

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.javascript.npm_manifest import MANIFEST, Requirement, in_node_modules, read_requirements
from sbom.lockfiles.javascript.npm_package import (
    PURL_TYPE,
    integrity_digests,
    names_folder,
    requested_origin,
    split_reference,
)
from sbom.lockfiles.json5_document import load_located_json5
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.model import Scope, UnknownKind
from sbom.purl import split_npm

_BINARY = "bun.lockb"
_NEWEST = 2
_OWN_FOLDERS = ("workspace:", "root:", "link:")
_LONGEST_PLACE = 2048  # bounds the walk upwards


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what the lock file names; one inside node_modules is another project's and is left alone."""
    if in_node_modules(file.path):
        return
    if file.name == _BINARY:
        reason = "a binary lock file; `bun install --save-text-lockfile` writes a bun.lock that can be read"
        findings.unknown(UnknownKind.UNSUPPORTED, reason)
        return
    document, is_whole = read_root(
        load_located_json5(file.content, findings.limits, entry_depth=2), findings, "a bun.lock"
    )
    version = document.get("lockfileVersion")
    if isinstance(version, int) and version > _NEWEST:
        reason = f"lockfileVersion {version} is newer than {_NEWEST}, as which it was read"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, document.line("lockfileVersion"))
    lock = _Lock(file, findings, document)
    lock.read_packages()
    lock.read_workspaces()
    if is_whole:
        lock.graph.derive_scopes()
    else:
        lock.graph.missing.clear()
    lock.graph.write(findings, direct_known=is_whole)


class _Lock:
    """The file, read into a graph under the places that it names packages by."""

    def __init__(self, file: SourceFile, findings: Findings, document: LocatedMap) -> None:
        self.graph = PackageGraph(split_name=split_npm)
        self._file = file
        self._findings = findings
        self._document = document

    def read_packages(self) -> None:
        """Add all packages and what they ask for."""
        packages = as_map(self._document.get("packages"))
        details: dict[str, LocatedMap] = {}
        for place, value in packages.items():
            line = packages.line(place)
            parts = as_list(value)
            name, reference = split_reference(as_text(parts[0]) or "" if parts else "")
            if not name or len(place) > _LONGEST_PLACE:
                self._findings.unknown(UnknownKind.BROKEN, f"no package stands at {place[:100]!r}", line)
                continue
            details[place] = next((part for part in parts if isinstance(part, LocatedMap)), LocatedMap())
            self.graph.packages[place] = _package(name, reference, parts, line)
            if reference.startswith("file:"):
                self._cover(reference.removeprefix("file:"))
        for place, entry in details.items():
            for wanted in _requirements(entry, development=False):
                self._connect(place, place, wanted)

    def read_workspaces(self) -> None:
        """Add what the project and its members ask for."""
        for folder, value in as_map(self._document.get("workspaces")).items():
            self._cover(folder)
            member = as_map(value)
            place = (as_text(member.get("name")) or "") if folder else ""
            for wanted in _requirements(member):
                constraint = self._resolve_catalog(wanted.name, wanted.constraint)
                self._connect(None, place, replace(wanted, constraint=constraint))

    def _cover(self, folder: str) -> None:
        self._findings.covers(self._file.resolve(posixpath.join(folder, MANIFEST)))

    def _resolve_catalog(self, name: str, constraint: str | None) -> str | None:
        protocol, _, catalog = (constraint or "").partition(":")
        if protocol != "catalog":
            return constraint
        if catalog:
            ranges = as_map(as_map(self._document.get("catalogs")).get(catalog))
        else:
            ranges = as_map(self._document.get("catalog"))
        return as_text(ranges.get(name)) or constraint

    def _connect(self, key: str | None, place: str, wanted: Requirement) -> None:
        target = next((at for at in _places(place, wanted.name) if at in self.graph.packages), None)
        if target is not None:
            self.graph.connect(key, Edge(target, wanted.constraint, wanted.scope, wanted.line))
        elif wanted.scope is not Scope.OPTIONAL and not wanted.is_peer:
            self.graph.missing.append((wanted.name, wanted.line))


def _requirements(entry: LocatedMap, *, development: bool = True) -> Iterator[Requirement]:
    optional_peers = {name for name in as_list(entry.get("optionalPeers")) if isinstance(name, str)}
    for wanted in read_requirements(entry, development=development):
        is_optional = wanted.is_peer and wanted.name in optional_peers
        yield replace(wanted, scope=Scope.OPTIONAL) if is_optional else wanted


def _places(place: str, name: str) -> Iterator[str]:
    """Where the package may stand that is asked for at a place, nearest first."""
    while place:
        yield f"{place}/{name}"
        outer = place.rpartition("/")[0]
        if outer.rpartition("/")[2].startswith("@"):  # the scope of the name that was cut off
            outer = outer.rpartition("/")[0]
        place = outer
    yield name


def _package(name: str, reference: str, parts: list[object], line: int | None) -> Package:
    is_folder = reference.startswith(_OWN_FOLDERS) or names_folder(reference)
    origin = requested_origin(reference)
    registry = parts[1] if len(parts) > 1 and isinstance(parts[1], str) else ""
    is_version = origin is None and not is_folder and not reference.startswith((".", "/"))
    integrity = parts[-1] if len(parts) > 1 and isinstance(parts[-1], str) else None
    return Package(
        name,
        reference or None if is_version else None,
        line,
        purl_type=PURL_TYPE,
        hashes=integrity_digests(integrity),
        source_url=origin or (requested_origin(registry) if registry.endswith(".tgz") else None),
        first_party=is_folder,
    )


FORMAT = Format(
    name="bun-lock",
    version="1",
    globs=("bun.lock", _BINARY),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="bun.lock (v0–v2)",
)
