"""The upstream projects that a segment rests on here: where to join in."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select segment_id, place, package_key, owner, foreign_factor, users, use, source_repo_id,
    {folded("contributors_here")} as contributors_here, resilience
from mart.upstream_community
order by segment_id, place
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_upstreams.nothing"), None)
    return Drawing(
        words(
            "figure.segment_upstreams.finding",
            upstreams=len(rows),
            first=rows[0]["package_key"],
            users=rows[0]["users"],
        ),
        None,
    )


FIGURE = Figure(
    "segment_upstreams", "segment", 9, QUERY, draw, subject="segment_id", robustness="lower_bound",
)  # fmt: skip
