/*
description: >-
  What an enterprise takes from each upstream that is observed here, against what its people give back: commits, change
  requests, reviews, issues and releases.
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
  criticality: of the upstream, as in mart.criticality; null if no signal is known
  criticality_known: share of its weights whose signal is known, likewise
  can_affiliate: the workspace declares how to recognise the enterprise's people
  people: its people with a contribution of a known kind in the last 365 days; null if no kind is known
  commits: commits of these in the last 365 days, without merges; null where not known, as in mart.giveback_contribution
  commits_before: commits in the 365 days before; null likewise
  change_requests: change requests that they opened in the last 365 days; null likewise
  change_requests_before: in the 365 days before; null likewise
  reviews: reviews that they gave to change requests of others in the last 365 days; null likewise
  reviews_before: in the 365 days before; null likewise
  issues: issues that they opened in the last 365 days; null likewise
  issues_before: in the 365 days before; null likewise
  releases: releases that they published in the last 365 days; null likewise
  releases_before: in the 365 days before; null likewise
  contribution: >-
    mean of their shares in what everybody gave in the last 365 days, over the kinds that are known and were given at all,
    0 to 1; null if there is none
  contribution_rests_on: these kinds
  balance: contribution − dependence, −1 (takes only) to 1; null where the contribution is
  trend: >-
    the same mean of the shares of this year − of the year before, over the kinds given in both, −1 to 1; null if there is
    none
  contributor_absence_factor: of the upstream in the last 365 days; null without commits
  upstream_status: how the reading of the upstream's history ended; null if never read
  forge_covered_on: day until which issues, change requests and comments of the upstream are read; null if never to the end
  joined_by: >-
    strongest of the rules that joined packages and repository, as in core.package_source; null where no package
    is used
formula: >-
  contribution = mean over kinds of (its people's / everybody's); balance = contribution − dependence; all in the 365 days
  up to the day the answers hold for
source: CHAOSS metrics Upstream Code Dependencies, Types of Contributions and Contribution Attribution
edge_cases:
  - >-
    Only upstreams whose repository is in the workspace have rows; mart.component_use holds the packages
    without one.
  - A package that several repositories publish joins to each of them, copies of others aside.
  - Without registry facts a package is joined by manifests, its own URL and lock files alone.
  - >-
    Where the forge was not crawled the contribution rests on commits alone; contribution_rests_on says so, and balances
    that rest on different kinds are compared with care.
  - An enterprise whose people cannot be recognised has nulls, not zeros.
*/
with given as (
    select
        enterprise_id,
        upstream_repo_id,
        max(times) filter (where kind = 'commit') as commits,
        max(times_before) filter (where kind = 'commit') as commits_before,
        max(times) filter (where kind = 'change_request') as change_requests,
        max(times_before) filter (where kind = 'change_request') as change_requests_before,
        max(times) filter (where kind = 'review') as reviews,
        max(times_before) filter (where kind = 'review') as reviews_before,
        max(times) filter (where kind = 'issue') as issues,
        max(times_before) filter (where kind = 'issue') as issues_before,
        max(times) filter (where kind = 'release') as releases,
        max(times_before) filter (where kind = 'release') as releases_before,
        count(times) > 0 as is_known,
        cast(avg(cast(share as decimal(38, 18))) as double) as contribution,
        coalesce(list_sort(list(kind) filter (where share is not null)), []) as contribution_rests_on,
        cast(avg(cast(share - share_before as decimal(38, 18))) as double) as trend
    from mart.giveback_contribution
    group by enterprise_id, upstream_repo_id
),
people as (
    select own.enterprise_id, own.repo_id, count(distinct own.person_id) as people
    from core.contribution as own
    join mart.giveback_contribution as known
        on known.enterprise_id = own.enterprise_id and known.upstream_repo_id = own.repo_id and known.kind = own.kind
    where own.in_year and known.times is not null
    group by own.enterprise_id, own.repo_id
)
select
    given.enterprise_id,
    given.upstream_repo_id,
    repository.enterprise_id as upstream_owner,
    coalesce(dependence.packages, []) as packages,
    coalesce(dependence.repositories_direct, 0) as repositories_direct,
    coalesce(dependence.repositories_transitive, 0) as repositories_transitive,
    coalesce(dependence.repositories_unknown, 0) as repositories_unknown,
    case when enterprise.repositories_observed > 0 then coalesce(dependence.dependence, 0) end as dependence,
    criticality.score as criticality,
    criticality.known_weight as criticality_known,
    enterprise.can_affiliate,
    case when given.is_known then coalesce(people.people, 0) end as people,
    given.commits,
    given.commits_before,
    given.change_requests,
    given.change_requests_before,
    given.reviews,
    given.reviews_before,
    given.issues,
    given.issues_before,
    given.releases,
    given.releases_before,
    given.contribution,
    given.contribution_rests_on,
    given.contribution - case when enterprise.repositories_observed > 0 then coalesce(dependence.dependence, 0) end
        as balance,
    given.trend,
    absence.contributor_absence_factor,
    repository.history_status as upstream_status,
    cast(span.deeds_at as date) as forge_covered_on,
    dependence.joined_by
from given
join core.enterprise on enterprise.enterprise_id = given.enterprise_id
join core.repository on repository.repo_id = given.upstream_repo_id
left join core.upstream_dependence as dependence
    on dependence.enterprise_id = given.enterprise_id and dependence.upstream_repo_id = given.upstream_repo_id
left join people on people.enterprise_id = given.enterprise_id and people.repo_id = given.upstream_repo_id
left join mart.criticality as criticality on criticality.repo_id = given.upstream_repo_id
left join mart.contributor_absence_factor as absence
    on absence.repo_id = given.upstream_repo_id and absence.period = 'year'
left join core.forge_span as span on span.repo_id = given.upstream_repo_id
