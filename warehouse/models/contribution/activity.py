"""
description: How active the community of a repository is month by month, by OpenDigger's measure.
grain: one per repository and month from its first deed on; one with a null month for a repository never
  crawled
key: [repo_id, month]
columns:
  repo_id: repository
  month: first day of the month; null where nothing is known
  participants: people with a deed that has a weight; null likewise
  activity: sum over people of the square root of their weighted deeds; null likewise
  reason: why nothing is known; null where something is
formula: >-
  sum over people of sqrt(sum of weight · times); weights in openrank.yaml: issue opened 2.2235, comment
  0.5252,
  change request opened 4.0679, comment on code 0.7427, change request merged 2.0339
source: OpenDigger metric Activity (X-lab)
edge_cases:
  - A month without a deed between two others is zero, in which the repository was seen and quiet.
  - Without a crawl of the forge all is null, for git tells nothing of issues.
  - A merge counts for the author of the change request. Bots are left out, which OpenDigger does not do.
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = ("core.participation", "core.repository")
DATA = ("openrank.yaml",)
_REASON = "no issue or change request of it was crawled"
_RESULT = """
with person as (
    select repo_id, month, person_id, sqrt(sum(weight * times)) as activity
    from core.participation
    join weight using (thread, kind)
    where month <= date_trunc('month', $day)
    group by repo_id, month, person_id
),
counted as (
    select repo_id, month, count(*) as participants, sum(activity) as activity from person group by repo_id,
        month
),
months as (
    select
        repo_id,
        cast(unnest(generate_series(min(month), date_trunc('month', $day), interval 1 month)) as date) as
            month
    from counted
    group by repo_id
)
select
    repository.repo_id,
    months.month,
    case when months.month is not null then coalesce(counted.participants, 0) end as participants,
    case when months.month is not null then coalesce(counted.activity, 0) end as activity,
    case when months.month is null then $reason end as reason
from core.repository
left join months on months.repo_id = repository.repo_id
left join counted on counted.repo_id = months.repo_id and counted.month = months.month
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    weights = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))["activity"]
    names = [name.split(".") for name in weights]
    columns = {
        "thread": [thread for thread, _ in names],
        "kind": [kind for _, kind in names],
        "weight": list(weights.values()),
    }
    con.register("weight", pa.table(columns))
    try:
        return con.sql(_RESULT, params={"day": context.as_of, "reason": _REASON}).to_arrow_table()
    finally:
        con.unregister("weight")
