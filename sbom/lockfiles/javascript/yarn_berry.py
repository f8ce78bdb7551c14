"""yarn.lock of Yarn 2 and later ("berry"), which is YAML.

An entry's key holds the descriptors (`name@npm:^1.0.0`) that resolve to it, `resolution` its locator
(`name@npm:1.2.0`). Workspaces are entries too, with all that they ask for in one list; package.json tells
development from the rest. `checksum` is of the archive that Yarn repacks, not of the published one, so it is
no hash of the component.
"""

import posixpath
from urllib.parse import unquote

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import report_broken
from sbom.lockfiles.javascript.npm_manifest import MANIFEST, find_manifest, in_node_modules
from sbom.lockfiles.javascript.npm_package import (
    PURL_TYPE,
    alias_target,
    names_folder,
    requested_origin,
    split_reference,
)
from sbom.lockfiles.javascript.yarn_lock import is_berry
from sbom.lockfiles.javascript.yarn_resolutions import Catalogs, Resolutions
from sbom.lockfiles.located import LocatedMap, as_map, as_text, load_located_yaml
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.model import Scope, UnknownKind
from sbom.purl import split_npm

_METADATA = "__metadata"
_WORKSPACE = "workspace:"
_LINK = "link:"  # to a folder whose own dependencies are not installed
_PATCH = "patch:"
_DEEPEST_PATCH = 8


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what the lock file names; nothing if it is one of Yarn 1, or inside node_modules."""
    if not is_berry(file.content) or in_node_modules(file.path):
        return
    reading = load_located_yaml(file.content, findings.limits, entry_depth=1)
    report_broken(reading, findings)
    lock = _Lock(file, findings, reading.root)
    lock.read_packages()
    lock.read_edges()
    lock.graph.derive_scopes()
    lock.graph.write(findings, direct_known=lock.names_project)


class _Lock:
    """The entries of a lock file, read into a graph under their own keys."""

    def __init__(self, file: SourceFile, findings: Findings, document: LocatedMap) -> None:
        self.graph = PackageGraph(split_name=split_npm)
        self.names_project = False
        self._file = file
        self._findings = findings
        self._document = document
        self._entries = {key: as_map(value) for key, value in document.items() if key != _METADATA}
        manifest = find_manifest(file.tree, file.resolve(MANIFEST))
        self._resolutions = Resolutions(manifest.document.get("resolutions") if manifest else None)
        self._catalogs = Catalogs(file)
        self._by_descriptor: dict[str, str] = {}
        self._only_version: dict[str, str | None] = {}

    def read_packages(self) -> None:
        """Add all packages, and note which descriptors they answer."""
        for key, entry in self._entries.items():
            line = self._document.line(key)
            locator = as_text(entry.get("resolution"))
            if locator is None:
                self._findings.unknown(UnknownKind.BROKEN, f"an entry without resolution: {key}", line)
                continue
            self.graph.packages[key] = _package(locator, entry, line)
            for descriptor in map(str.strip, key.split(",")):
                self._by_descriptor[descriptor] = key
                self._by_descriptor.setdefault(descriptor.partition("::")[0], key)
                self._note_version(split_reference(descriptor)[0], key)

    def _note_version(self, name: str, key: str) -> None:
        """Keep the entry of the only version that is locked under a name; null once there are two."""
        other = self._only_version.setdefault(name, key)
        if other is not None:
            known, new = self.graph.packages[other], self.graph.packages[key]
            if (known.name, known.version) != (new.name, new.version):
                self._only_version[name] = None

    def read_edges(self) -> None:
        """Add what packages, and the workspaces as the project, ask for."""
        for key, package in self.graph.packages.items():
            entry = self._entries[key]
            reference = split_reference(as_text(entry.get("resolution")) or "")[1]
            manifest = self._file.resolve(posixpath.join(_folder(reference), MANIFEST))
            if reference.startswith(_WORKSPACE):
                self.names_project = True
                self._findings.covers(manifest)
                self._read_workspace(package, entry, manifest)
            else:
                if package.first_party and not reference.startswith(_LINK):
                    self._findings.covers(manifest)
                self._read_package(key, package, entry)

    def _read_workspace(self, package: Package, entry: LocatedMap, manifest_path: str | None) -> None:
        manifest = find_manifest(self._file.tree, manifest_path)
        asked = {wanted.name: wanted for wanted in manifest.requirements} if manifest else {}
        dependencies = as_map(entry.get("dependencies"))
        for name, value in dependencies.items():
            wanted = asked.get(name)
            text = as_text(value) or ""
            constraint = wanted.constraint if wanted and wanted.constraint else _without_protocol(text)
            self._connect(
                None,
                package,
                name,
                text,
                constraint=self._catalogs.range(name, constraint),
                scope=wanted.scope if wanted else None,
                line=dependencies.line(name),
            )

    def _read_package(self, key: str, package: Package, entry: LocatedMap) -> None:
        dependencies = as_map(entry.get("dependencies"))
        details = as_map(entry.get("dependenciesMeta"))
        for name, value in dependencies.items():
            text = as_text(value) or ""
            is_optional = as_map(details.get(name)).get("optional") == "true"
            self._connect(
                key,
                package,
                name,
                text,
                constraint=_without_protocol(text),
                scope=Scope.OPTIONAL if is_optional else Scope.REQUIRED,
                line=dependencies.line(name),
            )

    def _connect(
        self,
        key: str | None,
        parent: Package,
        name: str,
        wanted: str,
        *,
        constraint: str,
        scope: Scope | None,
        line: int | None,
    ) -> None:
        wanted = self._catalogs.range(name, wanted)
        wanted = self._resolutions.replace(parent.name, parent.version, name, wanted)
        target = self._find(name, wanted)
        if target is not None:
            self.graph.connect(key, Edge(target, constraint, scope, line))
        elif scope is not Scope.OPTIONAL and not names_folder(wanted):
            self.graph.missing.append((name, line))

    def _find(self, name: str, wanted: str) -> str | None:
        """The entry that answers; one whose only version is locked answers every range, however written."""
        for descriptor in (f"{name}@{wanted}", f"{name}@npm:{wanted}"):
            if descriptor in self._by_descriptor:
                return self._by_descriptor[descriptor]
        return self._only_version.get(name)


def _without_protocol(wanted: str) -> str:
    return wanted if alias_target(wanted) else wanted.removeprefix("npm:")


def _folder(reference: str) -> str:
    """The folder that a locator means; `file:` and `portal:` are relative to the workspace that asks."""
    path, _, bindings = reference.partition("::")
    path = path.partition(":")[2].partition("#")[0]
    for binding in bindings.split("&"):
        if binding.startswith("locator="):
            parent = unquote(binding.partition("=")[2]).partition(f"@{_WORKSPACE}")[2]
            return posixpath.join(parent, path)
    return path


def _package(locator: str, entry: LocatedMap, line: int | None) -> Package:
    name, reference = split_reference(locator)
    first_party = entry.get("linkType") == "soft" or names_folder(reference)
    for _ in range(_DEEPEST_PATCH):
        if reference.startswith(_PATCH):  # patch:name@npm%3A1.0.0#path-of-the-patch
            original = reference.removeprefix(_PATCH).partition("#")[0]
            name, reference = split_reference(unquote(original))
    return Package(
        name,
        as_text(entry.get("version")),
        line,
        purl_type=PURL_TYPE,
        source_url=_origin(reference),
        first_party=first_party,
    )


def _origin(reference: str) -> str | None:
    reference, _, bindings = reference.partition("::")
    for binding in bindings.split("&"):
        if binding.startswith("__archiveUrl="):
            return origin_url(unquote(binding.partition("=")[2]))
    address, _, selector = reference.partition("#")
    commit = selector.partition("&")[0].removeprefix("commit=") if selector.startswith("commit=") else ""
    return requested_origin(f"{address}#{commit}" if commit else address)


FORMAT = Format(
    name="yarn-berry",
    version="2",
    globs=("yarn.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE, Knows.HASH},
    title="Yarn 2+ yarn.lock",
)
