/*
description: The list of talent that planners hand out, people by segment and employer as counts.
grain: one per segment and enterprise whose people work on it
key: [segment_id, enterprise_id]
columns:
  segment_id: segment
  enterprise_id: employer
  people: people with at least five commits in 12 months; null where fewer than five, unless people may be shown
  is_folded: fewer than five people
  commits: their commits in 12 months; null likewise
  demand: enterprises here that use the segment
formula: core.talent_evidence counted; groups under five are folded
source: k-anonymity with k = 5; talent measure of the segments
edge_cases:
  - People of unknown employer are in mart.segment_talent and not here.
*/
with counted as (
    select segment_id, enterprise_id, count(distinct person_id) as people, sum(commits) as commits
    from core.talent_evidence
    where not_counted is null
    group by segment_id, enterprise_id
),
shown as (
    select value = 'true' as all_people from meta.parameter where name = 'show_people'
)
select
    counted.segment_id,
    counted.enterprise_id,
    case when counted.people >= 5 or shown.all_people then counted.people end as people,
    counted.people < 5 as is_folded,
    cast(case when counted.people >= 5 or shown.all_people then counted.commits end as bigint) as commits,
    gap.users as demand
from counted
cross join shown
join mart.segment_gap as gap on gap.segment_id = counted.segment_id
