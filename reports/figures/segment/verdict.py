"""A segment's verdict and why: the parts that add up to its score, and the conditions that hold or do not."""

from collections.abc import Sequence

from reports.figures import Drawing, Figure, Row
from reports.figures.gap_ranking import PARTS
from reports.marks import bars
from reports.texts import Words
from reports.verdicts import verdict_name

QUERY = """
with measured as (
    unpivot (
        select segment_id, users::double as users, demand, suppliers::double as suppliers,
            supply_total, supply, "foreign", hhi, dominance,
            substitution, alternatives::double as alternatives, adoption, resilience, talent,
                people::double as people
        from mart.segment_gap
    ) on columns(* exclude (segment_id)) into name measure value measured
)
select
    gap.segment_id,
    names.name_zh as verdict_name_zh,
    names.name_en as verdict_name_en,
    condition.verdict_id as verdict,
    condition.measure,
    condition.comparison,
    condition.value as threshold,
    measured.measured,
    case condition.comparison
        when '>=' then measured.measured >= condition.value
        when '>' then measured.measured > condition.value
        when '<=' then measured.measured <= condition.value
        when '<' then measured.measured < condition.value
        when '=' then measured.measured = condition.value
    end as holds,
    condition.source as rule_source,
    gap.verdict as primary_verdict,
    gap.score, gap.score_low, gap.score_high,
    gap.part_demand, gap.part_supply, gap.part_upstream, gap.part_substitution, gap.part_resilience,
        gap.part_talent,
    gap.missing_terms, gap.users, gap.observed, sureness.rank_low, sureness.rank_high, sureness.is_robust,
        gap.rank
from mart.segment_gap as gap
cross join raw.verdict_condition as condition
left join measured on measured.segment_id = gap.segment_id and measured.measure = condition.measure
left join mart.segment_sureness as sureness on sureness.segment_id = gap.segment_id
left join (select distinct verdict_id, name_zh, name_en from raw.verdict_condition) as names
    on names.verdict_id = gap.verdict
order by gap.segment_id, condition.position, condition.clause, condition.measure
"""


def draw(rows: Sequence[Row], words: Words) -> Drawing:
    if not rows or rows[0]["score"] is None:
        return Drawing(words("figure.segment_verdict.nothing"), None)
    row = rows[0]
    verdict = verdict_name({**row, "verdict": row["primary_verdict"]}, words)
    parts = {part: row[f"part_{part}"] for part in PARTS if row[f"part_{part}"] is not None}
    largest = max(parts, key=lambda part: parts[part])
    finding = words(
        "figure.segment_verdict.finding" if row["rank"] else "figure.segment_verdict.unused",
        verdict=verdict,
        score=row["score"],
        largest=words(f"column.part_{largest}"),
        points=parts[largest],
        rank=row["rank"] or 0,
        low=row["rank_low"] or row["rank"] or 0,
        high=row["rank_high"] or row["rank"] or 0,
    )
    chart = bars(
        [words(f"column.part_{part}") for part in PARTS],
        {words("column.score"): ([row[f"part_{part}"] for part in PARTS], "blue")},
        title=words("figure.segment_verdict.axis"),
    )
    chart["data"][0]["marker"]["color"] = [f"${role}" for role in PARTS.values()]
    return Drawing(finding, chart)


FIGURE = Figure(
    "segment_verdict", "segment", 1, QUERY, draw, subject="segment_id", robustness="sampled",
    hidden=frozenset(
        {"primary_verdict", "score", "score_low", "score_high", "missing_terms", "users", "observed",
         "rank_low", "rank_high", "is_robust", "rank", *(f"part_{part}" for part in PARTS)}
    ),
)  # fmt: skip
