"""OpenHarmony's oh-package.json5: the package that a folder is the source of, and what it asks for."""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.javascript.npm_package import requested_origin
from sbom.lockfiles.located import as_list, as_text
from sbom.lockfiles.openharmony.oh_manifest import MANIFEST, OhManifest, in_oh_modules, parse_manifest
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.makers import authors
from sbom.model import UnknownKind
from sbom.purl import OHPM_TYPE, split_npm, split_ohpm


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the declared package and the dependencies; the scan drops these where a lock file covers them."""
    if in_oh_modules(file.path):
        return
    manifest, error = parse_manifest(file)
    if error is not None:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    _declare(manifest, findings)
    asked = [wanted for wanted in manifest.requirements if not wanted.is_first_party]
    graph = PackageGraph(split_name=split_npm)
    for wanted in asked:
        graph.packages[wanted.name] = Package(
            wanted.name,
            None,
            wanted.line,
            wanted.scope,
            source_url=requested_origin(wanted.constraint),
            purl_type=OHPM_TYPE,
        )
        graph.connect(None, Edge(wanted.name, wanted.constraint or None, wanted.scope, wanted.line))
    graph.write(findings, pinned=False)
    if asked:
        findings.unknown(
            UnknownKind.NO_EXACT_VERSION,
            f"{len(asked)} dependencies are only constrained; no lock file pins their versions",
            asked[0].line,
        )


def _declare(manifest: OhManifest, findings: Findings) -> None:
    document = manifest.document
    name = as_text(document.get("name"))
    if name is None:
        return
    words = document.get("keywords")
    findings.declares(
        *split_ohpm(name),
        as_text(document.get("version")),
        licence=as_text(document.get("license")),
        description=as_text(document.get("description")),
        keywords=[word for item in as_list(words) if (word := as_text(item))],
        line=document.line("name"),
        authors=authors(document.get("author"), document.get("contributors")),
    )


FORMAT = Format(
    name="oh-package",
    version="3",
    globs=(MANIFEST,),
    purl_type=OHPM_TYPE,
    parse=parse,
    knows=frozenset({Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="OpenHarmony oh-package.json5",
)
