"""A BOM while its parts are added: what every part may read and write.

A part is a function that takes the draft of a document and adds to it, such as
`sbom.bom_components.add_packages`. `sbom.bom.PARTS` lists them. Entries have the shape of CycloneDX JSON, in
whatever version and encoding the document is written afterwards.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sbom.model import ScanResult


class Aggregate(StrEnum):
    """CycloneDX `aggregateType`, the three kinds that a scan can tell apart."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Composition:
    """How complete the dependencies of some subjects (bom-refs) are, and why."""

    aggregate: Aggregate
    reason: str
    refs: tuple[str, ...]


@dataclass(slots=True)
class DraftGraph:
    """Components by bom-ref and what they depend on: of a document that is made, or that was read again."""

    spec_version: str
    root: str
    """bom-ref of the scanned repository."""
    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    dependencies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add_components(self, entries: Mapping[str, dict[str, Any]]) -> None:
        """Add components by bom-ref.

        Raises:
            ValueError: another part has added a component of the same bom-ref.
        """
        doubles = self.components.keys() & entries.keys()
        if doubles:
            raise ValueError(f"two parts of the BOM add {min(doubles)!r}")
        self.components.update(entries)

    def depend(self, ref: str, targets: Iterable[str], relation: str = "dependsOn") -> None:
        """Say what `ref` depends on, or `provides`; without targets, that it depends on nothing."""
        entry = self.dependencies.setdefault(ref, {"ref": ref})
        if merged := {*entry.get(relation, ()), *targets}:
            entry[relation] = sorted(merged)

    def dependencies_json(self) -> list[dict[str, Any]]:
        """`dependencies` of the document, the repository's own first."""
        refs = sorted(self.dependencies, key=lambda ref: (ref != self.root, ref))
        return [self.dependencies[ref] for ref in refs]


@dataclass(slots=True)
class Draft(DraftGraph):
    """Parts add components by bom-ref, what they depend on, how complete that is, and properties."""

    result: ScanResult = field(kw_only=True)
    compositions: list[Composition] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)
    """Properties of the document's metadata."""

    def metadata_properties(self) -> list[tuple[str, str]]:
        """Properties of the parts, and why each composition says what it says."""
        return [*composition_properties(self.compositions), *self.properties]


Part = Callable[[Draft], None]


def compositions_json(compositions: Iterable[Composition]) -> list[dict[str, Any]]:
    """`compositions` of the document; cyclonedx-python-lib 11 has no class for them."""
    return [
        {"bom-ref": _composition_ref(number), "aggregate": part.aggregate, "dependencies": part.refs}
        for number, part in enumerate(compositions, start=1)
    ]


def composition_properties(compositions: Iterable[Composition]) -> list[tuple[str, str]]:
    """Why each composition says what it says: CycloneDX gives it no field of its own."""
    return [
        ("chainatlas:composition", f"{_composition_ref(number)}: {part.reason}")
        for number, part in enumerate(compositions, start=1)
    ]


def _composition_ref(number: int) -> str:
    """With a `/`, unlike the repository's bom-ref, and without `pkg:`, unlike a component's."""
    return f"composition/{number}"
