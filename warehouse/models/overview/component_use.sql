/*
description: Who uses which package, across all enterprises of the region.
grain: one per package that any repository of the workspace uses
key: [package_key]
columns:
  package_key: package, as in core.package_key
  type: purl type
  namespace: namespace, null if none
  name: name
  enterprises: enterprises of the region that use it
  repositories: repositories of these enterprises that use it
  repositories_direct: of these, those that ask for it themselves
  repositories_transitive: those that get it only through other packages
  repositories_directness_unknown: those whose files do not tell
  repositories_required: those that use it at run time
  repositories_optional: those that use it optionally at most
  repositories_development: those that use it for development only
  repositories_scope_unknown: those whose files do not tell
  versions: versions in use, as written, in text order
  version_count: how many these are
  repositories_without_version: repositories where only a constraint is known
  repositories_watched: repositories of watched communities that use it, not counted above
formula: counts over core.repository_package; versions from core.component
source: CycloneDX scope and purl of the components
edge_cases:
  - A repository that is itself the source of a package, or names it in test data only, does not use it.
  - A repository that could not be read counts nowhere; mart.coverage says which.
*/
select
    package.package_key,
    package.type,
    package.namespace,
    package.name,
    count(distinct enterprise.enterprise_id) as enterprises,
    count(enterprise.enterprise_id) as repositories,
    count(enterprise.enterprise_id) filter (where directness = 'direct') as repositories_direct,
    count(enterprise.enterprise_id) filter (where directness = 'transitive') as repositories_transitive,
    count(enterprise.enterprise_id) filter (where directness = 'unknown') as repositories_directness_unknown,
    count(enterprise.enterprise_id) filter (where scope = 'required') as repositories_required,
    count(enterprise.enterprise_id) filter (where scope = 'optional') as repositories_optional,
    count(enterprise.enterprise_id) filter (where scope = 'excluded') as repositories_development,
    count(enterprise.enterprise_id) filter (where scope is null) as repositories_scope_unknown,
    coalesce(any_value(in_use.versions), []) as versions,
    coalesce(len(any_value(in_use.versions)), 0) as version_count,
    count(enterprise.enterprise_id) filter (where not used.has_version) as repositories_without_version,
    count(*) - count(enterprise.enterprise_id) as repositories_watched
from core.repository_package as used
join (select distinct package_key, type, namespace, name from core.package_key) as package
    on package.package_key = used.package_key
left join core.enterprise
    on enterprise.enterprise_id = used.enterprise_id and enterprise.kind = 'enterprise'
left join (
    select package_key, list_sort(list(distinct version)) as versions
    from core.component
    join core.enterprise using (enterprise_id)
    where version is not null and not is_own and not in_test_data and enterprise.kind = 'enterprise'
    group by package_key
) as in_use on in_use.package_key = used.package_key
group by package.package_key, package.type, package.namespace, package.name
