"""
description: Influence of repositories and people in the network of all that was crawled, month by month.
grain: >-
  one per node of the network and month; one with a null month for a repository never crawled
key: [node_kind, node_id, month]
columns:
  node_kind: repository or person
  node_id: repo_id, or pseudonym as in core.account
  month: first day of the month; null where nothing is known
  is_active: had a deed in the month; null likewise
  openrank: influence; null likewise
  reason: why nothing is known; null where something is
formula: >-
  v = A·v0 + (E − A)·S·v: a node keeps a part A (0.5 of people, 0.3 of repositories) of its value of the
  month before
  (1 for a new one) and gets the rest over edges weighted by activity without the square root. In a month
  without a
  deed a value is multiplied by 0.85, and below 0.1 dropped.
source: OpenRank, global form (X-lab); parameters in openrank.yaml as OpenDigger publishes them
edge_cases:
  - The published network is all of GitHub; ours is the workspace, so that values are comparable within it
    only.
  - Stars and forks are no activity. Bots are left out.
  - Git alone has no issues or change requests, so a repository whose forge was not crawled is null.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from warehouse.openrank import openrank, shares

READS = ("core.participation", "core.repository")
DATA = ("openrank.yaml",)
_REASON = "no issue or change request of it was crawled"
_SCHEMA = pa.schema(
    [
        ("node_kind", pa.string()),
        ("node_id", pa.string()),
        ("month", pa.date32()),
        ("is_active", pa.bool_()),
        ("openrank", pa.float64()),
        ("reason", pa.string()),
    ]
)
_EDGES = """
select month, repo_id, person_id, sum(weight * times) as weight
from core.participation
join weight using (thread, kind)
where month <= date_trunc('month', $day)
group by all
order by all
"""
Node = tuple[str, str]


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    parameters = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))
    names = [name.split(".") for name in parameters["activity"]]
    weight = {
        "thread": [thread for thread, _ in names],
        "kind": [kind for _, kind in names],
        "weight": list(parameters["activity"].values()),
    }
    con.register("weight", pa.table(weight))
    try:
        edges = con.sql(_EDGES, params={"day": context.as_of}).to_arrow_table()
    finally:
        con.unregister("weight")
    rows: list[tuple[object, ...]] = []
    values: dict[Node, float] = {}
    months = sorted(set(edges["month"].to_pylist()))
    for month in _every_month(months, context.as_of):
        active = _rank(edges.filter(pc.equal(edges["month"], month)), values, parameters["global"])
        values = _attenuated(values, active, parameters["global"]) | active
        rows += ((*node, month, node in active, value, None) for node, value in sorted(values.items()))
    crawled = set(edges["repo_id"].to_pylist())
    for (repo_id,) in con.execute("select repo_id from core.repository order by repo_id").fetchall():
        if repo_id not in crawled:
            rows.append(("repository", repo_id, None, None, None, _REASON))
    columns = tuple(zip(*rows, strict=True)) if rows else ((),) * len(_SCHEMA)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA)


def _every_month(months: list[Any], day: Any) -> list[Any]:
    """All months from the first with a deed to that of the day."""
    if not months:
        return []
    first, last = months[0], day.replace(day=1)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return [first.replace(year=n // 12, month=n % 12 + 1) for n in range(start, start + count)]


def _rank(edges: pa.Table, before: Mapping[Node, float], parameters: Any) -> dict[Node, float]:
    people = edges["person_id"].combine_chunks().dictionary_encode()
    repositories = edges["repo_id"].combine_chunks().dictionary_encode()
    nodes = [("person", name) for name in people.dictionary.to_pylist()]
    person_count = len(nodes)
    nodes += [("repository", name) for name in repositories.dictionary.to_pylist()]
    initial = np.array([before.get(node, parameters["initial"][node[0]]) for node in nodes], np.float64)
    retention = np.array([parameters["retention"][kind] for kind, _ in nodes], np.float64)
    one = people.indices.to_numpy().astype(np.int64)
    other = repositories.indices.to_numpy().astype(np.int64) + person_count
    weights = edges["weight"].to_numpy().astype(np.float64)
    sources, targets = np.concatenate([one, other]), np.concatenate([other, one])
    weighted = shares(sources, np.concatenate([weights, weights]))
    ranked = openrank(initial, retention, (sources, targets, weighted))
    return dict(zip(nodes, ranked.tolist(), strict=True))


def _attenuated(
    values: Mapping[Node, float], active: Mapping[Node, float], parameters: Any
) -> dict[Node, float]:
    left = {node: value * parameters["attenuation"] for node, value in values.items() if node not in active}
    return {node: value for node, value in left.items() if value >= parameters["smallest"]}
