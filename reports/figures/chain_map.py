"""The industry chains as a panorama (产业链全景图), each segment in its verdict's colour."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.texts import Words

QUERY = """
select
    chain.chain_id,
    segment.layer,
    segment.segment_id,
    gap.verdict,
    coalesce(
        verdict.position,
        list_position(['potential-supply', 'not-enough-data', 'no-demand-observed'], gap.verdict) + 100
    ) as verdict_order,
    gap.verdicts,
    gap.score,
    gap.users,
    gap.observed,
    gap.suppliers,
    gap.verdict = 'not-enough-data' or segment.observability = 'low' as is_thin,
    segment.observability
from mart.segment_gap as gap
join raw.segment as segment using (segment_id)
join raw.chain as chain on chain.chain_id = gap.chain_id
left join (select verdict_id, min(position) as position from raw.verdict_condition group by verdict_id) as
    verdict
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

    def having(verdict: str) -> int:
        return sum(verdict in (row["verdicts"] or ()) for row in known)

    finding = words(
        "figure.chain_map.finding",
        chains=len({row["chain_id"] for row in known}),
        segments=len(known),
        missing=having("missing"),
        choke=having("choke"),
        blocked=having("blocked"),
        weak=having("weak"),
        unseen=sum(row["verdict"] in ("not-enough-data", "no-demand-observed") for row in known),
    )
    return Drawing(finding, None)


FIGURE = Figure(
    "chain_map", "chain", 1, QUERY, draw, view="panorama", robustness="sampled",
    hidden=frozenset({"verdict_order"}),
)  # fmt: skip
