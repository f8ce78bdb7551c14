"""A scan's result as a bill of materials, the same bytes for the same commit and versions.

cyclonedx-python-lib is the authority on the shape of CycloneDX. What occurs once per document (metadata,
tools, the repository) and licences are its objects, serialised by itself. What grows with the number of
packages is written in its JSON shape without its objects: making and writing one `Component` takes 0.7 ms,
`Bom.validate`, `BomRefDiscriminator` and `register_dependency` are quadratic (the output of 1,000 components
takes 0.7 s, of 10,000 25 s; here 0.25 s), and it would claim that a package whose dependencies are unknown
has none. Tests read our documents with the library and compare what it writes; docs/bom.md lists what was
worked around.
"""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any, Literal

import orjson

from sbom.bom_components import add_packages
from sbom.bom_draft import Draft, Part, compositions_json
from sbom.bom_graph import add_graph
from sbom.bom_metadata import metadata_json, root_ref
from sbom.bom_spdx import write_spdx
from sbom.bom_xml import write_xml
from sbom.model import ScanResult

PARTS: tuple[Part, ...] = (add_packages, add_graph)
"""What a BOM consists of, in the order in which it is added."""

SPEC_VERSIONS = ("1.6", "1.7")
"""The versions of CycloneDX that are written."""

Encoding = Literal["json", "xml", "spdx"]
"""CycloneDX as JSON or as XML, or SPDX 2.3 as JSON."""

_SERIAL_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "chainatlas/bom")


def build_bom(
    result: ScanResult,
    tool_version: str,
    repository_url: str | None = None,
    *,
    supplier: str | None = None,
    author: str | None = None,
    spec_version: str = "1.6",
    encoding: Encoding = "json",
) -> bytes:
    """The BOM of one scanned commit or folder, indented and in UTF-8.

    One component stands for each purl, with an occurrence for each file and line that names it. What could
    not be read is listed in `metadata.properties` as `chainatlas:unreadable`, what was read but not resolved
    as `chainatlas:unresolved`, both as `path: reason`. The serial number is derived from the content.

    A scan does not tell where the repository lives (`repository_url`), who supplies it, nor who answers for
    the document (`author`: a name, or `name <e-mail>`); each stands in the document if it is given.
    """
    document = build_document(result, tool_version, repository_url, supplier, spec_version, author=author)
    return write_document(document, encoding)


def build_document(
    result: ScanResult,
    tool_version: str,
    repository_url: str | None = None,
    supplier: str | None = None,
    spec_version: str = "1.6",
    *,
    author: str | None = None,
    parts: Sequence[Part] = PARTS,
) -> dict[str, Any]:
    """The BOM as a CycloneDX JSON object, before it is encoded."""
    draft = Draft(spec_version, root_ref(result), result=result)
    for add_part in parts:
        add_part(draft)
    return seal_document(
        {
            "version": 1,
            "metadata": metadata_json(draft, tool_version, repository_url, supplier, author),
            "components": [draft.components[ref] for ref in sorted(draft.components)],
            "dependencies": draft.dependencies_json(),
            "compositions": compositions_json(draft.compositions),
        },
        spec_version,
    )


def seal_document(body: dict[str, Any], spec_version: str) -> dict[str, Any]:
    """The document around a body, with a serial number that is derived from it.

    Lone surrogates, which stand for file names that are not UTF-8, become `\\xNN`.
    """
    try:
        content = orjson.dumps(body)
    except TypeError:
        body = _without_surrogates(body)
        content = orjson.dumps(body)
    head = {
        "$schema": f"http://cyclonedx.org/schema/bom-{spec_version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": spec_version,
        "serialNumber": uuid.uuid5(_SERIAL_NAMESPACE, hashlib.sha256(content).hexdigest()).urn,
    }
    return head | body


def write_document(document: dict[str, Any], encoding: Encoding) -> bytes:
    """A CycloneDX JSON object in one of the encodings, indented; cryptography is written as JSON alone."""
    if encoding == "xml":
        return write_xml(without_cryptography(document))
    if encoding == "spdx":
        return write_spdx(without_cryptography(document))
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def without_cryptography(document: dict[str, Any]) -> dict[str, Any]:
    """The document without cryptographic assets and what provides them, as encodings without them need it."""
    components = document.get("components", ())
    left_out = {
        entry["bom-ref"]
        for entry in components
        if entry["type"] == "cryptographic-asset" or entry["bom-ref"].startswith("crypto/library/")
    }
    if not left_out:
        return document
    dependencies = []
    for entry in document.get("dependencies", ()):
        if entry["ref"] not in left_out and (entry.keys() != {"ref", "provides"}):
            kept = {name: targets for name, targets in entry.items() if name not in ("provides", "dependsOn")}
            depends = [ref for ref in entry.get("dependsOn", ()) if ref not in left_out]
            dependencies.append(kept | ({"dependsOn": depends} if depends else {}))
    kept_components = [entry for entry in components if entry["bom-ref"] not in left_out]
    return document | {"components": kept_components, "dependencies": dependencies}


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case list() | tuple():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {key: _without_surrogates(item) for key, item in value.items()}
        case _:
            return value
