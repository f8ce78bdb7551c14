/*
description: How much of the region's use of a segment each upstream owner carries.
grain: one per segment and upstream owner in use
key: [segment_id, owner]
columns:
  segment_id: segment
  owner: upstream owner, as in core.rule_owner
  organization_id: organisation of the taxonomy
  users: enterprises that use something of the owner
  use: sum of their use
  share: σ, share of the segment's use, 0 to 1
  foreign_factor: f, 0 to 1; null without a home country
  is_unattributed: the owner is of no known country
formula: σ = Σ use of the owner / Σ use of all owners
source: upstream shares of the segment measures
edge_cases:
  - An enterprise that uses two owners counts for both.
*/
select
    segment_id,
    owner,
    min(organization_id) as organization_id,
    count(*) as users,
    sum(use) as use,
    sum(use) / sum(sum(use)) over (partition by segment_id) as share,
    sum(use * foreign_factor) / sum(use) as foreign_factor,
    bool_and(is_unattributed) as is_unattributed
from mart.segment_owner_use
group by segment_id, owner
