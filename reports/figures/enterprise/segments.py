"""What an enterprise needs software for and what it can supply: scenarios and capabilities."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select enterprise_id, segment_id, kind as capability, strength, repositories, objects, counterparts,
    repo_id, path, line
from mart.plan_scenario_capability
order by enterprise_id, kind, strength desc nulls last, segment_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_segments.nothing"), None)
    capable = sum(row["capability"] == "capability" for row in rows)
    return Drawing(
        words("figure.enterprise_segments.finding", scenarios=len(rows) - capable, capabilities=capable), None
    )


FIGURE = Figure(
    "enterprise_segments", "enterprise", 7, QUERY, draw, subject="enterprise_id", robustness="counted",
)  # fmt: skip
