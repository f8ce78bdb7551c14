"""CycloneDX documents of any version, as JSON objects, to rows."""

from typing import Any

from sbom.imports.subject import (
    NO_PACKAGES,
    Subject,
    as_object,
    as_objects,
    as_text,
    as_texts,
    join_licences,
    nested_components,
    seconds_of,
)
from sbom.makers import authors, first_supplier, organisation
from sbom.model import Scope


def import_cyclonedx(document: dict[str, Any], subject: Subject) -> None:
    """Add what the document says; parts that are not as the standard wants them are passed over."""
    metadata = as_object(document.get("metadata"))
    root = as_object(metadata.get("component"))
    if root:
        supplier, makers = _makers(root)
        subject.root(
            as_text(root.get("bom-ref")) or "",
            as_text(root.get("name")),
            as_text(root.get("purl")),
            _licence(root),
            supplier=supplier,
            authors=makers,
        )
    subject.committed_at = seconds_of(as_text(metadata.get("timestamp")))
    for component in nested_components(document, root):
        _add_component(component, subject)
    for dependency in as_objects(document.get("dependencies")):
        source = as_text(dependency.get("ref")) or ""
        for target in as_texts(dependency.get("dependsOn")):
            subject.edge(source, target)
    _add_gaps(document, metadata, subject)


def _add_component(component: dict[str, Any], subject: Subject) -> None:
    if as_text(component.get("type")) in NO_PACKAGES:
        return
    scope = as_text(component.get("scope"))
    supplier, makers = _makers(component)
    subject.package(
        as_text(component.get("bom-ref")) or "",
        as_text(component.get("name")),
        as_text(component.get("version")),
        as_text(component.get("purl")),
        group=as_text(component.get("group")),
        scope=Scope(scope) if scope in list(Scope) else None,
        licence=_licence(component),
        hashes=tuple(
            f"{entry['alg']}:{entry['content']}"
            for entry in as_objects(component.get("hashes"))
            if as_text(entry.get("alg")) and as_text(entry.get("content"))
        ),
        source_url=_source_url(component),
        supplier=supplier,
        authors=makers,
    )


def _makers(component: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """Supplier and authors. A publisher may be either: it is an author if it has an address."""
    names = [as_text(as_object(component.get(key)).get("name")) for key in ("supplier", "manufacturer")]
    publisher = as_text(component.get("publisher"))
    supplier = first_supplier(map(organisation, (*names, publisher)))
    texts = [component.get("author"), publisher if "@" in (publisher or "") else None]
    return supplier, authors(as_objects(component.get("authors")), *texts)


def _licence(component: dict[str, Any]) -> str | None:
    texts = []
    for choice in as_objects(component.get("licenses")):
        named = as_object(choice.get("license"))
        text = as_text(choice.get("expression")) or as_text(named.get("id")) or as_text(named.get("name"))
        if text:
            texts.append(text)
    return join_licences(texts)


def _source_url(component: dict[str, Any]) -> str | None:
    references = as_objects(component.get("externalReferences"))
    for kind in ("distribution", "vcs"):
        for reference in references:
            if reference.get("type") == kind and (url := as_text(reference.get("url"))):
                return url
    return None


def _add_gaps(document: dict[str, Any], metadata: dict[str, Any], subject: Subject) -> None:
    """What the document says it lacks: compositions, and what chainatlas itself writes about a scan."""
    for composition in as_objects(document.get("compositions")):
        aggregate = as_text(composition.get("aggregate")) or ""
        if aggregate.startswith(("incomplete", "unknown")):
            subjects = as_texts(composition.get("dependencies")) + as_texts(composition.get("assemblies"))
            subject.unresolved(f"compositions: {aggregate} for {len(subjects)} subjects")
    for item in as_objects(metadata.get("properties")):
        value = as_text(item.get("value"))
        if value and item.get("name") == "chainatlas:unreadable":
            subject.unreadable(value)
        elif value and item.get("name") == "chainatlas:unresolved":
            subject.unresolved(value)
