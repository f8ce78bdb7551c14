"""The gaps by rank, each bar the sum of its parts."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.marks import named_axis
from reports.texts import Words
from reports.theme import Chart
from reports.verdicts import verdict_name
from warehouse.people import folded

SHOWN = 25
PARTS = {
    "demand": "blue",
    "supply": "vermilion",
    "upstream": "plum",
    "substitution": "amber",
    "resilience": "teal",
    "talent": "sky",
}

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
    return Drawing(finding, _chart(rows[:SHOWN], words))


def _chart(shown: Sequence[Row], words: Words) -> Chart:
    """Left the parts that add up to the score with its range, right the interval of the rank."""
    places = list(range(len(shown)))
    links = [["→", "segment", row["segment_id"]] for row in shown]
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": words(f"column.part_{part}"),
            "y": places,
            "x": [row[f"part_{part}"] or 0 for row in shown],
            "marker": {"color": f"${role}"},
            "customdata": links,
            "hovertemplate": "%{x:.1f}<extra>%{fullData.name}</extra>",
        }
        for part, role in PARTS.items()
    ]
    score = {
        "type": "scatter",
        "name": words("figure.gap_ranking.interval"),
        "mode": "markers",
        "y": places,
        "x": [row["score"] for row in shown],
        "marker": {"color": "$ink", "size": 5},
        "customdata": links,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [row["score_high"] - row["score"] for row in shown],
            "arrayminus": [row["score"] - row["score_low"] for row in shown],
            "thickness": 1,
            "color": "$ink",
        },
        "hovertemplate": "%{x:.1f}<extra></extra>",
    }
    ranks = {
        "type": "scatter",
        "name": words("figure.gap_ranking.ranks"),
        "mode": "markers",
        "xaxis": "x2",
        "y": places,
        "x": [row["rank"] for row in shown],
        "marker": {"color": "$accent", "size": 8, "symbol": "diamond"},
        "customdata": links,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [(row["rank_high"] or row["rank"]) - row["rank"] for row in shown],
            "arrayminus": [row["rank"] - (row["rank_low"] or row["rank"]) for row in shown],
            "thickness": 2,
            "width": 0,
            "color": "$sky",
        },
        "hovertemplate": "%{x:.0f}<extra></extra>",
    }
    names = [f"{row['rank']} {words.name(row)} · {verdict_name(row, words)}" for row in shown]
    return {
        "data": [*bars, score, ranks],
        "layout": {
            "height": 120 + 27 * len(shown),
            "barmode": "stack",
            "xaxis": {"title": {"text": words("column.score")}, "range": [0, 100], "domain": [0, 0.7]},
            "xaxis2": {
                "title": {"text": words("column.rank"), "font": {"size": 12, "color": "$quiet"}},
                "domain": [0.75, 1],
                "anchor": "y",
                "gridcolor": "$line",
                "rangemode": "tozero",
            },
            "yaxis": named_axis(names, 36),
        },
    }


FIGURE = Figure("gap_ranking", "chain", 2, QUERY, draw, robustness="sampled")
