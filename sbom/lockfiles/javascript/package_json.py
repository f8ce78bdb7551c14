"""package.json: the package that a folder is the source of, and what it asks for if no lock file pins it."""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.javascript.npm_manifest import (
    MANIFEST,
    Manifest,
    Requirement,
    in_node_modules,
    parse_manifest,
)
from sbom.lockfiles.javascript.npm_package import (
    PURL_TYPE,
    alias_target,
    licence,
    names_folder,
    requested_origin,
)
from sbom.lockfiles.located import as_list, as_text
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.makers import authors
from sbom.model import UnknownKind
from sbom.purl import split_npm


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the declared package and the dependencies; the scan drops these where a lock file covers them."""
    if in_node_modules(file.path):
        return
    manifest, error = parse_manifest(file)
    if error is not None:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    _declare(manifest, findings)
    asked = [wanted for wanted in manifest.requirements if not names_folder(wanted.constraint or "")]
    graph = PackageGraph(split_name=split_npm)
    for wanted in asked:
        graph.packages[wanted.name] = _package(wanted)
        graph.connect(None, Edge(wanted.name, wanted.constraint, wanted.scope, wanted.line))
    graph.write(findings, pinned=False)
    if asked:
        findings.unknown(
            UnknownKind.NO_EXACT_VERSION,
            f"{len(asked)} dependencies are only constrained; no lock file pins their versions",
            asked[0].line,
        )


def _declare(manifest: Manifest, findings: Findings) -> None:
    document = manifest.document
    if manifest.name is None:
        return
    keywords = document.get("keywords")
    words = [keywords] if isinstance(keywords, str) else as_list(keywords)
    findings.declares(
        PURL_TYPE,
        *split_npm(manifest.name),
        as_text(document.get("version")),
        licence=licence(document.get("license")) or licence(document.get("licenses")),
        description=as_text(document.get("description")),
        keywords=[word for item in words if (word := as_text(item))],
        private=document.get("private") is True,
        line=document.line("name"),
        authors=authors(document.get("author"), document.get("contributors"), document.get("maintainers")),
    )


def _package(wanted: Requirement) -> Package:
    constraint = wanted.constraint or ""
    alias = alias_target(constraint)
    name = alias[0] if alias else wanted.name
    return Package(
        name, None, wanted.line, wanted.scope, source_url=requested_origin(constraint), purl_type=PURL_TYPE
    )


FORMAT = Format(
    name="package-json",
    version="2",
    globs=(MANIFEST,),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="npm package.json",
)
