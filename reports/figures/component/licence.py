"""Under which licence a component is, and who says so."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select package_key, expression, category, basis as licence_basis, count(distinct repo_id) as repositories,
    arg_min(repo_id, (repo_id, path, line)) as repo_id, arg_min(path, (repo_id, path, line)) as path,
    arg_min(line, (repo_id, path, line)) as line
from mart.component_licence
where expression is not null
group by package_key, expression, category, basis
order by package_key, repositories desc, expression
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_licences.nothing"), None)
    return Drawing(
        words("figure.component_licences.finding", expression=rows[0]["expression"], statements=len(rows)),
        None,
    )


FIGURE = Figure(
    "component_licences", "component", 7, QUERY, draw, subject="package_key", robustness="lower_bound",
)  # fmt: skip
