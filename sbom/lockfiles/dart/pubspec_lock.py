"""Dart's and Flutter's pubspec.lock: resolved packages, and which of them the project asks for.

The file tells direct packages (`direct main`, `direct dev`, `direct overridden`) from transitive ones, but no
edges between packages: the scope of a transitive package is null, unless nothing is asked for development.
Packages of a path are the project's own folders. Packages of an SDK (`flutter`) are components with the
version that the SDK gives them. Constraints come from pubspec.yaml beside the file.
"""

import posixpath

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.dart.pubspec_manifest import (
    MANIFEST,
    PURL_TYPE,
    Requirement,
    find_manifest,
    git_origin,
    read_requirements,
)
from sbom.lockfiles.digests import digests
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_yaml
from sbom.model import Scope, UnknownKind

_SCOPES = {"direct main": Scope.REQUIRED, "direct dev": Scope.EXCLUDED}
_TRANSITIVE = "transitive"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write each package, and an edge from the project for each direct one."""
    reading = load_located_yaml(file.content, findings.limits, entry_depth=2)
    document, is_whole = read_root(reading, findings, "a pubspec.lock")
    packages = as_map(document.get("packages"))
    requirements = _requirements(file, findings)
    kinds = {as_text(as_map(value).get("dependency")) for value in packages.values()}
    is_all_shipped = is_whole and kinds <= {"direct main", _TRANSITIVE}
    for name, value in packages.items():
        entry = as_map(value)
        if entry.get("source") == "path":
            _cover_folder(file, findings, entry)
        else:
            _record(
                findings,
                name,
                entry,
                packages.line(name),
                wanted=requirements.get(name),
                is_all_shipped=is_all_shipped,
            )


def _requirements(file: SourceFile, findings: Findings) -> dict[str, Requirement]:
    """What pubspec.yaml beside the lock asks for, and those of the members of its workspace."""
    path = file.resolve(MANIFEST)
    manifest = find_manifest(file.tree, path) or LocatedMap()
    found = {wanted.name: wanted for wanted in read_requirements(manifest)}
    findings.covers(path)
    for member in as_list(manifest.get("workspace")):
        member_path = file.resolve(posixpath.join(as_text(member) or "", MANIFEST))
        findings.covers(member_path)
        for wanted in read_requirements(find_manifest(file.tree, member_path) or LocatedMap()):
            found.setdefault(wanted.name, wanted)
    return found


def _cover_folder(file: SourceFile, findings: Findings, entry: LocatedMap) -> None:
    folder = as_text(as_map(entry.get("description")).get("path"))
    if folder is not None:
        findings.covers(file.resolve(posixpath.join(folder, MANIFEST)))


def _record(
    findings: Findings,
    name: str,
    entry: LocatedMap,
    line: int | None,
    *,
    wanted: Requirement | None,
    is_all_shipped: bool,
) -> None:
    kind = as_text(entry.get("dependency")) or ""
    description = as_map(entry.get("description"))
    version = as_text(entry.get("version"))
    scope = Scope.REQUIRED if is_all_shipped else _SCOPES.get(kind)
    if wanted is not None and scope is None:  # an override says nothing of what it serves
        scope = wanted.scope
    constraint = wanted.constraint if wanted is not None else None
    is_direct = kind.startswith("direct ")
    purl = findings.component(
        PURL_TYPE,
        None,
        name,
        version,
        constraint=constraint,
        scope=scope,
        direct=is_direct or (False if kind == _TRANSITIVE else None),
        hashes=digests([f"sha256:{as_text(description.get('sha256')) or ''}"]),
        source_url=git_origin(description) if entry.get("source") == "git" else None,
        line=line,
    )
    if version is None:
        findings.unknown(UnknownKind.UNRESOLVED, f"no version is locked for {name}", line)
    if is_direct:
        findings.edge(None, purl, constraint=constraint, scope=scope, line=line)


FORMAT = Format(
    name="pubspec-lock",
    version="1",
    globs=("pubspec.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="Dart pubspec.lock",
)
