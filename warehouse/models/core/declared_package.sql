/*
description: Packages that a repository is the source of, as its manifests declare.
grain: one per repository and distinct statement of a manifest
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  head_sha: commit that was read; null for a plain folder
  purl: package URL with version where one is declared
  package_key: package without version, as in core.package_key
  version: version as written
  licence: SPDX expression as declared
  description: description in the manifest
  keywords: keywords in the manifest
  private: the manifest forbids publishing; null where the format cannot say
  path: manifest, repository-relative
  line: line in the manifest, from 1; null where the format has none
  in_test_data: the manifest is test data, as in core.source_file
  is_example: it lies beside the product, in a folder of demos, examples or tests, as in core.source_file
  is_bundled: it came from elsewhere, in a folder called vendor or third_party or as a Helm chart within a chart
edge_cases:
  - That a manifest declares a package does not prove that it is published under that name.
incremental:
  rows: [core.repository, core.source_file, raw.declared_package]
  lookups:
    core.package_key.purl: [raw.declared_package.purl]
*/
with chart as (
    select distinct repo_id, path from raw.declared_package where ends_with(path, 'Chart.yaml')
)
select distinct
    declared.repo_id,
    repository.enterprise_id,
    declared.head_sha,
    declared.purl,
    key.package_key,
    declared.version,
    declared.licence,
    declared.description,
    declared.keywords,
    declared.private,
    declared.path,
    declared.line,
    file.in_test_data,
    file.beside_product as is_example,
    parent.repo_id is not null or regexp_matches(lower(declared.path), '(^|/)(vendor|third[-_]?party|node_modules)/')
        as is_bundled
from raw.declared_package as declared
join core.repository on repository.repo_id = declared.repo_id
join core.package_key as key on key.purl = declared.purl
join core.source_file as file on file.repo_id = declared.repo_id and file.path = declared.path
left join chart as parent
    on parent.repo_id = declared.repo_id
    and parent.path <> declared.path
    and parent.path = regexp_replace(declared.path, 'charts/[^/]+/Chart\.yaml$', 'Chart.yaml')
