"""How many people of which enterprise work on what a segment rests on: counts, under five folded."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select
    listed.segment_id,
    listed.enterprise_id,
    case when listed.is_folded then '<5' else listed.people::varchar end as people,
    listed.commits,
    listed.demand as users,
    {folded("total.people")} as people_region,
    {folded("total.people_unknown")} as people_unknown
from mart.plan_talent as listed
left join mart.segment_talent as total using (segment_id)
order by listed.segment_id, listed.people desc nulls last, listed.enterprise_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_people.nothing"), None)
    finding = words(
        "figure.segment_people.finding", enterprises=len(rows), people=rows[0]["people_region"] or "–",
        unknown=rows[0]["people_unknown"] or "–",
    )  # fmt: skip
    return Drawing(finding, None)


FIGURE = Figure(
    "segment_people", "segment", 5, QUERY, draw, subject="segment_id", robustness="lower_bound",
    hidden=frozenset({"people_region", "people_unknown"}),
)  # fmt: skip
