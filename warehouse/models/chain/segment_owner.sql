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
with total as (
    select
        segment_id,
        owner,
        min(organization_id) as organization_id,
        count(*) as users,
        sum(cast(use as decimal(38, 18))) as use,
        sum(cast(use * foreign_factor as decimal(38, 18))) as foreign_use,
        bool_and(is_unattributed) as is_unattributed
    from mart.segment_owner_use
    group by segment_id, owner
)
select
    segment_id,
    owner,
    organization_id,
    users,
    cast(use as double) as use,
    cast(use as double) / cast(sum(use) over (partition by segment_id) as double) as share,
    cast(foreign_use as double) / cast(use as double) as foreign_factor,
    is_unattributed
from total
