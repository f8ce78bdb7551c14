"""Which upgrades remove most of the risk, over all repositories."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    rank,
    action,
    package_key,
    from_versions,
    to_version,
    distance,
    is_breaking,
    compatible_version,
    removes,
    removes_within_14_days,
    removes_score,
    cumulative_share,
    repositories,
    group_ids,
    places,
    plan_actions,
    plan_at_least
from mart.fix_plan
where repo_id is null
order by rank
"""

HALF = 0.5


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.fix_plan.nothing"), None)
    share = rows[-1]["cumulative_share"] or 0.0
    half = next((row["rank"] for row in rows if row["cumulative_share"] >= HALF * share), len(rows))
    finding = words(
        "figure.fix_plan.finding",
        actions=len(rows),
        share=100 * share,
        half=half,
        breaking=sum(row["is_breaking"] is True for row in rows),
        package=rows[0]["package_key"],
        version=rows[0]["to_version"] or "–",
    )
    chart = go.Figure(
        go.Scatter(
            x=[row["rank"] for row in rows],
            y=[row["cumulative_share"] for row in rows],
            mode="lines+markers",
            line={"color": "#0b5cad", "shape": "hv"},
        )
    )
    chart.update_layout(
        height=320,
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"title": words("column.rank")},
        yaxis={"title": words("column.cumulative_share"), "range": [0, 1], "tickformat": ".0%"},
    )
    return Drawing(finding, chart)


FIGURE = Figure("fix_plan", "security", 4, QUERY, draw)
