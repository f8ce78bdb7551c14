"""Dependency graph of a BOM, and how complete it is.

CycloneDX reads a component that is missing in `dependencies` as *unknown*, and one that stands there without
`dependsOn` as having none. So only what a file tells is written, and `compositions` say for every subject
whether its dependencies are complete, incomplete or unknown.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sbom.model import ScanResult, UnknownKind

_Place = tuple[str, str]
"""A file and the parser that read it."""


class Aggregate(StrEnum):
    """CycloneDX `aggregateType`, the three kinds that a scan can tell apart."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


_Judgement = tuple[Aggregate, str]
"""How complete the dependencies of a subject are, and why."""


@dataclass(frozen=True, slots=True)
class Composition:
    """How complete the dependencies of some subjects (bom-refs) are, and why."""

    aggregate: Aggregate
    reason: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """`edges`: targets by bom-ref, sorted, for the subjects of which something is known."""

    edges: Mapping[str, tuple[str, ...]]
    compositions: tuple[Composition, ...]


def build_graph(result: ScanResult, refs: Collection[str], root: str) -> Graph:
    """Graph over the components `refs` and the repository itself, whose bom-ref is `root`.

    The root depends on what the repository asks for directly. A package that nobody names as a dependency is
    not hung under the root: that nothing is known about it is what `compositions` say.
    """
    targets: dict[str, set[str]] = defaultdict(set)
    cut: set[str] = set()
    for edge in result.dependencies:
        source = root if edge.from_purl is None else edge.from_purl
        if edge.to_purl in refs:
            targets[source].add(edge.to_purl)
        else:
            cut.add(source)
    targets[root].update(row.purl for row in result.components if row.direct)

    subjects = _judge_components(result, cut)
    subjects[root] = _judge_root(result, root in cut)
    edges = {
        ref: tuple(sorted(targets.get(ref, ())))
        for ref in (root, *refs)
        if targets.get(ref) or subjects[ref][0] is Aggregate.COMPLETE
    }
    return Graph(edges, _group(subjects))


def _judge_components(result: ScanResult, cut: Collection[str]) -> dict[str, _Judgement]:
    """For every purl, what is known of its own dependencies: the best that one of its files tells.

    A file tells if it holds an edge between packages. That its format could is not enough: pip-compile's
    annotations make a graph of a requirements.txt, others of that name have none.
    """
    telling = {(row.path, row.parser) for row in result.dependencies if row.from_purl is not None}
    doubtful = {row.path for row in result.unknowns if row.kind is not UnknownKind.NO_EXACT_VERSION}
    files: dict[str, set[_Place]] = defaultdict(set)
    for row in result.components:
        files[row.purl].add((row.path, row.parser))
    return {purl: _judge(places, purl in cut, telling, doubtful) for purl, places in files.items()}


def _judge(
    places: set[_Place], is_cut: bool, telling: Collection[_Place], doubtful: Collection[str]
) -> _Judgement:
    told = sorted(path for path, parser in places if (path, parser) in telling)
    if is_cut:
        return Aggregate.INCOMPLETE, "depends on packages that no file lists"
    if any(path not in doubtful for path in told):
        return Aggregate.COMPLETE, "a file records the dependencies of every package that it lists"
    if told:
        return Aggregate.INCOMPLETE, f"{told[0]} could not be read or resolved in full"
    parsers = ", ".join(sorted({parser for _, parser in places}))
    return Aggregate.UNKNOWN, f"{parsers}: no dependencies between packages are recorded"


def _judge_root(result: ScanResult, is_cut: bool) -> _Judgement:
    unknown = [row for row in result.unknowns if row.kind is not UnknownKind.NO_EXACT_VERSION]
    if unknown or is_cut:
        return Aggregate.INCOMPLETE, "not everything could be read or resolved"
    if not result.files_read:
        return Aggregate.UNKNOWN, "no file that names dependencies was found"
    told = {row.purl for row in result.components if row.direct is not None}
    untold = sorted({row.parser for row in result.components if row.purl not in told})
    if untold:
        return Aggregate.UNKNOWN, f"{', '.join(untold)}: does not record which packages are direct"
    return Aggregate.COMPLETE, "every file that was read records what the repository asks for directly"


def _group(subjects: Mapping[str, _Judgement]) -> tuple[Composition, ...]:
    groups: dict[_Judgement, list[str]] = defaultdict(list)
    for ref, judgement in subjects.items():
        groups[judgement].append(ref)
    return tuple(
        Composition(aggregate, reason, tuple(sorted(groups[aggregate, reason])))
        for aggregate, reason in sorted(groups)
    )


def _composition_ref(number: int) -> str:
    """With a `/`, unlike the repository's bom-ref, and without `pkg:`, unlike a component's."""
    return f"composition/{number}"


def compositions_json(graph: Graph) -> list[dict[str, Any]]:
    """`compositions` of the document; cyclonedx-python-lib 11 has no class for them."""
    return [
        {"bom-ref": _composition_ref(number), "aggregate": part.aggregate, "dependencies": part.refs}
        for number, part in enumerate(graph.compositions, start=1)
    ]


def composition_reasons(graph: Graph) -> list[tuple[str, str]]:
    """Why each composition says what it says, as properties: CycloneDX gives it no field of its own."""
    return [
        ("chainatlas:composition", f"{_composition_ref(number)}: {part.reason}")
        for number, part in enumerate(graph.compositions, start=1)
    ]


def dependencies_json(graph: Graph) -> list[dict[str, Any]]:
    """`dependencies` of the document."""
    return [
        {"ref": ref, "dependsOn": targets} if targets else {"ref": ref}
        for ref, targets in graph.edges.items()
    ]
