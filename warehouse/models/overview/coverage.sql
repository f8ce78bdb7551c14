/*
description: What could be seen of each repository, and what could not.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  sbom_status: succeeded, partial or failed; null if its packages were never scanned
  sbom_error: reason of the failure, null if none
  history_status: succeeded, partial or failed; null if its history was never read
  history_error: reason of the failure, null if none
  is_shallow: history is cut off; null where there is no history to cut
  components: distinct packages in use; null unless the scan succeeded at least in part
  components_with_version: of these, with at least one exact version; null likewise
  exact_version_share: components_with_version / components; null likewise or if there are no components
  commits: commits reachable from HEAD that were read; null unless history could be read
  unreadable: files that were broken, unreadable or of an unsupported variant; null like components
  over_limit: things skipped at a limit; null likewise
  unresolved: facts that need something outside the repository; null likewise
  without_exact_version: packages that a manifest only constrains; null likewise
  history_gaps: what of the history could not be read, a cut-off among it; null like commits
  scanned_at: when the last scan ended; null if none
formula: counts over core.repository_package, core.commit and raw.unknown
source: the scanners' own reports in raw.repository_scan and raw.unknown
edge_cases:
  - 0 is an observation, null means that nothing is known.
  - The counts of what is missing say how often it was met, not how much is behind it.
incremental:
  rows: [core.commit, core.repository, core.repository_package, raw.repository_scan, raw.unknown]
*/
with scan as (
    select
        repo_id,
        max(status) filter (where scanner = 'sbom') as sbom_status,
        max(error) filter (where scanner = 'sbom') as sbom_error,
        max(status) filter (where scanner = 'history') as history_status,
        max(error) filter (where scanner = 'history') as history_error,
        max(scanned_at) as scanned_at
    from raw.repository_scan
    group by repo_id
),
component as (
    select repo_id, count(*) as components, count(*) filter (where has_version) as with_version
    from core.repository_package
    group by repo_id
),
history as (
    select repo_id, count(*) as commits from core.commit group by repo_id
),
missing as (
    select
        repo_id,
        count(*) filter (where scanner = 'sbom' and kind in ('broken', 'unreadable', 'unsupported'))
            as unreadable,
        count(*) filter (where scanner = 'sbom' and kind = 'limit') as over_limit,
        count(*) filter (where scanner = 'sbom' and kind = 'unresolved') as unresolved,
        count(*) filter (where scanner = 'sbom' and kind = 'no_exact_version') as without_exact_version,
        count(*) filter (where scanner = 'history') as history_gaps
    from raw.unknown
    group by repo_id
),
seen as (
    select
        repository.repo_id,
        repository.enterprise_id,
        repository.is_shallow,
        repository.is_observed,
        scan.* exclude (repo_id),
        repository.has_history,
        coalesce(component.components, 0) as components,
        coalesce(component.with_version, 0) as components_with_version,
        coalesce(history.commits, 0) as commits,
        coalesce(missing.unreadable, 0) as unreadable,
        coalesce(missing.over_limit, 0) as over_limit,
        coalesce(missing.unresolved, 0) as unresolved,
        coalesce(missing.without_exact_version, 0) as without_exact_version,
        coalesce(missing.history_gaps, 0) as history_gaps
    from core.repository
    left join scan on scan.repo_id = repository.repo_id
    left join component on component.repo_id = repository.repo_id
    left join history on history.repo_id = repository.repo_id
    left join missing on missing.repo_id = repository.repo_id
)
select
    repo_id,
    enterprise_id,
    sbom_status,
    sbom_error,
    history_status,
    history_error,
    is_shallow,
    case when is_observed then components end as components,
    case when is_observed then components_with_version end as components_with_version,
    case when is_observed then components_with_version / nullif(components, 0) end as exact_version_share,
    case when has_history then commits end as commits,
    case when is_observed then unreadable end as unreadable,
    case when is_observed then over_limit end as over_limit,
    case when is_observed then unresolved end as unresolved,
    case when is_observed then without_exact_version end as without_exact_version,
    case when has_history then history_gaps end as history_gaps,
    scanned_at
from seen
