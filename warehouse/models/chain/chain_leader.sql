/*
description: >-
  Who leads an industry chain here (链主): the enterprises by how far what they publish reaches among the
  others, and by what they supply.
grain: one per chain and enterprise with any supply in the chain or any reach
key: [chain_id, enterprise_id]
columns:
  chain_id: chain
  enterprise_id: enterprise
  place: order within the chain, from 1
  reach_enterprises: other enterprises of the region that use a package of which it is the source
  reach_repositories: repositories of these
  segments_supplied: segments of the chain with q > 0
  supply_total: Σq over these
  segments_used: segments of the chain with u > 0
formula: by other enterprises reached, then by Σq, then by id
source: reach in the dependency graph of the region
edge_cases:
  - Reach counts packages of the chain's rules only, direct and transitive, development left out.
  - Revenue and staff cannot be seen.
*/
with source as (
    select distinct package_key, enterprise_id from core.published_package
),
reach as (
    select
        segment.chain_id,
        source.enterprise_id,
        count(distinct used.enterprise_id) as enterprises,
        count(distinct used.repo_id) as repositories
    from core.demand_evidence as used
    join source on source.package_key = used.package_key and source.enterprise_id <> used.enterprise_id
    join core.enterprise as user_enterprise
        on user_enterprise.enterprise_id = used.enterprise_id and user_enterprise.kind = 'enterprise'
    join raw.segment as segment on segment.segment_id = used.segment_id
    where used.not_counted is null and not used.is_development
    group by segment.chain_id, source.enterprise_id
),
supply as (
    select
        segment.chain_id,
        measured.enterprise_id,
        count(*) filter (where measured.supply > 0) as segments_supplied,
        coalesce(cast(sum(cast(measured.supply as decimal(38, 18))) as double), 0) as supply_total,
        count(*) filter (where measured.use > 0) as segments_used
    from mart.enterprise_segment as measured
    join raw.segment as segment on segment.segment_id = measured.segment_id
    group by segment.chain_id, measured.enterprise_id
),
joined as (
    select
        coalesce(supply.chain_id, reach.chain_id) as chain_id,
        coalesce(supply.enterprise_id, reach.enterprise_id) as enterprise_id,
        coalesce(reach.enterprises, 0) as reach_enterprises,
        coalesce(reach.repositories, 0) as reach_repositories,
        coalesce(supply.segments_supplied, 0) as segments_supplied,
        coalesce(supply.supply_total, 0) as supply_total,
        coalesce(supply.segments_used, 0) as segments_used
    from supply
    full join reach on reach.chain_id = supply.chain_id and reach.enterprise_id = supply.enterprise_id
)
select
    joined.chain_id,
    joined.enterprise_id,
    row_number() over (
        partition by joined.chain_id
        order by reach_enterprises desc, supply_total desc, joined.enterprise_id
    ) as place,
    reach_enterprises,
    reach_repositories,
    segments_supplied,
    supply_total,
    segments_used
from joined
join core.enterprise on enterprise.enterprise_id = joined.enterprise_id and enterprise.kind = 'enterprise'
where reach_enterprises > 0 or segments_supplied > 0
