"""pixi.toml: what a project asks pixi for; a pixi.lock beside it replaces these rows."""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.conda.conda_package import PURL_TYPE
from sbom.lockfiles.conda.pixi_manifest import MANIFEST, read_requirements
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.toml_file import read_toml


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the requirements of channels and of PyPI; folders are the developer's own."""
    wanted = [row for row in read_requirements(read_toml(file, findings)) if not row.is_local and row.name]
    for purl_type in (PURL_TYPE, "pypi"):
        rows = (
            ConstrainedPackage(row.name, row.version, row.constraint, row.scope, row.source_url, row.line)
            for row in wanted
            if row.purl_type == purl_type
        )
        record_constrained(purl_type, rows, findings)


FORMAT = Format(
    name="pixi-toml",
    version="1",
    globs=(MANIFEST,),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="pixi.toml",
)
