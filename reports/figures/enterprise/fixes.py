"""Which upgrades remove most of an enterprise's risk."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select enterprise_id, repo_id, rank, action, package_key, from_versions, to_version, distance,
    is_breaking, removes,
    removes_within_14_days, cumulative_share, group_ids, places
from mart.fix_plan
where repo_id is not null
order by enterprise_id, removes_within_14_days desc, removes desc, repo_id, rank
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.enterprise_fixes.nothing"), None)
    return Drawing(
        words(
            "figure.enterprise_fixes.finding",
            actions=len(rows),
            repositories=len({row["repo_id"] for row in rows}),
            urgent=sum(row["removes_within_14_days"] > 0 for row in rows),
        ),
        None,
    )


FIGURE = Figure(
    "enterprise_fixes", "enterprise", 2, QUERY, draw, subject="enterprise_id", robustness="lower_bound",
)  # fmt: skip
