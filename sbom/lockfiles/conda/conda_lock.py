"""conda-lock.yml: conda and pip packages for each platform, with hashes, edges and categories.

`main` is required, `dev` excluded, other categories are extras. The environment files that the lock names as
its sources tell what the project asks for. A package has a row for each platform that it differs on.
https://conda.github.io/conda-lock/
"""

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from sbom.errors import LimitReached
from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.conda.conda_package import PURL_TYPE, is_virtual, parse_archive_url
from sbom.lockfiles.conda.environment_yaml import is_environment, pip_items, read_specs
from sbom.lockfiles.digests import digests
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.origins import without_credentials
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.python.python_requirement import parse_requirement
from sbom.lockfiles.reachability import strongest
from sbom.model import Scope, UnknownKind

_SCOPES = {"main": Scope.REQUIRED, "dev": Scope.EXCLUDED}
_VERSION = "1"
_MANAGERS = ("conda", "pip")

_Key = tuple[str, str, str]
"""Platform, manager and name."""


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked packages, their edges, and those of the project."""
    document, is_whole = read_root(
        load_located_yaml(file.content, findings.limits, entry_depth=2), findings, "a conda-lock file"
    )
    if document.get("version", _VERSION) != _VERSION:
        reason = f"version {document['version']} is not known; read as {_VERSION}"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, document.line("version"))
    graph = PackageGraph(split_name=lambda name: (None, name))
    entries: dict[_Key, LocatedMap] = {}
    for value, line in as_list(document.get("package")).located():
        entry = as_map(value)
        key = _key(entry)
        if key is None:
            findings.unknown(UnknownKind.BROKEN, "a package without name, platform or manager", line)
            continue
        if is_virtual(key[2]):
            continue
        entries.setdefault(key, entry)
        package = _package(key, entry, entry.line("name"))
        known = graph.packages.setdefault(str(key), package)
        known.scope = strongest((known.scope, package.scope))  # once for each category
    for key, entry in entries.items():
        _connect(graph, key, entry, is_whole=is_whole)
    asked = _asked(file, findings, as_map(document.get("metadata")))
    for key in entries:
        constraint = (asked or {}).get((key[1], key[2]))
        if asked and (key[1], key[2]) in asked:
            package = graph.packages[str(key)]
            graph.connect(None, Edge(str(key), constraint, package.scope, package.line))
    graph.write(findings, direct_known=asked is not None and is_whole)


def _key(entry: LocatedMap) -> _Key | None:
    name, platform = as_text(entry.get("name")), as_text(entry.get("platform"))
    manager = as_text(entry.get("manager"))
    if name is None or platform is None or manager not in _MANAGERS:
        return None
    return platform, manager, canonicalize_name(name) if manager == "pip" else name


def _package(key: _Key, entry: LocatedMap, line: int | None) -> Package:
    url = as_text(entry.get("url"))
    archive = parse_archive_url(url) if url and key[1] == "conda" else None
    hashes = as_map(entry.get("hash"))
    category = as_text(entry.get("category")) or ""
    optional = Scope.OPTIONAL if entry.get("optional") == "true" else None
    return Package(
        key[2],
        as_text(entry.get("version")),
        line,
        _SCOPES.get(category, optional),
        digests(f"{algorithm}:{value}" for algorithm, value in sorted(hashes.items())),
        source_url=without_credentials(url) if url and not url.startswith("file:") else None,
        purl_type=PURL_TYPE if key[1] == "conda" else "pypi",
        qualifiers=archive.qualifiers if archive else None,
    )


def _connect(graph: PackageGraph, key: _Key, entry: LocatedMap, *, is_whole: bool) -> None:
    wanted = as_map(entry.get("dependencies"))
    for name, constraint in wanted.items():
        if is_virtual(name):
            continue
        line = wanted.line(name)
        for manager in (key[1], *_MANAGERS):
            target = str((key[0], manager, canonicalize_name(name) if manager == "pip" else name))
            if target in graph.packages:
                graph.connect(str(key), Edge(target, as_text(constraint), Scope.REQUIRED, line))
                break
        else:
            if is_whole:
                graph.missing.append((name, line))


def _asked(
    file: SourceFile, findings: Findings, metadata: LocatedMap
) -> dict[tuple[str, str], str | None] | None:
    """What the lock's sources ask for: constraint by manager and name; null if one of them cannot be read."""
    asked: dict[tuple[str, str], str | None] = {}
    sources = as_list(metadata.get("sources"))
    for source in sources:
        path = file.resolve(as_text(source) or "")
        content = file.tree.read(path) if path is not None else None
        if content is None or path is None or not path.endswith((".yml", ".yaml")):
            return None
        try:
            reading = load_located_yaml(content, file.tree.limits, entry_depth=2)
        except LimitReached:
            return None
        if reading.error is not None or not is_environment(reading):
            return None
        findings.covers(path)
        for _, _, spec in read_specs(reading):
            if spec is not None:
                asked[("conda", spec.name)] = spec.constraint
        asked.update((("pip", name), constraint) for name, constraint in _pip(pip_items(reading)))
    return asked if sources else None


def _pip(items: list[tuple[str, int]]) -> Iterator[tuple[str, str | None]]:
    for text, _ in items:
        try:
            wanted = parse_requirement(text)
        except ValueError:  # an option or a location; the environment file itself says what is wrong
            continue
        yield wanted.name, wanted.constraint


FORMAT = Format(
    name="conda-lock",
    version="1",
    globs=("conda-lock.yml", "conda-lock.yaml", "*.conda-lock.yml", "conda-lock-*.yml", "conda-lock-*.yaml"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="conda-lock.yml",
)
