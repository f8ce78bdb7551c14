/*
description: >-
  What an enterprise takes from each upstream that is observed here, against what its people give back.
grain: one per enterprise and upstream repository that it depends on or contributes to
key: [enterprise_id, upstream_repo_id]
columns:
  enterprise_id: enterprise of the region
  upstream_repo_id: repository of somebody else that the packages are made from
  upstream_owner: enterprise or community that owns it
  packages: packages of the upstream in use, development left out, in text order
  repositories_direct: repositories of the enterprise that ask for such a package themselves
  repositories_transitive: those that only get one through others
  repositories_unknown: those whose files do not tell
  dependence: share of the enterprise's observed repositories that use the upstream, 0 to 1
  can_affiliate: the workspace declares how to recognise the enterprise's people
  people: its people with a commit upstream in the last 365 days; null where they cannot be recognised
  commits: commits of these in the last 365 days, without merges; null likewise
  commits_before: commits in the 365 days before; null likewise
  contribution: share of the upstream's commits by people in the last 365 days, 0 to 1; null likewise, or if
    there is no such commit
  balance: >-
    contribution − dependence, −1 (takes only) to 1; null where the contribution is
  contributor_absence_factor: of the upstream in the last 365 days; null without commits
  upstream_status: how the reading of the upstream's history ended; null if never read
  joined_by: >-
    strongest of the rules that joined packages and repository, as in core.package_source; null where no package
    is used
formula: >-
  dependence = repositories that use a package of the upstream / observed repositories; contribution =
  commits of its people / commits of all people, both in the 365 days up to the day the answers hold for
source: >-
  CHAOSS metrics Upstream Code Dependencies and Contribution Attribution; commits counted as in
  contribution.commit_month
edge_cases:
  - >-
    Only upstreams whose repository is in the workspace have rows; overview.component_use holds the packages
    without one.
  - A package that several repositories declare (a fork and its upstream) joins to each of them.
  - Without registry facts a package is joined by manifests, its own URL and lock files alone.
  - An enterprise whose people cannot be recognised has nulls, not zeros; an upstream without a commit in
    the year has a null balance.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
source as (
    select source.package_key, source.repo_id, source.joined_by, source.rank, repository.enterprise_id as owner
    from core.package_source as source
    join core.repository on repository.repo_id = source.repo_id
),
used as (
    select
        used.enterprise_id,
        source.repo_id as upstream_repo_id,
        used.repo_id,
        bool_or(used.directness = 'direct') as is_direct,
        bool_or(used.directness = 'unknown') as is_unknown
    from core.repository_package as used
    join source on source.package_key = used.package_key
    where not used.is_development and source.owner <> used.enterprise_id
    group by used.enterprise_id, source.repo_id, used.repo_id
),
packages as (
    select
        used.enterprise_id,
        source.repo_id as upstream_repo_id,
        list_sort(list(distinct used.package_key)) as packages,
        arg_min(source.joined_by, source.rank) as joined_by
    from core.repository_package as used
    join source on source.package_key = used.package_key
    where not used.is_development and source.owner <> used.enterprise_id
    group by used.enterprise_id, source.repo_id
),
dependence as (
    select
        enterprise_id,
        upstream_repo_id,
        count(*) filter (where is_direct) as repositories_direct,
        count(*) filter (where not is_direct and not is_unknown) as repositories_transitive,
        count(*) filter (where not is_direct and is_unknown) as repositories_unknown,
        count(*) as repositories
    from used
    group by enterprise_id, upstream_repo_id
),
recent as (
    select
        commit.repo_id,
        commit.enterprise_id,
        commit.person_id,
        date_diff('day', authored_on, as_of.day) < 365 as in_year
    from core.commit
    cross join as_of
    where not is_bot and not is_merge and person_id is not null
        and authored_on <= as_of.day and date_diff('day', authored_on, as_of.day) < 730
),
contribution as (
    select
        enterprise_id,
        repo_id as upstream_repo_id,
        count(distinct person_id) filter (where in_year) as people,
        count(*) filter (where in_year) as commits,
        count(*) filter (where not in_year) as commits_before
    from recent
    where enterprise_id is not null
    group by enterprise_id, repo_id
),
total as (
    select repo_id, count(*) filter (where in_year) as commits from recent group by repo_id
),
pair as (
    select enterprise_id, upstream_repo_id from dependence
    union
    select contribution.enterprise_id, contribution.upstream_repo_id
    from contribution
    join core.repository on repository.repo_id = contribution.upstream_repo_id
    where repository.enterprise_id <> contribution.enterprise_id
),
measured as (
    select
        pair.enterprise_id,
        pair.upstream_repo_id,
        repository.enterprise_id as upstream_owner,
        coalesce(packages.packages, []) as packages,
        packages.joined_by,
        coalesce(dependence.repositories_direct, 0) as repositories_direct,
        coalesce(dependence.repositories_transitive, 0) as repositories_transitive,
        coalesce(dependence.repositories_unknown, 0) as repositories_unknown,
        coalesce(dependence.repositories, 0) / nullif(enterprise.repositories_observed, 0) as dependence,
        enterprise.can_affiliate,
        enterprise.can_affiliate and coalesce(repository.history_status in ('succeeded', 'partial'), false)
            as is_known,
        coalesce(contribution.people, 0) as people,
        coalesce(contribution.commits, 0) as commits,
        coalesce(contribution.commits_before, 0) as commits_before,
        coalesce(contribution.commits, 0) / nullif(total.commits, 0) as contribution,
        absence.contributor_absence_factor,
        repository.history_status as upstream_status
    from pair
    join core.enterprise on enterprise.enterprise_id = pair.enterprise_id and enterprise.kind = 'enterprise'
    join core.repository on repository.repo_id = pair.upstream_repo_id
    left join packages
        on packages.enterprise_id = pair.enterprise_id and packages.upstream_repo_id = pair.upstream_repo_id
    left join dependence
        on dependence.enterprise_id = pair.enterprise_id
        and dependence.upstream_repo_id = pair.upstream_repo_id
    left join contribution
        on contribution.enterprise_id = pair.enterprise_id
        and contribution.upstream_repo_id = pair.upstream_repo_id
    left join total on total.repo_id = pair.upstream_repo_id
    left join mart.contributor_absence_factor as absence
        on absence.repo_id = pair.upstream_repo_id and absence.period = 'year'
)
select
    enterprise_id,
    upstream_repo_id,
    upstream_owner,
    packages,
    repositories_direct,
    repositories_transitive,
    repositories_unknown,
    dependence,
    can_affiliate,
    case when is_known then people end as people,
    case when is_known then commits end as commits,
    case when is_known then commits_before end as commits_before,
    case when is_known then contribution end as contribution,
    case when is_known then contribution - dependence end as balance,
    contributor_absence_factor,
    upstream_status,
    joined_by
from measured
