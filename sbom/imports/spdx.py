"""SPDX 2.2 and 2.3 documents, as JSON objects, to rows."""

import re
from typing import Any

from sbom.errors import ScanError
from sbom.imports.subject import Subject, as_objects, as_statement, as_text, as_texts, seconds_of
from sbom.makers import authors, first_supplier, organisation
from sbom.model import Scope

_ALGORITHMS = {name.replace("-", ""): name for name in ("SHA-1", "SHA-256", "SHA-384", "SHA-512")}
"""Names of SPDX as CycloneDX spells them; the others are spelled alike."""

_BACKWARD = {
    "DEPENDENCY_OF": None,
    "RUNTIME_DEPENDENCY_OF": Scope.REQUIRED,
    "OPTIONAL_DEPENDENCY_OF": Scope.OPTIONAL,
    "PROVIDED_DEPENDENCY_OF": Scope.OPTIONAL,
    "DEV_DEPENDENCY_OF": Scope.EXCLUDED,
    "BUILD_DEPENDENCY_OF": Scope.EXCLUDED,
    "TEST_DEPENDENCY_OF": Scope.EXCLUDED,
}
"""Kinds of dependency with the scope that they imply; `B OPTIONAL_DEPENDENCY_OF A` makes A depend on B.

`CONTAINS` says that something is there, not that anything depends on it, and gives no edge.
"""

_ACTOR = re.compile(r"\s*\(([^()]*)\)\s*$")


def import_spdx(document: dict[str, Any], subject: Subject) -> None:
    """Add what the document says; parts that are not as the standard wants them are passed over.

    Raises:
        ScanError: it is of another major version than 2.
    """
    version = as_text(document.get("spdxVersion")) or ""
    if not version.startswith("SPDX-2."):
        raise ScanError(f"{version}: only SPDX 2 is read")
    created = document.get("creationInfo")
    subject.committed_at = seconds_of(as_text(created.get("created")) if isinstance(created, dict) else None)
    relationships = as_objects(document.get("relationships"))
    roots = {*as_texts(document.get("documentDescribes"))} | {
        as_text(row.get("relatedSpdxElement")) or ""
        for row in relationships
        if row.get("relationshipType") == "DESCRIBES"
    }
    for package in as_objects(document.get("packages")):
        _add_package(package, roots, subject)
    for row in relationships:
        _add_relationship(row, subject)


def _add_package(package: dict[str, Any], roots: set[str], subject: Subject) -> None:
    ref, name = as_text(package.get("SPDXID")) or "", as_text(package.get("name"))
    licence = as_statement(package.get("licenseDeclared")) or as_statement(package.get("licenseConcluded"))
    supplier, makers = _makers(package)
    if ref in roots:
        subject.root(ref, name, _purl(package), licence, supplier=supplier, authors=makers)
        return
    subject.package(
        ref,
        name,
        as_text(package.get("versionInfo")),
        _purl(package),
        licence=licence,
        hashes=tuple(
            f"{_ALGORITHMS.get(entry['algorithm'], entry['algorithm'])}:{entry['checksumValue']}"
            for entry in as_objects(package.get("checksums"))
            if as_text(entry.get("algorithm")) and as_text(entry.get("checksumValue"))
        ),
        source_url=as_statement(package.get("downloadLocation")),
        supplier=supplier,
        authors=makers,
    )


def _makers(package: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """The first organization as supplier, persons as authors; an actor is `Person: name (address)`."""
    actors = [as_text(package.get(key)) or "" for key in ("supplier", "originator")]
    told = [
        (kind.strip(), _ACTOR.sub(r" <\1>", name))
        for kind, _, name in (text.partition(":") for text in actors)
    ]
    suppliers = (organisation(name.partition("<")[0]) for kind, name in told if kind == "Organization")
    return first_supplier(suppliers), authors([name for kind, name in told if kind == "Person"])


def _purl(package: dict[str, Any]) -> str | None:
    for reference in as_objects(package.get("externalRefs")):
        if reference.get("referenceType") == "purl":
            return as_text(reference.get("referenceLocator"))
    return None


def _add_relationship(row: dict[str, Any], subject: Subject) -> None:
    kind = as_text(row.get("relationshipType"))
    one, other = as_text(row.get("spdxElementId")) or "", as_text(row.get("relatedSpdxElement")) or ""
    if kind == "DEPENDS_ON":
        subject.edge(one, other)
    elif kind is not None and kind in _BACKWARD:
        subject.edge(other, one, _BACKWARD[kind])
