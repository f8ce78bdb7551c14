"""Composer's composer.lock: installed PHP packages, with composer.json beside it for what the project asks.

Packages of `packages-dev` are only needed for development. A requirement resolves to the package of that
name, else to every locked package that provides or replaces it. Packages from a `path` repository are the
project's own folders. `platform` names PHP and its extensions, which are no packages.
"""

import posixpath

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.php.composer_json import declared_licence
from sbom.lockfiles.php.composer_manifest import (
    MANIFEST,
    PURL_TYPE,
    Requirement,
    find_manifest,
    is_vendored,
    read_requirements,
    read_section,
    stands_for,
)
from sbom.makers import authors
from sbom.model import Scope, UnknownKind
from sbom.purl import split_path

_SECTIONS = (("packages", Scope.REQUIRED), ("packages-dev", Scope.EXCLUDED))


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what the lock file names; one inside a vendor folder is another project's and is left alone."""
    if is_vendored(file.path):
        return
    reading = load_located_json(file.content, findings.limits, entry_depth=2)
    document, is_whole = read_root(reading, findings, "a composer.lock")
    manifest_path = file.resolve(MANIFEST)
    findings.covers(manifest_path)
    manifest = find_manifest(file.tree, manifest_path)
    lock = _Lock(file, findings, manifest or LocatedMap(), is_whole=is_whole)
    lock.read_packages(document)
    lock.read_edges()
    lock.graph.write(findings, direct_known=manifest is not None)


class _Lock:
    """The packages of a lock file by name, and the names that they stand for."""

    def __init__(self, file: SourceFile, findings: Findings, manifest: LocatedMap, *, is_whole: bool) -> None:
        self._file = file
        self._findings = findings
        self._manifest = manifest
        self._is_whole = is_whole
        self.graph = PackageGraph(split_name=split_path)
        self._entries: dict[str, LocatedMap] = {}
        self._providers: dict[str, list[str]] = {}

    def read_packages(self, document: LocatedMap) -> None:
        for section, scope in _SECTIONS:
            for value in as_list(document.get(section)):
                entry = as_map(value)
                name = as_text(entry.get("name"))
                if name is None:
                    self._findings.unknown(
                        UnknownKind.BROKEN, f"an entry of {section} has no name", document.line(section)
                    )
                elif name.lower() not in self._entries:
                    self._add(name.lower(), entry, scope)

    def _add(self, name: str, entry: LocatedMap, scope: Scope) -> None:
        self._entries[name] = entry
        self.graph.packages[name] = self._package(name, entry, scope)
        for other in stands_for(entry):
            self._providers.setdefault(other, []).append(name)

    def _package(self, name: str, entry: LocatedMap, scope: Scope) -> Package:
        source, dist = as_map(entry.get("source")), as_map(entry.get("dist"))
        is_path = dist.get("type") == "path"
        if is_path:
            folder = as_text(dist.get("url")) or ""
            self._findings.covers(self._file.resolve(posixpath.join(folder, MANIFEST)))
        return Package(
            name,
            as_text(entry.get("version")),
            entry.line("name"),
            scope,
            hashes=digests([f"sha1:{as_text(dist.get('shasum')) or ''}"]),
            licence=declared_licence(entry),
            source_url=_origin(source, dist),
            first_party=is_path,
            purl_type=PURL_TYPE,
            authors=authors(entry.get("authors")),
        )

    def read_edges(self) -> None:
        """Add what the packages ask for and what the project does, whose lines are those of another file."""
        own = {(as_text(self._manifest.get("name")) or "").lower(), *stands_for(self._manifest)}
        for name, entry in self._entries.items():
            scope = self.graph.packages[name].scope or Scope.REQUIRED
            for wanted in read_section(entry, "require", scope):
                self._connect(name, wanted, wanted.line, own)
        for wanted in read_requirements(self._manifest):
            self._connect(None, wanted, None, own)

    def _connect(self, key: str | None, wanted: Requirement, line: int | None, own: set[str]) -> None:
        found = [wanted.name] if wanted.name in self._entries else self._providers.get(wanted.name, [])
        for target in found:
            if target != key:
                self.graph.connect(key, Edge(target, wanted.constraint, wanted.scope, line))
        if not found and self._is_whole and wanted.name not in own:
            self.graph.missing.append((wanted.name, line))


def _origin(source: LocatedMap, dist: LocatedMap) -> str | None:
    """The repository at its commit, else the archive."""
    url = as_text(source.get("url"))
    if url and source.get("type") == "git":
        return origin_url(f"git+{url}#{as_text(source.get('reference')) or ''}")
    return origin_url(as_text(dist.get("url")) or url)


FORMAT = Format(
    name="composer-lock",
    version="2",
    globs=("composer.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows),
    title="composer.lock",
)
