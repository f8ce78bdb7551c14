/*
description: The repository of the workspace that is taken for the source of a package, and whether it still lives.
grain: one per package whose source is an observed repository of the workspace
key: [package_key]
columns:
  package_key: package, as in core.package_key
  repo_id: source, by the first rule of core.package_source that names one
  days_since_commit: days since its last commit by a person; null if there is none
  is_archived: its forge says that its owner made it read-only, or it is gone from there; null where no forge tells
formula: the first by rank in core.package_source, then the liveliest, then by id
edge_cases:
  - A package without a row has no source in the workspace, which says nothing of whether it lives.
*/
select
    source.package_key,
    source.repo_id,
    maintenance.days_since_commit,
    forge.is_archived or forge.removed_on is not null as is_archived
from core.package_source as source
left join core.repository_maintenance as maintenance using (repo_id)
left join core.repository_forge as forge using (repo_id)
where source.is_observed
qualify row_number() over (
    partition by source.package_key
    order by source.rank, maintenance.days_since_commit nulls last, source.repo_id
) = 1
