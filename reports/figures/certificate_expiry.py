"""Certificates that lie in repositories, by how long they are still valid."""

from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    standing,
    not_after,
    days_left,
    subject,
    issuer,
    key_algorithm,
    key_size,
    signature_algorithm,
    self_signed,
    key_in_repository,
    context,
    repo_id,
    path,
    line,
    sha256
from mart.certificate_expiry
order by context = 'main' desc, not_after nulls last, repo_id, path, line
"""

STANDINGS = (
    "expired",
    "within 30 days",
    "within 90 days",
    "within a year",
    "valid",
    "not yet valid",
)


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.certificate_expiry.nothing"), None)
    own = [row for row in rows if row["context"] == "main"]
    finding = words(
        "figure.certificate_expiry.finding",
        certificates=len(rows),
        own=len(own),
        expired=sum(row["standing"] == "expired" for row in own),
        keys=sum(bool(row["key_in_repository"]) for row in own),
    )
    groups = [("main", own), ("other", [row for row in rows if row["context"] != "main"])]
    chart = go.Figure()
    for name, members in groups:
        counts = Counter(row["standing"] for row in members)
        chart.add_bar(
            name=words(f"value.context.{name}"),
            x=[words(f"value.standing.{standing.replace(' ', '_')}") for standing in STANDINGS],
            y=[counts[standing] for standing in STANDINGS],
        )
    chart.update_layout(
        barmode="stack",
        height=320,
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        yaxis={"title": words("column.certificates"), "rangemode": "tozero"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        colorway=["#0b5cad", "#b8bec8"],
    )
    return Drawing(finding, chart)


FIGURE = Figure("certificate_expiry", "crypto", 4, QUERY, draw)
