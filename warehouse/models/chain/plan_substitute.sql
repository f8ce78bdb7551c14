/*
description: >-
  What could replace what a segment rests on: every listed alternative, who adopted it here and who still
  depends on foreign upstreams.
grain: one per segment and alternative of the taxonomy
key: [segment_id, alternative]
columns:
  segment_id: segment
  alternative: product or project
  organization_id: who makes it
  organization_region: country of that organisation
  open_source: its source is open
  repository: URL; null if none is known
  status: archived, stale or check; null = nothing against it is known
  adopters: enterprises that use it; null if no enterprise is observed
  adopter_ids: these enterprises, in text order
  users_without: enterprises that use the segment and none of its alternatives; null likewise
  source: taxonomy file:line
formula: mart.alternative_use counted by enterprise
source: curated list of the taxonomy
edge_cases:
  - An alternative whose packages no rule names shows no adopters, which is not the same as having none.
*/
with adopted as (
    select
        segment_id,
        alternative,
        count(distinct enterprise_id) as adopters,
        list_sort(list(distinct enterprise_id)) as adopter_ids
    from mart.alternative_use
    group by segment_id, alternative
)
select
    listed.segment_id,
    listed.name as alternative,
    listed.organization_id,
    organization.region as organization_region,
    listed.open_source,
    listed.repository,
    listed.status,
    case when gap.observed > 0 then coalesce(adopted.adopters, 0) end as adopters,
    coalesce(adopted.adopter_ids, []) as adopter_ids,
    gap.users - substitution.adopters as users_without,
    listed.source
from core.alternative as listed
join mart.segment_gap as gap on gap.segment_id = listed.segment_id
join mart.substitution as substitution on substitution.segment_id = listed.segment_id
left join raw.organization as organization on organization.organization_id = listed.organization_id
left join adopted on adopted.segment_id = listed.segment_id and adopted.alternative = listed.name
