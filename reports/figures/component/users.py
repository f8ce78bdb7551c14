"""Which repositories use a component, and how."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

SHOWN = 300

QUERY = f"""
select used.package_key, used.enterprise_id, used.repo_id, used.directness, used.is_development,
    found.versions, found.path, found.line,
    count(*) over users as all_repositories,
    count(distinct used.enterprise_id) over users as all_enterprises,
    count(*) filter (where used.directness = 'direct') over users as all_direct
from (
    select package_key, enterprise_id, repo_id, directness, is_development from core.repository_package
) as used
left join (
    select package_key, repo_id, list_sort(list(distinct version) filter (where version is not null)) as
        versions,
        arg_min(path, (direct is distinct from true, path, line)) as path,
        arg_min(line, (direct is distinct from true, path, line)) as line
    from core.component where not in_test_data group by package_key, repo_id
) as found using (package_key, repo_id)
window users as (partition by used.package_key)
qualify row_number() over (partition by used.package_key order by used.directness, used.enterprise_id,
    used.repo_id) <= {SHOWN}
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
    hidden=frozenset({"all_repositories", "all_enterprises", "all_direct"}),
)  # fmt: skip
