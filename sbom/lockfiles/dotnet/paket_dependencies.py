"""Paket's paket.dependencies: the packages that a .NET project asks for, in groups.

A plain version means just that one; ranges leave it open. A paket.lock beside the file replaces these rows.
Groups named for tests and build tools are excluded.
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.dotnet.dotnet_project import PURL_TYPE
from sbom.lockfiles.dotnet.paket_files import group_scope, read_asked
from sbom.lockfiles.fetched import Fetched, is_exact_revision, record_fetched
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reading import decode_text

_EXACT = re.compile(r"(?:==?\s*)?(\d[0-9A-Za-z.+-]*)")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the packages and repositories."""
    packages = []
    for asked in read_asked(decode_text(file.content)):
        scope = group_scope(asked.group)
        if asked.url is not None:
            revision = asked.constraint
            is_exact = revision is not None and is_exact_revision(revision)
            fetched = Fetched(
                asked.name,
                repository=asked.url,
                revision=revision if is_exact else None,
                constraint=revision,
                scope=scope,
                line=asked.line,
            )
            record_fetched(fetched, findings)
            continue
        exact = _EXACT.fullmatch(asked.constraint) if asked.constraint else None
        version = exact[1] if exact else None
        packages.append(ConstrainedPackage(asked.name, version, asked.constraint, scope, None, asked.line))
    record_constrained(PURL_TYPE, packages, findings)
    merge_components(findings)


FORMAT = Format(
    name="paket-dependencies",
    version="1",
    globs=("paket.dependencies",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="Paket paket.dependencies",
)
