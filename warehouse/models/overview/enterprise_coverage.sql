/*
description: What could be seen of each enterprise and watched community.
grain: one per enterprise or watched community of the workspace
key: [enterprise_id]
columns:
  enterprise_id: enterprise or community
  kind: enterprise or community
  district: district of the region, null if not said
  park: software park, null if not said
  repositories: repositories in the workspace
  repositories_observed: of these, those whose packages could be read
  repositories_with_history: of these, those whose history could be read
  repositories_shallow: of these, those whose history is cut off
  repositories_failed: repositories where a scan failed
  observed_share: repositories_observed / repositories; null without repositories
  components: distinct packages in use; null if no repository could be read
  exact_version_share: >-
    share of (repository, package) with an exact version; null likewise or without packages
  can_affiliate: the workspace declares how to recognise its people
formula: counts over core.repository and core.repository_package
source: the scanners' own reports in raw.repository_scan
edge_cases:
  - An enterprise without a readable repository has null measures, which is not the same as using nothing.
*/
with package as (
    select
        enterprise_id,
        count(distinct package_key) as components,
        count(*) filter (where has_version) / count(*) as exact_version_share
    from core.repository_package
    group by enterprise_id
),
repository as (
    select
        enterprise_id,
        count(*) filter (where has_history) as with_history,
        count(*) filter (where is_shallow) as shallow,
        count(*) filter (where sbom_status = 'failed' or history_status = 'failed') as failed
    from core.repository
    group by enterprise_id
)
select
    enterprise.enterprise_id,
    enterprise.kind,
    enterprise.district,
    enterprise.park,
    enterprise.repositories,
    enterprise.repositories_observed,
    coalesce(repository.with_history, 0) as repositories_with_history,
    coalesce(repository.shallow, 0) as repositories_shallow,
    coalesce(repository.failed, 0) as repositories_failed,
    enterprise.repositories_observed / nullif(enterprise.repositories, 0) as observed_share,
    case when enterprise.is_observed then coalesce(package.components, 0) end as components,
    case when enterprise.is_observed then package.exact_version_share end as exact_version_share,
    enterprise.can_affiliate
from core.enterprise
left join package on package.enterprise_id = enterprise.enterprise_id
left join repository on repository.enterprise_id = enterprise.enterprise_id
