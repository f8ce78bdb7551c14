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

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from warehouse.models.contribution.ranked_rows import ranked_rows, with_dictionaries, with_unknown
from warehouse.openrank import Indices, Network, follow_months, number_nodes, shares

READS = (
    "core.deed",
    "core.forge_span",
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
_BLOCK = 2**19
"""Deeds from which repositories are ranked together: enough for arrays to be quick, few enough for caches."""
_AHEAD = 4
"""Blocks that are ranked or wait to be stored."""
_DEEDS = """
with span as (
    select
        repo_id,
        cast(least(deeds_at, change_request_responses_at) as date) as covered_on,
        row_number() over (order by repo_id) as repository
    from core.forge_span
    where deeds_at is not null and change_request_responses_at is not null
),
merged as (
    select
        span.repository,
        change.number,
        cast(date_trunc('month', cast(change.merged_at as date)) as date) as month
    from raw.change_request as change
    join raw.forge_repository as told using (forge, repository_id)
    left join core.repository_forge as known using (forge, repository_id)
    join span on span.repo_id = coalesce(known.repo_id, told.repo_id)
    where change.merged_at is not null
),
deed as (
    select
        *,
        date '1970-01-01' + cast(epoch_us(done_at) // 86400000000 as integer) as day,
        cast(date_trunc('month', day) as date) as month
    from core.deed
)
select
    span.repository,
    deed.repo_id,
    covered_on,
    person_id,
    deed.number,
    thread = 'issue' as is_issue,
    case when thread = 'issue' then 0 when merged.month <= deed.month then 2 else 1 end as kind,
    cast(extract(year from deed.month) * 12 + extract(month from deed.month) - 1 as smallint) as month,
    weight,
    deed.kind = 'open' as is_author,
    hash(person_id, thread, deed.number, deed.kind, deed.month) as digest
from deed
join weight on weight.kind = deed.kind
join span on span.repo_id = deed.repo_id
left join merged
    on merged.repository = span.repository
    and merged.number = case when thread = 'change_request' then deed.number end
where deed.month <= $day and deed.month <= covered_on
order by span.repository, digest
"""
"""In an order of its own, because sums of fractions depend on it; a digest is sorted quicker than texts."""
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
where repo_id not in (select unnest($ranked::varchar[]))
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.RecordBatchReader:
    parameters = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))["project"]
    weights = parameters["deeds"]
    con.register("weight", pa.table({"kind": list(weights), "weight": list(map(float, weights.values()))}))
    try:
        deeds = con.sql(_DEEDS, params={"day": context.as_of}).to_arrow_table()
    finally:
        con.unregister("weight")
    last = context.as_of.year * 12 + context.as_of.month - 1
    names = deeds["repo_id"].unique().to_pylist()
    unknown = con.sql(_UNKNOWN, params={"never": _NEVER, "empty": _EMPTY, "ranked": names}).to_arrow_table()
    ranked = _ranked(_blocks(deeds), partial(_rank, last=last, parameters=parameters))
    first = with_unknown(next(ranked), unknown)
    batches = (batch for table in chain([first], ranked) for batch in table.to_batches())
    return pa.RecordBatchReader.from_batches(first.schema, batches)


def _ranked(blocks: Iterable[pa.Table], rank: Callable[[pa.Table], pa.Table]) -> Iterator[pa.Table]:
    """Rows block by block, in order; the next ones are ranked while those before are stored."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        upcoming = iter(blocks)
        waiting = deque(pool.submit(rank, block) for block in islice(upcoming, _AHEAD))
        while waiting:
            ranked = waiting.popleft().result()
            waiting.extend(pool.submit(rank, block) for block in islice(upcoming, 1))
            yield ranked


def _blocks(deeds: pa.Table) -> list[pa.Table]:
    """The deeds, those of a repository in one part; at least one part, which may be empty."""
    repository = deeds["repository"].to_numpy()
    starts = np.flatnonzero(np.diff(repository, prepend=-1))
    _, first = np.unique(starts // _BLOCK, return_index=True)
    ends = [*starts[first].tolist()[1:], len(repository)]
    return [deeds.slice(start, end - start) for start, end in zip([0, *ends], ends, strict=False)]


def _rank(deeds: pa.Table, last: int, parameters: Any) -> pa.Table:
    """Rows of some repositories, ranked at once: their networks have no edge between them."""
    deeds = _counted(with_dictionaries(deeds))
    deeds = deeds.take(np.argsort(deeds["month"].to_numpy(), kind="stable"))
    place, someone, number = (
        deeds[name].combine_chunks().indices.to_numpy().astype(np.int64)
        for name in ("repo_id", "person_id", "number")
    )
    pairs, first, person = np.unique(place * deeds.num_rows + someone, return_index=True, return_inverse=True)
    threads, thread = np.unique(
        (place * 2 + deeds["is_issue"].to_numpy()) * deeds.num_rows + number, return_inverse=True
    )
    counts = [len(pairs), len(threads), int(place.max(initial=-1)) + 1]
    retained = parameters["retention"]
    retention = np.repeat([retained[kind] for kind in ("person", "thread", "repository")], counts)
    begins = np.array([parameters["initial"][name] for name in _KINDS], np.float64)[deeds["kind"].to_numpy()]
    weight, author = (deeds[name].to_numpy().astype(np.float64) for name in ("weight", "is_author"))
    ends = person, thread + counts[0], place + counts[0] + counts[1]

    def network(rows: slice) -> Network:
        nodes, (one, work, home) = number_nodes(len(retention), *(end[rows] for end in ends))
        initial = np.full(len(nodes), float(parameters["initial"]["person"]))
        initial[work] = begins[rows]
        return Network(nodes, initial, _edges((one, work, home), weight[rows], author[rows], parameters))

    ranked = follow_months(
        deeds["month"].to_numpy(),
        last,
        network,
        retention,
        attenuation=parameters["attenuation"],
        smallest=parameters["smallest"],
        shown=len(pairs),
    )
    return ranked_rows(ranked, deeds.select(["repo_id", "person_id", "covered_on"]).take(first), _AFTER)


def _counted(deeds: pa.Table) -> pa.Table:
    """What a person did more than once in a month, of one kind in one thread, as one row with its weight."""
    same = np.ones(max(deeds.num_rows - 1, 0), bool)
    for name in ("repo_id", "digest", "person_id", "number"):
        column = deeds[name].combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.indices
        values = column.to_numpy()
        same &= values[1:] == values[:-1]
    if not same.any():
        return deeds
    starts = np.flatnonzero(np.concatenate([[True], ~same]))
    weight = pa.array(np.add.reduceat(deeds["weight"].to_numpy(), starts))
    deeds = deeds.take(starts)
    return deeds.set_column(deeds.schema.get_field_index("weight"), "weight", weight)


def _edges(
    ends: tuple[Indices, Indices, Indices], weight: Any, author: Any, parameters: Any
) -> tuple[Indices, Indices, Any]:
    """Between people, what they worked on, and the repository."""
    one, work, place = ends
    has_author = np.bincount(work, author)[work] > 0
    first, by_deeds = parameters["author_first"], shares(work, weight)
    to_people = np.where(has_author, first * author + (1 - first) * by_deeds, by_deeds)
    home = np.full(int(work.max(initial=-1)) + 1, -1)
    home[work] = place
    works = np.flatnonzero(home >= 0)
    home = home[works]
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
