"""Who needs a segment and who could supply it to them."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select segment_id, demander_id, supplier_id, match, is_used_already, same_park, demand_object,
    demand_repo_id, demand_path,
    demand_line, supply_object, supply_repo_id, supply_path, supply_line
from mart.supply_demand_match
order by segment_id, match desc, demander_id, supplier_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_matches.nothing"), None)
    return Drawing(
        words(
            "figure.segment_matches.finding",
            matches=len(rows),
            demanders=len({row["demander_id"] for row in rows}),
            suppliers=len({row["supplier_id"] for row in rows}),
        ),
        None,
    )


FIGURE = Figure(
    "segment_matches", "segment", 8, QUERY, draw, subject="segment_id", robustness="counted",
)  # fmt: skip
