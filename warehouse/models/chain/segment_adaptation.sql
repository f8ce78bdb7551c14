/*
description: >-
  How far those who use a segment have adapted to each domestic platform: what lies behind a blocked link, and where
  shared test capacity is wanted.
grain: one per segment in use and domestic platform that somebody here builds for
key: [segment_id, platform]
columns:
  segment_id: segment
  platform: domestic CPU architecture, operating system or database
  kind: cpu, os or database
  users: enterprises that use the segment
  adapted: of these, with a repository that uses the segment and builds or ships for the platform
  adapted_share: adapted / users
  not_adapted_ids: the other users, at most ten, in text order
  unbuilt_packages: >-
    packages of the segment that users' lock files name and that are published without a build for the platform, at
    most ten, in text order
  unbuilt_users: users whose lock files name these
  is_blocked: the segment is blocked (堵点), alternatives exist and few use them
formula: >-
  mart.platform_matrix joined with demand evidence by repository; unbuilt as mart.component_platform says
source: adaptation evidence; verdict blocked of scoring.yaml
edge_cases:
  - Platforms that nobody here builds for have no rows.
*/
with used as (
    select distinct evidence.segment_id, evidence.enterprise_id, evidence.repo_id
    from core.segment_evidence as evidence
    join core.enterprise on enterprise.enterprise_id = evidence.enterprise_id and enterprise.kind = 'enterprise'
    where evidence.side = 'demand' and evidence.not_counted is null and not evidence.is_development
),
platform as (
    select distinct platform, kind from mart.platform_matrix where is_domestic
),
judged as (
    select
        used.segment_id,
        used.enterprise_id,
        platform.platform,
        platform.kind,
        bool_or(matrix.repo_id is not null) as is_adapted
    from used
    cross join platform
    left join mart.platform_matrix as matrix
        on matrix.repo_id = used.repo_id and matrix.platform = platform.platform
    group by used.segment_id, used.enterprise_id, platform.platform, platform.kind
),
unbuilt as (
    select
        evidence.segment_id,
        built.platform,
        list_sort(list(distinct built.package_key)) as packages,
        count(distinct evidence.enterprise_id) as users
    from mart.component_platform as built
    join (select distinct purl, repo_id from core.component_build) as named on named.purl = built.purl
    join core.demand_evidence as evidence
        on evidence.repo_id = named.repo_id and evidence.package_key = built.package_key
    join core.enterprise on enterprise.enterprise_id = evidence.enterprise_id and enterprise.kind = 'enterprise'
    where not built.is_adapted and evidence.not_counted is null and not evidence.is_development
    group by evidence.segment_id, built.platform
)
select
    judged.segment_id,
    judged.platform,
    judged.kind,
    count(*) as users,
    count(*) filter (where is_adapted) as adapted,
    count(*) filter (where is_adapted) / count(*) as adapted_share,
    coalesce(
        list_slice(list_sort(list(judged.enterprise_id) filter (where not is_adapted)), 1, 10), []
    ) as not_adapted_ids,
    coalesce(list_slice(any_value(unbuilt.packages), 1, 10), []) as unbuilt_packages,
    coalesce(any_value(unbuilt.users), 0) as unbuilt_users,
    any_value(list_contains(gap.verdicts, 'blocked')) as is_blocked
from judged
join mart.segment_gap as gap on gap.segment_id = judged.segment_id
left join unbuilt on unbuilt.segment_id = judged.segment_id and unbuilt.platform = judged.platform
group by judged.segment_id, judged.platform, judged.kind
