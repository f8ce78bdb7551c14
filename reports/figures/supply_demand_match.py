"""Who here needs what somebody else here supplies (供需对接)."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    found.segment_id,
    segment.name_zh,
    segment.name_en,
    found.demander_id,
    found.supplier_id,
    found.match,
    found.is_used_already,
    found.same_park,
    found.demand_repo_id,
    found.demand_path,
    found.demand_line,
    found.supply_repo_id,
    found.supply_object,
    found.supply_path,
    found.supply_line
from mart.supply_demand_match as found
join raw.segment as segment using (segment_id)
order by found.match desc, found.segment_id, found.demander_id, found.supplier_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.supply_demand_match.nothing"), None)
    finding = words(
        "figure.supply_demand_match.finding",
        matches=len(rows),
        demanders=len({row["demander_id"] for row in rows}),
        suppliers=len({row["supplier_id"] for row in rows}),
        already=sum(row["is_used_already"] for row in rows),
    )
    return Drawing(finding, None)


FIGURE = Figure("supply_demand_match", "chain", 11, QUERY, draw)
