"""
description: How active the community of a repository is month by month, by OpenDigger's measure.
grain: >-
  one per repository and month since it is on its forge; one with a null month for a repository that no forge
  has told of
key: [repo_id, month]
columns:
  repo_id: repository
  month: first day of the month; null where nothing is known
  participants: people with a deed that has a weight; null where the month was not read
  activity: sum over people of the square root of their weighted deeds; null likewise
  covered_on: day until which issues, change requests and all comments are read; null if never to the end
  reason: why nothing is known of the month; null where something is
formula: >-
  sum over people of sqrt(sum of weight · times); weights in openrank.yaml: issue opened 2.2235, comment
  0.5252, change request opened 4.0679, comment on code 0.7427, change request merged 2.0339
source: OpenDigger metric Activity (X-lab)
edge_cases:
  - A month that was read and holds no deed is zero; a month after covered_on is null. The month of
    covered_on counts what was done until then.
  - Without a crawl of the forge all is null, for git tells nothing of issues; so it is where a list or the
    comments were not read to their end, because what is there would be too little by an unknown part.
  - A merge counts for the author of the change request. Bots are left out, which OpenDigger does not do.
"""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

READS = ("core.deed", "core.forge_period", "core.forge_span", "core.repository")
DATA = ("openrank.yaml",)
_NEVER = "issues, change requests and comments of it were never read to their end"
_EMPTY = "nothing was ever opened, and the forge does not say since when it exists"
_AFTER = "the forge was not read since"
_RESULT = """
with dated as (
    select
        repo_id,
        thread,
        kind,
        person_id,
        date '1970-01-01' + cast(epoch_us(done_at) // 86400000000 as integer) as day,
        cast(date_trunc('month', day) as date) as month
    from core.deed
),
person as (
    select
        repo_id,
        month,
        person_id,
        sqrt(cast(sum(cast(weight as decimal(38, 18))) as double)) as activity
    from dated
    join weight using (thread, kind)
    where month <= $day
    group by repo_id, month, person_id
),
counted as (
    select repo_id, month, count(*) as participants,
        cast(sum(cast(activity as decimal(38, 18))) as double) as activity
    from person
    group by repo_id, month
),
placed as (
    select
        repository.repo_id,
        period.first_day as month,
        cast(span.deeds_at as date) as covered_on,
        coalesce(period.first_day <= cast(span.deeds_at as date), false) as is_known
    from core.repository
    left join core.forge_span as span on span.repo_id = repository.repo_id
    left join core.forge_period as period on period.repo_id = repository.repo_id and period.period = 'month'
)
select
    placed.repo_id,
    placed.month,
    case when is_known then coalesce(counted.participants, 0) end as participants,
    case when is_known then coalesce(counted.activity, 0) end as activity,
    placed.covered_on,
    case
        when covered_on is null then $never
        when placed.month is null then $empty
        when not is_known then $after
    end as reason
from placed
left join counted on counted.repo_id = placed.repo_id and counted.month = placed.month
"""


def build(con: duckdb.DuckDBPyConnection, context: Any) -> pa.Table:
    weights = yaml.safe_load(Path(__file__).with_name(DATA[0]).read_text(encoding="utf-8"))["activity"]
    names = [name.split(".") for name in weights]
    columns = {
        "thread": [thread for thread, _ in names],
        "kind": [kind for _, kind in names],
        "weight": list(weights.values()),
    }
    reasons = {"never": _NEVER, "empty": _EMPTY, "after": _AFTER}
    con.register("weight", pa.table(columns))
    try:
        return con.sql(_RESULT, params=reasons | {"day": context.as_of}).to_arrow_table()
    finally:
        con.unregister("weight")
