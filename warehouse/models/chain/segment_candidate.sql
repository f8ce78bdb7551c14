/*
description: >-
  Which enterprises here could close a gap: those that supply a little already, whose people work on it, or
  that are near by what they supply.
grain: one per segment in use and enterprise that could supply it
key: [segment_id, enterprise_id]
columns:
  segment_id: segment
  enterprise_id: enterprise that could supply
  place: order of the candidates of the segment, from 1
  basis: >-
    supplies (q > 0), dormant (supply evidence without a commit for a year, or of unknown life), works on it
    (people with commits), related (ω > 0), or same chain (supplies another of its segments)
  supply: q of the enterprise in the segment, 0 to 1; null if unknown
  density: ω, 0 to 1; null where too few enterprises supply to tell
  people: the enterprise's people who work on the segment; 0 if none
  near_segment_id: segment that the enterprise supplies and that shows the nearness; the segment itself first
  repo_id: repository that shows the supply of that segment; null for people only
  path: file
  line: line in the file, from 1; null where the format has none
formula: by basis, then by q, ω, people and id; at most ten for a segment
source: relatedness of the segment measures
edge_cases:
  - Candidates are whom to ask, not who will.
*/
with gap as (
    select segment_id, chain_id from mart.segment_gap where users > 0
),
own as (
    select place.segment_id, place.enterprise_id, measured.supply
    from mart.supply_place as place
    left join mart.enterprise_segment as measured
        on measured.segment_id = place.segment_id and measured.enterprise_id = place.enterprise_id
),
person as (
    select segment_id, enterprise_id, count(distinct person_id) as people
    from core.talent_evidence
    where not_counted is null
    group by segment_id, enterprise_id
),
neighbour as (
    select
        gap.segment_id,
        own.enterprise_id,
        min({'rank': -coalesce(own.supply, 0), 'segment': own.segment_id}) as nearest
    from gap
    join raw.segment as other on other.chain_id = gap.chain_id and other.segment_id <> gap.segment_id
    join own on own.segment_id = other.segment_id and own.supply > 0
    group by gap.segment_id, own.enterprise_id
),
near as (
    select segment_id, enterprise_id, density, nearest_segment_id
    from mart.segment_relatedness
    where density > 0
),
candidate as (
    select segment_id, enterprise_id from own
    union
    select segment_id, enterprise_id from person
    union
    select segment_id, enterprise_id from near
    union
    select segment_id, enterprise_id from neighbour
),
judged as (
    select
        candidate.segment_id,
        candidate.enterprise_id,
        case
            when own.supply > 0 then 1
            when own.segment_id is not null then 2
            when person.people > 0 then 3
            when near.density > 0 then 4
            else 5
        end as basis,
        case when own.segment_id is null then 0 else own.supply end as supply,
        relatedness.density,
        coalesce(person.people, 0) as people,
        case
            when own.segment_id is not null then own.segment_id
            when near.nearest_segment_id is not null then near.nearest_segment_id
            else neighbour.nearest['segment']
        end as near_segment_id
    from candidate
    join gap on gap.segment_id = candidate.segment_id
    left join own
        on own.segment_id = candidate.segment_id and own.enterprise_id = candidate.enterprise_id
    left join person
        on person.segment_id = candidate.segment_id and person.enterprise_id = candidate.enterprise_id
    left join near
        on near.segment_id = candidate.segment_id and near.enterprise_id = candidate.enterprise_id
    left join neighbour
        on neighbour.segment_id = candidate.segment_id and neighbour.enterprise_id = candidate.enterprise_id
    left join mart.segment_relatedness as relatedness
        on relatedness.segment_id = candidate.segment_id
        and relatedness.enterprise_id = candidate.enterprise_id
),
placed as (
    select
        judged.*,
        row_number() over (
            partition by segment_id
            order by basis, supply desc nulls last, density desc nulls last, people desc, enterprise_id
        ) as place
    from judged
)
select
    placed.segment_id,
    placed.enterprise_id,
    placed.place,
    ['supplies', 'dormant', 'works on it', 'related', 'same chain'][basis] as basis,
    placed.supply,
    placed.density,
    placed.people,
    placed.near_segment_id,
    shown.repo_id,
    shown.path,
    shown.line
from placed
left join mart.supply_place as shown
    on shown.segment_id = placed.near_segment_id and shown.enterprise_id = placed.enterprise_id
where placed.place <= 10
