/*
description: The list of problems that planners hand out, every gap with what would close it.
grain: one per segment with a verdict that names a problem
key: [segment_id]
columns:
  segment_id: segment
  chain_id: chain
  rank: place by priority
  verdict: primary verdict
  verdicts: all verdicts
  is_robust: the primary verdict holds in at least 80 % of the draws
  score: gap, 0 to 100
  users: enterprises that use the segment
  user_ids: these enterprises, at most ten, in text order
  dominant_owner: largest upstream owner that is not of the home country; null if there is none
  dominance: its share
  alternatives: open alternatives that are listed
  alternative_names: their names, in text order
  candidate_ids: enterprises here that could close the gap, the nearest first, at most five
  upstream_package: upstream project that the region is nearest to; null if none is in use
formula: mart.segment_gap with the first of mart.segment_candidate and mart.upstream_community
source: verdicts of taxonomy/scoring.yaml
edge_cases:
  - Sound segments and those without enough data are not on the list.
*/
with held as (
    select distinct verdict_id from raw.verdict_condition where not unless_others
),
user_list as (
    select segment_id, list_slice(list_sort(list(enterprise_id)), 1, 10) as user_ids
    from mart.enterprise_segment
    where use > 0
    group by segment_id
),
alternative as (
    select segment_id, list_sort(list(name)) as names
    from core.alternative
    where is_open
    group by segment_id
),
candidate as (
    select
        segment_id,
        list_transform(
            list_sort(list({'place': place, 'id': enterprise_id})), lambda entry: entry['id']
        ) as candidate_ids
    from mart.segment_candidate
    where place <= 5
    group by segment_id
)
select
    gap.segment_id,
    gap.chain_id,
    gap.rank,
    gap.verdict,
    gap.verdicts,
    sureness.is_robust,
    gap.score,
    gap.users,
    coalesce(user_list.user_ids, []) as user_ids,
    concentration.dominant_owner,
    concentration.dominance,
    gap.alternatives,
    coalesce(alternative.names, []) as alternative_names,
    coalesce(candidate.candidate_ids, []) as candidate_ids,
    upstream.package_key as upstream_package
from mart.segment_gap as gap
join held on held.verdict_id = gap.verdict
join mart.segment_concentration as concentration on concentration.segment_id = gap.segment_id
left join mart.segment_sureness as sureness on sureness.segment_id = gap.segment_id
left join user_list on user_list.segment_id = gap.segment_id
left join alternative on alternative.segment_id = gap.segment_id
left join candidate on candidate.segment_id = gap.segment_id
left join mart.upstream_community as upstream on upstream.segment_id = gap.segment_id and upstream.place = 1
