"""Which repositories use a component, and how."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select used.package_key, used.enterprise_id, used.repo_id, used.directness, used.is_development,
    found.versions, found.path, found.line
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
qualify row_number() over (partition by used.package_key order by used.directness, used.enterprise_id,
    used.repo_id) <= 300
order by used.package_key, used.directness, used.enterprise_id, used.repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_users.nothing"), None)
    return Drawing(
        words(
            "figure.component_users.finding",
            repositories=len(rows),
            enterprises=len({row["enterprise_id"] for row in rows}),
            direct=sum(row["directness"] == "direct" for row in rows),
        ),
        None,
    )


FIGURE = Figure(
    "component_users", "component", 1, QUERY, draw, subject="package_key", robustness="counted",
)  # fmt: skip
