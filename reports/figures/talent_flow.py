"""How people moved between employers, as counts; under five folded."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import sankey
from reports.texts import Words
from warehouse.people import FOLD, folded

QUERY = f"""
select
    flow.from_enterprise_id,
    flow.to_enterprise_id,
    source.name_zh as source_name_zh,
    source.name_en as source_name_en,
    target.name_zh as target_name_zh,
    target.name_en as target_name_en,
    {folded("sum(flow.people)")} as people,
    case when sum(flow.people) >= {FOLD} then sum(flow.people) end::bigint as people_shown,
    min(flow.year) as first_year,
    max(flow.year) as last_year
from mart.talent_flow as flow
left join raw.enterprise as source on source.enterprise_id = flow.from_enterprise_id
left join raw.enterprise as target on target.enterprise_id = flow.to_enterprise_id
group by all
order by sum(flow.people) desc, flow.from_enterprise_id, flow.to_enterprise_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.talent_flow.nothing"), None)
    finding = words(
        "figure.talent_flow.finding", pairs=len(rows), folded=sum(row["people_shown"] is None for row in rows)
    )
    shown = [row for row in rows if row["people_shown"]][:30]
    if not shown:
        return Drawing(finding, None)
    flows = [
        ((0, words.name(row, "source_")), (1, words.name(row, "target_")), float(row["people_shown"]))
        for row in shown
    ]
    return Drawing(finding, sankey(flows, {}, height=140 + 24 * len(shown)))


FIGURE = Figure(
    "talent_flow", "contribution", 8, QUERY, draw, robustness="lower_bound",
    hidden=frozenset(
        {"people_shown", "source_name_zh", "source_name_en", "target_name_zh", "target_name_en"}
    ),
)  # fmt: skip
