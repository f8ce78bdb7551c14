/*
description: Edges of the dependency graphs that lock files state.
grain: one per repository and distinct statement of a file about an edge
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  from_purl: depending package; null = the project itself
  from_package_key: the same without version, as in core.package_key
  to_purl: package depended on
  to_package_key: the same without version
  constraint: version constraint as written, null if none
  scope: CycloneDX scope of the edge; null where not told
  path: source file, repository-relative
  line: line in the source file, from 1; null where the format has none
incremental:
  rows: [core.repository, raw.dependency]
  lookups:
    core.package_key.purl: [raw.dependency.from_purl, raw.dependency.to_purl]
*/
select distinct
    dependency.repo_id,
    repository.enterprise_id,
    dependency.from_purl,
    source.package_key as from_package_key,
    dependency.to_purl,
    target.package_key as to_package_key,
    dependency."constraint",
    dependency.scope,
    dependency.path,
    dependency.line
from raw.dependency
join core.repository on repository.repo_id = dependency.repo_id
join core.package_key as target on target.purl = dependency.to_purl
left join core.package_key as source on source.purl = dependency.from_purl
