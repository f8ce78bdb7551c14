"""The components that most enterprises stand on, what is for development only left out."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
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
    shown = rows[:SHOWN][::-1]
    names = [label(row["package_key"].removeprefix("pkg:")) for row in shown]
    chart = go.Figure(
        [
            go.Bar(name=words(f"column.{part}"), y=names, x=[row[part] for row in shown], orientation="h")
            for part in PARTS
        ]
    )
    chart.update_layout(
        barmode="stack",
        height=140 + 22 * len(shown),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"title": words("column.repositories"), "rangemode": "tozero"},
        yaxis={"automargin": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        colorway=["#0b5cad", "#7fb2e5", "#b8bec8"],
    )
    return Drawing(finding, chart)


FIGURE = Figure("component_use", "security", 1, QUERY, draw)
