"""How far users of a segment adapted to domestic platforms, and which packages have no build for them."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select segment_id, platform, users, adapted, adapted_share, not_adapted_ids, unbuilt_packages, unbuilt_users
from mart.segment_adaptation
order by segment_id, adapted_share desc, platform
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.segment_adaptation.nothing"), None)
    return Drawing(
        words(
            "figure.segment_adaptation.finding",
            platforms=len(rows),
            adapted=sum(row["adapted"] > 0 for row in rows),
            unbuilt=len({package for row in rows for package in row["unbuilt_packages"]}),
        ),
        None,
    )


FIGURE = Figure(
    "segment_adaptation", "segment", 11, QUERY, draw, subject="segment_id", robustness="counted",
)  # fmt: skip
