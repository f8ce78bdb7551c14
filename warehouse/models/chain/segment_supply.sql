/*
description: How well the enterprises of the region could supply each segment of each industry chain.
grain: one per segment of the taxonomy
key: [segment_id]
columns:
  segment_id: segment
  chain_id: chain
  observability: how much a crawl of repositories can see, high, medium or low
  registered: enterprises in the workspace
  observed: N, enterprises of which at least one repository could be read
  coverage: observed / registered; null if none is registered
  suppliers: enterprises with q > 0; null if none is observed
  suppliers_dormant: >-
    enterprises with supply evidence and q = 0, without a commit for a year; null likewise
  suppliers_unknown: enterprises with supply evidence whose history could not be read; null likewise
  supply_total: >-
    Σq over the suppliers whose history is known; null likewise, or if there are unknown suppliers only
  supply: S, 0 to 1; null likewise
formula: >-
  S = min(1, Σq / 3), with the bound of scoring.yaml; q = strength × maintenance as in
  mart.enterprise_segment
source: strengths and maintenance bounds of the segment measures; three live suppliers count as enough
edge_cases:
  - With unknown suppliers S is a lower bound.
  - Forks and mirrors without own commits supply nothing; where that cannot be told, the supplier is unknown.
  - S = 0 says that no supply was seen; with low observability or coverage that is no finding.
*/
with region as (
    select
        count(*) as registered,
        count(*) filter (where is_observed) as observed
    from core.enterprise
    where kind = 'enterprise'
),
measured as (
    select
        segment_id,
        count(*) filter (where supply > 0) as suppliers,
        count(*) filter (where supply = 0) as suppliers_dormant,
        count(*) filter (where supply is null) as suppliers_unknown,
        cast(sum(cast(supply as decimal(38, 18))) as double) as supply_total
    from mart.enterprise_segment
    where repositories_supplying > 0
    group by segment_id
),
total as (
    select
        segment.segment_id,
        segment.chain_id,
        segment.observability,
        region.registered,
        region.observed,
        coalesce(measured.suppliers, 0) as suppliers,
        coalesce(measured.suppliers_dormant, 0) as suppliers_dormant,
        coalesce(measured.suppliers_unknown, 0) as suppliers_unknown,
        case
            when region.observed = 0 then null
            when measured.segment_id is null then 0
            else measured.supply_total
        end as supply_total
    from raw.segment
    cross join region
    left join measured on measured.segment_id = segment.segment_id
)
select
    segment_id,
    chain_id,
    observability,
    registered,
    observed,
    observed / nullif(registered, 0) as coverage,
    case when observed > 0 then suppliers end as suppliers,
    case when observed > 0 then suppliers_dormant end as suppliers_dormant,
    case when observed > 0 then suppliers_unknown end as suppliers_unknown,
    supply_total,
    case when supply_total is not null then least(1, supply_total / enough.value) end as supply
from total
cross join (select value from raw.scoring where name = 'saturation.suppliers') as enough
