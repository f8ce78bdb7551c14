"""The upstreams where one contribution of an enterprise would count most."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.figures.giveback_opportunity import opportunity_finding
from reports.texts import Words

QUERY = """
select
    enterprise_id,
    place,
    upstream_repo_id,
    score,
    dependence,
    contributor_absence_factor,
    response_hours,
    responsiveness_is_prior,
    criticality,
    times
from mart.giveback_opportunity
where enterprise_id is not null
order by enterprise_id, place nulls last, dependence desc, upstream_repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    placed = [row for row in rows if row["place"] is not None]
    if not placed:
        return Drawing(words("figure.enterprise_giveback_opportunity.nothing"), None)
    return Drawing(opportunity_finding("enterprise_giveback_opportunity", placed, rows, words), None)


FIGURE = Figure(
    "enterprise_giveback_opportunity", "enterprise", 6, QUERY, draw, subject="enterprise_id",
    robustness="judged",
)  # fmt: skip
