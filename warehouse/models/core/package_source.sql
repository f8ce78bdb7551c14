/*
description: >-
  Which repository a package is made from, with the rule that joined the two. The repository need not be one
  of the workspace.
grain: one per package and repository
key: [package_key, repo_id]
columns:
  package_key: package, as in core.package_key
  repo_id: canonical id, as the workspace writes it where it is one of its repositories, else in lower case
  is_observed: the repository is one of the workspace
  joined_by: >-
    declared package (a manifest of the repository declares it), registry (its registry names the repository),
    purl (the package URL itself names it), VCS url (a lock file fetched it from there)
  rank: 1 for the first of these rules, 2 for the second …
formula: of several rules that join the same two the first counts
source: >-
  purl type definitions (ECMA-427) for github, bitbucket, gitlab, golang and githubactions; registry facts;
  manifests and lock files
edge_cases:
  - >-
    Go modules and generic packages are named by paths that need not be repositories (golang.org/x/crypto):
    they join by their URL to repositories of the workspace only.
  - >-
    Manifests in test data and examples, bundled copies, packages that a manifest calls private, and forks and mirrors
    that are copies join nothing (core.published_package).
  - What a registry states about its source is the publisher's own word, and may be another project's address.
  - >-
    A package that several repositories publish joins to each of them; one that any repository of the workspace publishes
    is not joined by weaker rules.
*/
with declared as (
    select package_key, repo_id, 'declared package' as joined_by, 1 as rank from core.published_package
),
stated as (
    select package_key, source_repo_id as repo_id, 'registry' as joined_by, 2 as rank
    from core.package_fact
    where source_repo_id is not null
),
named as (
    select
        package_key,
        lower(
            case
                when type in ('github', 'githubactions') then 'github.com/'
                when type = 'bitbucket' then 'bitbucket.org/'
                when type = 'gitlab' then 'gitlab.com/'
                else ''
            end || namespace || '/' || name
        ) as path,
        type in ('golang', 'generic') as is_module
    from core.package_key
    where namespace is not null
        and type in ('github', 'githubactions', 'bitbucket', 'gitlab', 'golang', 'generic')
),
by_purl as (
    select package_key, path as repo_id, 'purl' as joined_by, 3 as rank
    from named
    where not is_module
    union all
    select named.package_key, repository.repo_id, 'purl', 3
    from named
    join core.repository_name as repository on starts_with(named.path || '/', repository.name_key || '/')
    where named.is_module
),
fetched as (
    select
        key.package_key,
        lower(
            regexp_extract(
                component.source_url,
                '^git\+[a-z]+://(?:[^/@]*@)?([^/@:]+(?:/[^/@?#]+){2,})',
                1
            )
        ) as repo_id,
        'VCS url' as joined_by,
        4 as rank
    from raw.component
    join core.package_key as key using (purl)
    where starts_with(component.source_url, 'git+')
),
joined as (
    select * from declared
    union all
    select * from stated
    union all
    select * from by_purl
    union all
    select package_key, regexp_replace(repo_id, '\.git$', ''), joined_by, rank from fetched
),
known as (
    select
        joined.package_key,
        coalesce(repository.repo_id, joined.repo_id) as repo_id,
        repository.repo_id is not null as is_observed,
        joined.joined_by,
        joined.rank
    from joined
    left join core.repository_name as repository on repository.name_key = lower(joined.repo_id)
    where joined.repo_id <> ''
        and (joined.rank = 1 or joined.package_key not in (select package_key from declared))
)
select *
from known
qualify row_number() over (partition by package_key, repo_id order by rank) = 1
