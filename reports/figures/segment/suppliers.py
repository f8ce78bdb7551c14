"""Who here can supply a segment, with the place that shows it best."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select made.segment_id, made.enterprise_id, made.supply as capability_share, made.repositories_supplying,
    place.objects,
    place.repo_id, place.path, place.line
from mart.enterprise_segment as made
left join mart.supply_place as place using (enterprise_id, segment_id)
where made.repositories_supplying > 0
order by made.segment_id, made.supply desc nulls last, made.enterprise_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_suppliers.nothing"), None)
    alive = sum((row["capability_share"] or 0) > 0 for row in rows)
    return Drawing(
        words("figure.segment_suppliers.finding", suppliers=alive, dormant=len(rows) - alive), None
    )


FIGURE = Figure(
    "segment_suppliers", "segment", 3, QUERY, draw, subject="segment_id", robustness="counted",
)  # fmt: skip
