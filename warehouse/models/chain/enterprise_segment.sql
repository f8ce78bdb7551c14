/*
description: How much an enterprise needs a segment, and how much of it that enterprise could supply.
grain: one per enterprise of the region and segment for which there is any evidence that counts
key: [enterprise_id, segment_id]
columns:
  enterprise_id: enterprise
  segment_id: segment
  use: u, 0 to 1; null if none of the enterprise's repositories could be read
  use_with_development: the same, with what is used for development only; null likewise
  repositories_using: repositories with demand evidence that counts, development left out
  repositories_reached: of these, those whose packages are that evidence, be it through others
  supply: >-
    q, 0 to 1; 0 if there is no supply evidence, null if no history of the supplying repositories could be
    read
  repositories_supplying: repositories with supply evidence that counts
formula: >-
  u = max over the enterprise's rules of weight (halved where only transitive); q = max of strength ×
  maintenance
source: segment measures of demand and supply
edge_cases:
  - One enterprise supplies a segment once, however many of its repositories do.
  - Watched communities are not enterprises of the region and have no row.
*/
with counted as (
    select evidence.*
    from core.segment_evidence as evidence
    where not_counted is null and side <> 'talent'
)
select
    enterprise.enterprise_id,
    counted.segment_id,
    case
        when enterprise.is_observed
            then coalesce(max(weight) filter (where side = 'demand' and not is_development), 0)
    end as use,
    case
        when enterprise.is_observed then coalesce(max(weight) filter (where side = 'demand'), 0)
    end as use_with_development,
    count(distinct repo_id) filter (where side = 'demand' and not is_development) as repositories_using,
    count(distinct repo_id) filter (where side = 'demand' and object_kind = 'package' and not is_development)
        as repositories_reached,
    case
        when count(*) filter (where side = 'supply') = 0 then 0
        else max(weight * maintenance) filter (where side = 'supply')
    end as supply,
    count(distinct repo_id) filter (where side = 'supply') as repositories_supplying
from counted
join core.enterprise on enterprise.enterprise_id = counted.enterprise_id and enterprise.kind = 'enterprise'
group by enterprise.enterprise_id, enterprise.is_observed, counted.segment_id
