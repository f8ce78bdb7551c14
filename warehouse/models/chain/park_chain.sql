/*
description: What the software parks of the region need and supply, chain by chain.
grain: one per park of the workspace and chain
key: [park, chain_id]
columns:
  park: software park
  chain_id: chain
  enterprises: enterprises of the park
  observed: of these, those that could be read
  users: observed enterprises that use a segment of the chain; null if none is observed
  suppliers: enterprises that can supply one; null likewise
  demand: mean u over the park's observed enterprises and the chain's segments, 0 to 1; null likewise
  supply_total: Σq over the park's enterprises and the chain's segments; null likewise
  specialisation: >-
    location quotient, the chain's share of the park's Σq over its share of the region's; null where nothing
    is supplied
formula: LQ = (Σq of park and chain / Σq of park) / (Σq of chain / Σq)
source: location quotient of regional economics; segment measures
edge_cases:
  - Enterprises without a park are in none.
  - Of unknown supply nothing is added.
*/
with member as (
    select park, count(*) as enterprises, count(*) filter (where is_observed) as observed
    from core.enterprise
    where kind = 'enterprise' and park is not null
    group by park
),
size as (
    select chain_id, count(*) as segments from raw.segment group by chain_id
),
measured as (
    select
        enterprise.park,
        segment.chain_id,
        count(distinct measured.enterprise_id) filter (where measured.use > 0) as users,
        count(distinct measured.enterprise_id) filter (where measured.supply > 0) as suppliers,
        cast(sum(cast(measured.use as decimal(38, 18))) as double) as use,
        sum(cast(measured.supply as decimal(38, 18))) as supply_total
    from mart.enterprise_segment as measured
    join core.enterprise on enterprise.enterprise_id = measured.enterprise_id and enterprise.park is not null
    join raw.segment as segment on segment.segment_id = measured.segment_id
    group by enterprise.park, segment.chain_id
),
regional as (
    select segment.chain_id, sum(cast(measured.supply as decimal(38, 18))) as supply_total
    from mart.enterprise_segment as measured
    join raw.segment as segment on segment.segment_id = measured.segment_id
    group by segment.chain_id
),
filled as (
    select
        member.park,
        chain.chain_id,
        member.enterprises,
        member.observed,
        size.segments,
        coalesce(measured.users, 0) as users,
        coalesce(measured.suppliers, 0) as suppliers,
        coalesce(measured.use, 0) as use,
        coalesce(measured.supply_total, 0) as supply_total,
        coalesce(regional.supply_total, 0) as regional_total
    from member
    cross join raw.chain as chain
    left join size on size.chain_id = chain.chain_id
    left join measured on measured.park = member.park and measured.chain_id = chain.chain_id
    left join regional on regional.chain_id = chain.chain_id
)
select
    park,
    chain_id,
    enterprises,
    observed,
    case when observed > 0 then users end as users,
    case when observed > 0 then suppliers end as suppliers,
    use / nullif(observed * segments, 0) as demand,
    case when observed > 0 then cast(supply_total as double) end as supply_total,
    (cast(supply_total as double) / nullif(cast(sum(supply_total) over (partition by park) as double), 0))
        / nullif(cast(regional_total as double) / nullif((select cast(sum(supply_total) as double) from regional), 0), 0)
        as specialisation
from filled
