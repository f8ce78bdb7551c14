"""How old what the answers rest on is: heads of repositories, histories, advisories, registries, taxonomy."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
with day as (select value::date as as_of from meta.parameter where name = 'as_of')
select 'repository_scan' as data_source, scanner as data_part, count(*) as entries,
    min(scanned_at)::date as oldest,
    max(scanned_at)::date as newest, date_diff('day', max(scanned_at)::date,
        (select as_of from day)) as age_days
from raw.repository_scan
group by scanner
union all
select 'commit', null, count(*), min(authored_on),
    max(authored_on) filter (where authored_on <= (select as_of from day)),
    date_diff('day', max(authored_on) filter (where authored_on <= (select as_of from day)),
        (select as_of from day))
from core.commit
union all
select 'advisory', null, count(*), min(modified)::date, max(modified)::date,
    date_diff('day', max(modified)::date, (select as_of from day))
from raw.advisory
union all
select 'kev', null, count(*), min(date_added)::date, max(date_added)::date,
    date_diff('day', max(date_added)::date, (select as_of from day))
from raw.kev
union all
select 'taxonomy', null, count(*), null, null, null
from raw.evidence_rule
order by 1, 2
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    known = [row for row in rows if row["entries"] and row["age_days"] is not None]
    oldest = max(known, key=lambda row: row["age_days"], default=None)
    if oldest is None:
        return Drawing(words("figure.data_age.nothing"), None)
    finding = words(
        "figure.data_age.finding",
        kinds=len(known),
        source=words(f"code.data_source.{oldest['data_source']}"),
        days=max(oldest["age_days"], 0),
    )
    return Drawing(finding, None)


FIGURE = Figure("data_age", "coverage", 4, QUERY, draw)
