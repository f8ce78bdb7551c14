"""
description: >-
  All shortest paths on which a vulnerable component comes into a project, from what the project asks for
  itself.
grain: one per repository, file, vulnerable component and shortest path, at most 20 paths each
key: [repo_id, path, purl, path_number]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  path: file that names the component
  purl: vulnerable component, as in mart.vulnerability_exposure
  path_number: from 1 in text order of the steps; 0 where no path is known
  path_count: all shortest paths, however many are listed; null where no path is known
  hops: >-
    edges from the direct dependency to the component, 0 = the project asks for the component itself; null
    where no path is known
  steps: purls from the direct dependency to the component; empty where no path is known
  first_hop: the direct dependency; null where no path is known
  line: line of the file that asks for the direct dependency, from 1; null where the format has none
formula: breadth-first search backwards from the component over the edges that the file states
source: Moore 1959 (shortest paths in an unweighted graph)
edge_cases:
  - >-
    A format without edges (a plain list) gives no path except for components it marks as direct; the row with
    path_number 0 says so.
  - Packages whose source is the repository itself, such as members of its workspace, count as the project.
  - Cycles in the graph are fine, a shortest path never runs through one.
incremental:
  rows: [core.component, core.declared_package, core.dependency, mart.vulnerability_exposure]
"""

from collections.abc import Iterable
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.models.security.shortest_paths import read_graphs, shortest_paths

READS = (
    "core.component",
    "core.dependency",
    "core.declared_package",
    "mart.vulnerability_exposure",
)

_EXPOSED = """
    select repo_id, enterprise_id, path, purl
    from mart.vulnerability_exposure
    where status = 'affected'
    group by all
    order by all
"""
_SCHEMA = pa.schema(
    [
        ("repo_id", pa.string()),
        ("enterprise_id", pa.string()),
        ("path", pa.string()),
        ("purl", pa.string()),
        ("path_number", pa.int32()),
        ("path_count", pa.int64()),
        ("hops", pa.int32()),
        ("steps", pa.list_(pa.string())),
        ("first_hop", pa.string()),
        ("line", pa.int32()),
    ]
)
_AT_ONCE = 500
"""Repositories whose graphs are in memory together."""
_MOST = 2**63 - 1
"""A count of paths can be astronomic; the column ends here."""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    exposed = con.sql(_EXPOSED).fetchall()
    by_repository = [list(rows) for _, rows in groupby(exposed, key=itemgetter(0))]
    # The graphs of all repositories together need more memory than all else of a run.
    batches = [by_repository[at : at + _AT_ONCE] for at in range(0, len(by_repository), _AT_ONCE)]
    return pa.concat_tables([_SCHEMA.empty_table(), *(_paths(con, chain(*batch)) for batch in batches)])


def _paths(con: duckdb.DuckDBPyConnection, exposures: Iterable[tuple[str, str | None, str, str]]) -> pa.Table:
    exposed = list(exposures)
    graphs = read_graphs(con, [(repo_id, path, purl) for repo_id, _, path, purl in exposed])
    rows: list[tuple[Any, ...]] = []
    for repo_id, enterprise_id, path, purl in exposed:
        graph = graphs[repo_id, path]
        found = shortest_paths(graph, purl)
        where = (repo_id, enterprise_id, path, purl)
        if found is None:
            rows.append((*where, 0, None, None, [], None, None))
            continue
        for number, steps in enumerate(found.paths, 1):
            count = min(found.count, _MOST)
            rows.append((*where, number, count, found.hops, steps, steps[0], graph.direct[steps[0]]))
    columns = zip(*rows, strict=True) if rows else ([] for _ in _SCHEMA)
    return pa.table(
        [pa.array(list(c), f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA
    )
