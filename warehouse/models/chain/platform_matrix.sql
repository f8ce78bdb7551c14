/*
description: >-
  Component × platform matrix (信创适配): for which platforms each repository of the region builds or ships, with the
  place that shows it first.
grain: one per repository of the region's enterprises and platform
key: [repo_id, platform]
columns:
  repo_id: repository
  enterprise_id: owner
  platform: CPU architecture, operating system or database
  kind: cpu, os or database
  is_domestic: of the Chinese ecosystem
  places: files and packages that show it
  shown_by: kinds of files that do, or driver
  head_sha: commit that was read
  path: first file
  line: line in it, from 1; null where the format has none
formula: core.platform_evidence by repository and platform; driver first, then ci, image and the others
source: adaptation evidence
edge_cases:
  - No row says that nothing was seen; certificates of adaptation cannot be seen and may be entered beside.
*/
with placed as (
    select
        evidence.*,
        row_number() over (
            partition by evidence.repo_id, evidence.platform
            order by
                case shown_by when 'driver' then 0 when 'ci' then 1 when 'image' then 2 else 3 end,
                path,
                line,
                object
        ) as place
    from core.platform_evidence as evidence
    join core.enterprise on enterprise.enterprise_id = evidence.enterprise_id and enterprise.kind = 'enterprise'
)
select
    repo_id,
    any_value(enterprise_id) as enterprise_id,
    platform,
    any_value(kind) as kind,
    bool_or(is_domestic) as is_domestic,
    count(*) as places,
    list_sort(list(distinct shown_by)) as shown_by,
    max(head_sha) as head_sha,
    max(path) filter (where place = 1) as path,
    max(line) filter (where place = 1) as line
from placed
group by repo_id, platform
