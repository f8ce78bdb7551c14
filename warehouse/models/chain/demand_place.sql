/*
description: For each enterprise and segment that it uses, the one place that shows it best.
grain: one per enterprise of the region and segment with demand evidence that counts
key: [enterprise_id, segment_id]
columns:
  enterprise_id: enterprise
  segment_id: segment
  repositories: repositories that show it
  packages: packages that show it, at most ten, in text order
  repo_id: repository of the strongest evidence
  package_key: package
  path: file
  line: line in the file, from 1; null where the format has none
formula: the evidence of the greatest weight, then the first by repository, package and file
source: core.segment_evidence
edge_cases:
  - What is used for development only is left out.
*/
with ranked as (
    select
        evidence.*,
        row_number() over (
            partition by evidence.enterprise_id, evidence.segment_id
            order by weight desc, evidence.repo_id, evidence.package_key, evidence.path, evidence.line
        ) as place
    from core.demand_evidence as evidence
    join core.enterprise on enterprise.enterprise_id = evidence.enterprise_id and enterprise.kind = 'enterprise'
    where not_counted is null and not is_development
)
select
    enterprise_id,
    segment_id,
    count(distinct repo_id) as repositories,
    list_slice(list_sort(list(distinct package_key)), 1, 10) as packages,
    max(repo_id) filter (where place = 1) as repo_id,
    max(package_key) filter (where place = 1) as package_key,
    max(path) filter (where place = 1) as path,
    max(line) filter (where place = 1) as line
from ranked
group by enterprise_id, segment_id
