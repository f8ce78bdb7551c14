"""All shortest dependency paths to components, from what a file's project asks for itself.

Each file states a graph of its own. A path begins with a direct dependency: the head of an edge from the
project itself or from a package whose source is the repository, or a component that the file marks as direct.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

MOST_PATHS = 20
"""Shortest paths that are listed for one component of one file; their number is told in full."""

_DIRECT = """
    with file as (select unnest($1::varchar[]) as repo_id, unnest($2::varchar[]) as path)
    select repo_id, path, purl, line
    from core.component
    join file using (repo_id, path)
    where direct
    order by all
"""
_EDGES = """
    with file as (select unnest($1::varchar[]) as repo_id, unnest($2::varchar[]) as path)
    select edge.repo_id, edge.path, edge.from_purl, edge.to_purl, edge.line, own.repo_id is not null
    from core.dependency as edge
    join file on file.repo_id = edge.repo_id and file.path = edge.path
    left join (select distinct repo_id, package_key from core.declared_package) as own
        on own.repo_id = edge.repo_id and own.package_key = edge.from_package_key
    order by all
"""


@dataclass(slots=True)
class FileGraph:
    """Direct dependencies with the line that asks for them, and the edges between components."""

    direct: dict[str, int | None] = field(default_factory=dict)
    dependents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By component: the components with an edge to it."""

    def ask(self, purl: str, line: int | None) -> None:
        """The project itself asks for `purl`, in the first of the lines that do."""
        known = self.direct.get(purl)
        self.direct[purl] = line if known is None else known if line is None else min(known, line)


@dataclass(frozen=True, slots=True)
class ShortestPaths:
    """How a component comes into a file's project."""

    hops: int
    """Edges from a direct dependency to the component; 0 = it is one."""
    count: int
    """All shortest paths, however many are listed."""
    paths: tuple[tuple[str, ...], ...]
    """At most `MOST_PATHS`, in text order; each from the direct dependency to the component."""


def shortest_paths(graph: FileGraph, target: str, most: int = MOST_PATHS) -> ShortestPaths | None:
    """All shortest paths to `target`; null where no edges lead there from a direct dependency.

    Searches backwards from the target, so that the cost is that of its dependents; cycles do no harm.
    """
    depth, front = {target: 0}, [target]
    layers = [front]
    while front and not any(purl in graph.direct for purl in front):
        front = sorted(
            {tail for head in front for tail in graph.dependents.get(head, ()) if tail not in depth}
        )
        depth |= dict.fromkeys(front, len(layers))
        layers.append(front)
    starts = [purl for purl in front if purl in graph.direct]
    if not starts:
        return None
    towards: dict[str, list[str]] = defaultdict(list)
    ways = {target: 1}
    for layer in layers[:-1]:
        for head in layer:
            for tail in graph.dependents.get(head, ()):
                if depth.get(tail) == depth[head] + 1:
                    towards[tail].append(head)
    for layer in layers[1:]:
        for purl in layer:
            ways[purl] = sum(ways[head] for head in towards[purl])
    listed = tuple(path for path, _ in zip(_walk(sorted(starts), towards), range(most), strict=False))
    return ShortestPaths(len(layers) - 1, sum(ways[purl] for purl in starts), listed)


def _walk(starts: Sequence[str], towards: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Paths from the starts along `towards` to where it ends, in text order."""
    waiting: list[tuple[str, ...]] = [(start,) for start in reversed(starts)]
    while waiting:
        path = waiting.pop()
        onward = towards.get(path[-1])
        if not onward:
            yield path
        else:
            waiting += [(*path, purl) for purl in sorted(onward, reverse=True)]


def read_graphs(
    con: duckdb.DuckDBPyConnection, targets: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str], FileGraph]:
    """The graphs of the files that the targets (repository, file, purl) name, by repository and file."""
    files = sorted({(repo_id, path) for repo_id, path, _ in targets})
    graphs: dict[tuple[str, str], FileGraph] = {file: FileGraph() for file in files}
    wanted = [[repo_id for repo_id, _ in files], [path for _, path in files]]
    asked = con.execute(_DIRECT, wanted).fetchall()
    for repo_id, path, purl, line in asked:
        graphs[repo_id, path].ask(purl, line)
    edges = con.execute(_EDGES, wanted).fetchall()
    for repo_id, path, tail, head, line, is_own in edges:
        graph = graphs[repo_id, path]
        if tail is None or is_own:
            graph.ask(head, line)
        else:
            graph.dependents[head].add(tail)
    return graphs
