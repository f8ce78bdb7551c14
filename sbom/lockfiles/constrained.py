"""Packages that a manifest asks for: components whose version is known only where it fixes one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sbom.lockfiles.findings import Findings
from sbom.lockfiles.reachability import strongest
from sbom.model import Scope, UnknownKind


@dataclass(frozen=True, slots=True)
class ConstrainedPackage:
    """One requirement of a manifest, in the scope of the table that holds it."""

    name: str
    version: str | None
    constraint: str | None
    scope: Scope | None
    source_url: str | None
    line: int | None
    namespace: str | None = None


def record_constrained(purl_type: str, rows: Iterable[ConstrainedPackage], findings: Findings) -> None:
    """One component for a package that several tables name, in its strongest scope; an edge for each row; one
    unknown that counts the packages without an exact version.
    """
    packages: dict[tuple[str | None, str, str | None], list[ConstrainedPackage]] = {}
    for row in rows:
        packages.setdefault((row.namespace, row.name, row.version), []).append(row)
    for (namespace, name, version), named in packages.items():
        scope = strongest(row.scope for row in named)
        main = next(row for row in named if row.scope is scope)
        purl = findings.component(
            purl_type,
            namespace,
            name,
            version,
            constraint=main.constraint,
            scope=scope,
            direct=True,
            source_url=main.source_url,
            line=main.line,
        )
        for row in named:
            findings.edge(None, purl, constraint=row.constraint, scope=row.scope, line=row.line)
    open_versions = sum(version is None for *_, version in packages)
    if open_versions:
        findings.unknown(
            UnknownKind.NO_EXACT_VERSION,
            f"no exact version for {open_versions} of {len(packages)} packages, and no lock file pins them",
        )
