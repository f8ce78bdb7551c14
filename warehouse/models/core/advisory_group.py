"""
description: >-
  Which ids name the same vulnerability. One finding stands for a group, however many databases describe it.
grain: one per id of a record in force or of one of its aliases
key: [id]
columns:
  id: id of an advisory or alias
  group_id: the group's lowest CVE id by year and number, else its lowest GHSA id, else its lowest id
formula: connected components of the graph of ids and their aliases
source: OSV schema, field aliases; ids in `upstream` and `related` are other vulnerabilities
edge_cases:
  - Withdrawn records are left out and join nothing.
"""

import re
from typing import Any

import duckdb
import pyarrow as pa

READS = ("raw.advisory",)

_CVE = re.compile(r"CVE-(\d{4})-(\d+)")


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:  # noqa: ARG001  # every model has both
    records = con.sql(
        "select advisory_id, aliases from raw.advisory where withdrawn is null order by advisory_id, source"
    ).fetchall()
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for advisory_id, aliases in records:
        own = root(advisory_id)
        for alias in aliases or ():
            parent[root(alias)] = own
    members: dict[str, list[str]] = {}
    for name in parent:
        members.setdefault(root(name), []).append(name)
    leader = {top: min(names, key=_rank) for top, names in members.items()}
    ids = sorted(parent)
    return pa.table(
        {
            "id": pa.array(ids, pa.string()),
            "group_id": pa.array([leader[root(name)] for name in ids], pa.string()),
        }
    )


def _rank(name: str) -> tuple[int, int, int, str]:
    if match := _CVE.fullmatch(name):
        return 0, int(match[1]), int(match[2]), name
    return (1 if name.startswith("GHSA-") else 2), 0, 0, name
