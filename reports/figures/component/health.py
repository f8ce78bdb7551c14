"""How healthy the source of a component is, where the workspace watches it."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select distinct declared.package_key, health.repo_id, health.enterprise_id, health.last_commit_on,
    health.commits_year,
    health.contributor_absence_factor, health.elephant_factor, health.retention,
        health.development_distribution_score,
    health.is_shallow
from core.declared_package as declared
join mart.community_health as health using (repo_id)
where not declared.in_test_data
order by declared.package_key, health.commits_year desc nulls last, health.repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_health.nothing"), None)
    first = rows[0]
    return Drawing(
        words(
            "figure.component_health.finding",
            repository=first["repo_id"],
            commits=first["commits_year"] or 0,
            factor=first["contributor_absence_factor"] or "–",
        ),
        None,
    )


FIGURE = Figure(
    "component_health", "component", 5, QUERY, draw, subject="package_key", robustness="lower_bound",
)  # fmt: skip
