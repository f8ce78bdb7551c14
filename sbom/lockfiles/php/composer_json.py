"""composer.json: the PHP package that a folder is the source of, and what it asks for.

What stands in `require-dev` is excluded. A composer.lock beside the file replaces these rows.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.located import LocatedMap, as_list, as_text
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.php.composer_manifest import (
    MANIFEST,
    PURL_TYPE,
    is_vendored,
    parse_manifest,
    path_packages,
    read_requirements,
)
from sbom.makers import authors
from sbom.model import UnknownKind
from sbom.purl import split_path


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the declared package, and the requirements with a version only where the constraint fixes it."""
    if is_vendored(file.path):
        return
    document, error = parse_manifest(file)
    if error is not None:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    _declare(document, findings)
    own = path_packages(file, document)
    graph = PackageGraph(split_name=split_path)
    asked = [wanted for wanted in read_requirements(document) if wanted.name not in own]
    for wanted in asked:
        graph.packages[wanted.name] = Package(
            wanted.name, wanted.version, wanted.line, wanted.scope, purl_type=PURL_TYPE
        )
        graph.connect(None, Edge(wanted.name, wanted.constraint, wanted.scope, wanted.line))
    graph.write(findings, pinned=False)
    open_versions = [wanted for wanted in asked if wanted.version is None]
    if open_versions:
        findings.unknown(
            UnknownKind.NO_EXACT_VERSION,
            f"{len(open_versions)} dependencies are only constrained; no lock file pins their versions",
            open_versions[0].line,
        )


def _declare(document: LocatedMap, findings: Findings) -> None:
    name = as_text(document.get("name"))
    if name is None:
        return
    findings.declares(
        PURL_TYPE,
        *split_path(name),
        as_text(document.get("version")),
        licence=declared_licence(document),
        description=as_text(document.get("description")),
        keywords=[word for item in as_list(document.get("keywords")) if (word := as_text(item))],
        line=document.line("name"),
        authors=authors(document.get("authors")),
    )


def declared_licence(entry: LocatedMap) -> str | None:
    """A list of licences is a choice (https://getcomposer.org/doc/04-schema.md#license)."""
    value = entry.get("license")
    names = [name for item in as_list(value) if (name := as_text(item))]
    return as_text(value) or " OR ".join(names) or None


FORMAT = Format(
    name="composer-json",
    version="2",
    globs=(MANIFEST,),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="composer.json",
)
