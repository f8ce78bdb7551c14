/*
description: Repositories of the workspace with their owner and how each scan of them ended.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: canonical id, host/owner/name or local/<enterprise>/<name>
  enterprise_id: owner in the workspace
  enterprise_kind: >-
    enterprise (counts for the region) or community (watched); null if the owner is not declared
  host: forge host, or local
  name: name of the repository
  location: path relative to the workspace file, or URL
  kind: git, bare, folder, bom (a bill of materials made elsewhere) or absent (not mirrored yet)
  head_sha: commit of HEAD; null for an empty repository or a plain folder
  is_shallow: history is cut off; null where there is no history to cut
  observed_on: day when HEAD was read
  sbom_status: succeeded, partial or failed; null if never scanned
  history_status: succeeded, partial or failed; null if never read
  is_observed: its packages could be read, wholly or in part
  has_history: its history could be read, wholly or in part
edge_cases:
  - A repository that was never scanned or whose scan failed is not observed, which is not the same as
    empty.
*/
select
    repository.repo_id,
    repository.enterprise_id,
    enterprise.kind as enterprise_kind,
    repository.host,
    repository.name,
    repository.location,
    repository.kind,
    repository.head_sha,
    repository.is_shallow,
    cast(repository.observed_at as date) as observed_on,
    sbom.status as sbom_status,
    history.status as history_status,
    coalesce(sbom.status in ('succeeded', 'partial'), false) as is_observed,
    coalesce(history.status in ('succeeded', 'partial'), false) as has_history
from raw.repository
left join raw.enterprise using (enterprise_id)
left join raw.repository_scan as sbom
    on sbom.repo_id = repository.repo_id and sbom.scanner = 'sbom'
left join raw.repository_scan as history
    on history.repo_id = repository.repo_id and history.scanner = 'history'
