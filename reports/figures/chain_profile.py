"""Strength of the chains as a radar, with what could be seen of each."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words

SHOWN = 6
AXES = ("demand", "depth", "supply", "domestic", "resilience", "talent")

QUERY = """
select
    chain.name_zh,
    chain.name_en,
    profile.kind,
    profile.segments,
    profile.segments_visible,
    profile.segments_used,
    profile.segments_supplied,
    profile.observed,
    profile.registered,
    profile.demand,
    profile.depth,
    profile.supply,
    profile.domestic,
    profile.resilience,
    profile.talent,
    profile.suppliers,
    profile.leader_id,
    profile.gap
from mart.chain_profile as profile
join raw.chain as chain using (chain_id)
order by profile.segments_used desc, profile.demand desc nulls last, profile.chain_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    used = [row for row in rows if row["segments_used"]]
    if not used:
        return Drawing(words("figure.chain_profile.nothing"), None)
    deepest = max(used, key=lambda row: row["depth"] or 0)
    finding = words(
        "figure.chain_profile.finding",
        chains=len(rows),
        used=len(used),
        deepest=words.name(deepest),
        supplied=deepest["segments_supplied"],
        segments=deepest["segments"],
    )
    names = [words(f"column.{axis}") for axis in AXES]
    chart = go.Figure(
        [
            go.Scatterpolar(
                name=label(words.name(row)),
                r=[row[axis] for axis in (*AXES, AXES[0])],
                theta=[*names, names[0]],
                connectgaps=False,
            )
            for row in used[:SHOWN]
        ]
    )
    chart.update_layout(
        height=460,
        margin={"l": 40, "r": 40, "t": 30, "b": 30},
        polar={"radialaxis": {"range": [0, 1]}},
        legend={"orientation": "h"},
    )
    return Drawing(finding, chart)


FIGURE = Figure("chain_profile", "chain", 6, QUERY, draw)
