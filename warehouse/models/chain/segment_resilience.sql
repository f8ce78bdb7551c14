/*
description: How well what a segment rests on would outlast the loss of a person, of attention, or of a fix.
grain: one per segment of the taxonomy
key: [segment_id]
columns:
  segment_id: segment
  components: packages through which the region uses the segment
  components_known: of these, packages of which anything is known
  known_share: share of the use that these carry, 0 to 1; null if nothing is used
  resilience: R, 0 to 1; null if nothing is known of any package in use
formula: R = mean of the packages' resilience, weighted by use
source: resilience of the segment measures
edge_cases:
  - R speaks for the known share only.
*/
with total as (
    select
        segment_id,
        count(*) as components,
        count(resilience) as components_known,
        cast(sum(cast(use as decimal(38, 18))) as double) as use,
        cast(sum(cast(use as decimal(38, 18))) filter (where resilience is not null) as double) as use_known,
        cast(sum(cast(use * resilience as decimal(38, 18))) as double) as use_outlasting
    from mart.segment_component
    group by segment_id
)
select
    segment.segment_id,
    coalesce(total.components, 0) as components,
    coalesce(total.components_known, 0) as components_known,
    coalesce(total.use_known, 0) / nullif(total.use, 0) as known_share,
    total.use_outlasting / nullif(total.use_known, 0) as resilience
from raw.segment
left join total on total.segment_id = segment.segment_id
