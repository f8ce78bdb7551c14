"""The gaps as a list for people and programs, read from the published warehouse."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines.errors import PipelineError
from warehouse.people import folded
from warehouse.store.database import open_published

SURENESS = (
    *("score_low", "score_high", "rank_low", "rank_high", "weights_rank_low", "weights_rank_high"),
    *("top_ten_probability", "users_share", "users_share_low", "users_share_high", "is_robust"),
    *("robust_verdicts", "verdict_shares"),
)
_USERS = 3
_COVERAGE_SAID = 0.3
_QUERY = f"""
with name as (
    select distinct verdict_id, name_zh, name_en from raw.verdict_condition
    union all
    values
        ('not-enough-data', '数据不足', 'not enough data'),
        ('no-demand-observed', '未见需求', 'no demand observed'),
        ('potential-supply', '潜在供给', 'potential supply')
),
named as (
    select
        gap.segment_id,
        list(coalesce(name.name_zh, verdict_id) order by position) as names_zh,
        list(coalesce(name.name_en, verdict_id) order by position) as names_en
    from mart.segment_gap as gap
    cross join unnest(gap.verdicts) with ordinality as held(verdict_id, position)
    left join name using (verdict_id)
    group by gap.segment_id
),
evidence as (
    select segment_id, count(*) as evidence_rows from mart.gap_evidence group by segment_id
)
select
    gap.rank,
    gap.segment_id,
    gap.chain_id,
    segment.name_zh,
    segment.name_en,
    if($chinese, segment.name_zh, segment.name_en) as name,
    if(
        $chinese,
        array_to_string(coalesce(named.names_zh, [state.name_zh]), ' '),
        array_to_string(coalesce(named.names_en, [state.name_en]), ', ')
    ) as verdicts,
    gap.verdict,
    gap.verdicts as verdict_ids,
    coalesce(named.names_zh, []) as verdict_names_zh,
    coalesce(named.names_en, []) as verdict_names_en,
    gap.priority,
    gap.score,
    gap.score_low as interval_low,
    gap.score_high as interval_high,
    printf('%.1f', gap.score) as gap,
    case
        when len(gap.missing_terms) > 0 then printf('%.1f–%.1f', gap.score_low, gap.score_high)
    end as interval,
    case sureness.is_robust when true then 'yes' when false then 'no' end as sure,
    printf('%d/%d', gap.users, gap.observed) as users_of,
    gap.part_demand,
    gap.part_supply,
    gap.part_upstream,
    gap.part_substitution,
    gap.part_resilience,
    gap.part_talent,
    gap.missing_terms,
    gap.registered,
    gap.observed,
    gap.coverage,
    gap.users,
    gap.reach,
    gap.demand,
    gap.suppliers,
    gap.supply_total,
    gap.supply,
    gap."foreign",
    gap.hhi,
    gap.dominance,
    gap.substitution,
    gap.alternatives,
    gap.adoption,
    gap.adaptation,
    gap.resilience,
    gap.talent,
    {folded("gap.people")} as people,
    gap.importance,
    gap.observability,
    sureness.is_robust as robust,
    {", ".join(f"sureness.{name} as sure_{name}" for name in SURENESS)},
    coalesce(evidence.evidence_rows, 0) as evidence_rows
from mart.segment_gap as gap
join raw.segment as segment using (segment_id)
left join named using (segment_id)
left join name as state on state.verdict_id = gap.verdict
left join mart.segment_sureness as sureness using (segment_id)
left join evidence using (segment_id)
where ($chain is null or gap.chain_id = $chain) and ($show_all or gap.users > 0 or gap.suppliers > 0)
order by gap.rank nulls last, gap.segment_id
"""  # noqa: S608  # columns of this module, no input


@dataclass(frozen=True, slots=True)
class Gaps:
    """Segments by rank, and what must be said beside them."""

    rows: pa.Table
    as_of: str | None
    kendall_tau: float | None
    """How little the ranks depend on the weights, 1 = not at all; null with fewer than two segments."""
    notes: tuple[str, ...]


def read_gaps(published: Path, chain: str | None, show_all: bool, *, chinese: bool = True) -> Gaps:
    """The gaps of all chains or of one; `name` and `verdicts` are texts in Chinese or in English.

    Raises:
        PipelineError: there is no such chain.
        WarehouseError: nothing is published.
    """
    with closing(open_published(published)) as con:
        chains = [row[0] for row in con.execute("select chain_id from raw.chain order by all").fetchall()]
        if chain is not None and chain not in chains:
            raise PipelineError(f"no industry chain {chain}; there are {', '.join(chains)}")
        rows = con.sql(
            _QUERY, params={"chain": chain, "show_all": show_all, "chinese": chinese}
        ).to_arrow_table()
        [(as_of,)] = con.execute("select max(value) from meta.parameter where name = 'as_of'").fetchall()
        [(tau,)] = con.execute("select max(kendall_tau) from mart.segment_sureness").fetchall()
        [(observed, registered, country)] = con.execute("""
            select
                count(*) filter (where is_observed),
                count(*),
                (select max(value) from meta.parameter where name = 'region.country')
            from core.enterprise
            where kind = 'enterprise'
        """).fetchall()
    return Gaps(rows, as_of, tau, tuple(_notes(observed, registered, country)))


def _notes(observed: int, registered: int, country: str | None) -> list[str]:
    notes = []
    if registered and observed / registered < _COVERAGE_SAID:
        notes.append(
            f"{observed} of {registered} enterprises could be read: with so few there is no verdict; "
            "`chainatlas doctor` says what could not be read"
        )
    if observed < _USERS:
        notes.append(
            f"{observed} of {registered} enterprises could be read: verdicts that need three users are "
            "withheld; add enterprises to the workspace"
        )
    if country is None:
        notes.append(
            "the workspace names no home country: no upstream is foreign or domestic, and no choke point can "
            "be told; set region.country"
        )
    return notes
