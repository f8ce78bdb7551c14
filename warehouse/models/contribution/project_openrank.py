"""
description: Share of people in the work of one repository, in the network of its issues and change requests.
grain: >-
  one per repository, person and month; one with a null person and month for a repository never crawled
key: [repo_id, person_id, month]
columns:
  repo_id: repository
  person_id: pseudonym, as in core.account; null where nothing is known
  month: first day of the month; null likewise
  is_active: had a deed in the month; null likewise
  openrank: contribution; null likewise, and in months that were not read
  covered_on: day until which all deeds there were read; null if never to the end
  reason: why nothing is known; null where something is
formula: >-
  v = A·v0 + (E − A)·S·v over people, issues, change requests and the repository. A is 0.15 for people and
  repository,
  0.8 for issues and change requests; new ones begin with 1 (people, repository), 2 (issue), 3 or 5 (change
  request,
  merged). An issue gives 0.1 to the repository and 0.9 to people, half of that to its author first and the
  rest by
  deeds (open 2, comment 1, review 1, close 2); people give to what they worked on by the same weights, the
  repository
  to all alike. In a month without a deed a value is multiplied by 0.8, and below 0.1 dropped.
source: OpenRank, project (community) form (X-lab); parameters in openrank.yaml as OpenDigger publishes them
edge_cases:
  - Reactions change the published initial values by their kind; forges tell us only their sum, they are left
    out.
  - A review without a comment on code counts as one review, which the published data does not hold.
  - >-
    A month in which nobody did anything has rows of attenuated values, a month after covered_on has nulls;
    git alone
    gives no row but a reason, and so does a crawl that never came to its end.
"""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from warehouse.models.contribution.ranked_rows import ranked_rows, with_unknown
from warehouse.openrank import Indices, Network, follow_months, shares

READS = (
    "core.forge_span",
    "core.participation",
    "core.repository",
    "core.repository_forge",
    "raw.change_request",
    "raw.forge_repository",
)
DATA = ("openrank.yaml",)
_NEVER = "issues, change requests, comments and reviews of it were never read to their end"
_EMPTY = "nothing was ever done there"
_AFTER = "the forge was not read since"
_KINDS = ("issue", "open_change_request", "merged_change_request")
_DEEDS = """
create or replace temp table project_deed as
with merged as (
    select
        coalesce(known.repo_id, told.repo_id) as repo_id,
        change.number,
        cast(date_trunc('month', cast(change.merged_at as date)) as
        date) as month
    from raw.change_request as change
    join raw.forge_repository as told using (forge, repository_id)
    left join core.repository_forge as known using (forge, repository_id)
    where change.merged_at is not null
),
span as (
    select repo_id, cast(least(deeds_at, change_request_responses_at) as date) as covered_on
    from core.forge_span
    where deeds_at is not null and change_request_responses_at is not null
),
deed as (
    select
        participation.repo_id,
        any_value(span.covered_on) as covered_on,
        person_id,
        thread,
        number,
        extract(year from month) * 12 + extract(month from month) - 1 as month,
        month as day,
        sum(weight.weight * times) as weight,
        bool_or(participation.kind = 'open') as is_author
    from core.participation as participation
    join weight on weight.kind = participation.kind
    join span on span.repo_id = participation.repo_id
    where month <= $day and month <= span.covered_on
    group by participation.repo_id, person_id, thread, number, month
)
select
    deed.*,
    case when thread = 'issue' then 0 when merged.month <= deed.day then 2 else 1 end as kind,
    dense_rank() over (order by deed.repo_id, person_id) - 1 as person,
    dense_rank() over (order by deed.repo_id, thread, deed.number) - 1 as thread_position,
    dense_rank() over (order by deed.repo_id) - 1 as repository
from deed
left join merged on merged.repo_id = deed.repo_id and merged.number = deed.number and thread =
    'change_request'
order by deed.month
"""
_NODES = """
select any_value(repo_id) as repo_id, any_value(person_id) as person_id, any_value(covered_on) as covered_on
from temp.project_deed
group by person
order by person
"""
_UNKNOWN = """
select
    repo_id,
    cast(null as varchar) as person_id,
    cast(null as date) as month,
    cast(null as boolean) as is_active,
    cast(null as double) as openrank,
    cast(case when change_request_responses_at is not null then least(deeds_at,
    change_request_responses_at) end as date) as covered_on,
    if(deeds_at is null or change_request_responses_at is null, $never, $empty) as reason
from core.repository
left join core.forge_span using (repo_id)
where repo_id not in (select repo_id from temp.project_deed)
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    parameters = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))["project"]
    deeds = parameters["deeds"]
    con.register("weight", pa.table({"kind": list(deeds), "weight": list(map(float, deeds.values()))}))
    try:
        con.execute(_DEEDS, {"day": context.as_of})
        ranked = _rank(con, context.as_of, parameters)
        known = ranked_rows(ranked, con.sql(_NODES).to_arrow_table(), _AFTER)
        unknown = con.sql(_UNKNOWN, params={"never": _NEVER, "empty": _EMPTY}).to_arrow_table()
        return with_unknown(known, unknown)
    finally:
        con.execute("drop table if exists temp.project_deed")
        con.unregister("weight")


def _rank(con: duckdb.DuckDBPyConnection, day: Any, parameters: Any) -> pa.Table:
    """Values of people, all repositories at once: their networks have no edge between them."""
    columns = con.sql(
        "select month, person, thread_position, repository, weight, is_author, kind from temp.project_deed"
        " order by month"
    ).to_arrow_table()
    months, person, thread, repository, weight, author, kind = (
        column.to_numpy().astype(np.float64 if name == "weight" else np.int64)
        for name, column in zip(columns.column_names, columns.columns, strict=True)
    )
    people, threads, repositories = (int(part.max(initial=-1)) + 1 for part in (person, thread, repository))
    retained = parameters["retention"]
    retention = np.repeat(
        [retained["person"], retained["thread"], retained["repository"]], [people, threads, repositories]
    ).astype(np.float64)
    begins = np.array([parameters["initial"][name] for name in _KINDS], np.float64)

    def network(rows: slice) -> Network:
        own = person[rows], thread[rows] + people, repository[rows] + people + threads
        nodes, positions = np.unique(np.concatenate(own), return_inverse=True)
        one, work, place = np.split(positions, 3)
        initial = np.full(len(nodes), float(parameters["initial"]["person"]))
        initial[work] = begins[kind[rows]]
        return Network(nodes, initial, _edges((one, work, place), weight[rows], author[rows], parameters))

    return follow_months(
        months,
        day.year * 12 + day.month - 1,
        network,
        retention,
        attenuation=parameters["attenuation"],
        smallest=parameters["smallest"],
        shown=people,
    )


def _edges(
    ends: tuple[Indices, Indices, Indices], weight: Any, author: Any, parameters: Any
) -> tuple[Indices, Indices, Any]:
    """Between people, what they worked on, and the repository."""
    one, work, place = ends
    has_author = np.bincount(work, author)[work] > 0
    first, by_deeds = parameters["author_first"], shares(work, weight)
    to_people = np.where(has_author, first * author + (1 - first) * by_deeds, by_deeds)
    works, at = np.unique(work, return_index=True)
    home = place[at]
    return (
        np.concatenate([work, one, works, home]),
        np.concatenate([one, work, home, works]),
        np.concatenate(
            [
                parameters["thread_to_people"] * to_people,
                shares(one, weight),
                np.full(len(works), float(parameters["thread_to_repository"])),
                shares(home, np.ones(len(works))),
            ]
        ),
    )
