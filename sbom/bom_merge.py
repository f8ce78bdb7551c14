"""One bill of materials of many: one component for each package, with its occurrences in all of them.

Reads documents that `sbom.bom` wrote, one for each repository, and gives one for their owner: the owner
depends on the repositories, they on packages, packages on packages.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sbom.bom import seal_document
from sbom.bom_components import merge_direct, named_properties
from sbom.bom_draft import Aggregate, Composition, composition_properties, compositions_json
from sbom.lockfiles.reachability import strongest
from sbom.model import Scope

_BEST_FIRST = (Aggregate.COMPLETE, Aggregate.INCOMPLETE, Aggregate.UNKNOWN)
_DIRECT = "chainatlas:direct"
_ABOUT_FILES = ("chainatlas:unreadable", "chainatlas:unresolved")


def merge_boms(
    documents: Mapping[str, dict[str, Any]], owner: str, tool_version: str, spec_version: str = "1.6"
) -> dict[str, Any]:
    """The CycloneDX document of an owner's repositories, by the ids that their documents are given under.

    An occurrence is at `repository/path`, with the line; its `additionalContext` is the commit. The
    dependencies of a package are as complete as the best of the documents says. The timestamp is the latest.
    """
    merged = _Merged(f"owner:{owner}")
    for repository in sorted(documents):
        merged.add(repository, documents[repository])
    reasons, compositions = merged.compositions()
    metadata: dict[str, Any] = {
        "lifecycles": [{"phase": "pre-build"}],
        "tools": {"components": [{"type": "application", "name": "chainatlas", "version": tool_version}]},
        "component": {"type": "application", "bom-ref": merged.root, "name": owner},
    }
    if merged.timestamps:
        metadata["timestamp"] = max(merged.timestamps)
    if properties := [*reasons, *merged.properties]:
        metadata["properties"] = named_properties(properties)
    body = {
        "version": 1,
        "metadata": metadata,
        "components": [_component(merged.entries[ref]) for ref in sorted(merged.entries)],
        "dependencies": merged.dependencies(),
        "compositions": compositions,
    }
    return seal_document(body, spec_version)


class _Merged:
    """What the documents say, by bom-ref."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.entries: dict[str, list[dict[str, Any]]] = {}
        self.timestamps: list[str] = []
        self.properties: list[tuple[str, str]] = []
        self._edges: dict[str, dict[str, set[str]]] = {root: {"dependsOn": set()}}
        self._judged: dict[str, tuple[Aggregate, str]] = {root: (Aggregate.COMPLETE, "the repositories")}

    def add(self, repository: str, document: dict[str, Any]) -> None:
        metadata = document["metadata"]
        subject, properties = metadata["component"], metadata.get("properties", ())
        own = f"{repository}@{subject['version']}" if "version" in subject else repository
        self.entries[own] = [{**subject, "bom-ref": own, "name": repository}]
        self._edges[self.root]["dependsOn"].add(own)
        self.timestamps += [metadata["timestamp"]] if "timestamp" in metadata else []
        renamed = {subject["bom-ref"]: own}
        for entry in document.get("components", ()):
            ref = entry["bom-ref"]
            if ref.startswith("crypto/key/") and ":" in ref:  # named by its path, which others may have too
                renamed[ref] = f"{ref}@{repository}"
            own_ref = renamed.get(ref, ref)
            placed = _placed({**entry, "bom-ref": own_ref}, repository, own)
            self.entries.setdefault(own_ref, []).append(placed)
        for dependency in document.get("dependencies", ()):
            relations = self._edges.setdefault(renamed.get(dependency["ref"], dependency["ref"]), {})
            for relation in dependency.keys() - {"ref"}:
                targets = {renamed.get(ref, ref) for ref in dependency[relation]}
                relations.setdefault(relation, set()).update(targets)
        texts = [(item["name"], item["value"]) for item in properties]
        reasons = dict(value.split(": ", 1) for name, value in texts if name == "chainatlas:composition")
        for composition in document.get("compositions", ()):
            judgement = Aggregate(composition["aggregate"]), reasons.get(composition["bom-ref"], "")
            for ref in composition["dependencies"]:
                self._judge(renamed.get(ref, ref), judgement)
        self.properties += [(name, f"{repository}/{value}") for name, value in texts if name in _ABOUT_FILES]

    def _judge(self, ref: str, judgement: tuple[Aggregate, str]) -> None:
        known = self._judged.get(ref, judgement)
        self._judged[ref] = min(known, judgement, key=lambda one: (_BEST_FIRST.index(one[0]), one[1]))

    def compositions(self) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
        """Reasons as properties, and the compositions."""
        groups: dict[tuple[Aggregate, str], list[str]] = {}
        for ref, judgement in self._judged.items():
            groups.setdefault(judgement, []).append(ref)
        parts = [Composition(*judgement, tuple(sorted(groups[judgement]))) for judgement in sorted(groups)]
        return composition_properties(parts), compositions_json(parts)

    def dependencies(self) -> list[dict[str, Any]]:
        """The edges, the owner's first."""
        refs = sorted(self._edges, key=lambda ref: (ref != self.root, ref))
        return [
            {"ref": ref}
            | {relation: sorted(targets) for relation, targets in sorted(self._edges[ref].items())}
            for ref in refs
        ]


def _placed(entry: dict[str, Any], repository: str, subject: str) -> dict[str, Any]:
    occurrences = entry.get("evidence", {}).get("occurrences", ())
    placed = [
        {**place, "location": f"{repository}/{place['location']}", "additionalContext": subject}
        for place in occurrences
    ]
    return {**entry, "evidence": {**entry.get("evidence", {}), "occurrences": placed}} if placed else entry


def _functions(entry: dict[str, Any]) -> Iterable[str]:
    """What an algorithm is used for, `cryptoFunctions`."""
    found: Iterable[str] = (
        entry.get("cryptoProperties", {}).get("algorithmProperties", {}).get("cryptoFunctions", ())
    )
    return found


def _component(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """One component of several of one bom-ref: lists are joined, scope and directness decided anew."""
    if len(entries) == 1:
        return entries[0]
    merged = dict(entries[0])
    if suppliers := [entry["supplier"] for entry in entries if "supplier" in entry]:
        merged["supplier"] = suppliers[0]
    contacts = [contact for entry in entries for contact in entry.get("authors", ())]
    if contacts:
        merged["authors"] = list({repr(sorted(row.items())): row for row in contacts}.values())
    for key in ("hashes", "externalReferences"):
        if rows := _union(entry.get(key, ()) for entry in entries):
            merged[key] = rows
    licences = _union(entry.get("licenses", ()) for entry in entries)
    if len(licences) > 1:  # an expression may only stand alone
        licences = [
            {"license": {"name": row["expression"], "acknowledgement": row["acknowledgement"]}}
            if "expression" in row
            else row
            for row in licences
        ]
    if licences:
        merged["licenses"] = licences
    scope = strongest(Scope(entry["scope"]) if "scope" in entry else None for entry in entries)
    merged.pop("scope", None)
    if scope is not None:
        merged["scope"] = scope.value
    places = [entry.get("evidence", {}).get("occurrences", ()) for entry in entries]
    if occurrences := _union(places):
        merged["evidence"] = {**merged.get("evidence", {}), "occurrences": occurrences}
    if functions := sorted({name for entry in entries for name in _functions(entry)}):
        properties_of = {**merged["cryptoProperties"]["algorithmProperties"], "cryptoFunctions": functions}
        merged["cryptoProperties"] = {**merged["cryptoProperties"], "algorithmProperties": properties_of}
    merged.pop("properties", None)
    if properties := _properties(entries):
        merged["properties"] = named_properties(properties)
    return merged


def _union(lists: Iterable[Iterable[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Distinct rows of all lists, in the order of their text."""
    rows = {repr(sorted(row.items())): row for rows in lists for row in rows}
    return [rows[text] for text in sorted(rows)]


def _properties(entries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    told = [{item["name"]: item["value"] for item in entry.get("properties", ())} for entry in entries]
    claims = [{"true": True, "false": False}.get(names.get(_DIRECT, "")) for names in told]
    direct = merge_direct(claims)
    properties = [
        (item["name"], item["value"])
        for entry in entries
        for item in entry.get("properties", ())
        if item["name"] != _DIRECT
    ]
    return properties if direct is None else [*properties, (_DIRECT, "true" if direct else "false")]
