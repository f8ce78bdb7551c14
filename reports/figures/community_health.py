"""Health of the communities of the observed repositories."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words
from warehouse.people import folded

QUERY = f"""
select
    repo_id,
    last_commit_on,
    commits_year,
    {folded("contributors_year")} as contributors_year,
    {folded("contributors_new")} as contributors_new,
    {folded("contributors_inactive")} as contributors_inactive,
    contributor_absence_factor,
    elephant_factor,
    unaffiliated,
    development_distribution_score,
    retention,
    burstiness,
    issue_response_hours,
    change_request_response_hours,
    review_participation,
    is_shallow,
    warning.standing as health_standing,
    warning.warnings
from mart.community_health as health
join (
    select repo_id, any_value(standing) as standing,
        coalesce(list(warning order by weight, warning) filter (where holds), []) as warnings
    from mart.community_warning
    group by repo_id
) as warning using (repo_id)
order by development_distribution_score nulls last, commits_year desc nulls last, repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    alive = [row for row in rows if row["commits_year"]]
    read = [row for row in rows if row["commits_year"] is not None]
    if not read:
        return Drawing(words("figure.community_health.nothing"), None)
    finding = words(
        "figure.community_health.finding",
        read=len(read),
        silent=len(read) - len(alive),
        single=sum(row["contributor_absence_factor"] == 1 for row in alive),
        risky=sum(row["health_standing"] == "at risk" for row in rows),
        dark=sum(row["health_standing"] == "not enough data" for row in rows),
    )
    return Drawing(finding, None)


FIGURE = Figure("community_health", "contribution", 4, QUERY, draw, view="health")
