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

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from warehouse.openrank import Network, follow_months, shares

READS = ("core.participation", "core.repository")
DATA = ("openrank.yaml",)
_REASON = "no issue or change request of it was crawled"
_EDGES = """
create or replace temp table openrank_edge as
with edge as (
    select
        repo_id,
        person_id,
        extract(year from month) * 12 + extract(month from month) - 1 as month,
        sum(weight * times) as weight
    from core.participation
    join weight using (thread, kind)
    where month <= $day
    group by all
)
select
    *,
    dense_rank() over (order by person_id) - 1 as person,
    dense_rank() over (order by repo_id) - 1 as repository
from edge
"""
_RESULT = """
with node as (
    select distinct person as position, 'person' as node_kind, person_id as node_id from temp.openrank_edge
    union all
    select distinct repository + $people, 'repository', repo_id from temp.openrank_edge
)
select node_kind, node_id, make_date(month // 12, month % 12 + 1, 1) as month, is_active, openrank,
    cast(null as varchar) as reason
from ranked
join node using (position)
union all
select 'repository', repo_id, null, null, null, $reason
from core.repository
where repo_id not in (select repo_id from temp.openrank_edge)
"""


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
        con.execute(_EDGES, {"day": context.as_of})
        people, ranked = _rank(con, context.as_of, parameters["global"])
        con.register("ranked", ranked)
        return con.sql(_RESULT, params={"people": people, "reason": _REASON}).to_arrow_table()
    finally:
        con.execute("drop table if exists temp.openrank_edge")
        con.unregister("weight")


def _rank(con: duckdb.DuckDBPyConnection, day: Any, parameters: Any) -> tuple[int, pa.Table]:
    """How many people there are, and the values of them and then the repositories by position and month."""
    columns = con.sql(
        "select month, person, repository, weight from temp.openrank_edge order by month, person, repository"
    ).to_arrow_table()
    months, person, repository, weight = (
        column.to_numpy().astype(np.float64 if name == "weight" else np.int64)
        for name, column in zip(columns.column_names, columns.columns, strict=True)
    )
    people, repositories = (int(part.max(initial=-1)) + 1 for part in (person, repository))
    counts, kinds = [people, repositories], ("person", "repository")
    retention = np.repeat([parameters["retention"][kind] for kind in kinds], counts).astype(np.float64)
    begins = np.repeat([parameters["initial"][kind] for kind in kinds], counts).astype(np.float64)

    def network(rows: slice) -> Network:
        ends = np.concatenate([person[rows], repository[rows] + people])
        nodes, positions = np.unique(ends, return_inverse=True)
        one, other = np.split(positions, 2)
        sources = np.concatenate([one, other])
        weights = shares(sources, np.concatenate([weight[rows], weight[rows]]))
        return Network(nodes, begins[nodes], (sources, np.concatenate([other, one]), weights))

    found: dict[str, list[Any]] = {"position": [], "month": [], "is_active": [], "openrank": []}
    steps = follow_months(
        months,
        day.year * 12 + day.month - 1,
        network,
        retention,
        attenuation=parameters["attenuation"],
        smallest=parameters["smallest"],
    )
    for month, values, active in steps:
        there = np.flatnonzero(~np.isnan(values))
        found["position"].append(there)
        found["month"].append(np.full(len(there), month))
        found["is_active"].append(active[there])
        found["openrank"].append(values[there])
    types = {"position": np.int64, "month": np.int64, "is_active": np.bool_, "openrank": np.float64}
    return people, pa.table(
        {name: np.concatenate([np.zeros(0, types[name]), *parts]) for name, parts in found.items()}
    )
