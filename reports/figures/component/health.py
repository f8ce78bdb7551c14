"""How healthy the source of a component is, where the workspace watches it."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select source.package_key, health.repo_id, source.joined_by, warning.standing as health_standing,
    warning.warnings, health.enterprise_id, health.last_commit_on, health.commits_year,
    health.last_release_on,
    health.contributor_absence_factor, health.elephant_factor, health.retention,
    health.development_distribution_score, health.issue_response_hours, health.change_request_response_hours,
    health.review_participation, health.criticality, health.criticality_known, health.forge_covered_on,
    health.is_shallow
from core.package_source as source
join mart.community_health as health using (repo_id)
join (
    select repo_id, any_value(standing) as standing,
        coalesce(list(warning order by weight, warning) filter (where holds), []) as warnings
    from mart.community_warning
    group by repo_id
) as warning using (repo_id)
order by source.package_key, source.rank, health.commits_year desc nulls last, health.repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_health.nothing"), None)
    first = rows[0]
    return Drawing(
        words(
            "figure.component_health.finding",
            repository=first["repo_id"],
            standing=words.code("health_standing", first["health_standing"]),
            commits="–" if first["commits_year"] is None else first["commits_year"],
            factor=first["contributor_absence_factor"] or "–",
        ),
        None,
    )


FIGURE = Figure(
    "component_health", "component", 5, QUERY, draw, subject="package_key", robustness="lower_bound",
)  # fmt: skip
