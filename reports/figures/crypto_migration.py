"""What replaces what, by API, with the sites, files and repositories that hang on it."""

from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words

SHOWN = 20

QUERY = """
select
    policy,
    coalesce(algorithm, family, protocol || coalesce(' ' || protocol_version, '')) as algorithm,
    api,
    replaced_by,
    hybrid,
    effort,
    points,
    sites,
    files,
    repositories,
    blast_radius,
    disallowed_after,
    repo_id,
    path,
    line
from mart.crypto_migration
order by policy, points desc, disallowed_after nulls last, algorithm, api
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.crypto_migration.nothing"), None)
    finding = words(
        "figure.crypto_migration.finding",
        rows=len(rows),
        policies=len({row["policy"] for row in rows}),
        due=sum(row["disallowed_after"] is not None for row in rows),
        large=sum(row["effort"] in ("large", "very large") for row in rows),
    )
    points: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        points[row["policy"], row["algorithm"] or "–", row["replaced_by"][0]] += row["points"]
    shown = sorted(points.items(), key=lambda item: (-item[1], item[0]))[:SHOWN][::-1]
    chart = go.Figure()
    for policy in sorted({row["policy"] for row in rows}):
        chart.add_bar(
            name=label(policy),
            y=[label(f"{old} → {new}") for (_, old, new), _ in shown],
            x=[count if owner == policy else None for (owner, _, _), count in shown],
            orientation="h",
        )
    chart.update_layout(
        barmode="stack",
        height=140 + 22 * len(shown),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"title": words("column.points"), "rangemode": "tozero"},
        yaxis={"automargin": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        colorway=["#0b5cad", "#d9822b", "#7fb2e5", "#b8bec8"],
    )
    return Drawing(finding, chart)


FIGURE = Figure("crypto_migration", "crypto", 3, QUERY, draw)
