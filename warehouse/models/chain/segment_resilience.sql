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
select
    segment.segment_id,
    count(component.package_key) as components,
    count(component.resilience) as components_known,
    coalesce(sum(component.use) filter (where component.resilience is not null), 0)
        / nullif(sum(component.use), 0) as known_share,
    sum(component.use * component.resilience)
        / nullif(sum(component.use) filter (where component.resilience is not null), 0) as resilience
from raw.segment
left join mart.segment_component as component on component.segment_id = segment.segment_id
group by segment.segment_id
