"""Cargo.lock, versions 1 to 4: crates, checksums and edges.

Packages without a source are the developer's own crates: they are no components, and what they require the
project requires. Which of their requirements serve development or building only stands in their manifests;
crates that only those reach are excluded. The file does not tell normal from build dependencies of other
crates, so what such a crate requires has the crate's scope. What a crate of the developer requires whose
manifest is not in the repository has no scope, unless other manifests require it.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import git_url, split_git_source
from sbom.lockfiles.reachability import only_certain, reached_scopes, strongest
from sbom.lockfiles.rust.cargo_manifest import (
    MANIFEST,
    PURL_TYPE,
    CargoDependency,
    dependencies,
    workspace_manifests,
    workspace_of,
)
from sbom.lockfiles.toml_file import TomlFile, read_toml
from sbom.lockfiles.toml_values import as_string
from sbom.lockfiles.version_ranges import allows
from sbom.model import Scope, UnknownKind

_REFERENCE = re.compile(r"(\S+)(?: (\S+))?(?: \((.*)\))?")
_NEWEST_VERSION = 4


@dataclass(slots=True, eq=False)
class _Crate:
    name: str
    version: str | None
    source: str | None
    table: dict[str, Any]
    path: tuple[str | int, ...]
    """Where its table stands in the file."""


class _Lock:
    """Crates by name, and the edges between them."""

    def __init__(self, toml: TomlFile, findings: Findings) -> None:
        self._toml = toml
        self.crates = list(_read_crates(toml, findings))
        self._by_name: dict[str, list[_Crate]] = {}
        for crate in self.crates:
            self._by_name.setdefault(crate.name, []).append(crate)

    def select(self, reference: str) -> _Crate | None:
        """`name`, `name version` or `name version (source)`: as much as it takes to be unambiguous."""
        parts = _REFERENCE.fullmatch(reference)
        if parts is None:
            return None
        name, version, source = parts.groups()
        for crate in self._by_name.get(name, ()):
            if version in (None, crate.version) and (source is None or _same_source(source, crate.source)):
                replacement = crate.table.get("replace")
                return self.select(replacement) if isinstance(replacement, str) else crate
        return None

    def edges(self, crate: _Crate) -> Iterator[tuple[_Crate | None, str, int | None]]:
        """(crate required, null if the file lacks it; how the file refers to it; line)."""
        references = crate.table.get("dependencies")
        references = references if isinstance(references, list) else []
        for position, reference in enumerate(references):
            if isinstance(reference, str):
                line = self._toml.lines.item((*crate.path, "dependencies"), position, len(references))
                yield self.select(reference), reference, line


def _same_source(written: str, source: str | None) -> bool:
    """References leave out the commit that the source ends with."""
    return source is not None and written.partition("#")[0] == source.partition("#")[0]


def _read_crates(toml: TomlFile, findings: Findings) -> Iterator[_Crate]:
    tables: list[tuple[tuple[str | int, ...], dict[str, Any]]] = [
        (("package", index), table) for index, table in enumerate(toml.tables("package"))
    ]
    if toml.table("root"):  # the project's own crate, before Cargo 1.16
        tables.insert(0, (("root",), toml.table("root")))
    for path, table in tables:
        name, version, source = (as_string(table.get(key)) for key in ("name", "version", "source"))
        if name is not None:
            yield _Crate(name, version, source, table, path)
        elif table:
            findings.unknown(UnknownKind.BROKEN, "a package without a name", toml.lines.line(*path))


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each crate that comes from elsewhere, the edges between them, and what the project asks for."""
    toml = read_toml(file, findings)
    version = toml.data.get("version", 1)
    if not isinstance(version, int) or version > _NEWEST_VERSION:
        reason = f"lock version {version} is not known"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, toml.lines.line("version"))
    lock = _Lock(toml, findings)
    members = _members(file, findings)
    roots = list(_root_edges(lock, members, toml, findings))
    scopes = _scopes(lock, roots) if toml.is_whole else only_certain(_scopes(lock, roots))
    has_own = any(crate.source is None for crate in lock.crates)
    not_direct = False if has_own and toml.is_whole else None
    direct = {crate for crate, _, _, _ in roots}
    purls = {
        crate: _record(crate, scopes.get(crate), crate in direct or not_direct, toml, findings)
        for crate in lock.crates
        if crate.source is not None and "replace" not in crate.table
    }
    for crate, constraint, scope, line in roots:
        findings.edge(None, purls.get(crate, ""), constraint=constraint, scope=scope, line=line)
    for crate in lock.crates:
        for target, reference, line in lock.edges(crate):
            if target is None and toml.is_whole:
                wanted = reference.partition(" (")[0]
                reason = f"{crate.name} depends on {wanted}, which the lock file does not pin"
                findings.unknown(UnknownKind.UNRESOLVED, reason, line)
            elif target is not None and crate in purls:
                findings.edge(purls[crate], purls.get(target, ""), line=line)


def _members(file: SourceFile, findings: Findings) -> dict[str, list[CargoDependency]]:
    """Dependencies of the developer's own crates by crate name, as far as their manifests can be read."""
    members: dict[str, list[CargoDependency]] = {}
    for path, toml in workspace_manifests(file.tree, posixpath.join(file.folder, MANIFEST)).items():
        findings.covers(path)
        name = toml.table("package").get("name")
        if isinstance(name, str):
            workspace = workspace_of(SourceFile(path, b"", file.tree), toml)
            members[name] = dependencies(toml, workspace)
    return members


_Root = tuple[_Crate, str | None, Scope | None, int | None]
"""An edge of the project itself: crate, constraint as written, scope (null if not told), line."""


def _root_edges(
    lock: _Lock, members: dict[str, list[CargoDependency]], toml: TomlFile, findings: Findings
) -> Iterator[_Root]:
    for own in lock.crates:
        if own.source is not None:
            continue
        wanted = members.get(own.name)
        if wanted is None:
            reason = f"{own.name} has no source, and no manifest of it is in the repository"
            findings.unknown(UnknownKind.UNRESOLVED, reason, toml.lines.line(*own.path, "name"))
        for target, _, line in lock.edges(own):
            if target is not None and target.source is not None:
                asked = [dependency for dependency in wanted or () if _asks_for(dependency, target)]
                scope = strongest(dependency.scope for dependency in asked)
                constraint = next((d.constraint for d in asked if d.scope is scope), None)
                yield target, constraint, scope, line


def _asks_for(dependency: CargoDependency, crate: _Crate) -> bool:
    return dependency.name == crate.name and allows(
        dependency.constraint, crate.version or "", bare_means="^"
    )


def _scopes(lock: _Lock, roots: list[_Root]) -> dict[_Crate, Scope | None]:
    def required(crate: _Crate) -> Iterator[tuple[_Crate, Scope]]:
        for target, _, _ in lock.edges(crate):
            if target is not None and target.source is not None:
                yield target, Scope.REQUIRED

    return reached_scopes(((crate, scope) for crate, _, scope, _ in roots), required)


def _record(
    crate: _Crate, scope: Scope | None, is_direct: bool | None, toml: TomlFile, findings: Findings
) -> str:
    checksum = crate.table.get("checksum")
    if checksum is None:  # version 1 keeps all checksums in one table
        checksum = toml.table("metadata").get(f"checksum {crate.name} {crate.version} ({crate.source})")
    return findings.component(
        PURL_TYPE,
        None,
        crate.name,
        crate.version,
        scope=scope,
        direct=is_direct,
        hashes=digests([f"sha256:{checksum}"]),
        source_url=_git_location(crate.source),
        line=toml.lines.line(*crate.path, "name"),
    )


def _git_location(source: str | None) -> str | None:
    return git_url(*split_git_source(source)) if source and source.startswith("git+") else None


FORMAT = Format(
    name="cargo-lock",
    version="1",
    globs=("Cargo.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="Cargo.lock",
)
