"""Check a BOM against the official schemas of CycloneDX 1.6 and 1.7, JSON or XML, in linear time.

SPDX 2.3 has no schema in a library that we use: what its text demands of the elements that we write is
checked here, and spdx-tools, whose validation is quadratic, checks smaller documents in the tests.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from itertools import chain, islice
from typing import Any

import jsonschema_rs
import orjson
from lxml import etree

from sbom.bom_xml import read_xml
from sbom.errors import ScanError
from sbom.lockfiles.reading import load_xml

MAX_ERRORS = 1000
VALIDATED_VERSIONS = ("1.6", "1.7")
_SCHEMA_URI = "http://cyclonedx.org/schema/"
_MESSAGE_LENGTH = 500
_XSD = "{http://www.w3.org/2001/XMLSchema}"


def validate_bom(content: bytes) -> list[str]:
    """Violations of the CycloneDX schema or of the uniqueness and existence of bom-refs; empty if none.

    Each says where in the document (JSON pointer, or line of XML) and what; at most `MAX_ERRORS` are listed.
    """
    if content.lstrip()[:1] == b"<":
        return _validate_xml(content)
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        return [f"not JSON: {error}"]
    if isinstance(document, dict) and "spdxVersion" in document:
        return list(islice(_spdx_violations(document), MAX_ERRORS))
    version = document.get("specVersion") if isinstance(document, dict) else None
    if version not in VALIDATED_VERSIONS:
        return [f"/specVersion: not a document of CycloneDX {' or '.join(VALIDATED_VERSIONS)}"]
    violations = list(islice(_schema_violations(document, version), MAX_ERRORS))
    return violations or list(islice(_reference_violations(document), MAX_ERRORS))


def _schema_violations(document: dict[str, Any], version: str) -> Iterator[str]:
    for error in _validator(version).iter_errors(document):
        pointer = "".join(f"/{step}" for step in error.instance_path)
        yield f"{pointer}: {error.message[:_MESSAGE_LENGTH]}"


@cache
def _validator(version: str) -> Any:
    """The schemas that cyclonedx-python-lib ships; 1.6 and later are strict by themselves."""
    schema = _load_schema(f"bom-{version}.SNAPSHOT.schema.json")
    referenced = (
        "spdx.SNAPSHOT.schema.json",
        "jsf-0.82.SNAPSHOT.schema.json",
        "cryptography-defs.SNAPSHOT.schema.json",
    )
    registry = jsonschema_rs.Registry([(_SCHEMA_URI + name, _load_schema(name)) for name in referenced])
    return jsonschema_rs.validator_for(schema, registry=registry, validate_formats=True, offline=True)


def _load_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = orjson.loads((files("cyclonedx.schema") / "_res" / name).read_bytes())
    return schema


def _validate_xml(content: bytes) -> list[str]:
    try:
        root = load_xml(content)
        document = read_xml(root)
    except (ScanError, ValueError) as error:
        return [str(error)]
    version = document["specVersion"]
    if version not in VALIDATED_VERSIONS:
        return [f"line 1: not a document of CycloneDX {' or '.join(VALIDATED_VERSIONS)}"]
    schema = _xml_schema(version)
    if not schema.validate(root):
        return [f"line {e.line}: {e.message[:_MESSAGE_LENGTH]}" for e in islice(schema.error_log, MAX_ERRORS)]
    return list(islice(_reference_violations(document), MAX_ERRORS))


@cache
def _xml_schema(version: str) -> etree.XMLSchema:
    """Without its `xs:unique`, which libxml2 checks in quadratic time: bom-refs are checked here anyway."""
    with as_file(files("cyclonedx.schema") / "_res") as folder:  # it imports the SPDX ids from beside it
        tree = etree.parse(folder / f"bom-{version}.SNAPSHOT.xsd")
        for unique in tree.findall(f".//{_XSD}unique"):
            unique.getparent().remove(unique)
        return etree.XMLSchema(tree)


def _reference_violations(document: dict[str, Any]) -> Iterator[str]:
    """What `Bom.validate` of cyclonedx-python-lib checks beyond the schema, and the same of compositions."""
    root = document.get("metadata", {}).get("component")
    compositions = document.get("compositions", ())
    subjects = chain([root] if root else (), document.get("components", ()), document.get("services", ()))
    subject_refs = [ref for subject in subjects for ref in _refs_of(subject)]
    counts = Counter(subject_refs)
    counts.update(part["bom-ref"] for part in compositions if "bom-ref" in part)
    for ref, count in counts.items():
        if count > 1:
            yield f"/: the bom-ref {ref!r} occurs {count} times"
    known = set(subject_refs)
    for number, dependency in enumerate(document.get("dependencies", ())):
        for ref in (dependency["ref"], *dependency.get("dependsOn", ()), *dependency.get("provides", ())):
            if ref not in known:
                yield f"/dependencies/{number}: no component has the bom-ref {ref!r}"
    for number, composition in enumerate(compositions):
        for ref in (*composition.get("assemblies", ()), *composition.get("dependencies", ())):
            if ref not in known:
                yield f"/compositions/{number}: no component has the bom-ref {ref!r}"


_SPDX_REQUIRED = {
    "document": ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo"),
    "package": ("SPDXID", "name", "downloadLocation"),
    "relationship": ("spdxElementId", "relationshipType", "relatedSpdxElement"),
}
_SPDX_ID = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")
_SPDX_LICENCE_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")


def _spdx_violations(document: dict[str, Any]) -> Iterator[str]:
    """Mandatory fields, form and uniqueness of ids, existence of what relationships and licences name."""
    if document["spdxVersion"] != "SPDX-2.3":
        yield f"/spdxVersion: {document['spdxVersion']!r} is not SPDX-2.3"
    elements = [("", "document", document)]
    for kind in ("package", "relationship"):
        rows = document.get(f"{kind}s", ())
        elements += [(f"/{kind}s/{number}", kind, row) for number, row in enumerate(rows)]
    for place, kind, row in elements:
        for key in _SPDX_REQUIRED[kind]:
            if not row.get(key):
                yield f"{place}: no {key}"
    ids = Counter(row.get("SPDXID") for _, kind, row in elements if kind != "relationship")
    for identifier, count in ids.items():
        if count > 1 or not _SPDX_ID.fullmatch(str(identifier)):
            yield f"/: the SPDXID {identifier!r} occurs {count} times, or is none"
    extracted = {row.get("licenseId") for row in document.get("hasExtractedLicensingInfos", ())}
    for place, kind, row in elements:
        if kind == "relationship":
            for key in ("spdxElementId", "relatedSpdxElement"):
                if row.get(key) not in ids and row.get(key) not in ("NONE", "NOASSERTION"):
                    yield f"{place}: no element has the SPDXID {row.get(key)!r}"
        for key in ("licenseDeclared", "licenseConcluded"):
            for reference in _SPDX_LICENCE_REFERENCE.findall(row.get(key) or ""):
                if reference not in extracted:
                    yield f"{place}: {reference} has no text"


def _refs_of(subject: dict[str, Any]) -> Iterator[str]:
    pending = [subject]
    while pending:
        current = pending.pop()
        if "bom-ref" in current:
            yield current["bom-ref"]
        pending.extend(current.get("components", ()))
        pending.extend(current.get("services", ()))
