"""Health of the communities of the observed repositories."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from warehouse.people import folded

SHOWN = 40

QUERY = f"""
select
    repo_id,
    last_commit_on,
    commits_year,
    {folded("contributors_year")} as contributors_year,
    {folded("contributors_new")} as contributors_new,
    {folded("contributors_inactive")} as contributors_inactive,
    contributor_absence_factor,
    elephant_factor,
    unaffiliated,
    development_distribution_score,
    retention,
    burstiness,
    is_shallow
from mart.community_health
order by development_distribution_score nulls last, commits_year desc nulls last, repo_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    alive = [row for row in rows if row["commits_year"]]
    read = [row for row in rows if row["commits_year"] is not None]
    if not read:
        return Drawing(words("figure.community_health.nothing"), None)
    finding = words(
        "figure.community_health.finding",
        read=len(read),
        silent=len(read) - len(alive),
        single=sum(row["contributor_absence_factor"] == 1 for row in alive),
    )
    if not alive:
        return Drawing(finding, None)
    shown = alive[:SHOWN][::-1]
    chart = go.Figure(
        go.Bar(
            y=[label(row["repo_id"]) for row in shown],
            x=[row["development_distribution_score"] for row in shown],
            orientation="h",
            marker_color="#2b9348",
        )
    )
    chart.update_layout(
        height=120 + 24 * len(shown),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"range": [0, 1], "title": words("column.development_distribution_score")},
        yaxis={"automargin": True},
    )
    return Drawing(finding, chart)


FIGURE = Figure("community_health", "contribution", 4, QUERY, draw)
