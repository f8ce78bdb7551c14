"""pubspec.yaml: the Dart or Flutter package that a folder is the source of, and what it asks for.

What stands in `dev_dependencies` is excluded; an override replaces the constraint. A bare version is exact. A
pubspec.lock beside the file replaces these rows.
"""

import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.dart.pubspec_manifest import MANIFEST, PURL_TYPE, read_requirements
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_text, load_located_yaml
from sbom.makers import authors

_EXACT = re.compile(r"\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the declared package and the requirements; packages of a path are the project's own."""
    document, _ = read_root(
        load_located_yaml(file.content, findings.limits, entry_depth=2), findings, "a pubspec"
    )
    _declare(document, findings)
    rows = (
        ConstrainedPackage(
            wanted.name,
            wanted.constraint if _EXACT.fullmatch(wanted.constraint or "") else None,
            wanted.constraint,
            wanted.scope,
            wanted.source_url,
            wanted.line,
        )
        for wanted in read_requirements(document)
        if not wanted.is_path
    )
    record_constrained(PURL_TYPE, rows, findings)


def _declare(document: LocatedMap, findings: Findings) -> None:
    name = as_text(document.get("name"))
    if name is not None:
        findings.declares(
            PURL_TYPE,
            None,
            name,
            as_text(document.get("version")),
            description=as_text(document.get("description")),
            keywords=[topic for item in as_list(document.get("topics")) if (topic := as_text(item))],
            private=document.get("publish_to") == "none",
            line=document.line("name"),
            authors=authors(document.get("author"), document.get("authors")),
        )


FORMAT = Format(
    name="pubspec-yaml",
    version="2",
    globs=(MANIFEST,),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE, Knows.SOURCE_URL}),
    title="Dart pubspec.yaml",
)
