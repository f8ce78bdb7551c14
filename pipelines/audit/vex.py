"""VEX: statements on whether a vulnerability matters, read from and written as CycloneDX and OpenVEX.

Neither form has an expiry. We keep it where each form lets others put something: in CycloneDX the property
`chainatlas:expires` of the vulnerability, in OpenVEX the key of the same name of the statement, as an ISO
date.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import product as product_of
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pyarrow as pa
from packageurl import PackageURL

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
    """A statement about a component of a document that says what it describes holds within that alone."""
    purls = dict(_refs(document.get("components", ())))
    root = document.get("metadata", {}).get("component", {})
    product = _root_name(root)
    told_at = document.get("metadata", {}).get("timestamp")
    for number, vulnerability in enumerate(document.get("vulnerabilities", ()), 1):
        analysis = vulnerability.get("analysis")
        if not analysis or "state" not in analysis:
            continue
        properties = {entry["name"]: entry.get("value") for entry in vulnerability.get("properties", ())}
        refs: list[str | None] = [str(entry["ref"]) for entry in vulnerability.get("affects", ())]
        others = [reference["id"] for reference in vulnerability.get("references", ())]
        when = analysis.get("lastUpdated") or analysis.get("firstIssued") or vulnerability.get("updated")
        for ref, name in product_of(refs or [None], _ids(vulnerability["id"], others)):
            is_root = ref is not None and ref == root.get("bom-ref")
            component = product if is_root else _purl_of(purls.get(ref, ref) if ref is not None else None)
            yield {
                "statement": number,
                "vulnerability": name,
                "product": None if is_root else product,
                "component": component,
                "status": _CYCLONEDX_STATES.get(analysis["state"], analysis["state"]),
                "justification": analysis.get("justification"),
                "detail": analysis.get("detail"),
                "expires": _day(properties.get(EXPIRES)),
                "stated_at": _moment(when or vulnerability.get("published") or told_at),
            }


def _root_name(root: Mapping[str, Any]) -> str | None:
    """The product that a CycloneDX document describes; null where it names none."""
    if root.get("purl"):
        return normal_purl(str(root["purl"]))
    return f"pkg:generic/{quote(str(root['name']))}" if root.get("name") else None


def _ids(name: object, others: Iterable[object]) -> list[str]:
    return sorted({str(name), *map(str, others)})


def _refs(components: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    waiting = list(components)
    while waiting:
        component = waiting.pop()
        if "purl" in component:
            yield str(component.get("bom-ref", component["purl"])), str(component["purl"])
        waiting += component.get("components", ())


def _purl_of(ref: str | None) -> str | None:
    """The purl that a reference is or ends in: CycloneDX BOM-Link is `urn:cdx:<serial>/<version>#<ref>`."""
    if ref is None:
        return None
    if ref.startswith("pkg:"):
        return normal_purl(ref)
    _, _, inner = ref.partition("#")
    if inner.startswith("pkg:"):
        return normal_purl(inner)
    raise ValueError(f"affects {ref}, which is neither a purl nor a component of the document")


def normal_purl(text: str) -> str:
    """A purl as the models write it, whatever tool wrote it; other texts as they are.

    That a package of Maven is a jar is its default, which many tools spell out.
    """
    with suppress(ValueError):
        url = PackageURL.from_string(text)
        qualifiers = url.qualifiers if isinstance(url.qualifiers, dict) else {}
        if url.type == "maven" and qualifiers.get("type") == "jar":
            qualifiers = {name: value for name, value in qualifiers.items() if name != "type"}
            url = url._replace(qualifiers=qualifiers)
        return url.to_string()
    return text


def _openvex_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    for number, statement in enumerate(document["statements"], 1):
        vulnerability = statement["vulnerability"]
        names = [vulnerability]  # a text in OpenVEX before 0.2.0
        if not isinstance(vulnerability, str):
            own = vulnerability.get("name") or vulnerability["@id"].rpartition("/")[2]
            names = _ids(own, vulnerability.get("aliases", ()))
        detail = statement.get("impact_statement") or statement.get("action_statement")
        moments = (statement.get("last_updated"), statement.get("timestamp"))
        when = next(filter(None, moments), document.get("last_updated") or document.get("timestamp"))
        for (product, component), name in product_of(_openvex_subjects(statement), names):
            yield {
                "statement": number,
                "vulnerability": name,
                "product": product,
                "component": component,
                "status": statement["status"],
                "justification": statement.get("justification"),
                "detail": detail,
                "expires": _day(statement.get(EXPIRES)),
                "stated_at": _moment(when),
            }


def _openvex_subjects(statement: Mapping[str, Any]) -> Iterator[tuple[str | None, str | None]]:
    """Product and component of a statement; null and the product where it is about the product itself."""
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
        return normal_purl(thing)
    return normal_purl(str(thing.get("identifiers", {}).get("purl") or thing["@id"]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _moment(text: str | None) -> datetime | None:
    """A time; one without an offset is taken for UTC."""
    if not text:
        return None
    when = datetime.fromisoformat(text)
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
