/*
description: What a repository uses, all its files taken together.
grain: one per repository and package that it uses and is not itself the source of
key: [repo_id, package_key]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  package_key: package, as in core.package_key
  directness: direct, transitive, or unknown
  scope: required, optional or excluded (development only); null where no file tells
  is_development: every file that names it does so for development only
  versions: distinct versions as written, in text order; empty where only constraints are known
formula: >-
  direct if any file says so, else unknown if any file cannot tell, else transitive. Scope: the first of
  required, optional, not told, excluded that any file says.
edge_cases:
  - Packages whose source is the repository itself are left out, they are not something it depends on.
  - Packages that only test data names are left out, the repository does not use them.
*/
select
    repo_id,
    any_value(enterprise_id) as enterprise_id,
    package_key,
    case
        when bool_or(direct) then 'direct'
        when count(*) > count(direct) then 'unknown'
        else 'transitive'
    end as directness,
    case
        when bool_or(scope = 'required') then 'required'
        when bool_or(scope = 'optional') then 'optional'
        when count(*) > count(scope) then null
        else 'excluded'
    end as scope,
    count(*) = count(*) filter (where scope = 'excluded') as is_development,
    coalesce(list_sort(list(distinct version) filter (where version is not null)), []) as versions
from core.component
where not is_own and not in_test_data
group by repo_id, package_key
