"""Demand and supply of each segment that somebody here uses."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 25

QUERY = """
select
    chain.name_zh as chain_name_zh,
    chain.name_en as chain_name_en,
    segment.name_zh,
    segment.name_en,
    segment.segment_id,
    segment.chain_id,
    demand.users,
    demand.observed,
    demand.registered,
    demand.demand,
    supply.suppliers,
    supply.suppliers_dormant,
    supply.supply,
    demand.repositories_using,
    demand.observability
from mart.segment_demand as demand
join mart.segment_supply as supply using (segment_id)
join raw.segment as segment using (segment_id)
join raw.chain as chain on chain.chain_id = segment.chain_id
where demand.users > 0 or supply.suppliers > 0
order by demand.demand desc nulls last, supply.supply, segment_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    wanted = [row for row in rows if row["users"]]
    if not wanted:
        return Drawing(words("figure.segment_balance.nothing"), None)
    unsupplied = [row for row in wanted if not row["supply"]]
    finding = words(
        "figure.segment_balance.finding",
        used=len(wanted),
        unsupplied=len(unsupplied),
        dormant=sum((row["suppliers_dormant"] or 0) > 0 for row in unsupplied),
        widest=words.name(wanted[0]),
        users=wanted[0]["users"],
        observed=wanted[0]["observed"],
    )
    shown = wanted[:SHOWN]
    chart = bars(
        [f"{words.name(row, 'chain_')} · {words.name(row)}" for row in shown],
        {
            words("column.demand"): ([row["demand"] for row in shown], "blue"),
            words("column.supply"): ([row["supply"] for row in shown], "teal"),
        },
        title=words("axis.share"),
        targets=[("segment", row["segment_id"]) for row in shown],
        stacked=False,
        axis={"range": [0, 1]},
    )
    return Drawing(finding, chart)


FIGURE = Figure("segment_balance", "chain", 9, QUERY, draw)
