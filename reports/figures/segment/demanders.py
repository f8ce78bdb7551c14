"""Who here uses a segment, with the place that shows it best."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select used.segment_id, used.enterprise_id, used.use, used.repositories_using, place.objects,
    place.repo_id, place.path,
    place.line
from mart.enterprise_segment as used
left join mart.demand_place as place using (enterprise_id, segment_id)
where used.use > 0
order by used.segment_id, used.use desc, used.enterprise_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_demanders.nothing"), None)
    return Drawing(
        words(
            "figure.segment_demanders.finding",
            users=len(rows),
            repositories=sum(row["repositories_using"] or 0 for row in rows),
        ),
        None,
    )


FIGURE = Figure(
    "segment_demanders", "segment", 2, QUERY, draw, subject="segment_id", robustness="counted",
)  # fmt: skip
