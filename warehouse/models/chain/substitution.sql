/*
description: Whether what a segment rests on could be replaced by something open or of the home country.
grain: one per segment of the taxonomy
key: [segment_id]
columns:
  segment_id: segment
  alternatives_listed: alternatives in the taxonomy
  alternatives: L, of these open source and not archived
  adopters: enterprises that use an alternative, open or not; null if no enterprise is observed
  adoption: A, adopters / n; null if nobody uses the segment
  substitution: T, 0 to 1; null likewise
  users_building: users who build for a domestic platform of which it is known whether an alternative is adapted
  adaptation: >-
    mean over these of the share of such platforms to which an open alternative is adapted; null if there is none
formula: T = ½·min(1, L / 2) + ½·min(1, A / 0.2), with the bounds of scoring.yaml
source: substitutability of the segment measures
edge_cases:
  - Adaptation is no part of T; it feeds the verdict blocked-adaptation.
  - The list of alternatives is curated; L = 0 says that none is listed.
  - A repository is archived if the taxonomy or its forge says so.
*/
with listed as (
    select
        segment_id,
        count(*) as alternatives_listed,
        count(*) filter (where is_open) as alternatives
    from core.alternative
    group by segment_id
),
adopted as (
    select segment_id, count(distinct enterprise_id) as adopters
    from mart.alternative_use
    group by segment_id
),
bound as (
    select
        max(value) filter (where name = 'saturation.alternatives') as alternatives,
        max(value) filter (where name = 'saturation.adoption') as adoption
    from raw.scoring
),
adapted as (
    select segment_id, count(*) as users_building, cast(avg(cast(adapted as decimal(38, 18))) as double) as adaptation
    from (
        select segment_id, enterprise_id, avg(cast(is_adapted as integer)) as adapted
        from mart.platform_need
        where is_adapted is not null
        group by segment_id, enterprise_id
    )
    group by segment_id
),
measured as (
    select
        demand.segment_id,
        coalesce(listed.alternatives_listed, 0) as alternatives_listed,
        coalesce(listed.alternatives, 0) as alternatives,
        case when demand.observed > 0 then coalesce(adopted.adopters, 0) end as adopters,
        coalesce(adopted.adopters, 0) / nullif(demand.users, 0) as adoption,
        coalesce(adapted.users_building, 0) as users_building,
        adapted.adaptation
    from mart.segment_demand as demand
    left join listed on listed.segment_id = demand.segment_id
    left join adopted on adopted.segment_id = demand.segment_id
    left join adapted on adapted.segment_id = demand.segment_id
)
select
    segment_id,
    alternatives_listed,
    measured.alternatives,
    adopters,
    measured.adoption,
    case
        when measured.adoption is not null
            then least(1, measured.alternatives / bound.alternatives) / 2
                + least(1, measured.adoption / bound.adoption) / 2
    end as substitution,
    measured.users_building,
    measured.adaptation
from measured
cross join bound
