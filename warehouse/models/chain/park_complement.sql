/*
description: >-
  What one software park needs and does not supply itself, and another one supplies: how parks complement each other.
grain: one per park that needs, park that supplies and chain
key: [park, supplier_park, chain_id]
columns:
  park: park whose enterprises need it
  supplier_park: park whose enterprises can supply it
  chain_id: chain
  segments: segments of the chain that the one needs, nobody in it supplies and the other can supply
  segment_ids: these, at most ten, in text order
  users: enterprises of the park that use one of them
  suppliers: enterprises of the other park that can supply one of them
formula: u > 0 and Σq = 0 in the one park, Σq > 0 in the other, by segment
source: complementarity of parks in the region's plan; segment measures
edge_cases:
  - Enterprises without a park are in none; a park of which nobody could be read has no rows.
  - Where the supply of a segment in the park is unknown, the park is not said to lack it.
*/
with held as (
    select
        enterprise.park,
        measured.segment_id,
        measured.enterprise_id,
        measured.use > 0 as uses,
        measured.supply > 0 as supplies,
        measured.supply is null as is_unknown
    from mart.enterprise_segment as measured
    join core.enterprise on enterprise.enterprise_id = measured.enterprise_id and enterprise.kind = 'enterprise'
    where enterprise.park is not null
),
lacking as (
    select park, segment_id
    from held
    group by park, segment_id
    having bool_or(uses) and not coalesce(bool_or(supplies), false) and not bool_or(is_unknown)
),
pair as (
    select distinct lacking.park, supplier.park as supplier_park, lacking.segment_id
    from lacking
    join held as supplier on supplier.segment_id = lacking.segment_id and supplier.supplies
    where supplier.park <> lacking.park
)
select
    pair.park,
    pair.supplier_park,
    segment.chain_id,
    count(distinct pair.segment_id) as segments,
    list_slice(list_sort(list(distinct pair.segment_id)), 1, 10) as segment_ids,
    count(distinct held.enterprise_id) filter (where held.park = pair.park and held.uses) as users,
    count(distinct held.enterprise_id) filter (where held.park = pair.supplier_park and held.supplies) as suppliers
from pair
join raw.segment as segment on segment.segment_id = pair.segment_id
join held on held.segment_id = pair.segment_id and held.park in (pair.park, pair.supplier_park)
group by pair.park, pair.supplier_park, segment.chain_id
