"""pnpm-lock.yaml, lockfileVersion 5.x, 6.x, 7.x and 9.x, also as the second document of one file."""

import posixpath
from collections.abc import Iterator

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.javascript.npm_manifest import MANIFEST, in_node_modules
from sbom.lockfiles.javascript.npm_package import PURL_TYPE, integrity_digests, names_folder
from sbom.lockfiles.javascript.pnpm_reference import candidate_keys, is_folder, parse_key, without_peers
from sbom.lockfiles.located import LocatedMap, as_map, as_text, load_located_yaml
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reading import Malformed
from sbom.model import Scope, UnknownKind
from sbom.purl import split_npm

_REQUESTS = {
    "dependencies": Scope.REQUIRED,
    "optionalDependencies": Scope.OPTIONAL,
    "devDependencies": Scope.EXCLUDED,
    "configDependencies": Scope.EXCLUDED,
    "packageManagerDependencies": Scope.EXCLUDED,
}
_EDGES = {"dependencies": Scope.REQUIRED, "optionalDependencies": Scope.OPTIONAL}
_KNOWN_GENERATIONS = ("5", "6", "7", "9")
_RUNTIME = "runtime:"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what the lock file names; one inside node_modules is another project's and is left alone."""
    if in_node_modules(file.path):
        return
    reading = load_located_yaml(file.content, findings.limits, entry_depth=2)
    if reading.error is not None:
        findings.unknown(UnknownKind.BROKEN, str(reading.error), reading.error.line)
    elif not any(isinstance(document, LocatedMap) for document in reading.documents):
        raise Malformed("not a pnpm-lock: no mapping", 1)
    graph = PackageGraph(split_name=split_npm)
    for document in map(as_map, reading.documents):
        _check_version(document, findings)
        lock = _Lock(document, graph)
        lock.read_packages()
        for folder in (*lock.folders(), *lock.read_requests()):
            findings.covers(file.resolve(posixpath.join(folder, MANIFEST)))
    graph.derive_scopes()
    graph.write(findings)


def _check_version(document: LocatedMap, findings: Findings) -> None:
    version = as_text(document.get("lockfileVersion")) or ""
    if version.partition(".")[0] not in _KNOWN_GENERATIONS:
        findings.unknown(
            UnknownKind.UNSUPPORTED,
            f"lockfileVersion {version or 'missing'} is not known; read as far as it looks like one",
            document.line("lockfileVersion"),
        )


class _Lock:
    """One document of a lock file, read into a graph under its own keys."""

    def __init__(self, document: LocatedMap, graph: PackageGraph) -> None:
        self._document = document
        self._graph = graph
        self._packages = as_map(document.get("packages"))
        self._catalogs = as_map(document.get("catalogs"))

    def read_packages(self) -> None:
        """Add the packages; edges are in `snapshots` if there is such a section, else beside the package."""
        snapshots = as_map(self._document.get("snapshots"))
        for key, value in self._packages.items():
            self._graph.packages[key] = self._package(key, as_map(value), self._packages.line(key))
        for key in snapshots:
            base = self._graph.packages.get(without_peers(key))
            if base is None:
                base = self._package(key, LocatedMap(), snapshots.line(key))
            self._graph.packages[key] = base
        for key, value in (snapshots or self._packages).items():
            self._read_edges(key, as_map(value))

    def folders(self) -> Iterator[str]:
        """Folders of the project that are installed as packages, relative to the lock file."""
        for value in self._packages.values():
            folder = as_text(as_map(as_map(value).get("resolution")).get("directory"))
            if folder is not None:
                yield folder

    def _package(self, key: str, entry: LocatedMap, line: int | None) -> Package:
        name, version = parse_key(key)
        name = as_text(entry.get("name")) or name or key
        version = as_text(entry.get("version")) or version
        resolution = as_map(entry.get("resolution"))
        return Package(
            name,
            version,
            line,
            # Node.js itself, not the package of that name
            purl_type="generic" if f"@{_RUNTIME}" in key else PURL_TYPE,
            hashes=integrity_digests(as_text(resolution.get("integrity"))),
            source_url=_origin(resolution),
            first_party="directory" in resolution or is_folder(key),
        )

    def _read_edges(self, key: str, entry: LocatedMap) -> None:
        described = self._packages.get(key) or self._packages.get(without_peers(key))
        peers = as_map(as_map(described).get("peerDependencies"))
        for section, scope in _EDGES.items():
            wanted = as_map(entry.get(section))
            for name, reference in wanted.items():
                self._connect(
                    key,
                    name,
                    as_text(reference),
                    constraint=as_text(peers.get(name)),
                    scope=scope,
                    line=wanted.line(name),
                )

    def read_requests(self) -> Iterator[str]:
        """Add what the importers ask for; yields their folders, relative to the lock file."""
        importers = as_map(self._document.get("importers")) or {".": self._document}
        for folder, value in importers.items():
            importer = as_map(value)
            specifiers = as_map(importer.get("specifiers"))
            for section, scope in _REQUESTS.items():
                wanted = as_map(importer.get(section))
                for name, asked in wanted.items():
                    if isinstance(asked, LocatedMap):
                        constraint, reference = as_text(asked.get("specifier")), as_text(asked.get("version"))
                    else:
                        constraint, reference = as_text(specifiers.get(name)), as_text(asked)
                    self._connect(
                        None,
                        name,
                        reference,
                        constraint=self._resolve_catalog(name, constraint),
                        scope=scope,
                        line=wanted.line(name),
                    )
            yield folder

    def _resolve_catalog(self, name: str, constraint: str | None) -> str | None:
        if constraint is None or not constraint.startswith("catalog:"):
            return constraint
        catalog = as_map(self._catalogs.get(constraint.removeprefix("catalog:") or "default"))
        return as_text(as_map(catalog.get(name)).get("specifier")) or constraint

    def _connect(
        self,
        key: str | None,
        name: str,
        reference: str | None,
        *,
        constraint: str | None,
        scope: Scope,
        line: int | None,
    ) -> None:
        reference = reference or ""
        for candidate in candidate_keys(name, reference):
            if candidate in self._graph.packages:
                self._graph.connect(key, Edge(candidate, constraint, scope, line))
                return
        if not names_folder(reference):
            self._graph.missing.append((name, line))


def _origin(resolution: LocatedMap) -> str | None:
    """The archive or repository, which the lock file names only for what is not from the default registry."""
    repository = as_text(resolution.get("repo"))
    if repository is not None:
        commit = as_text(resolution.get("commit")) or ""
        return origin_url(f"git+{repository}#{commit}")
    return origin_url(as_text(resolution.get("tarball")))


FORMAT = Format(
    name="pnpm-lock",
    version="1",
    globs=("pnpm-lock.yaml",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="pnpm pnpm-lock.yaml (v5–v9)",
)
