/*
description: >-
  First-version products (首版次): the first stable version that each repository of the region's enterprises released,
  who depends on it, and what stands ready to be attached to an application.
grain: one per repository of the region's enterprises with a stable version
key: [repo_id]
columns:
  repo_id: repository
  enterprise_id: owner
  version: first version ≥ 1 without a suffix, as its tag or release is called
  released_on: its day
  is_forge: known from the forge's releases alone
  commit_sha: commit of the tag; null where the tag was not read
  is_recent: released within the 365 days up to the day the answers hold for
  versions: versions that are known of the repository
  packages: packages of which it is the source, as in core.published_package
  dependants: other enterprises here that use one of these, development left out
  components: distinct components of its bill of materials; null if it could not be read
  segment_ids: segments that it supplies by evidence that counts, in text order
formula: the earliest of the stable versions by day, then by name
source: lists of first-version products of the region's plan
edge_cases:
  - A fork or mirror without own commits is no product and has no row.
  - Copyright certificates and test reports cannot be seen; the bill of materials is in the state folder's boms/.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
tagged as (
    select
        repo_id,
        name,
        commit_sha,
        date '1970-01-01' + cast(floor(coalesce(tagged_at, committed_at) / 86400.0) as integer) as day
    from raw.tag
    where commit_sha is not null and coalesce(tagged_at, committed_at) between 0 and 253402300799
),
released as (
    select repository.repo_id, release.tag as name, min(cast(release.published_at as date)) as day
    from raw.release
    join core.repository_forge as repository using (forge, repository_id)
    where release.published_at is not null
        and not coalesce(release.is_draft, false)
        and not coalesce(release.is_prerelease, false)
        and release.removed_at is null
    group by all
),
version as (
    select
        coalesce(tagged.repo_id, released.repo_id) as repo_id,
        coalesce(tagged.name, released.name) as name,
        coalesce(released.day, tagged.day) as day,
        tagged.commit_sha,
        tagged.repo_id is null as is_forge
    from tagged
    full join released on released.repo_id = tagged.repo_id and released.name = tagged.name
    cross join as_of
    where coalesce(released.day, tagged.day) <= as_of.day
),
known as (
    select repo_id, count(*) as versions from version where regexp_matches(name, '\d+\.\d') group by repo_id
),
stable as (
    select *
    from version
    where regexp_matches(name, '^([A-Za-z]+([_/-][A-Za-z]+)*[-_/]?)?v?[1-9][0-9]{0,3}(\.[0-9]+){1,3}$')
        and not regexp_matches(lower(name), 'alpha|beta|rc|preview|snapshot|test|dev')
    qualify row_number() over (partition by repo_id order by day, name) = 1
),
package as (
    select repo_id, count(*) as packages from core.published_package group by repo_id
),
dependant as (
    select published.repo_id, count(distinct used.enterprise_id) as dependants
    from core.repository_package as used
    join core.published_package as published
        on published.package_key = used.package_key and published.enterprise_id <> used.enterprise_id
    join core.enterprise on enterprise.enterprise_id = used.enterprise_id and enterprise.kind = 'enterprise'
    where not used.is_development
    group by published.repo_id
),
bill as (
    select repo_id, count(distinct purl) as components
    from core.component
    semi join stable on stable.repo_id = component.repo_id
    where not in_test_data
    group by repo_id
),
supplied as (
    select repo_id, enterprise_id, list_sort(list(distinct segment_id)) as segment_ids
    from core.supply_evidence
    where not_counted is null and object_kind <> 'upstream'
    group by repo_id, enterprise_id
)
select
    repository.repo_id,
    repository.enterprise_id,
    stable.name as version,
    stable.day as released_on,
    stable.is_forge,
    stable.commit_sha,
    stable.day > as_of.day - 365 as is_recent,
    coalesce(known.versions, 1) as versions,
    coalesce(package.packages, 0) as packages,
    coalesce(dependant.dependants, 0) as dependants,
    case when repository.is_observed then coalesce(bill.components, 0) end as components,
    coalesce(supplied.segment_ids, []) as segment_ids
from stable
cross join as_of
join core.repository on repository.repo_id = stable.repo_id and repository.enterprise_kind = 'enterprise'
join core.repository_origin as origin on origin.repo_id = stable.repo_id and not coalesce(origin.is_copy, false)
left join known on known.repo_id = stable.repo_id
left join package on package.repo_id = stable.repo_id
left join dependant on dependant.repo_id = stable.repo_id
left join bill on bill.repo_id = stable.repo_id
left join supplied on supplied.repo_id = stable.repo_id and supplied.enterprise_id = repository.enterprise_id
