/*
description: >-
  Packages that the files of a repository name, each with the key under which packages are compared.
grain: one per repository and distinct statement of a file about a package
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  head_sha: commit that was read; null for a plain folder
  purl: package URL with version where one is known
  package_key: package without version, as in core.package_key
  version: version as written; null where a manifest only constrains it
  scope: CycloneDX scope (required, optional, or excluded for development); null where not told
  direct: the project itself asks for it; null where the format does not tell
  in_test_data: the file is test data, as in core.source_file
  is_own: a manifest of the same repository declares itself to be this package's source
  licence: SPDX expression as declared in the file
  path: source file, repository-relative
  line: line in the source file, from 1; null where the format has none
  parser: what produced the row
edge_cases:
  - A repository that is no longer in the workspace has no rows here.
incremental:
  rows: [core.declared_package, core.repository, core.source_file, raw.component]
  lookups:
    core.package_key.purl: [raw.component.purl]
*/
with own as (
    select distinct repo_id, package_key from core.declared_package where not in_test_data
)
select distinct
    component.repo_id,
    repository.enterprise_id,
    component.head_sha,
    component.purl,
    key.package_key,
    component.version,
    component.scope,
    component.direct,
    file.in_test_data,
    own.repo_id is not null as is_own,
    component.licence,
    component.path,
    component.line,
    component.parser
from raw.component
join core.repository on repository.repo_id = component.repo_id
join core.package_key as key on key.purl = component.purl
join core.source_file as file on file.repo_id = component.repo_id and file.path = component.path
left join own on own.repo_id = component.repo_id and own.package_key = key.package_key
