/*
description: From which upstream owners an enterprise gets what it uses of a segment.
grain: one per enterprise of the region, segment and upstream owner
key: [enterprise_id, segment_id, owner]
columns:
  enterprise_id: enterprise
  segment_id: segment
  owner: upstream owner, as in core.rule_owner
  organization_id: organisation of the taxonomy
  use: 0 to 1, the strongest evidence of the enterprise for a package of the owner
  foreign_factor: f of the owner's packages in use, weighted by use; null without a home country
  is_unattributed: all of these are of an owner of no known country
  packages: distinct packages
formula: use = max over the enterprise's rules of that owner of weight (halved where only transitive)
source: upstream shares of the segment measures
edge_cases:
  - Development-only use and evidence that is not counted are left out.
*/
select
    used.enterprise_id,
    used.segment_id,
    owner.owner,
    min(owner.organization_id) as organization_id,
    max(used.weight) as use,
    cast(sum(cast(used.weight * owner.foreign_factor as decimal(38, 18))) as double)
        / cast(sum(cast(used.weight as decimal(38, 18))) as double) as foreign_factor,
    bool_and(owner.is_unattributed) as is_unattributed,
    count(distinct used.package_key) as packages
from core.demand_evidence as used
join core.rule_owner as owner on owner.rule_id = used.rule_id
join core.enterprise on enterprise.enterprise_id = used.enterprise_id and enterprise.kind = 'enterprise'
where used.not_counted is null and not used.is_development
group by used.enterprise_id, used.segment_id, owner.owner
