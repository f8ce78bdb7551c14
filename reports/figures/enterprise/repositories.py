"""The repositories of an enterprise and what could be seen of each."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select coverage.enterprise_id, coverage.repo_id, coverage.sbom_status, coverage.history_status,
    coverage.components,
    coverage.exact_version_share, coverage.commits, health.last_commit_on,
        health.contributor_absence_factor,
    coverage.unreadable, coverage.unresolved, coalesce(coverage.sbom_error, coverage.history_error) as error
from mart.coverage as coverage
left join mart.community_health as health using (repo_id)
order by coverage.enterprise_id, coverage.repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_repositories.nothing"), None)
    read = sum(row["sbom_status"] in ("succeeded", "partial") for row in rows)
    return Drawing(words("figure.enterprise_repositories.finding", repositories=len(rows), read=read), None)


FIGURE = Figure(
    "enterprise_repositories", "enterprise", 8, QUERY, draw, subject="enterprise_id", robustness="counted",
)  # fmt: skip
