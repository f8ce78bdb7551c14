/*
description: Licences of packages whose source is a repository of the workspace, by its manifests and licence files.
grain: one per package that a manifest declares with a licence, or whose repository has one licence text
key: [package_key]
columns:
  package_key: package, as in core.package_key
  declared: SPDX expressions that the manifests declare, in text order; null if none
  wordings: licences that the texts of the repositories' licence files are, in text order; null if none
edge_cases:
  - A repository with the texts of several licences does not tell how they go together, and counts as none.
*/
with wording as (
    select repo_id, any_value(licence) as licence
    from raw.licence_file
    group by repo_id
    having count(distinct licence) = 1
)
select
    declared.package_key,
    list_sort(list(distinct declared.licence) filter (where declared.licence is not null)) as declared,
    list_sort(list(distinct wording.licence) filter (where wording.licence is not null)) as wordings
from core.declared_package as declared
left join wording on wording.repo_id = declared.repo_id
where not declared.in_test_data
group by declared.package_key
having count(declared.licence) > 0 or count(wording.licence) > 0
