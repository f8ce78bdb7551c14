"""A scan's result as a CycloneDX 1.6 JSON document, the same bytes for the same commit and versions.

cyclonedx-python-lib is the authority on the document's shape. What occurs once per document (metadata, tools,
the repository) and licences are its objects, serialised by itself. What grows with the number of packages is
written in its JSON shape without its objects: making and serialising one `Component` takes it 0.7 ms,
`Bom.validate`, `BomRefDiscriminator` and `register_dependency` are quadratic (the output of 1,000 components
takes 0.7 s, of 10,000 25 s; here 0.25 s), and it would claim that a package whose dependencies are unknown
has none. Tests read our documents with the library and compare what it writes.
"""

import hashlib
import uuid
from typing import Any

import orjson

from sbom.bom_components import merge_components
from sbom.bom_graph import build_graph, composition_reasons, compositions_json, dependencies_json
from sbom.bom_metadata import metadata_json, root_ref
from sbom.model import ScanResult

_SERIAL_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "chainatlas/bom")


def build_bom(result: ScanResult, tool_version: str, repository_url: str | None = None) -> bytes:
    """The BOM of one scanned commit or folder, as indented JSON in UTF-8.

    One component stands for each purl, with an occurrence for each file and line that names it. What could
    not be read is listed in `metadata.properties` as `chainatlas:unreadable`, what was read but not resolved
    as `chainatlas:unresolved`, both as `path: reason`. The serial number is derived from the content.

    `repository_url` is where the repository lives, if that is known; a scan does not tell.
    """
    components = merge_components(result.components)
    root = root_ref(result)
    graph = build_graph(result, components.keys(), root)
    body = {
        "version": 1,
        "metadata": metadata_json(result, tool_version, repository_url, composition_reasons(graph)),
        "components": list(components.values()),
        "dependencies": dependencies_json(graph),
        "compositions": compositions_json(graph),
    }
    try:
        content = orjson.dumps(body)
    except TypeError:  # lone surrogates stand for file names that are not UTF-8
        body = _without_surrogates(body)
        content = orjson.dumps(body)
    serial = uuid.uuid5(_SERIAL_NAMESPACE, hashlib.sha256(content).hexdigest())
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": serial.urn,
    }
    return orjson.dumps(head | body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


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
