"""Which advisories concern the versions of a component in use."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select package_key, group_id, severity, cvss_score, kev_date, epss,
    list_sort(list(distinct version) filter (where version is not
    null)) as versions, any_value(fixed_versions) as fixed_versions,
        count(distinct repo_id) as repositories, any_value(summary) as
    summary, arg_min(repo_id, (repo_id, path, line)) as repo_id, arg_min(path, (repo_id, path,
        line)) as path,
    arg_min(line, (repo_id, path, line)) as line
from mart.vulnerability_exposure
where status = 'affected' and not in_test_data
group by package_key, group_id, severity, cvss_score, kev_date, epss
order by package_key, kev_date is null, cvss_score desc nulls last, group_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_advisories.nothing"), None)
    return Drawing(
        words(
            "figure.component_advisories.finding",
            advisories=len(rows),
            exploited=sum(row["kev_date"] is not None for row in rows),
            fixed=sum(bool(row["fixed_versions"]) for row in rows),
        ),
        None,
    )


FIGURE = Figure(
    "component_advisories", "component", 3, QUERY, draw, subject="package_key", robustness="lower_bound",
)  # fmt: skip
