"""What was seen of each repository, and what was not."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    repo_id,
    enterprise_id,
    sbom_status,
    history_status,
    components,
    exact_version_share,
    commits,
    is_shallow,
    unreadable,
    over_limit,
    unresolved,
    without_exact_version,
    coalesce(sbom_error, history_error) as error,
    scanned_at
from mart.coverage
order by sbom_status = 'failed' desc, unreadable desc nulls first, repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    failed = sum("failed" in (row["sbom_status"], row["history_status"]) for row in rows)
    partial = sum("partial" in (row["sbom_status"], row["history_status"]) for row in rows)
    places = {"repositories": len(rows), "failed": failed, "partial": partial}
    return Drawing(words("figure.repository_coverage.finding", **places), None)


FIGURE = Figure("repository_coverage", "coverage", 1, QUERY, draw)
