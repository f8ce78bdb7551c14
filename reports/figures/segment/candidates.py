"""Which enterprises here could close the gap of a segment: whom to ask."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select segment_id, place, enterprise_id, basis, supply as capability_share, density,
    {folded("people")} as people, near_segment_id, repo_id, path, line
from mart.segment_candidate
order by segment_id, place
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_candidates.nothing"), None)
    return Drawing(
        words(
            "figure.segment_candidates.finding",
            candidates=len(rows),
            near=sum(row["basis"] in ("supplies", "dormant", "works on it") for row in rows),
        ),
        None,
    )


FIGURE = Figure(
    "segment_candidates", "segment", 7, QUERY, draw, subject="segment_id", robustness="judged",
)  # fmt: skip
