"""How the cryptography of each enterprise stands, under every policy."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words

QUERY = """
select
    enterprise.name_zh,
    enterprise.name_en,
    posture.policy,
    posture.repositories_scanned,
    posture.repositories,
    posture.sites,
    posture.weak,
    posture.deprecated,
    posture.quantum_vulnerable,
    posture.post_quantum,
    posture.national,
    posture.international,
    posture.misuse,
    posture.next_deadline,
    posture.overdue,
    posture.national_standing
from mart.crypto_posture as posture
join core.enterprise as enterprise on enterprise.enterprise_id = posture.subject_id
where posture.subject_kind = 'enterprise' and enterprise.kind = 'enterprise'
order by posture.policy, posture.weak desc nulls last, posture.sites desc nulls last, enterprise.name_en
"""

PARTS = ("weak", "deprecated", "quantum_vulnerable", "post_quantum")


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    seen = [row for row in rows if row["sites"]]
    if not seen:
        return Drawing(words("figure.crypto_posture.nothing"), None)
    asked = [row for row in rows if row["national_standing"] is not None]
    finding = words(
        "figure.crypto_posture.finding",
        enterprises=len({row["name_en"] for row in seen}),
        weak=len({row["name_en"] for row in seen if row["weak"]}),
        conforming=sum(row["national_standing"] == "conforming" for row in asked),
        mixed=sum(row["national_standing"] == "mixed" for row in asked),
        absent=sum(row["national_standing"] == "absent" for row in asked),
    )
    first = min(row["policy"] for row in seen)
    shown = [row for row in seen if row["policy"] == first][::-1]
    name = "name_zh" if words.language.startswith("zh") else "name_en"
    chart = go.Figure(
        [
            go.Bar(
                name=words(f"column.{part}"),
                y=[label(row[name]) for row in shown],
                x=[row[part] for row in shown],
                orientation="h",
            )
            for part in PARTS
        ]
    )
    chart.update_layout(
        barmode="group",
        height=140 + 44 * len(shown),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"title": words("column.sites"), "rangemode": "tozero"},
        yaxis={"automargin": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        colorway=["#b3261e", "#d9822b", "#7fb2e5", "#1b7f4b"],
    )
    return Drawing(finding, chart)


FIGURE = Figure("crypto_posture", "crypto", 2, QUERY, draw)
