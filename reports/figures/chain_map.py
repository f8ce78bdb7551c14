"""The industry chains as a map: each segment, from upstream to downstream, in the colour of its verdict."""

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.figures import Drawing, Figure, Row, label
from reports.texts import Words
from reports.verdicts import COLOURS, colour, verdict_name

NAME_CHARACTERS = 9

QUERY = """
select
    chain.name_zh as chain_name_zh,
    chain.name_en as chain_name_en,
    segment.layer,
    segment.name_zh,
    segment.name_en,
    gap.verdict,
    verdict.name_zh as verdict_name_zh,
    verdict.name_en as verdict_name_en,
    gap.verdicts,
    gap.score,
    gap.users,
    gap.observed,
    gap.suppliers,
    gap.segment_id
from mart.segment_gap as gap
join raw.segment as segment using (segment_id)
join raw.chain as chain on chain.chain_id = gap.chain_id
left join (select distinct verdict_id, name_zh, name_en from raw.verdict_condition) as verdict
    on verdict.verdict_id = gap.verdict
order by
    gap.chain_id,
    case segment.layer when 'upstream' then 0 when 'midstream' then 1 else 2 end,
    gap.segment_id
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    known = [row for row in rows if row["verdict"]]
    if not known:
        return Drawing(words("figure.chain_map.nothing"), None)
    chains: dict[str, list[Row]] = {}
    for row in known:
        chains.setdefault(words.name(row, "chain_"), []).append(row)
    finding = words(
        "figure.chain_map.finding",
        chains=len(chains),
        segments=len(known),
        missing=sum("missing" in (row["verdicts"] or ()) for row in known),
        choke=sum("choke" in (row["verdicts"] or ()) for row in known),
        blocked=sum("blocked" in (row["verdicts"] or ()) for row in known),
        weak=sum("weak" in (row["verdicts"] or ()) for row in known),
        unseen=sum(row["verdict"] in ("not-enough-data", "no-demand-observed") for row in known),
    )
    names = {verdict_name(row, words): row["verdict"] for row in known}
    shown = sorted(names, key=lambda name: [*COLOURS, names[name]].index(names[name]))
    chart = go.Figure()
    positions = {name: number for number, name in enumerate(reversed(chains))}
    for name in shown:
        cells = [
            (number, chain, row)
            for chain, members in chains.items()
            for number, row in enumerate(members)
            if verdict_name(row, words) == name
        ]
        chart.add_trace(
            go.Scatter(
                name=label(name),
                x=[number for number, _, _ in cells],
                y=[positions[chain] for _, chain, _ in cells],
                mode="markers+text",
                marker={"symbol": "square", "size": 34, "color": colour(names[name])},
                text=[label(words.name(row), NAME_CHARACTERS) for _, _, row in cells],
                textfont={"size": 9},
                hovertext=[_hover(row, words) for _, _, row in cells],
                hoverinfo="text",
            )
        )
    chart.update_layout(
        height=160 + 40 * len(chains),
        margin={"l": 10, "r": 10, "t": 10, "b": 30},
        xaxis={"visible": False, "range": [-0.7, max(map(len, chains.values())) - 0.3]},
        yaxis={
            "automargin": True,
            "tickvals": list(positions.values()),
            "ticktext": [label(name, 24) for name in positions],
            "range": [-0.7, len(chains) - 0.3],
            "showgrid": False,
        },
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        plot_bgcolor="#ffffff",
    )
    return Drawing(finding, chart)


def _hover(row: Row, words: Words) -> str:
    score = "–" if row["score"] is None else f"{row['score']:.1f}"
    return label(
        words(
            "figure.chain_map.hover",
            segment=words.name(row),
            verdict=verdict_name(row, words),
            score=score,
            users=row["users"],
            observed=row["observed"],
            suppliers=row["suppliers"],
        ),
        200,
    )


FIGURE = Figure("chain_map", "chain", 1, QUERY, draw)
