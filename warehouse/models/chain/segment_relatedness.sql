/*
description: >-
  How near a segment is to what an enterprise can supply already. It steers whom to ask and is no part of
  the score.
grain: one per segment and enterprise that can supply at least one segment
key: [enterprise_id, segment_id]
columns:
  enterprise_id: enterprise
  segment_id: segment
  supplies: the enterprise supplies the segment itself, q ≥ 0.33
  density: ω, 0 to 1; null if the segment is related to none, or supplied by fewer than three
  nearest_segment_id: of the segments that the enterprise supplies, the one most related; null likewise
  nearest_relatedness: φ of that segment, 0 to 1; null likewise
formula: >-
  φ(s, t) = min(P(s|t), P(t|s)) over the enterprises that supply; ω(e, s) = Σ φ(s, t)·M(e, t) / Σ φ(s, t)
  over t ≠ s; M = 1 if q ≥ 0.33, with the bounds of scoring.yaml
source: Hidalgo, Klinger, Barabási, Hausmann (2007), product space; density of relatedness
edge_cases:
  - φ of a segment that fewer than three enterprises supply is unknown, not 0.
*/
with bound as (
    select
        max(value) filter (where name = 'relatedness.supplies') as supplies,
        max(value) filter (where name = 'relatedness.ubiquity') as ubiquity
    from raw.scoring
),
supplier as (
    select enterprise_id, segment_id from mart.enterprise_segment where supply >= (select supplies from bound)
),
ubiquity as (
    select segment_id, count(*) as suppliers from supplier group by segment_id having count(*) >= (select ubiquity from bound)
),
related as (
    select
        one.segment_id,
        other.segment_id as other_segment_id,
        count(*) / greatest(any_value(one_total.suppliers), any_value(other_total.suppliers)) as relatedness
    from supplier as one
    join supplier as other on other.enterprise_id = one.enterprise_id and other.segment_id <> one.segment_id
    join ubiquity as one_total on one_total.segment_id = one.segment_id
    join ubiquity as other_total on other_total.segment_id = other.segment_id
    group by one.segment_id, other.segment_id
),
total as (
    select segment_id, cast(sum(cast(relatedness as decimal(38, 18))) as double) as relatedness
    from related
    group by segment_id
),
near as (
    select
        supplier.enterprise_id,
        related.segment_id,
        cast(sum(cast(related.relatedness as decimal(38, 18))) as double) as relatedness,
        min({'rank': -related.relatedness, 'segment': related.other_segment_id}) as nearest
    from supplier
    join related on related.other_segment_id = supplier.segment_id
    group by supplier.enterprise_id, related.segment_id
)
select
    enterprise.enterprise_id,
    segment.segment_id,
    supplier.segment_id is not null as supplies,
    coalesce(near.relatedness, 0) / nullif(total.relatedness, 0) as density,
    near.nearest['segment'] as nearest_segment_id,
    -near.nearest['rank'] as nearest_relatedness
from (select distinct enterprise_id from supplier) as enterprise
cross join raw.segment
left join supplier
    on supplier.enterprise_id = enterprise.enterprise_id and supplier.segment_id = segment.segment_id
left join near on near.enterprise_id = enterprise.enterprise_id and near.segment_id = segment.segment_id
left join total on total.segment_id = segment.segment_id
