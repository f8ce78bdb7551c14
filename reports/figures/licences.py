"""What is known of the licences of components, and where they conflict."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words

SHOWN = 25

QUERY = """
select
    repo_id,
    own_licences,
    components,
    known,
    unknown_share,
    permissive,
    weak_copyleft,
    strong_copyleft,
    network_copyleft,
    restricted,
    conflicts,
    checks
from mart.licence_coverage
order by conflicts desc nulls last, checks desc nulls last, components desc nulls last, repo_id
"""

PARTS = {
    "permissive": "#7fb2e5",
    "weak_copyleft": "#0b5cad",
    "strong_copyleft": "#e3b341",
    "network_copyleft": "#d2691e",
    "restricted": "#8b1a1a",
}


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    seen = [row for row in rows if row["components"]]
    if not seen:
        return Drawing(words("figure.licences.nothing"), None)
    total = sum(row["components"] for row in seen)
    finding = words(
        "figure.licences.finding",
        unknown=100 * (1 - sum(row["known"] for row in seen) / total),
        conflicts=sum(row["conflicts"] or 0 for row in seen),
        repositories=sum(bool(row["conflicts"]) for row in seen),
        undeclared=sum(not row["own_licences"] for row in seen),
    )
    shown = seen[:SHOWN][::-1]
    names = [label(row["repo_id"]) for row in shown]
    bars = [
        go.Bar(
            name=words(f"column.{part}"),
            y=names,
            x=[row[part] for row in shown],
            orientation="h",
            marker={"color": colour},
        )
        for part, colour in PARTS.items()
    ]
    unknown = [row["components"] - row["known"] for row in shown]
    bars.append(
        go.Bar(name=words("value.unknown"), y=names, x=unknown, orientation="h", marker={"color": "#b8bec8"})
    )
    chart = go.Figure(bars)
    chart.update_layout(
        barmode="stack",
        height=140 + 22 * len(shown),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"title": words("column.components"), "rangemode": "tozero"},
        yaxis={"automargin": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    return Drawing(finding, chart)


FIGURE = Figure("licences", "security", 7, QUERY, draw)
