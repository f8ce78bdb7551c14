"""The packages of one lock file and who asks for whom, gathered under the file's own keys.

A lock file may hold the same package several times (another folder, other peers): it becomes one row. Folders
of the project itself are part of the graph but not components: what they ask for, the project asks for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sbom.lockfiles.findings import Findings
from sbom.lockfiles.origins import without_secrets
from sbom.lockfiles.reachability import reached_scopes, strongest
from sbom.model import Scope, UnknownKind
from sbom.purl import with_version

T = TypeVar("T")
_NAMES_SHOWN = 3


@dataclass(slots=True)
class Package:
    """A package under one key of the lock file. `scope` is null where the file does not tell."""

    name: str
    version: str | None
    purl_type: str = field(kw_only=True)
    line: int | None = None
    scope: Scope | None = None
    hashes: tuple[str, ...] = ()
    licence: str | None = None
    source_url: str | None = None
    first_party: bool = False
    qualifiers: Mapping[str, str] | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency on the package under `key`. `scope` is null where the file does not tell.

    `constraint` is as written; credentials in it are removed when the graph is written.
    """

    key: str
    constraint: str | None
    scope: Scope | None
    line: int | None


@dataclass(slots=True)
class PackageGraph:
    """Packages by key, what the project asks for, and what each package asks for."""

    packages: dict[str, Package] = field(default_factory=dict)
    requests: list[Edge] = field(default_factory=list)
    edges: dict[str, list[Edge]] = field(default_factory=dict)
    missing: list[tuple[str, int | None]] = field(default_factory=list)
    """Dependencies that the file names but does not hold, with their lines."""
    split_name: Callable[[str], tuple[str | None, str]] = field(kw_only=True)
    """How a name is cut into the namespace and name of a purl."""

    def connect(self, key: str | None, edge: Edge) -> None:
        """Add what the package under `key` asks for, or the project itself where it is null."""
        (self.requests if key is None else self.edges.setdefault(key, [])).append(edge)

    def derive_scopes(self) -> None:
        """Set each package's scope to the strongest in which the project's requests reach it.

        What a request of unknown scope reaches stays unknown, unless another one requires it.
        """
        known = reached_scopes(((e.key, e.scope) for e in self.requests if e.scope), self._next)
        doubtful = reached_scopes(
            ((e.key, Scope.REQUIRED) for e in self.requests if e.scope is None), self._next
        )
        for key, package in self.packages.items():
            scope = known.get(key)
            package.scope = None if key in doubtful and scope is not Scope.REQUIRED else scope

    def keep_certain_scopes(self) -> None:
        """Forget what the lost part of a broken file may change: what is required cannot become less."""
        for package in self.packages.values():
            package.scope = Scope.REQUIRED if package.scope is Scope.REQUIRED else None

    def write(self, findings: Findings, *, direct_known: bool = True, pinned: bool = True) -> None:
        """Write one component per purl, the edges between purls, and what is missing.

        `direct_known`: all that the project asks for is in `requests`; if it is not, a package that nothing
        there asks for may be direct all the same. `pinned`: the file ought to name versions, so that a
        package without one is an unknown.
        """
        purls = self._purls(findings)
        self._write_components(findings, purls, direct_known)
        for package in self.packages.values() if pinned else ():
            if package.version is None and not package.first_party:
                findings.unknown(
                    UnknownKind.UNRESOLVED, f"no version is locked for {package.name}", package.line
                )
        self._write_edges(findings, purls)
        if self.missing:
            names = ", ".join(dict.fromkeys(name for name, _ in self.missing[:_NAMES_SHOWN]))
            more = " …" if len(self.missing) > _NAMES_SHOWN else ""
            findings.unknown(
                UnknownKind.UNRESOLVED,
                f"{len(self.missing)} named dependencies are not locked in this file: {names}{more}",
                self.missing[0][1],
            )

    def _next(self, key: str) -> Iterator[tuple[str, Scope]]:
        return ((edge.key, edge.scope or Scope.REQUIRED) for edge in self.edges.get(key, ()))

    def _purls(self, findings: Findings) -> dict[str, str]:
        """purl of each package by key; what cannot be named is reported and left out.

        It ends one package behind the limit, which the last row then hits.
        """
        purls: dict[str, str] = {}
        for key, package in self.packages.items():
            if len(purls) > findings.limits.packages:
                break
            if not package.first_party:
                identity = findings.identify(package.purl_type, *self.split_name(package.name), package.line)
                if identity is not None:
                    purls[key] = with_version(identity, package.version, package.qualifiers)
        return purls

    def _project_edges(self) -> Iterator[Edge]:
        yield from self.requests
        for key, package in self.packages.items():
            if package.first_party:
                yield from self.edges.get(key, ())

    def _write_components(self, findings: Findings, purls: dict[str, str], direct_known: bool) -> None:
        constraints: dict[str, str | None] = {}
        for edge in self._project_edges():
            purl = purls.get(edge.key)
            if purl is not None:
                constraints[purl] = constraints.get(purl) or _public(edge.constraint)
        same: dict[str, list[Package]] = {}
        for key, purl in purls.items():
            same.setdefault(purl, []).append(self.packages[key])
        for purl, packages in same.items():
            first = packages[0]
            findings.component(
                first.purl_type,
                *self.split_name(first.name),
                first.version,
                constraint=constraints.get(purl),
                scope=strongest(p.scope for p in packages if p.scope is not None),
                direct=purl in constraints or (False if direct_known else None),
                licence=_first(p.licence for p in packages),
                hashes=_first(p.hashes for p in packages) or (),
                source_url=_first(p.source_url for p in packages),
                qualifiers=first.qualifiers,
                line=min((p.line for p in packages if p.line is not None), default=None),
                authors=_first(p.authors for p in packages) or (),
            )

    def _write_edges(self, findings: Findings, purls: dict[str, str]) -> None:
        lines: dict[tuple[str | None, str, str | None, Scope | None], int | None] = {}
        for edge in self._project_edges():
            if edge.key in purls:
                lines.setdefault((None, purls[edge.key], edge.constraint, edge.scope), edge.line)
        for key, purl in purls.items():
            for edge in self.edges.get(key, ()):
                if edge.key in purls:
                    lines.setdefault((purl, purls[edge.key], edge.constraint, edge.scope), edge.line)
        for (from_purl, to_purl, constraint, scope), line in lines.items():
            findings.edge(from_purl, to_purl, constraint=_public(constraint), scope=scope, line=line)


def _public(constraint: str | None) -> str | None:
    return without_secrets(constraint) if constraint and "://" in constraint else constraint


def _first(values: Iterable[T]) -> T | None:
    return next((value for value in values if value), None)
