"""The components that most enterprises stand on, what is for development only left out."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import bars
from reports.texts import Words

SHOWN = 25

QUERY = """
select
    package_key,
    enterprises,
    repositories,
    repositories_direct,
    repositories_transitive,
    repositories_directness_unknown,
    repositories_development,
    version_count,
    versions
from mart.component_use
where enterprises > 0 and repositories > repositories_development
order by enterprises desc, repositories desc, repositories_direct desc, package_key
"""

PARTS = ("repositories_direct", "repositories_transitive", "repositories_directness_unknown")


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.component_use.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.component_use.finding",
        components=len(rows),
        shared=sum(row["enterprises"] > 1 for row in rows),
        package=first["package_key"],
        enterprises=first["enterprises"],
        repositories=first["repositories"],
        versions=first["version_count"],
    )
    shown = rows[:SHOWN]
    series = {
        words(f"column.{part}"): ([row[part] for row in shown], role)
        for part, role in zip(PARTS, ("blue", "sky", "grey"), strict=True)
    }
    chart = bars(
        [row["package_key"].removeprefix("pkg:") for row in shown],
        series,
        title=words("column.repositories"),
        targets=[("component", row["package_key"]) for row in shown],
    )
    return Drawing(finding, chart)


FIGURE = Figure("component_use", "component_index", 1, QUERY, draw)
