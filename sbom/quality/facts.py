"""What quality profiles ask about a bill of materials, answered for CycloneDX and SPDX alike.

Each fact is true or false, or null where the format has no field for it. The names of the fields of
`Document` and `Element` are the `test`s of profiles.yaml.
"""

import re
from dataclasses import dataclass
from typing import Any

from sbom.imports.subject import (
    NO_PACKAGES,
    as_object,
    as_objects,
    as_statement,
    as_text,
    as_texts,
    nested_components,
)

_BSI_VERSIONS = {"CycloneDX": (1, 6), "SPDX": (3, 0)}


@dataclass(frozen=True, slots=True)
class Element:
    """One component."""

    label: str
    """Its purl, or what else it is called."""
    reference: bool
    name: bool
    version: bool
    identifier: bool
    supplier: bool
    supplier_contact: bool | None
    licence: bool
    spdx_licence: bool
    hash: bool
    sha512: bool
    related: bool
    """It stands in the dependency graph, at either end."""
    dependencies_judged: bool
    """It is said whether its dependencies are complete."""
    filename: bool
    executable: bool | None
    archive: bool | None
    structured: bool | None


@dataclass(frozen=True, slots=True)
class Document:
    """The document as a whole."""

    machine_readable: bool
    identifier: bool
    timestamp: bool
    author: bool
    author_contact: bool
    tool: bool
    lifecycle: bool | None
    completeness: bool
    signature: bool | None
    no_vulnerabilities: bool
    bsi_format: bool
    subject_name: bool
    subject_version: bool
    elements: tuple[Element, ...]


def read_facts(document: dict[str, Any]) -> Document:
    """The facts of a CycloneDX or SPDX 2 document as a JSON object."""
    return _cyclonedx(document) if document.get("bomFormat") == "CycloneDX" else _spdx(document)


def _cyclonedx(document: dict[str, Any]) -> Document:
    metadata = as_object(document.get("metadata"))
    root = as_object(metadata.get("component"))
    related: set[str] = set()
    judged: set[str] = set()
    for dependency in as_objects(document.get("dependencies")):
        targets = as_texts(dependency.get("dependsOn"))
        related.update(targets)
        if targets and (source := as_text(dependency.get("ref"))):
            related.add(source)
    for composition in as_objects(document.get("compositions")):
        judged.update(as_texts(composition.get("dependencies")), as_texts(composition.get("assemblies")))
    creators = [
        *as_objects(metadata.get("authors")),
        *(as_object(metadata.get(key)) for key in ("manufacturer", "manufacture", "supplier")),
    ]
    tools = metadata.get("tools")
    return Document(
        machine_readable=as_text(document.get("specVersion")) is not None,
        identifier=as_text(document.get("serialNumber")) is not None,
        timestamp=as_text(metadata.get("timestamp")) is not None,
        author=any(_named(creator) for creator in creators),
        author_contact=any(_contact(creator) for creator in creators),
        tool=bool(as_objects(tools) or as_objects(as_object(tools).get("components"))),
        lifecycle=bool(as_objects(metadata.get("lifecycles"))),
        completeness=bool(judged),
        signature=bool(document.get("signature")),
        no_vulnerabilities=not document.get("vulnerabilities"),
        bsi_format=_at_least("CycloneDX", document.get("specVersion")),
        subject_name=as_text(root.get("name")) is not None,
        subject_version=as_text(root.get("version")) is not None,
        elements=tuple(
            _component(entry, related, judged)
            for entry in nested_components(document)
            if as_text(entry.get("type")) not in NO_PACKAGES
        ),
    )


def _component(entry: dict[str, Any], related: set[str], judged: set[str]) -> Element:
    reference = as_text(entry.get("bom-ref"))
    suppliers = [as_object(entry.get(key)) for key in ("supplier", "manufacturer")]
    suppliers += as_objects(entry.get("authors"))
    texts = [as_text(entry.get(key)) for key in ("author", "publisher")]
    algorithms = {as_text(item.get("alg")) for item in as_objects(entry.get("hashes"))}
    for outer in as_objects(entry.get("externalReferences")):
        algorithms |= {as_text(item.get("alg")) for item in as_objects(outer.get("hashes"))}
    choices = as_objects(entry.get("licenses"))
    named = [as_object(choice.get("license")) for choice in choices]
    properties = {as_text(item.get("name")) for item in as_objects(entry.get("properties"))}
    identifiers = ("purl", "cpe", "swid", "omniborId", "swhid")
    return Element(
        label=as_text(entry.get("purl")) or as_text(entry.get("name")) or reference or "?",
        reference=reference is not None,
        name=as_text(entry.get("name")) is not None,
        version=as_text(entry.get("version")) is not None,
        identifier=any(entry.get(key) for key in identifiers),
        supplier=any(map(_named, suppliers)) or any(texts),
        supplier_contact=any(map(_contact, suppliers)),
        licence=bool(choices),
        spdx_licence=any(as_text(choice.get("expression")) for choice in choices)
        or any(as_text(licence.get("id")) for licence in named),
        hash=bool(algorithms - {None}),
        sha512="SHA-512" in algorithms,
        related=reference in related,
        dependencies_judged=reference in judged,
        filename="bsi:component:filename" in properties,
        executable="bsi:component:executable" in properties,
        archive="bsi:component:archive" in properties,
        structured="bsi:component:structured" in properties,
    )


def _named(who: dict[str, Any]) -> bool:
    return as_text(who.get("name")) is not None


def _contact(who: dict[str, Any]) -> bool:
    people = [who, *as_objects(who.get("contact"))]
    return bool(as_texts(who.get("url"))) or any(as_text(person.get("email")) for person in people)


def _spdx(document: dict[str, Any]) -> Document:
    created = as_object(document.get("creationInfo"))
    creators = as_texts(created.get("creators"))
    people = [text for text in creators if text.startswith(("Person:", "Organization:"))]
    related: set[str] = set()
    judged: set[str] = set()
    described = set(as_texts(document.get("documentDescribes")))
    for row in as_objects(document.get("relationships")):
        kind = as_text(row.get("relationshipType")) or ""
        ends = as_text(row.get("spdxElementId")), as_text(row.get("relatedSpdxElement"))
        if kind == "DESCRIBES":
            described.add(ends[1] or "")
        elif "DEPEND" in kind:
            (related if as_statement(ends[1]) else judged).update(filter(None, ends))
    packages = as_objects(document.get("packages"))
    subjects = [package for package in packages if as_text(package.get("SPDXID")) in described]
    return Document(
        machine_readable=True,
        identifier=as_text(document.get("documentNamespace")) is not None,
        timestamp=as_text(created.get("created")) is not None,
        author=bool(people),
        author_contact=any("@" in text for text in people),
        tool=any(text.startswith("Tool:") for text in creators),
        lifecycle=None,
        completeness=bool(judged),
        signature=None,
        no_vulnerabilities=True,
        bsi_format=_at_least("SPDX", (as_text(document.get("spdxVersion")) or "").removeprefix("SPDX-")),
        subject_name=any(as_text(subject.get("name")) for subject in subjects),
        subject_version=any(as_text(subject.get("versionInfo")) for subject in subjects),
        elements=tuple(
            _package(package, related, judged)
            for package in packages
            if as_text(package.get("SPDXID")) not in described
        ),
    )


def _package(package: dict[str, Any], related: set[str], judged: set[str]) -> Element:
    reference = as_text(package.get("SPDXID"))
    locators = [as_text(row.get("referenceLocator")) for row in as_objects(package.get("externalRefs"))]
    makers = [text for key in ("supplier", "originator") if (text := as_statement(package.get(key)))]
    licences = [
        text for key in ("licenseDeclared", "licenseConcluded") if (text := as_statement(package.get(key)))
    ]
    algorithms = {as_text(item.get("algorithm")) for item in as_objects(package.get("checksums"))} - {None}
    return Element(
        label=next((text for text in locators if text), None) or as_text(package.get("name")) or "?",
        reference=reference is not None,
        name=as_text(package.get("name")) is not None,
        version=as_text(package.get("versionInfo")) is not None,
        identifier=any(locators),
        supplier=bool(makers),
        supplier_contact=any("@" in text for text in makers),
        licence=bool(licences),
        spdx_licence=any("LicenseRef-" not in text for text in licences),
        hash=bool(algorithms),
        sha512="SHA512" in algorithms,
        related=reference in related,
        dependencies_judged=reference in judged,
        filename=as_text(package.get("packageFileName")) is not None,
        executable=None,
        archive=None,
        structured=None,
    )


def _at_least(standard: str, version: Any) -> bool:
    numbers = re.match(r"(\d{1,3})\.(\d{1,3})", as_text(version) or "")
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= _BSI_VERSIONS[standard]
