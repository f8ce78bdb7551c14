"""Repositories by platforms: for what each builds or ships (信创适配)."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words

SHOWN = 40

QUERY = """
select
    repo_id,
    enterprise_id,
    platform,
    kind,
    is_domestic,
    places,
    shown_by,
    path,
    line
from mart.platform_matrix
order by enterprise_id, repo_id, kind, platform
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.platform_matrix.nothing"), None)
    domestic = {row["platform"] for row in rows if row["is_domestic"]}
    finding = words(
        "figure.platform_matrix.finding",
        repositories=len({row["repo_id"] for row in rows}),
        platforms=len({row["platform"] for row in rows}),
        domestic=len(domestic),
        adapted=len({row["enterprise_id"] for row in rows if row["is_domestic"]}),
    )
    repositories = list(dict.fromkeys(row["repo_id"] for row in rows))[:SHOWN][::-1]
    platforms = list(dict.fromkeys(row["platform"] for row in sorted(rows, key=lambda row: row["kind"])))
    places = {(row["repo_id"], row["platform"]): row["places"] for row in rows}
    chart = go.Figure(
        go.Heatmap(
            x=platforms,
            y=[label(repository) for repository in repositories],
            z=[
                [1 if (repository, platform) in places else None for platform in platforms]
                for repository in repositories
            ],
            colorscale=[[0, "#4caf70"], [1, "#4caf70"]],
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    chart.update_layout(
        height=140 + 22 * len(repositories),
        margin={"l": 10, "r": 10, "t": 10, "b": 60},
        yaxis={"automargin": True},
    )
    return Drawing(finding, chart)


FIGURE = Figure("platform_matrix", "chain", 10, QUERY, draw)
