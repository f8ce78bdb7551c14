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
  has_version: some file tells a version; false where only constraints are known
formula: >-
  direct if any file says so, else unknown if any file cannot tell, else transitive. Scope: the first of
  required, optional, not told, excluded that any file says.
edge_cases:
  - Packages whose source is the repository itself are left out, they are not something it depends on.
  - Packages that only test data names are left out, the repository does not use them.
incremental:
  rows: [core.component]
*/
with told as (
    -- One number per statement: lists and texts as states of 200 million groups would not fit into memory.
    select
        repo_id,
        enterprise_id,
        package_key,
        bit_or(
            case when direct then 1 when direct is null then 2 else 0 end
            | case scope when 'required' then 4 when 'optional' then 8 when 'excluded' then 0 else 16 end
            | case when version is null then 0 else 32 end
        ) as said
    from core.component
    where not is_own and not in_test_data
    group by repo_id, enterprise_id, package_key
)
select
    repo_id,
    enterprise_id,
    package_key,
    case when said & 1 > 0 then 'direct' when said & 2 > 0 then 'unknown' else 'transitive' end as directness,
    case
        when said & 4 > 0 then 'required'
        when said & 8 > 0 then 'optional'
        when said & 16 = 0 then 'excluded'
    end as scope,
    said & 28 = 0 as is_development,
    said & 32 > 0 as has_version
from told
