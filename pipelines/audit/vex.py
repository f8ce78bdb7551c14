"""VEX: statements on whether a vulnerability matters, read from and written as CycloneDX and OpenVEX.

Neither form has an expiry. We keep it where each form lets others put something: in CycloneDX the property
`chainatlas:expires` of the vulnerability, in OpenVEX the key of the same name of the statement, as an ISO
date.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from pipelines.errors import PolicyError
from warehouse.store.schema import RAW_TABLES

EXPIRES = "chainatlas:expires"
_MOST_BYTES = 64 * 1024 * 1024
_CYCLONEDX_STATES = {
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under_investigation",
    "false_positive": "not_affected",
    "not_affected": "not_affected",
}
_STATUSES = ("not_affected", "affected", "fixed", "under_investigation")

Row = dict[str, Any]


def read_vex(paths: Iterable[Path]) -> pa.Table:
    """The statements of all files as rows of `raw.vex_statement`.

    Raises:
        PolicyError: a file cannot be read or is neither a CycloneDX nor an OpenVEX document.
    """
    rows = [row for path in paths for row in _read_file(path)]
    return pa.Table.from_pylist(rows, RAW_TABLES["vex_statement"].schema)


def _read_file(path: Path) -> Iterator[Row]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PolicyError(f"{path}: larger than {_MOST_BYTES} bytes, which no VEX document is")
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise PolicyError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
    if not isinstance(document, dict):
        raise PolicyError(f"{path}: neither a CycloneDX nor an OpenVEX document")
    try:
        if document.get("bomFormat") == "CycloneDX":
            rows = list(_cyclonedx_rows(document))
        elif "openvex" in str(document.get("@context", "")):
            rows = list(_openvex_rows(document))
        else:
            raise PolicyError(f"{path}: neither a CycloneDX nor an OpenVEX document")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PolicyError(f"{path}: a statement is not as its schema says: {error!r}") from None
    for row in rows:
        if row["status"] not in _STATUSES:
            raise PolicyError(
                f"{path}: statement {row['statement']}: no status {row['status']!r}; {', '.join(_STATUSES)}"
            )
        yield {"source": path.name, **row}


def _cyclonedx_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    purls = dict(_refs(document.get("components", ())))
    root = document.get("metadata", {}).get("component", {})
    for number, vulnerability in enumerate(document.get("vulnerabilities", ()), 1):
        analysis = vulnerability.get("analysis")
        if not analysis or "state" not in analysis:
            continue
        properties = {entry["name"]: entry.get("value") for entry in vulnerability.get("properties", ())}
        refs: list[str | None] = [str(entry["ref"]) for entry in vulnerability.get("affects", ())]
        for ref in refs or [None]:
            known = purls.get(ref, ref) if ref is not None else None
            is_root = ref is not None and ref == root.get("bom-ref")
            yield {
                "statement": number,
                "vulnerability": str(vulnerability["id"]),
                "product": root.get("purl") if is_root else None,
                "component": None if is_root else _purl_of(known),
                "status": _CYCLONEDX_STATES.get(analysis["state"], analysis["state"]),
                "justification": analysis.get("justification"),
                "detail": analysis.get("detail"),
                "expires": _day(properties.get(EXPIRES)),
                "stated_at": _moment(vulnerability.get("updated") or vulnerability.get("published")),
            }


def _refs(components: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    waiting = list(components)
    while waiting:
        component = waiting.pop()
        if "purl" in component:
            yield str(component.get("bom-ref", component["purl"])), str(component["purl"])
        waiting += component.get("components", ())


def _purl_of(ref: str | None) -> str | None:
    """The purl that a reference is or ends in: CycloneDX BOM-Link is `urn:cdx:<serial>/<version>#<ref>`."""
    if ref is None or ref.startswith("pkg:"):
        return ref
    _, _, inner = ref.partition("#")
    if inner.startswith("pkg:"):
        return inner
    raise ValueError(f"affects {ref}, which is neither a purl nor a component of the document")


def _openvex_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    for number, statement in enumerate(document["statements"], 1):
        vulnerability = statement["vulnerability"]
        names = (
            [vulnerability]
            if isinstance(vulnerability, str)
            else [vulnerability.get("name") or vulnerability["@id"]]
        )
        detail = statement.get("impact_statement") or statement.get("action_statement")
        when = statement.get("timestamp") or document.get("timestamp")
        for product, component in _openvex_subjects(statement):
            yield {
                "statement": number,
                "vulnerability": str(names[0]),
                "product": product,
                "component": component,
                "status": statement["status"],
                "justification": statement.get("justification"),
                "detail": detail,
                "expires": _day(statement.get(EXPIRES)),
                "stated_at": _moment(when),
            }


def _openvex_subjects(statement: Mapping[str, Any]) -> Iterator[tuple[str | None, str | None]]:
    """Product and component of a statement; a product without subcomponents is the component itself."""
    products = statement.get("products", ())
    if not products:
        yield None, None
    for product in products:
        name = _identifier(product)
        parts = [] if isinstance(product, str) else product.get("subcomponents", ())
        if not parts:
            yield None, name
        for part in parts:
            yield name, _identifier(part)


def _identifier(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    return str(thing.get("identifiers", {}).get("purl") or thing["@id"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
