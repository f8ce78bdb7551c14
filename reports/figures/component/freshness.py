"""How old or unsupported the versions of a component in use are."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select package_key, version, newest_version, max(newer_versions) as newer_versions,
    bool_or(is_end_of_life) as is_end_of_life,
    max(end_of_life_date) as end_of_life_date, bool_or(is_unmaintained) as is_unmaintained,
        bool_or(is_malicious) as is_malicious,
    max(upstream_silent_days) as upstream_silent_days, max(near_name) as near_name,
        count(distinct repo_id) as repositories
from mart.component_freshness
where version is not null
group by package_key, version, newest_version
order by package_key, newer_versions desc nulls last, version
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_age.nothing"), None)
    behind = sum((row["newer_versions"] or 0) > 0 for row in rows)
    ended = sum(bool(row["is_end_of_life"]) for row in rows)
    return Drawing(
        words("figure.component_age.finding", versions=len(rows), behind=behind, ended=ended), None
    )


FIGURE = Figure(
    "component_age", "component", 4, QUERY, draw, subject="package_key", robustness="lower_bound",
)  # fmt: skip
