/*
description: What each enterprise uses of the upstream repositories that are observed here.
grain: one per enterprise and upstream repository that it depends on
key: [enterprise_id, upstream_repo_id]
columns:
  enterprise_id: enterprise of the region
  upstream_repo_id: repository of somebody else that the packages are made from
  packages: packages of the upstream in use, development left out, in text order
  repositories_direct: repositories of the enterprise that ask for such a package themselves
  repositories_transitive: those that only get one through others
  repositories_unknown: those whose files do not tell
  repositories: all of these
  dependence: share of the enterprise's observed repositories that use the upstream, 0 to 1
  joined_by: strongest of the rules that joined packages and repository, as in core.package_source
formula: repositories that use a package of the upstream / observed repositories
source: CHAOSS metric Upstream Code Dependencies
edge_cases:
  - Only upstreams whose repository is in the workspace have rows; mart.component_use holds the packages without one.
  - A package that several repositories publish joins to each of them, copies of others aside.
*/
with source as (
    select source.package_key, source.repo_id, source.joined_by, source.rank, repository.enterprise_id as owner
    from core.package_source as source
    join core.repository on repository.repo_id = source.repo_id
),
used as (
    select
        used.enterprise_id,
        source.repo_id as upstream_repo_id,
        used.repo_id,
        used.package_key,
        used.directness,
        source.joined_by,
        source.rank
    from core.repository_package as used
    join source on source.package_key = used.package_key
    join core.enterprise on enterprise.enterprise_id = used.enterprise_id and enterprise.kind = 'enterprise'
    where not used.is_development and source.owner <> used.enterprise_id
),
packages as (
    select
        enterprise_id,
        upstream_repo_id,
        list_sort(list(distinct package_key)) as packages,
        arg_min(joined_by, rank) as joined_by
    from used
    group by enterprise_id, upstream_repo_id
),
repositories as (
    select
        enterprise_id,
        upstream_repo_id,
        repo_id,
        bool_or(directness = 'direct') as is_direct,
        bool_or(directness = 'unknown') as is_unknown
    from used
    group by enterprise_id, upstream_repo_id, repo_id
),
counted as (
    select
        enterprise_id,
        upstream_repo_id,
        count(*) filter (where is_direct) as repositories_direct,
        count(*) filter (where not is_direct and not is_unknown) as repositories_transitive,
        count(*) filter (where not is_direct and is_unknown) as repositories_unknown,
        count(*) as repositories
    from repositories
    group by enterprise_id, upstream_repo_id
)
select
    counted.enterprise_id,
    counted.upstream_repo_id,
    packages.packages,
    repositories_direct,
    repositories_transitive,
    repositories_unknown,
    counted.repositories,
    counted.repositories / nullif(enterprise.repositories_observed, 0) as dependence,
    packages.joined_by
from counted
join packages
    on packages.enterprise_id = counted.enterprise_id and packages.upstream_repo_id = counted.upstream_repo_id
join core.enterprise on enterprise.enterprise_id = counted.enterprise_id
