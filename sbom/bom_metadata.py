"""Metadata of a BOM: what was scanned, when, by what, and what could not be read or resolved."""

import json
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri
from cyclonedx.model.bom import BomMetaData
from cyclonedx.model.component import Component as CycloneDxComponent
from cyclonedx.model.component import ComponentType
from cyclonedx.model.lifecycle import LifecyclePhase, PredefinedLifecycle
from cyclonedx.model.tool import ToolRepository
from cyclonedx.schema.schema import SchemaVersion1Dot6
from packageurl import PackageURL

from sbom.bom_components import legal_url, makers_json, named_properties
from sbom.bom_draft import Draft
from sbom.bom_licences import licence_choice
from sbom.model import Component, DeclaredPackage, Dependency, ScanResult, Unknown

_Row = Component | Dependency | DeclaredPackage | Unknown


def root_ref(result: ScanResult) -> str:
    """bom-ref of the scanned repository; it holds no `/`, so that it equals no purl."""
    return f"{result.name}@{result.commit}" if result.commit else result.name


def metadata_json(
    draft: Draft,
    tool_version: str,
    repository_url: str | None,
    supplier: str | None = None,
    author: str | None = None,
) -> dict[str, Any]:
    """`metadata` of the document, with the properties that its parts added.

    The timestamp is the commit's, so that the same commit gives the same bytes; a folder has none.
    """
    result = draft.result
    timestamp = _timestamp(result.committed_at)
    metadata = BomMetaData(
        timestamp=timestamp,
        lifecycles=[PredefinedLifecycle(LifecyclePhase.PRE_BUILD)],
        tools=ToolRepository(components=[_tool(result, tool_version)]),
        component=_repository(result, repository_url),
    )
    entry: dict[str, Any] = json.loads(metadata.as_json(SchemaVersion1Dot6))  # type: ignore[attr-defined]
    if timestamp is None:
        del entry["timestamp"]  # the library filled in the present
    package = repository_package(result)
    if package is not None and package.licence:
        entry["component"]["licenses"] = licence_choice([package.licence])
    if package is not None:
        entry["component"] |= makers_json(package.supplier, [package.authors])
    if result.licences:
        entry["component"]["evidence"] = {"licenses": _licence_evidence(result)}
    if supplier:
        entry["component"]["supplier"] = {"name": supplier}
    if author:
        name, address = parseaddr(author) if "@" in author else (author, "")
        entry["authors"] = [{"name": name or author} | ({"email": address} if address else {})]
    properties = [*draft.metadata_properties(), *(_unknown_property(row) for row in result.unknowns)]
    if properties:
        entry["properties"] = named_properties(properties)
    return entry


def _licence_evidence(result: ScanResult) -> list[dict[str, Any]]:
    """What the repository's licence files hold, with their paths; an expression is given as a name."""
    evidence = []
    for row in result.licences:
        place = [("chainatlas:path", row.path), ("chainatlas:similarity", f"{row.similarity:.4f}")]
        (choice,) = licence_choice([row.licence])
        body = choice.get("license", {"name": row.licence})
        evidence.append(
            {"license": body | {"acknowledgement": "concluded", "properties": named_properties(place)}}
        )
    return evidence


def _timestamp(epoch_seconds: int | None) -> datetime | None:
    if epoch_seconds is None:
        return None
    try:
        return datetime.fromtimestamp(epoch_seconds, UTC)
    except (OverflowError, ValueError, OSError):  # a commit may claim any number
        return None


def _tool(result: ScanResult, tool_version: str) -> CycloneDxComponent:
    rows: tuple[_Row, ...] = (*result.components, *result.dependencies, *result.declared, *result.unknowns)
    parsers = sorted({(row.parser, row.parser_version) for row in rows})
    return CycloneDxComponent(
        name="chainatlas",
        version=tool_version,
        type=ComponentType.APPLICATION,
        components=[
            CycloneDxComponent(name=name, version=version, type=ComponentType.LIBRARY)
            for name, version in parsers
        ],
    )


def _repository(result: ScanResult, repository_url: str | None) -> CycloneDxComponent:
    package = repository_package(result)
    url = legal_url(repository_url) if repository_url else None
    vcs = [ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(url))] if url else []
    return CycloneDxComponent(
        name=result.name,
        version=result.commit,
        type=ComponentType.APPLICATION,
        bom_ref=root_ref(result),
        description=package.description if package else None,
        purl=PackageURL.from_string(package.purl) if package else None,
        external_references=vcs,
    )


def repository_package(result: ScanResult) -> DeclaredPackage | None:
    """The one package that a manifest at the root declares for publishing; null for none or several."""
    at_root = [row for row in result.declared if "/" not in row.path and not row.private]
    return at_root[0] if len({row.purl for row in at_root}) == 1 else None


def _unknown_property(row: Unknown) -> tuple[str, str]:
    name = "chainatlas:unreadable" if row.kind.is_unreadable else "chainatlas:unresolved"
    reason = row.reason if row.line is None else f"{row.reason} (line {row.line})"
    return name, f"{row.path}: {reason}"
