"""What the people of an enterprise committed in each year, in its own repositories and upstream."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import columns
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select enterprise_id, year, {folded("people")} as people, commits, commits_upstream,
    repositories_upstream, added, deleted
from mart.contribution_by_enterprise
where enterprise_id is not null and year is not null
order by enterprise_id, year
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_contribution.nothing"), None)
    own = [(row["commits"] or 0) - (row["commits_upstream"] or 0) for row in rows]
    upstream = [row["commits_upstream"] or 0 for row in rows]
    finding = words(
        "figure.enterprise_contribution.finding", commits=sum(own) + sum(upstream), upstream=sum(upstream)
    )
    series = {
        words("figure.enterprise_contribution.own"): (own, "blue"),
        words("column.commits_upstream"): (upstream, "teal"),
    }
    return Drawing(finding, columns([row["year"] for row in rows], series, title=words("column.commits")))


FIGURE = Figure(
    "enterprise_contribution", "enterprise", 5, QUERY, draw, subject="enterprise_id", robustness="lower_bound"
)
