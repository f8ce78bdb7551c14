"""pixi.lock, versions 1 to 7: conda and PyPI packages, their licences, hashes and edges, by environment.

What stands in the environment `default` is required; what other environments serve, the file does not tell.
A requirement is resolved within each environment and platform, so one package may have edges to several
versions. What the project asks for stands in pixi.toml or pyproject.toml beside the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from sbom.errors import LimitReached
from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.conda.conda_package import PURL_TYPE, is_virtual, parse_archive_url, parse_match_spec
from sbom.lockfiles.conda.pixi_manifest import MANIFEST, PixiRequirement, read_requirements
from sbom.lockfiles.digests import digests
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.lockfiles.origins import git_url, without_credentials
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.python.python_requirement import (
    archive_name,
    archive_version,
    needs_extra,
    parse_requirement,
)
from sbom.lockfiles.toml_file import read_manifest
from sbom.model import Scope, UnknownKind

_PYPROJECT = "pyproject.toml"
_DEFAULT = "default"
_KNOWN_VERSIONS = frozenset("1234567")
_LOCATIONS = ("conda", "pypi", "url", "path")
_MOST_EDGES = 2_000_000


@dataclass(slots=True)
class _Entry:
    """A package under its location (from version 5 on) or under its place in the file."""

    key: str
    package: Package
    wanted: list[tuple[str, str, str | None, int | None]] = field(default_factory=list)
    """Type, name, constraint and line of each requirement."""


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked packages, their edges, and those of the project."""
    document, is_whole = read_root(
        load_located_yaml(file.content, findings.limits, entry_depth=2), findings, "a pixi.lock"
    )
    version = as_text(document.get("version"))
    if version not in _KNOWN_VERSIONS:
        reason = f"version {version or 'missing'} is not known; read as far as it looks like one"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, document.line("version"))
    entries = _entries(document, findings)
    packages = {key: entry.package for key, entry in entries.items()}
    graph = PackageGraph(packages, split_name=lambda name: (None, name))
    asked = _asked(file, findings)
    budget = _MOST_EDGES
    for environment, keys in _environments(document, entries):
        budget = _connect(graph, environment, [entries[key] for key in keys], asked or [], budget)
    graph.write(findings, direct_known=asked is not None and is_whole)


def _entries(document: LocatedMap, findings: Findings) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    listed = as_list(document.get("packages")) or as_list(document.get("package"))
    for position, (value, line) in enumerate(listed.located()):
        entry = as_map(value)
        locations = (as_text(entry.get(field)) for field in _LOCATIONS)
        location = next((text for text in locations if text), "")
        managers = {as_text(entry.get("kind")), as_text(entry.get("manager"))}
        kind = "pypi" if "pypi" in entry or {"pypi", "pip"} & managers else "conda"
        found = _entry(kind, location, entry, line)
        if found is None:
            findings.unknown(UnknownKind.BROKEN, "a package without a name", line)
        else:
            found.key = location or f"{position}"
            entries.setdefault(found.key, found)
    return entries


def _entry(kind: str, location: str, entry: LocatedMap, line: int) -> _Entry | None:
    archive = parse_archive_url(location) if kind == "conda" else None
    name = as_text(entry.get("name")) or (archive.name if archive else archive_name(location))
    if name is None:
        return None
    version = as_text(entry.get("version")) or (archive.version if archive else archive_version(location))
    is_folder = "://" not in location and not location.endswith((".conda", ".tar.bz2", ".whl", ".tar.gz"))
    package = Package(
        canonicalize_name(name) if kind == "pypi" else name.lower(),
        version,
        line,
        hashes=digests(f"{name}:{as_text(entry.get(name)) or ''}" for name in ("md5", "sha256")),
        licence=as_text(entry.get("license")),
        source_url=_source_url(location),
        first_party=bool(location) and is_folder,
        purl_type=PURL_TYPE if kind == "conda" else "pypi",
        qualifiers=archive.qualifiers if archive else None,
    )
    return _Entry("", package, list(_requirements(kind, entry)))


def _source_url(location: str) -> str | None:
    if location.startswith("git+"):
        repository, _, commit = location.partition("#")
        return git_url(repository.partition("?")[0], commit or None)
    return without_credentials(location.partition("#")[0]) if "://" in location else None


def _requirements(kind: str, entry: LocatedMap) -> Iterator[tuple[str, str, str | None, int | None]]:
    for item, line in as_list(entry.get("depends")).located():
        spec = parse_match_spec(item) if isinstance(item, str) else None
        if kind == "conda" and spec is not None and not is_virtual(spec.name):
            yield PURL_TYPE, spec.name, spec.constraint, line
    for item, line in as_list(entry.get("requires_dist")).located():
        try:
            wanted = parse_requirement(item if isinstance(item, str) else "")
        except ValueError:
            continue
        if not (wanted.marker and needs_extra(wanted.marker)):
            yield "pypi", wanted.name, wanted.constraint, line


def _environments(document: LocatedMap, entries: dict[str, _Entry]) -> Iterator[tuple[str, list[str]]]:
    """The packages of each environment on each platform; at the end those that no environment names."""
    named: set[str] = set()
    for environment, value in as_map(document.get("environments")).items():
        for listed in as_map(as_map(value).get("packages")).values():
            keys = []
            for item in as_list(listed):
                locations = (as_text(location) for location in as_map(item).values())
                keys += [location for location in locations if location in entries][:1]
            named.update(keys)
            yield environment, keys
    left = [key for key in entries if key not in named]
    if left:
        yield ("" if named else _DEFAULT), left


def _connect(
    graph: PackageGraph,
    environment: str,
    entries: list[_Entry],
    asked: list[PixiRequirement],
    budget: int,
) -> int:
    by_name: dict[tuple[str, str], str] = {}
    for entry in entries:
        by_name.setdefault((entry.package.purl_type, entry.package.name), entry.key)
        if environment == _DEFAULT:
            entry.package.scope = Scope.REQUIRED
    budget -= len(asked) + sum(len(entry.wanted) for entry in entries)
    if budget < 0:
        raise LimitReached(f"more than {_MOST_EDGES} requirements in all environments")
    for row in asked:
        target = by_name.get((row.purl_type, row.name))
        if target is not None:
            graph.connect(None, Edge(target, row.constraint, row.scope, graph.packages[target].line))
    for entry in entries:
        for purl_type, name, constraint, line in entry.wanted:
            target = by_name.get((purl_type, name)) or by_name.get((PURL_TYPE, name))
            if target is not None and target != entry.key:
                graph.connect(entry.key, Edge(target, constraint, Scope.REQUIRED, line))
    return budget


def _asked(file: SourceFile, findings: Findings) -> list[PixiRequirement] | None:
    """What the manifests beside the lock ask for; null if there is none."""
    asked = None
    for name, root in ((MANIFEST, ()), (_PYPROJECT, ("tool", "pixi"))):
        path = file.resolve(name)
        toml = read_manifest(file.tree, path)
        if toml is not None and (not root or toml.table(*root)):
            findings.covers(path)
            asked = [*(asked or []), *read_requirements(toml, root)]
    return asked


FORMAT = Format(
    name="pixi-lock",
    version="1",
    globs=("pixi.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER},
    title="pixi.lock (v1–v7)",
)
