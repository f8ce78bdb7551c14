"""The gaps by rank, each bar the sum of its parts."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from reports.verdicts import verdict_name
from warehouse.people import folded

SHOWN = 25
PARTS = ("demand", "supply", "upstream", "substitution", "resilience", "talent")

QUERY = f"""
select
    gap.rank,
    chain.name_zh as chain_name_zh,
    chain.name_en as chain_name_en,
    segment.name_zh,
    segment.name_en,
    gap.verdict,
    verdict.name_zh as verdict_name_zh,
    verdict.name_en as verdict_name_en,
    gap.verdicts,
    sureness.robust_verdicts,
    gap.score,
    gap.score_low,
    gap.score_high,
    gap.part_demand,
    gap.part_supply,
    gap.part_upstream,
    gap.part_substitution,
    gap.part_resilience,
    gap.part_talent,
    gap.missing_terms,
    sureness.rank_low,
    sureness.rank_high,
    sureness.top_ten_probability,
    sureness.is_robust,
    sureness.kendall_tau,
    gap.users,
    gap.observed,
    gap.registered,
    gap.suppliers,
    gap.alternatives,
    {folded("gap.people")} as people,
    gap.segment_id
from mart.segment_gap as gap
join raw.segment as segment using (segment_id)
join raw.chain as chain on chain.chain_id = gap.chain_id
left join mart.segment_sureness as sureness using (segment_id)
left join (select distinct verdict_id, name_zh, name_en from raw.verdict_condition) as verdict
    on verdict.verdict_id = gap.verdict
where gap.rank is not null
order by gap.rank
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows:
        return Drawing(words("figure.gap_ranking.nothing"), None)
    first = rows[0]
    finding = words(
        "figure.gap_ranking.finding",
        segments=len(rows),
        first=words.name(first),
        verdict=verdict_name(first, words),
        score=first["score"],
        robust=sum(bool(row["is_robust"]) for row in rows),
        tau=first["kendall_tau"] if first["kendall_tau"] is not None else float("nan"),
    )
    shown = rows[:SHOWN][::-1]
    names = [label(f"{row['rank']} {words.name(row)} · {verdict_name(row, words)}", 48) for row in shown]
    chart = go.Figure(
        [
            go.Bar(
                name=words(f"column.part_{part}"),
                y=names,
                x=[row[f"part_{part}"] or 0 for row in shown],
                orientation="h",
            )
            for part in PARTS
        ]
    )
    chart.add_trace(
        go.Scatter(
            name=words("figure.gap_ranking.interval"),
            y=names,
            x=[row["score"] for row in shown],
            mode="markers",
            marker={"color": "#222222", "size": 5},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [row["score_high"] - row["score"] for row in shown],
                "arrayminus": [row["score"] - row["score_low"] for row in shown],
                "thickness": 1,
            },
        )
    )
    chart.update_layout(
        barmode="stack",
        height=160 + 26 * len(shown),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
        xaxis={"title": words("column.score"), "range": [0, 100]},
        yaxis={"automargin": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        colorway=["#0b5cad", "#e4572e", "#8f2d56", "#f3a712", "#4caf70", "#8a7fc7"],
    )
    return Drawing(finding, chart)


FIGURE = Figure("gap_ranking", "chain", 2, QUERY, draw)
