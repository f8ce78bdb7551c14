/*
description: >-
  Who here needs what somebody else here supplies (供需对接): demander, supplier and segment, with the evidence
  of both sides.
grain: one per segment, demander and supplier, at most ten suppliers for a demander and segment
key: [segment_id, demander_id, supplier_id]
columns:
  segment_id: segment
  demander_id: enterprise that uses the segment
  supplier_id: enterprise that can supply it
  match: u × q, 0 to 1
  use: u of the demander
  supply: q of the supplier
  is_used_already: the demander uses a package that the supplier is the source of
  same_park: both are in the same park; null where one has none
  demand_repo_id: repository that shows the need
  demand_object: package or algorithm that shows it
  demand_path: file
  demand_line: line in the file, from 1; null where the format has none
  supply_repo_id: repository that shows the supply
  supply_object: package or term that shows it
  supply_path: file
  supply_line: line in the file, from 1; null where the format has none
formula: match = u × q; suppliers of a demander in this order, then by id
source: demand and supply measures of the segments
edge_cases:
  - An enterprise is no match for itself.
  - Contracts, budgets and the wish to buy cannot be seen.
*/
with source as (
    select distinct package_key, enterprise_id from core.published_package
),
already as (
    select distinct used.enterprise_id as demander_id, source.enterprise_id as supplier_id, used.segment_id
    from core.demand_evidence as used
    join source on source.package_key = used.package_key
    where used.not_counted is null and not used.is_development
),
matched as (
    select
        demander.segment_id,
        demander.enterprise_id as demander_id,
        supplier.enterprise_id as supplier_id,
        demander.use * supplier.supply as match,
        demander.use,
        supplier.supply
    from mart.enterprise_segment as demander
    join mart.enterprise_segment as supplier on supplier.segment_id = demander.segment_id
    where demander.use > 0 and supplier.supply > 0 and supplier.enterprise_id <> demander.enterprise_id
    qualify row_number() over (
        partition by demander.segment_id, demander.enterprise_id
        order by supplier.supply desc, supplier.enterprise_id
    ) <= 10
)
select
    matched.segment_id,
    matched.demander_id,
    matched.supplier_id,
    matched.match,
    matched.use,
    matched.supply,
    already.segment_id is not null as is_used_already,
    demander.park = supplier.park as same_park,
    needed.repo_id as demand_repo_id,
    needed.object as demand_object,
    needed.path as demand_path,
    needed.line as demand_line,
    offered.repo_id as supply_repo_id,
    offered.object as supply_object,
    offered.path as supply_path,
    offered.line as supply_line
from matched
join core.enterprise as demander on demander.enterprise_id = matched.demander_id
join core.enterprise as supplier on supplier.enterprise_id = matched.supplier_id
join mart.demand_place as needed
    on needed.enterprise_id = matched.demander_id and needed.segment_id = matched.segment_id
join mart.supply_place as offered
    on offered.enterprise_id = matched.supplier_id and offered.segment_id = matched.segment_id
left join already
    on already.demander_id = matched.demander_id
    and already.supplier_id = matched.supplier_id
    and already.segment_id = matched.segment_id
