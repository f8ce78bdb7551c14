"""Dependency graph of a BOM, and how complete it is.

CycloneDX reads a component that is missing in `dependencies` as *unknown*, and one that stands there without
`dependsOn` as having none. So only what a file tells is written, and `compositions` say for every subject
whether its dependencies are complete, incomplete or unknown.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sbom.bom_draft import Aggregate, Composition, Draft
from sbom.model import ScanResult, UnknownKind

_Judgement = tuple[Aggregate, str]
"""How complete the dependencies of a subject are, and why."""


@dataclass(frozen=True, slots=True)
class Graph:
    """`edges`: targets by bom-ref, sorted, for the subjects of which something is known."""

    edges: Mapping[str, tuple[str, ...]]
    compositions: tuple[Composition, ...]


def add_graph(draft: Draft) -> None:
    """The edges between the packages of the draft and from the repository, and how complete they are."""
    graph = build_graph(draft.result, draft.components.keys(), draft.root)
    for ref, targets in graph.edges.items():
        draft.depend(ref, targets)
    draft.compositions += graph.compositions


def build_graph(result: ScanResult, refs: Collection[str], root: str) -> Graph:
    """Graph over the components `refs` and the repository itself, whose bom-ref is `root`.

    The root depends on what the repository asks for directly, in any of the packages that it declares. A
    package that nobody names as a dependency is not hung under the root: that nothing is known about it is
    what `compositions` say.
    """
    declared = {row.purl for row in result.declared}
    places = {(row.path, row.purl) for row in result.declared}
    targets: dict[str, set[str]] = defaultdict(set)
    sources: dict[str, set[str]] = defaultdict(set)
    cut: set[str] = set()
    for edge in result.dependencies:
        source = edge.from_purl
        if source is None or (edge.path, source) in places or (source in declared and source not in refs):
            source = root
        else:
            sources[edge.path].add(source)
        if edge.to_purl in refs:
            targets[source].add(edge.to_purl)
        elif edge.to_purl not in declared:
            cut.add(source)
    targets[root].update(row.purl for row in result.components if row.direct)

    subjects = _judge_components(result, sources, cut)
    subjects[root] = _judge_root(result, root in cut)
    edges = {
        ref: tuple(sorted(targets.get(ref, ())))
        for ref in (root, *refs)
        if targets.get(ref) or subjects[ref][0] is Aggregate.COMPLETE
    }
    return Graph(edges, _group(subjects))


def _judge_components(
    result: ScanResult, sources: Mapping[str, Collection[str]], cut: Collection[str]
) -> dict[str, _Judgement]:
    """For every purl, what is known of its own dependencies: the best that one of the files tells.

    `sources` are the packages from which edges lead, by file. A file with several of them is a lock file and
    tells about every package that it lists; one with a single source tells about that one only (a package's
    own manifest). What its format could tell does not matter: pip-compile's annotations make a graph of a
    requirements.txt, others of that name have none.
    """
    doubtful = {row.path for row in result.unknowns if row.kind is not UnknownKind.NO_EXACT_VERSION}
    told: dict[str, set[str]] = defaultdict(set)
    parsers: dict[str, set[str]] = defaultdict(set)
    for row in result.components:
        parsers[row.purl].add(row.parser)
        if len(sources.get(row.path, ())) > 1:
            told[row.purl].add(row.path)
    for path, purls in sources.items():
        for purl in purls:
            told[purl].add(path)
    return {purl: _judge(told.get(purl, ()), purl in cut, doubtful, names) for purl, names in parsers.items()}


def _judge(
    told: Collection[str], is_cut: bool, doubtful: Collection[str], parsers: Collection[str]
) -> _Judgement:
    if is_cut:
        return Aggregate.INCOMPLETE, "depends on packages that no file lists"
    if any(path not in doubtful for path in told):
        return Aggregate.COMPLETE, "a file records the dependencies"
    if told:
        return Aggregate.INCOMPLETE, f"{min(told)} could not be read or resolved in full"
    return Aggregate.UNKNOWN, f"{', '.join(sorted(parsers))}: no dependencies between packages are recorded"


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
