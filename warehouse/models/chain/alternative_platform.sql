/*
description: >-
  For which platforms each listed alternative is seen to be built: in its own repository, where the workspace holds it,
  by ready-made builds of its packages that lock files name, and in repositories that use it.
grain: one per segment, alternative and platform
key: [segment_id, alternative, platform]
columns:
  segment_id: segment
  alternative: name of the alternative
  platform: CPU architecture, operating system or database
  kind: cpu, os or database
  is_domestic: of the Chinese ecosystem
  basis: own repository, package (a ready-made build of one of its packages), or a user's that builds for the platform
  repo_id: repository that shows it
  head_sha: commit that was read
  path: file
  line: line in the file, from 1; null where the format has none
formula: >-
  core.platform_evidence of the alternative's repository, else mart.component_platform of its packages, else
  core.platform_evidence of the repositories in mart.alternative_use
source: adaptation evidence of the alternatives
edge_cases:
  - An alternative without rows is one of which nothing is known, not one that is adapted to nothing.
  - What runs on a virtual machine or interpreter often names no architecture; then nothing is known of that kind.
*/
with shown as (
    select
        alternative.segment_id,
        alternative.name as alternative,
        evidence.platform,
        evidence.kind,
        evidence.is_domestic,
        evidence.shown_by,
        evidence.object,
        evidence.repo_id,
        evidence.head_sha,
        evidence.path,
        evidence.line,
        1 as rank
    from core.alternative
    join core.repository_name as repository on repository.name_key = alternative.repository_key
    join core.platform_evidence as evidence on evidence.repo_id = repository.repo_id
    where alternative.is_open
    union all
    select
        alternative.segment_id,
        alternative.name,
        built.platform,
        built.kind,
        built.is_domestic,
        'builds',
        built.object,
        built.repo_id,
        built.head_sha,
        built.path,
        built.line,
        2
    from core.alternative
    join mart.component_platform as built on list_contains(alternative.packages, built.package_key)
    where alternative.is_open and built.is_adapted and built.kind <> 'portable'
    union all
    select
        used.segment_id,
        used.alternative,
        evidence.platform,
        evidence.kind,
        evidence.is_domestic,
        evidence.shown_by,
        evidence.object,
        evidence.repo_id,
        evidence.head_sha,
        evidence.path,
        evidence.line,
        3
    from (select distinct segment_id, alternative, repo_id from mart.alternative_use) as used
    join core.alternative
        on alternative.segment_id = used.segment_id and alternative.name = used.alternative and alternative.is_open
    join core.platform_evidence as evidence on evidence.repo_id = used.repo_id
)
select
    segment_id,
    alternative,
    platform,
    kind,
    is_domestic,
    case rank when 1 then 'own repository' when 2 then 'package' else 'user' end as basis,
    repo_id,
    head_sha,
    path,
    line
from shown
qualify row_number() over (
    partition by segment_id, alternative, platform
    order by rank, case shown_by when 'driver' then 0 when 'ci' then 1 when 'image' then 2 else 3 end, repo_id, path, line, object
) = 1
