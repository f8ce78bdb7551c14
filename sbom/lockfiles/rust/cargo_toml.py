"""Cargo.toml: the crate that a folder holds and, where no Cargo.lock covers it, what the crate asks for.

Keys that a crate inherits (`version.workspace = true`) are taken from its workspace. A bare version is a
range in Cargo, so only `=1.2.3` fixes one. Dependencies by path are the developer's own crates;
copies that `cargo vendor` made are not, and give no rows.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.rust.cargo_manifest import MANIFEST, PURL_TYPE, dependencies, inherited, workspace_of
from sbom.lockfiles.toml_file import TomlFile, read_toml
from sbom.makers import authors

_VENDORED = ".cargo-checksum.json"
"""What `cargo vendor` writes beside the manifest of a copy of somebody else's crate."""


def parse(file: SourceFile, findings: Findings) -> None:
    """Record the declared crate and its dependencies; a workspace without a crate gives no rows."""
    if file.resolve(_VENDORED) in file.tree.paths:
        return
    toml = read_toml(file, findings)
    workspace = workspace_of(file, toml)
    _declare(toml, workspace, findings)
    rows = (
        ConstrainedPackage(
            dependency.name,
            dependency.version,
            dependency.constraint,
            dependency.scope,
            dependency.source_url,
            dependency.line,
        )
        for dependency in dependencies(toml, workspace)
        if dependency.folder is None
    )
    record_constrained(PURL_TYPE, rows, findings)


def _declare(toml: TomlFile, workspace: TomlFile | None, findings: Findings) -> None:
    name = toml.table("package").get("name")
    if not isinstance(name, str):
        return
    licence, description, keywords, version, publish, makers = (
        inherited(toml, workspace, key)
        for key in ("license", "description", "keywords", "version", "publish", "authors")
    )
    findings.declares(
        PURL_TYPE,
        None,
        name,
        version if isinstance(version, str) else None,
        # Cargo's documentation: `MIT/Apache-2.0` is an older way to write OR
        licence=licence.replace("/", " OR ") if isinstance(licence, str) else None,
        description=description if isinstance(description, str) else None,
        keywords=[word for word in keywords if isinstance(word, str)] if isinstance(keywords, list) else (),
        private=publish is False or publish == [],
        line=toml.lines.line("package", "name"),
        authors=authors(makers),
    )


FORMAT = Format(
    name="cargo-toml",
    version="2",
    globs=(MANIFEST,),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title=MANIFEST,
)
