/*
description: For each enterprise and segment that it uses, the one place that shows it best.
grain: one per enterprise of the region and segment with demand evidence that counts
key: [enterprise_id, segment_id]
columns:
  enterprise_id: enterprise
  segment_id: segment
  repositories: repositories that show it
  objects: packages and algorithms that show it, at most ten, in text order
  repo_id: repository of the strongest evidence
  object: package or algorithm
  path: file
  line: line in the file, from 1; null where the format has none
formula: the evidence of the greatest weight, then the first by repository, object and file
source: core.segment_evidence
edge_cases:
  - What is used for development only is left out.
*/
with ranked as (
    select
        evidence.*,
        row_number() over (
            partition by evidence.enterprise_id, evidence.segment_id
            order by weight desc, evidence.repo_id, evidence.object, evidence.path, evidence.line
        ) as place
    from core.segment_evidence as evidence
    join core.enterprise on enterprise.enterprise_id = evidence.enterprise_id and enterprise.kind = 'enterprise'
    where side = 'demand' and not_counted is null and not is_development
)
select
    enterprise_id,
    segment_id,
    count(distinct repo_id) as repositories,
    list_slice(list_sort(list(distinct object)), 1, 10) as objects,
    max(repo_id) filter (where place = 1) as repo_id,
    max(object) filter (where place = 1) as object,
    max(path) filter (where place = 1) as path,
    max(line) filter (where place = 1) as line
from ranked
group by enterprise_id, segment_id
