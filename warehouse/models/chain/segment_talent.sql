/*
description: How many people of the region's enterprises work on what a segment rests on.
grain: one per segment of the taxonomy
key: [segment_id]
columns:
  segment_id: segment
  people: >-
    P, people with at least five commits in 12 months; null if no enterprise's people can be recognised, if
    no history could be read, or if only people of unknown employer are seen
  enterprises: employers of these people; null likewise
  people_unknown: >-
    people with as many commits whose employer is not known, in repositories of the region's enterprises; null
    if no history could be read
  talent: G, 0 to 1; null where P is
formula: G = min(1, ln(1 + P) / ln(1 + 20)), with the bound of scoring.yaml
source: talent measure of the segments
edge_cases:
  - People without a known employer do not count, so that P is a lower bound.
*/
with seen as (
    select
        has_history,
        has_history
        and (select count(*) from core.enterprise where kind = 'enterprise' and can_affiliate) > 0 as is_seen
    from (
        select coalesce(bool_or(has_history), false) as has_history
        from core.repository
    )
),
counted as (
    select
        segment_id,
        count(distinct person_id) filter (where not_counted is null) as people,
        count(distinct enterprise_id) filter (where not_counted is null) as enterprises,
        count(distinct person_id) filter (where not_counted = 'employer unknown') as people_unknown
    from core.talent_evidence
    group by segment_id
),
measured as (
    select
        segment.segment_id,
        case
            when counted.people > 0 then counted.people
            when seen.is_seen and coalesce(counted.people_unknown, 0) = 0 then 0
        end as people,
        coalesce(counted.enterprises, 0) as enterprises,
        case when seen.has_history then coalesce(counted.people_unknown, 0) end as people_unknown
    from raw.segment
    cross join seen
    left join counted on counted.segment_id = segment.segment_id
)
select
    segment_id,
    people,
    case when people is not null then enterprises end as enterprises,
    people_unknown,
    case when people is not null then least(1, ln(1 + people) / ln(1 + bound.value)) end as talent
from measured
cross join (select value from raw.scoring where name = 'saturation.people') as bound
