/*
description: The strength of each industry chain and cluster here, on axes that run from 0 to 1, with its coverage.
grain: one per chain of the taxonomy
key: [chain_id]
columns:
  chain_id: chain
  kind: base, cluster or frontier
  segments: segments of the chain
  segments_visible: of these, those of high or medium observability
  segments_used: segments that somebody here uses
  segments_supplied: segments that somebody here can supply
  registered: enterprises in the workspace
  observed: enterprises of which at least one repository could be read
  demand: mean D of the segments
  depth: share of the segments that somebody here can supply
  supply: mean S of the segments, where it is known
  domestic: 1 − mean F of the segments in use; null if none is in use or without a home country
  resilience: mean R of the segments where it is known; null if it is of none
  talent: mean G of the segments where it is known; null if it is of none
  suppliers: enterprises that can supply a segment
  leader_id: enterprise of the greatest reach in the chain; null if there is none
  gap: mean gap score of the segments in use, weighted by importance; null if none is in use
formula: means over the segments of mart.segment_gap
source: profile of clusters; strength radar of the region's plan
edge_cases:
  - Output value cannot be seen.
  - A chain of low observability looks weak from silence, segments_visible says how many can be seen at all.
*/
with supplier as (
    select segment.chain_id, count(distinct measured.enterprise_id) as suppliers
    from mart.enterprise_segment as measured
    join raw.segment as segment on segment.segment_id = measured.segment_id
    where measured.supply > 0
    group by segment.chain_id
)
select
    chain.chain_id,
    chain.kind,
    count(gap.segment_id) as segments,
    count(*) filter (where gap.observability <> 'low') as segments_visible,
    count(*) filter (where gap.users > 0) as segments_used,
    count(*) filter (where gap.suppliers > 0) as segments_supplied,
    max(gap.registered) as registered,
    max(gap.observed) as observed,
    cast(avg(cast(gap.demand as decimal(38, 18))) as double) as demand,
    case
        when max(gap.observed) > 0
            then count(*) filter (where gap.suppliers > 0) / nullif(count(gap.segment_id), 0)
    end as depth,
    cast(avg(cast(gap.supply as decimal(38, 18))) as double) as supply,
    1 - cast(avg(cast(gap."foreign" as decimal(38, 18))) as double) as domestic,
    cast(avg(cast(gap.resilience as decimal(38, 18))) as double) as resilience,
    cast(avg(cast(gap.talent as decimal(38, 18))) as double) as talent,
    coalesce(any_value(supplier.suppliers), 0) as suppliers,
    any_value(leader.enterprise_id) as leader_id,
    cast(sum(cast(gap.score * gap.importance as decimal(38, 18))) filter (where gap.users > 0) as double)
        / nullif(cast(sum(cast(gap.importance as decimal(38, 18))) filter (where gap.users > 0) as double), 0) as gap
from raw.chain as chain
left join mart.segment_gap as gap on gap.chain_id = chain.chain_id
left join supplier on supplier.chain_id = chain.chain_id
left join mart.chain_leader as leader on leader.chain_id = chain.chain_id and leader.place = 1
group by chain.chain_id, chain.kind
