"""OpenHarmony's oh-package-lock.json5, lockfileVersion 1 to 3.

`packages` holds the packages under `name@version`, or `name@path` for folders and archives of the project.
`specifiers` says to which of them each `name@range` that anybody asks for was resolved. What the project
itself asks for stands in the manifest beside the lock file, or, where one lock file serves all modules, in
every manifest below it. Entries of version 1 have neither name nor version of their own.
"""

import posixpath
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.javascript.npm_package import integrity_digests, split_reference
from sbom.lockfiles.json5_document import load_located_json5
from sbom.lockfiles.located import LocatedMap, as_map, as_text
from sbom.lockfiles.openharmony.oh_manifest import (
    MANIFEST,
    OhRequirement,
    find_manifest,
    in_oh_modules,
    is_archive,
    manifests_below,
    read_requirements,
)
from sbom.lockfiles.origins import without_credentials
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.model import UnknownKind
from sbom.purl import OHPM_TYPE, split_npm

_NEWEST = 3


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what the lock file names."""
    if in_oh_modules(file.path):
        return
    root, is_whole = read_root(
        load_located_json5(file.content, findings.limits, entry_depth=2), findings, "an oh-package-lock"
    )
    version = root.get("lockfileVersion")
    if isinstance(version, int) and version > _NEWEST:
        findings.unknown(
            UnknownKind.UNSUPPORTED,
            f"lockfileVersion {version} is newer than {_NEWEST}, as which it was read",
            root.line("lockfileVersion"),
        )
    lock = _Lock(root)
    lock.read_edges()
    direct_known = lock.read_requests(file, findings)
    lock.graph.derive_scopes()
    if not is_whole:
        lock.graph.keep_certain_scopes()
    lock.graph.write(findings, direct_known=direct_known and is_whole)


class _Lock:
    """The packages of a lock file under its own keys, and their edges."""

    def __init__(self, root: LocatedMap) -> None:
        self._packages = as_map(root.get("packages"))
        self._specifiers = as_map(root.get("specifiers"))
        self._is_unified = as_map(root.get("meta")).get("enableUnifiedLockfile") is True
        self.graph = PackageGraph(split_name=split_npm)
        for key, value in self._packages.items():
            self.graph.packages[key] = _package(key, as_map(value), self._packages.line(key))

    def read_edges(self) -> None:
        for key, value in self._packages.items():
            entry = as_map(value)
            folder = as_text(entry.get("resolved")) or ""
            for wanted in read_requirements(entry):
                self._connect(key, wanted, "" if "://" in folder else folder, wanted.line)

    def read_requests(self, file: SourceFile, findings: Findings) -> bool:
        """Add what the project asks for; false if no manifest of it can be read."""
        manifests = list(self._manifests(file))
        found = False
        for path in manifests:
            manifest = find_manifest(file.tree, path)
            if manifest is None:
                continue
            found = True
            folder = posixpath.relpath(posixpath.dirname(path) or ".", file.folder or ".")
            for wanted in manifest.requirements:
                self._connect(None, wanted, folder, self._specifiers.line(self._specifier(wanted, folder)))
        for path in (*manifests, *self._folder_manifests(file)):
            findings.covers(path)
        return found

    def _manifests(self, file: SourceFile) -> Iterator[str]:
        beside = posixpath.join(file.folder, MANIFEST)
        if self._is_unified:
            yield from manifests_below(file.tree, file.folder)
        elif beside in file.tree.paths:
            yield beside

    def _folder_manifests(self, file: SourceFile) -> Iterator[str]:
        """Manifests of the folders that are installed as packages: their dependencies are locked here."""
        for key, package in self.graph.packages.items():
            folder = as_text(as_map(self._packages[key]).get("resolved"))
            path = file.resolve(posixpath.join(folder, MANIFEST)) if package.first_party and folder else None
            if path is not None:
                yield path

    def _specifier(self, wanted: OhRequirement, folder: str) -> str:
        if wanted.folder is None:
            return f"{wanted.name}@{wanted.constraint}"
        return f"{wanted.name}@{posixpath.normpath(posixpath.join(folder, wanted.folder))}"

    def _connect(self, key: str | None, wanted: OhRequirement, folder: str, line: int | None) -> None:
        specifier = self._specifier(wanted, folder)
        target = as_text(self._specifiers.get(specifier)) or specifier
        if target in self.graph.packages:
            self.graph.connect(key, Edge(target, wanted.constraint or None, wanted.scope, line))
        elif not wanted.is_first_party:
            self.graph.missing.append((wanted.name, line))


def _package(key: str, entry: LocatedMap, line: int | None) -> Package:
    name, locked = split_reference(key)
    resolved = as_text(entry.get("resolved")) or ""
    is_remote = "://" in resolved
    is_local = entry.get("registryType") == "local" or bool(resolved and not is_remote)
    return Package(
        as_text(entry.get("name")) or name,
        as_text(entry.get("version")) or (None if is_local else locked or None),
        line,
        hashes=integrity_digests(as_text(entry.get("integrity"))) + digests([f"sha1:{entry.get('shasum')}"]),
        source_url=without_credentials(resolved.partition("?")[0]) if is_remote else None,
        first_party=is_local and not is_archive(resolved),
        purl_type=OHPM_TYPE,
    )


FORMAT = Format(
    name="oh-package-lock",
    version="1",
    globs=("oh-package-lock.json5",),
    purl_type=OHPM_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="OpenHarmony oh-package-lock.json5 (v1–v3)",
)
