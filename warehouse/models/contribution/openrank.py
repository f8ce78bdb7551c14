"""
description: Influence of repositories and people in the network of all that was crawled, month by month.
grain: >-
  one per node of the network and month; one with a null month for a repository never crawled
key: [node_kind, node_id, month]
columns:
  node_kind: repository or person
  node_id: repo_id, or pseudonym as in core.account
  month: first day of the month; null where nothing is known
  is_active: had a deed in the month; null likewise, and in months that were not read
  openrank: influence; null where nothing is known, and in months that were not read
  covered_on: >-
    day until which the repository was read, of a person the last such day of the repositories with a deed
    of the
    person; null if never to the end
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
  - >-
    Git alone has no issues or change requests, so a repository whose forge was not crawled is null, and so
    is one of
    which a list or the comments were never read to their end: its deeds are left out of the network.
  - A month without a deed attenuates, a month after covered_on is null; the month of covered_on holds
    deeds until then.
  - >-
    Repositories are read up to different days; in the months after the earliest of them, the others are
    ranked in a
    network that lacks it. covered_on of the repositories tells which.
"""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from warehouse.models.contribution.ranked_rows import ranked_rows, with_dictionaries, with_unknown
from warehouse.openrank import Network, follow_months, shares

READS = ("core.forge_span", "core.participation", "core.repository")
DATA = ("openrank.yaml",)
_NEVER = "issues, change requests and comments of it were never read to their end"
_EMPTY = "nothing was ever done there"
_AFTER = "the forge was not read since"
_EDGES = """
create or replace temp table openrank_edge as
with edge as (
    select
        repo_id,
        any_value(cast(deeds_at as date)) as covered_on,
        person_id,
        extract(year from month) * 12 + extract(month from month) - 1 as month,
        sum(weight * times) as weight
    from core.participation
    join weight using (thread, kind)
    join core.forge_span using (repo_id)
    where month <= $day and month <= cast(deeds_at as date)
    group by repo_id, person_id, month
)
select
    *,
    dense_rank() over (order by person_id) - 1 as person,
    dense_rank() over (order by repo_id) - 1 as repository
from edge
"""
_NODES = """
select node_kind, node_id, covered_on
from (
    select
        person as position,
        'person' as node_kind,
        any_value(person_id) as node_id,
        max(covered_on) as covered_on
    from temp.openrank_edge
    group by person
    union all
    select repository + $people, 'repository', any_value(repo_id), max(covered_on)
    from temp.openrank_edge
    group by repository
)
order by position
"""
_UNKNOWN = """
select
    'repository' as node_kind,
    repo_id as node_id,
    cast(null as date) as month,
    cast(null as boolean) as is_active,
    cast(null as double) as openrank,
    cast(deeds_at as date) as covered_on,
    if(deeds_at is null, $never, $empty) as reason
from core.repository
left join core.forge_span using (repo_id)
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
        nodes = con.sql(_NODES, params={"people": people}).to_arrow_table()
        unknown = con.sql(_UNKNOWN, params={"never": _NEVER, "empty": _EMPTY}).to_arrow_table()
        return with_unknown(ranked_rows(ranked, with_dictionaries(nodes), _AFTER), unknown)
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

    ranked = follow_months(
        months,
        day.year * 12 + day.month - 1,
        network,
        retention,
        attenuation=parameters["attenuation"],
        smallest=parameters["smallest"],
    )
    return people, ranked
