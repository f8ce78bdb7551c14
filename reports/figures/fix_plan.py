"""Which upgrades remove most of the risk, over all repositories."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from reports.theme import Chart

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
    chart: Chart = {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [0, *(row["rank"] for row in rows)],
                "y": [0, *(row["cumulative_share"] for row in rows)],
                "line": {"color": "$blue", "shape": "hv", "width": 2},
                "marker": {"size": 6},
                "fill": "tozeroy",
                "fillcolor": "rgba(47,116,163,.10)",
                "text": [
                    "",
                    *(
                        label(f"{row['action']} {row['package_key']} {row['to_version'] or ''}", 80)
                        for row in rows
                    ),
                ],
                "hovertemplate": "%{x}. %{text}<br>%{y:.0%}<extra></extra>",
            }
        ],
        "layout": {
            "height": 320,
            "xaxis": {"title": {"text": words("column.plan_actions")}, "rangemode": "tozero"},
            "yaxis": {
                "title": {"text": words("column.cumulative_share")},
                "range": [0, 1.02],
                "tickformat": ".0%",
            },
        },
    }
    return Drawing(finding, chart)


FIGURE = Figure("fix_plan", "security", 4, QUERY, draw)
