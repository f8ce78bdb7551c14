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
from warehouse.openrank import Network, follow_months, number_nodes, shares

READS = ("core.deed", "core.forge_span", "core.repository")
DATA = ("openrank.yaml",)
_NEVER = "issues, change requests and comments of it were never read to their end"
_EMPTY = "nothing was ever done there"
_AFTER = "the forge was not read since"
_EDGES = """
with dated as (
    select
        *,
        date '1970-01-01' + cast(epoch_us(done_at) // 86400000000 as integer) as day,
        cast(date_trunc('month', day) as date) as month
    from core.deed
)
select
    repo_id,
    any_value(cast(deeds_at as date)) as covered_on,
    person_id,
    cast(extract(year from month) * 12 + extract(month from month) - 1 as smallint) as month,
    round(sum(weight), 9) as weight  -- a sum of doubles depends on their order
from dated
join weight using (thread, kind)
join core.forge_span using (repo_id)
where month <= $day and month <= cast(deeds_at as date)
group by repo_id, person_id, month
order by month, repo_id, person_id
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
where repo_id not in (select unnest($ranked::varchar[]))
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
        edges = con.sql(_EDGES, params={"day": context.as_of}).to_arrow_table()
    finally:
        con.unregister("weight")
    ranked = _rank(with_dictionaries(edges), context.as_of, parameters["global"])
    names = edges["repo_id"].unique().to_pylist()
    unknown = con.sql(_UNKNOWN, params={"never": _NEVER, "empty": _EMPTY, "ranked": names})
    return with_unknown(ranked, unknown.to_arrow_table())


def _rank(edges: pa.Table, day: Any, parameters: Any) -> pa.Table:
    """Rows of people and of repositories."""
    names = [edges[column].combine_chunks() for column in ("person_id", "repo_id")]
    counts, kinds = [len(name.dictionary) for name in names], ("person", "repository")
    person, repository = (name.indices.to_numpy().astype(np.int64) for name in names)
    repository += counts[0]
    weight = edges["weight"].to_numpy()
    retention, begins = (
        np.repeat([float(parameters[name][kind]) for kind in kinds], counts)
        for name in ("retention", "initial")
    )

    def network(rows: slice) -> Network:
        nodes, (one, other) = number_nodes(len(begins), person[rows], repository[rows])
        sources = np.concatenate([one, other])
        weights = shares(sources, np.concatenate([weight[rows], weight[rows]]))
        return Network(nodes, begins[nodes], (sources, np.concatenate([other, one]), weights))

    ranked = follow_months(
        edges["month"].to_numpy(),
        day.year * 12 + day.month - 1,
        network,
        retention,
        attenuation=parameters["attenuation"],
        smallest=parameters["smallest"],
    )
    covered_on = np.full(len(begins), np.iinfo(np.int32).min)
    for ends in (person, repository):
        np.maximum.at(covered_on, ends, edges["covered_on"].cast(pa.int32()).to_numpy())
    nodes = {
        "node_kind": np.repeat(kinds, counts),
        "node_id": pa.concat_arrays([name.dictionary for name in names]),
        "covered_on": pa.array(covered_on, pa.int32()).view(pa.date32()),
    }
    return ranked_rows(ranked, with_dictionaries(pa.table(nodes)), _AFTER)
