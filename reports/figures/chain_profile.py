"""Strength of the chains as a radar, with what could be seen of each."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from reports.theme import Chart

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
    choices = {words.name(row): _radar(row, names) for row in used}
    return Drawing(finding, None, choices)


def _radar(row: Row, names: Sequence[str]) -> Chart:
    """One chain on all axes; an axis of which nothing is known has no point."""
    values = [row[axis] for axis in AXES]
    shown = [
        label(name) if value is not None else f"{label(name)} (–)"
        for name, value in zip(names, values, strict=True)
    ]
    return {
        "data": [
            {
                "type": "scatterpolar",
                "r": [*values, values[0]],
                "theta": [*shown, shown[0]],
                "mode": "lines+markers",
                "fill": "toself",
                "line": {"color": "$blue", "width": 2},
                "fillcolor": "rgba(47,116,163,.16)",
                "hovertemplate": "%{theta}: %{r:.2f}<extra></extra>",
            }
        ],
        "layout": {
            "height": 400,
            "margin": {"l": 60, "r": 60, "t": 40, "b": 40},
            "polar": {
                "bgcolor": "rgba(0,0,0,0)",
                "radialaxis": {
                    "range": [0, 1],
                    "gridcolor": "$line",
                    "tickfont": {"color": "$quiet", "size": 10},
                    "nticks": 5,
                },
                "angularaxis": {"gridcolor": "$line", "linecolor": "$line"},
            },
            "showlegend": False,
        },
    }


FIGURE = Figure("chain_profile", "chain", 8, QUERY, draw)
