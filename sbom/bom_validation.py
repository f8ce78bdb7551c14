"""Check a CycloneDX document against the official schema, in linear time."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain, islice
from typing import Any

import jsonschema_rs
import orjson

MAX_ERRORS = 1000
_SCHEMA_URI = "http://cyclonedx.org/schema/"
_MESSAGE_LENGTH = 500


def validate_bom(content: bytes) -> list[str]:
    """Violations of the CycloneDX 1.6 schema or of the uniqueness and existence of bom-refs; empty if none.

    Each says where in the document (JSON pointer) and what; at most `MAX_ERRORS` are listed.
    """
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        return [f"not JSON: {error}"]
    if not isinstance(document, dict) or document.get("specVersion") != "1.6":
        return ["/specVersion: not a CycloneDX 1.6 document"]
    violations = list(islice(_schema_violations(document), MAX_ERRORS))
    return violations or list(islice(_reference_violations(document), MAX_ERRORS))


def _schema_violations(document: dict[str, Any]) -> Iterator[str]:
    for error in _validator().iter_errors(document):
        pointer = "".join(f"/{step}" for step in error.instance_path)
        yield f"{pointer}: {error.message[:_MESSAGE_LENGTH]}"


@cache
def _validator() -> Any:
    """The schemas that cyclonedx-python-lib ships; 1.6 is strict by itself."""
    schema = _load_schema("bom-1.6.SNAPSHOT.schema.json")
    referenced = ("spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json")
    registry = jsonschema_rs.Registry([(_SCHEMA_URI + name, _load_schema(name)) for name in referenced])
    return jsonschema_rs.validator_for(schema, registry=registry, validate_formats=True, offline=True)


def _load_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = orjson.loads((files("cyclonedx.schema") / "_res" / name).read_bytes())
    return schema


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
        for ref in (dependency["ref"], *dependency.get("dependsOn", ())):
            if ref not in known:
                yield f"/dependencies/{number}: no component has the bom-ref {ref!r}"
    for number, composition in enumerate(compositions):
        for ref in (*composition.get("assemblies", ()), *composition.get("dependencies", ())):
            if ref not in known:
                yield f"/compositions/{number}: no component has the bom-ref {ref!r}"


def _refs_of(subject: dict[str, Any]) -> Iterator[str]:
    pending = [subject]
    while pending:
        current = pending.pop()
        if "bom-ref" in current:
            yield current["bom-ref"]
        pending.extend(current.get("components", ()))
        pending.extend(current.get("services", ()))
