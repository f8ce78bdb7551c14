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
  openrank: contribution; null likewise
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
  - A month in which nobody did anything has rows of attenuated values; git alone gives no row but a reason.
"""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from warehouse.openrank import openrank, shares

READS = ("core.participation", "core.repository", "raw.change_request", "raw.forge_repository")
DATA = ("openrank.yaml",)
_REASON = "no issue or change request of it was crawled"
_SCHEMA = pa.schema(
    [
        ("repo_id", pa.string()),
        ("person_id", pa.string()),
        ("month", pa.date32()),
        ("is_active", pa.bool_()),
        ("openrank", pa.float64()),
        ("reason", pa.string()),
    ]
)
_DEEDS = """
with merged as (
    select repository.repo_id, change.number, change.merged_at
    from raw.change_request as change
    join raw.forge_repository as repository using (forge, repository_id)
    where change.merged_at is not null
)
select
    deed.repo_id,
    deed.month,
    deed.thread || ' ' || deed.number as thread,
    deed.person_id,
    sum(weight.weight * deed.times) as weight,
    max(case when deed.kind = 'open' then 1 else 0 end) as is_author,
    case
        when deed.thread = 'issue' then 'issue'
        when bool_or(date_trunc('month', cast(merged.merged_at as date)) <= deed.month) then
        'merged_change_request'
        else 'open_change_request'
    end as kind
from core.participation as deed
join weight on weight.kind = deed.kind
left join merged
    on merged.repo_id = deed.repo_id and merged.number = deed.number and deed.thread = 'change_request'
where deed.month <= date_trunc('month', $day)
group by deed.repo_id, deed.month, deed.thread, deed.number, deed.person_id
order by deed.repo_id, deed.month, thread, deed.person_id
"""
Node = tuple[str, str]


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    parameters = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))["project"]
    deeds = parameters["deeds"]
    con.register("weight", pa.table({"kind": list(deeds), "weight": list(map(float, deeds.values()))}))
    try:
        table = con.sql(_DEEDS, params={"day": context.as_of}).to_arrow_table()
    finally:
        con.unregister("weight")
    by_repository: dict[str, dict[Any, list[dict[str, Any]]]] = {}
    for row in table.to_pylist():
        by_repository.setdefault(row["repo_id"], {}).setdefault(row["month"], []).append(row)
    rows: list[tuple[object, ...]] = []
    for (repo_id,) in con.execute("select repo_id from core.repository order by repo_id").fetchall():
        months = by_repository.get(repo_id)
        if months is None:
            rows.append((repo_id, None, None, None, None, _REASON))
            continue
        rows += _follow(repo_id, months, context.as_of, parameters)
    columns = tuple(zip(*rows, strict=True)) if rows else ((),) * len(_SCHEMA)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA)


def _follow(
    repo_id: str, months: dict[Any, list[dict[str, Any]]], day: Any, parameters: Any
) -> list[tuple[object, ...]]:
    """The values of people from the first month with a deed to that of the day."""
    rows: list[tuple[object, ...]] = []
    values: dict[Node, float] = {}
    month, last = min(months), day.replace(day=1)
    while month <= last:
        active = _rank(months.get(month, []), values, parameters)
        left = {node: v * parameters["attenuation"] for node, v in values.items() if node not in active}
        values = {node: v for node, v in left.items() if v >= parameters["smallest"]} | active
        rows += (
            (repo_id, name, month, (kind, name) in active, value, None)
            for (kind, name), value in sorted(values.items())
            if kind == "person"
        )
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return rows


def _rank(deeds: list[dict[str, Any]], before: dict[Node, float], parameters: Any) -> dict[Node, float]:
    if not deeds:
        return {}
    kinds = {("thread", row["thread"]): row["kind"] for row in deeds}
    nodes: list[Node] = [
        ("repository", ""),
        *kinds,
        *dict.fromkeys(("person", row["person_id"]) for row in deeds),
    ]
    number = {node: position for position, node in enumerate(nodes)}
    initial = [before.get(node, parameters["initial"][kinds.get(node, node[0])]) for node in nodes]
    retention = [parameters["retention"][kind] for kind, _ in nodes]
    threads = np.array([number["thread", row["thread"]] for row in deeds], np.int64)
    people = np.array([number["person", row["person_id"]] for row in deeds], np.int64)
    weights = np.array([row["weight"] for row in deeds], np.float64)
    is_author = np.array([row["is_author"] for row in deeds], np.float64)
    has_author = np.bincount(threads, is_author)[threads] > 0
    first = parameters["author_first"]
    by_deeds = shares(threads, weights)
    to_people = parameters["thread_to_people"] * np.where(
        has_author, first * is_author + (1 - first) * by_deeds, by_deeds
    )
    all_threads = np.arange(1, len(kinds) + 1)
    repository = np.zeros(len(kinds), np.int64)
    edges = (
        np.concatenate([threads, people, all_threads, repository]),
        np.concatenate([people, threads, repository, all_threads]),
        np.concatenate(
            [
                to_people,
                shares(people, weights),
                np.full(len(kinds), parameters["thread_to_repository"]),
                np.full(len(kinds), 1 / len(kinds)),
            ]
        ),
    )
    ranked = openrank(np.array(initial), np.array(retention), edges)
    return dict(zip(nodes, ranked.tolist(), strict=True))
