"""
description: >-
  How far each component version reaches: the repositories, enterprises and chain segments that stand on it,
  and the packages of the dependency graph that lead to it.
grain: one per distinct purl that a repository names outside test data
key: [purl]
columns:
  purl: package URL with version where one is known
  package_key: package, as in core.package_key
  repositories: repositories that it reaches in any way
  repositories_direct: of these, those that ask for it themselves
  repositories_transitive: of these, those whose files name it but do not say that they ask for it
  repositories_inferred: >-
    of these, those whose own files do not name it; it reaches them through edges that another repository's
    file states, or through a package whose source is another repository of the workspace
  enterprises: enterprises and watched communities that own these repositories
  enterprises_direct: of these, those with a repository that asks for it itself
  segments: chain segments that these repositories supply, by evidence that counts
  segment_ids: these segments
  dependents_direct: packages with an edge to it in any file
  dependents: packages from which edges lead to it, however many; itself left out
  edges_known_share: >-
    of the repositories that name it, the share whose naming file states edges; where it is below 1,
    dependents and inferred reach are lower bounds
formula: >-
  Reachability in the graph of all files together: repository → component that it names, component → component
  as the files state, repository → repository whose declared package it uses. Cycles are condensed.
source: >-
  Reach and dependents as in Decan, Mens & Grosjean 2019 (doi 10.1007/s10664-017-9589-y); strongly connected
  components after Pearce 2005
edge_cases:
  - A repository that is itself the source of a package does not count as reached by it.
  - An edge that only one repository's file states holds for the same version elsewhere too, which is why an
    inferred repository may resolve differently with its own lock file.
  - Two versions of one package are two rows; their repositories may overlap.
  - Repositories that supply no segment by evidence that counts add none to segments.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.models.security.dependency_graph import (
    DependencyGraph,
    Integers,
    condense,
    count_reaching,
    pairs_reaching,
)

READS = (
    "core.component",
    "core.dependency",
    "core.declared_package",
    "core.repository",
    "core.repository_package",
    "core.source_file",
    "core.supply_evidence",
)

_SCHEMA = pa.schema(
    [
        ("purl", pa.string()),
        ("package_key", pa.string()),
        ("repositories", pa.int64()),
        ("repositories_direct", pa.int64()),
        ("repositories_transitive", pa.int64()),
        ("repositories_inferred", pa.int64()),
        ("enterprises", pa.int64()),
        ("enterprises_direct", pa.int64()),
        ("segments", pa.int64()),
        ("segment_ids", pa.list_(pa.string())),
        ("dependents_direct", pa.int64()),
        ("dependents", pa.int64()),
        ("edges_known_share", pa.float64()),
    ]
)

_NAMED = """
    with stated as (
        select distinct repo_id, path, true as has_edges from core.dependency
    ),
    named as (
        select
            purl,
            any_value(package_key) as package_key,
            repo_id,
            coalesce(bool_or(direct), false) as direct,
            coalesce(bool_or(has_edges), false) as has_edges
        from core.component
        left join stated using (repo_id, path)
        where not is_own and not in_test_data
        group by purl, repo_id
    )
    select
        purl,
        any_value(package_key) as package_key,
        count(*) as repositories,
        count(*) filter (where direct) as repositories_direct,
        count(distinct enterprise_id) filter (where direct) as enterprises_direct,
        count(*) filter (where has_edges) / count(*) as edges_known_share
    from named
    join core.repository using (repo_id)
    group by purl
    order by purl
"""
_REPOSITORIES = "select repo_id, enterprise_id from core.repository order by repo_id"
_USES = """
    select distinct repo_id, purl from core.component where not is_own and not in_test_data order by all
"""
_EDGES = """
    select distinct edge.from_purl, edge.to_purl
    from core.dependency as edge
    left join core.source_file as file using (repo_id, path)
    where edge.from_purl is not null
        and edge.from_purl <> edge.to_purl
        and not coalesce(file.in_test_data, false)
    order by all
"""
_THROUGH = """
    select distinct used.repo_id as from_repo, declared.repo_id as to_repo
    from core.repository_package as used
    join core.declared_package as declared using (package_key)
    where not declared.in_test_data and used.repo_id <> declared.repo_id
    order by all
"""
_SUPPLIES = """
    select distinct repo_id, segment_id from core.supply_evidence where not_counted is null order by all
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001
    named = con.sql(_NAMED).to_arrow_table()
    repositories = con.sql(_REPOSITORIES).to_arrow_table()
    edges = con.sql(_EDGES).to_arrow_table()
    purls = named["purl"].to_pylist()
    number = {purl: index for index, purl in enumerate(purls)}
    for purl in (*edges["from_purl"].to_pylist(), *edges["to_purl"].to_pylist()):
        number.setdefault(purl, len(number))
    packages = len(number)
    repo_ids = repositories["repo_id"].to_pylist()
    repo_number = {repo_id: packages + index for index, repo_id in enumerate(repo_ids)}
    tails, heads = _numbers(edges, number, number)
    package_graph = condense(packages, tails, heads)
    use_tails, use_heads = _numbers(con.sql(_USES).to_arrow_table(), repo_number, number)
    via_tails, via_heads = _numbers(con.sql(_THROUGH).to_arrow_table(), repo_number, repo_number)
    whole = condense(
        packages + len(repo_ids),
        np.concatenate((tails, use_tails, via_tails)),
        np.concatenate((heads, use_heads, via_heads)),
    )
    everyone = np.arange(packages, packages + len(repo_ids))
    _, owner_of = np.unique(
        np.array([owner or "" for owner in repositories["enterprise_id"].to_pylist()]), return_inverse=True
    )
    reaching = count_reaching(whole, everyone, everyone)[: len(purls)]
    enterprises = count_reaching(whole, everyone, owner_of.astype(np.int64))[: len(purls)]
    own = np.arange(packages)
    columns = {
        "purl": named["purl"],
        "package_key": named["package_key"],
        "repositories": reaching,
        "repositories_direct": named["repositories_direct"],
        "repositories_transitive": _difference(named, "repositories", "repositories_direct"),
        "repositories_inferred": reaching - named["repositories"].to_numpy(),
        "enterprises": enterprises,
        "enterprises_direct": named["enterprises_direct"],
        **_segments(con, whole, repo_number, len(purls)),
        "dependents_direct": np.bincount(heads, minlength=packages)[: len(purls)],
        "dependents": count_reaching(package_graph, own, own)[: len(purls)] - 1,
        "edges_known_share": named["edges_known_share"],
    }
    return pa.table([columns[name] for name in _SCHEMA.names], schema=_SCHEMA)


def _numbers(
    pairs: pa.Table, tail_number: Mapping[str, int], head_number: Mapping[str, int]
) -> tuple[Integers, Integers]:
    tails, heads = (column.to_pylist() for column in pairs.columns)
    return (
        np.array([tail_number[tail] for tail in tails], np.int64),
        np.array([head_number[head] for head in heads], np.int64),
    )


def _difference(table: pa.Table, whole: str, part: str) -> Integers:
    difference: Integers = table[whole].to_numpy() - table[part].to_numpy()
    return difference


def _segments(
    con: duckdb.DuckDBPyConnection, graph: DependencyGraph, repo_number: Mapping[str, int], purls: int
) -> dict[str, Any]:
    supplied = con.sql(_SUPPLIES).to_arrow_table()
    names = sorted(set(supplied["segment_id"].to_pylist()))
    code = {name: index for index, name in enumerate(names)}
    nodes, seeds = _numbers(supplied, repo_number, code)
    reached, segments = pairs_reaching(graph, nodes, seeds)
    found: list[list[str]] = [[] for _ in range(purls)]
    for node, segment in zip(reached.tolist(), segments.tolist(), strict=True):
        if node < purls:
            found[node].append(names[segment])
    return {"segments": [len(ids) for ids in found], "segment_ids": found}
