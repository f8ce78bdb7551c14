"""SPDX 2.3 in JSON, made of the CycloneDX document, so that both say the same.

spdx-tools is the oracle of the tests. It is not used for writing: its validation is quadratic (300 packages
take it 2 s, 1,000 14 s). What SPDX has no field for is kept as it can be:

- completeness: `DEPENDS_ON NONE` where a package is known to depend on nothing, `DEPENDS_ON NOASSERTION`
  where not all is known (11.1 of the specification)
- occurrences: `sourceInfo`
- authors: the first is the originator, as a person, since nobody says whether it is one
- what was unreadable or unresolved: annotations of the document
"""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

from sbom.component_types import purpose_of

_DOCUMENT = "SPDXRef-DOCUMENT"
_UNDATED = "1970-01-01T00:00:00Z"
"""A document must have a time; a plain folder has none."""
_ALGORITHMS = {"SHA-1": "SHA1", "SHA-256": "SHA256", "SHA-384": "SHA384", "SHA-512": "SHA512"}
"""Names of CycloneDX that SPDX spells otherwise."""
_KNOWN_ALGORITHMS = re.compile(
    r"SHA(?:1|256|384|512)|MD5|SHA3-(?:256|384|512)|BLAKE2b-(?:256|384|512)|BLAKE3"
)
_LOCATION = re.compile(r"(?:(?:git|hg|svn|bzr)\+)?(?:https?|ssh|git|svn|sftp|file)://[^\s/$.?#][^\s]*")
_NOT_STATED = "NOASSERTION"


def write_spdx(document: dict[str, Any]) -> bytes:
    """A CycloneDX document of `sbom.bom.build_document` as SPDX 2.3 JSON, indented."""
    metadata = document["metadata"]
    root = metadata["component"]
    licences = _Licences()
    created = _utc(metadata.get("timestamp"))
    tool = next(iter(metadata["tools"]["components"]))
    creator = f"Tool: {tool['name']}-{tool['version']}"
    packages = [_package(entry, licences) for entry in (root, *document["components"])]
    spdx = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": _DOCUMENT,
        "name": root["name"],
        "documentNamespace": f"https://spdx.org/spdxdocs/{document['serialNumber'].removeprefix('urn:uuid:')}",
        "creationInfo": {"created": created, "creators": [creator, *_authors(metadata)]},
        "packages": packages,
        "relationships": list(_relationships(document, root["bom-ref"])),
    }
    if licences.texts:
        spdx["hasExtractedLicensingInfos"] = licences.extracted()
    annotations = [
        {
            "annotationDate": created,
            "annotationType": "OTHER",
            "annotator": creator,
            "comment": f"{item['name']} {item['value']}",
        }
        for item in metadata.get("properties", ())
        if item["name"] != "chainatlas:composition"
    ]
    if annotations:
        spdx["annotations"] = annotations
    return orjson.dumps(spdx, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _authors(metadata: dict[str, Any]) -> list[str]:
    """SPDX wants to know whether an author is a person; whoever answers for a document is an organization."""
    return [f"Organization: {row['name']} ({row.get('email', '')})" for row in metadata.get("authors", ())]


def _utc(timestamp: str | None) -> str:
    """Our timestamps are in UTC; SPDX wants them to end with Z."""
    return timestamp.replace("+00:00", "Z") if timestamp else _UNDATED


@lru_cache(maxsize=262_144)  # an edge names two of them
def _id(ref: str) -> str:
    """Letters, digits, `.` and `-` only, and distinct for distinct references."""
    return f"SPDXRef-Package-{hashlib.sha256(ref.encode()).hexdigest()[:24]}"


def _package(entry: dict[str, Any], licences: "_Licences") -> dict[str, Any]:
    name = f"{entry['group']}/{entry['name']}" if "group" in entry else entry["name"]
    package: dict[str, Any] = {"SPDXID": _id(entry["bom-ref"]), "name": name}
    if "version" in entry:
        package["versionInfo"] = entry["version"]
    if "supplier" in entry:
        package["supplier"] = f"Organization: {_actor(entry['supplier'])}"
    if "authors" in entry:
        package["originator"] = f"Person: {_actor(entry['authors'][0])}"
    if "description" in entry:
        package["description"] = entry["description"]
    package["downloadLocation"] = _download_location(entry)
    package["filesAnalyzed"] = False
    package["licenseConcluded"] = licences.expression(entry, "concluded")
    package["licenseDeclared"] = licences.expression(entry, "declared")
    package["copyrightText"] = _NOT_STATED
    package["primaryPackagePurpose"] = purpose_of(entry["type"])
    checksums = [
        {"algorithm": algorithm, "checksumValue": item["content"]}
        for item in entry.get("hashes", ())
        if _KNOWN_ALGORITHMS.fullmatch(algorithm := _ALGORITHMS.get(item["alg"], item["alg"]))
    ]
    if checksums:
        package["checksums"] = checksums
    if "purl" in entry:
        package["externalRefs"] = [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": entry["purl"],
            }
        ]
    occurrences = entry.get("evidence", {}).get("occurrences", ())
    if occurrences:
        places = [f"{o['location']}:{o['line']}" if "line" in o else o["location"] for o in occurrences]
        package["sourceInfo"] = "named in " + ", ".join(places)
    return package


def _actor(who: dict[str, str]) -> str:
    """`name (address)`, in which brackets of the name would be taken for those of an address."""
    name = who.get("name", "").replace("(", "[").replace(")", "]")
    address = who.get("email", "")
    return f"{name} ({address})" if name and address else name or address


def _download_location(entry: dict[str, Any]) -> str:
    for kind in ("distribution", "vcs"):
        for reference in entry.get("externalReferences", ()):
            if reference["type"] == kind and _LOCATION.fullmatch(reference["url"]):
                return str(reference["url"])
    return _NOT_STATED


class _Licences:
    """Licence expressions; texts that SPDX has no id for become `LicenseRef-` with their text."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def expression(self, entry: dict[str, Any], acknowledgement: str) -> str:
        """The conjunction of the licences that are declared, or concluded, for a package."""
        parts = []
        for choice in (*entry.get("licenses", ()), *entry.get("evidence", {}).get("licenses", ())):
            body = choice.get("license", choice)
            if body.get("acknowledgement", "declared") != acknowledgement:
                continue
            parts.append(body.get("id") or body.get("expression") or self._reference(body["name"]))
        if len(parts) > 1:
            parts = [f"({part})" if " " in part else part for part in parts]
        return " AND ".join(parts) or _NOT_STATED

    def _reference(self, text: str) -> str:
        reference = f"LicenseRef-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        self.texts[reference] = text
        return reference

    def extracted(self) -> list[dict[str, str]]:
        return [
            {"licenseId": reference, "name": text[:200], "extractedText": text}
            for reference, text in sorted(self.texts.items())
        ]


def _relationships(document: dict[str, Any], root: str) -> Iterator[dict[str, str]]:
    yield _relationship(_DOCUMENT, "DESCRIBES", _id(root))
    for dependency in document["dependencies"]:
        for target in dependency.get("dependsOn", ()):
            yield _relationship(_id(dependency["ref"]), "DEPENDS_ON", _id(target))
    leading = {entry["ref"] for entry in document["dependencies"] if entry.get("dependsOn")}
    for composition in document["compositions"]:
        is_complete = composition["aggregate"] == "complete"
        for ref in composition["dependencies"]:
            if not is_complete:
                yield _relationship(_id(ref), "DEPENDS_ON", _NOT_STATED)
            elif ref not in leading:
                yield _relationship(_id(ref), "DEPENDS_ON", "NONE")


def _relationship(one: str, kind: str, other: str) -> dict[str, str]:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
