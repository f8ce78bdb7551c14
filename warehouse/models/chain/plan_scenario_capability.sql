/*
description: >-
  What each enterprise needs software for (场景清单) and what it can supply (能力清单), segment by segment.
grain: one per enterprise, segment and kind
key: [enterprise_id, segment_id, kind]
columns:
  enterprise_id: enterprise
  segment_id: segment
  kind: scenario (it uses the segment) or capability (it can supply it)
  strength: u for a scenario, q for a capability, 0 to 1; null where q is not known
  repositories: repositories that show it
  objects: packages and terms that show it, at most ten
  counterparts: enterprises here on the other side, suppliers for a scenario, users for a capability
  repo_id: repository of the strongest evidence
  path: file
  line: line in the file, from 1; null where the format has none
formula: mart.enterprise_segment with the places that show it best
source: lists of scenarios and capabilities of the region's plan
edge_cases:
  - What nobody publishes is on neither list.
*/
select
    place.enterprise_id,
    place.segment_id,
    'scenario' as kind,
    measured.use as strength,
    place.repositories,
    place.objects,
    gap.suppliers - cast(coalesce(measured.supply > 0, false) as bigint) as counterparts,
    place.repo_id,
    place.path,
    place.line
from mart.demand_place as place
join mart.enterprise_segment as measured
    on measured.enterprise_id = place.enterprise_id and measured.segment_id = place.segment_id
join mart.segment_gap as gap on gap.segment_id = place.segment_id
union all
select
    place.enterprise_id,
    place.segment_id,
    'capability',
    measured.supply,
    place.repositories,
    place.objects,
    gap.users - cast(coalesce(measured.use > 0, false) as bigint),
    place.repo_id,
    place.path,
    place.line
from mart.supply_place as place
join mart.enterprise_segment as measured
    on measured.enterprise_id = place.enterprise_id and measured.segment_id = place.segment_id
join mart.segment_gap as gap on gap.segment_id = place.segment_id
