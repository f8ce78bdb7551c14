/*
description: >-
  Packages of which a repository is the source for others: what its manifests declare, without test data, examples,
  private and bundled packages, and what forks and mirrors carry of others.
grain: one per package and repository
key: [package_key, repo_id]
columns:
  package_key: package, as in core.package_key
  repo_id: repository
  enterprise_id: owner of the repository
formula: core.declared_package without what core.repository_origin knows to be a copy
edge_cases:
  - That a manifest declares a package does not prove that it is published under that name.
  - Of a fork or mirror of which it cannot be told whether it is a copy, the packages are here.
*/
select distinct declared.package_key, declared.repo_id, declared.enterprise_id
from core.declared_package as declared
join core.repository_origin as origin on origin.repo_id = declared.repo_id
where not declared.in_test_data
    and not declared.is_example
    and not declared.is_bundled
    and not coalesce(declared.private, false)
    and not coalesce(origin.is_copy, false)
