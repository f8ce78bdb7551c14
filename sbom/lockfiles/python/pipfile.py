"""Pipfile: what a project asks Pipenv for; a Pipfile.lock beside it replaces these rows."""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.python.pipfile_manifest import MANIFEST, read_requirements
from sbom.lockfiles.python.python_requirement import PURL_TYPE
from sbom.lockfiles.toml_file import read_toml
from sbom.model import UnknownKind


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the requirements; folders of the developer's own are no components."""
    requirements = read_requirements(
        read_toml(file, findings), lambda reason, line: findings.unknown(UnknownKind.BROKEN, reason, line)
    )
    rows = (
        ConstrainedPackage(
            row.requirement.name,
            row.requirement.version,
            row.requirement.constraint,
            row.scope,
            row.requirement.source_url,
            row.line,
        )
        for row in requirements
        if not row.requirement.is_local
    )
    record_constrained(PURL_TYPE, rows, findings)


FORMAT = Format(
    name="pipfile",
    version="1",
    globs=(MANIFEST,),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="Pipenv Pipfile",
)
