"""Which repositories use a component, and how."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

SHOWN = 300

QUERY = f"""
with used as (
    select *, row_number() over (
        partition by package_key order by directness, enterprise_id, repo_id
    ) as place
    from core.repository_package
),
counted as (
    select package_key, count(*) as all_repositories, count(distinct enterprise_id) as all_enterprises,
        count(*) filter (where directness = 'direct') as all_direct
    from core.repository_package
    group by package_key
),
found as (
    select package_key, repo_id,
        list_sort(list(distinct version) filter (where version is not null)) as versions,
        arg_min({{'path': path, 'line': line}}, (direct is distinct from true, path, line)) as first
    from core.component
    where not in_test_data
    group by package_key, repo_id
)
select used.package_key, used.enterprise_id, used.repo_id, used.directness, used.is_development,
    found.versions, found.first.path as path, found.first.line as line,
    counted.all_repositories, counted.all_enterprises, counted.all_direct
from used
join counted using (package_key)
left join found using (package_key, repo_id)
where used.place <= {SHOWN}
order by used.package_key, used.directness, used.enterprise_id, used.repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_users.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.component_users.finding",
        repositories=first["all_repositories"],
        enterprises=first["all_enterprises"],
        direct=first["all_direct"],
    )
    return Drawing(finding)


FIGURE = Figure(
    "component_users", "component", 1, QUERY, draw, subject="package_key", robustness="counted",
    hidden=frozenset({"all_repositories", "all_enterprises", "all_direct"}), drawn_rows=1,
)  # fmt: skip
