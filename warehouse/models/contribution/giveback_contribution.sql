/*
description: >-
  What the people of an enterprise gave to each upstream that it depends on or contributes to, kind by kind, against what
  everybody gave.
grain: one per enterprise, upstream repository and kind of contribution
key: [enterprise_id, upstream_repo_id, kind]
columns:
  enterprise_id: enterprise of the region
  upstream_repo_id: repository of somebody else
  kind: commit, change_request, review, issue or release
  people: its people who gave in the last 365 days; null where it is not known
  times: what they gave in the last 365 days; null likewise
  times_before: what they gave in the 365 days before; null likewise
  times_all: what everybody gave in the last 365 days; null likewise
  times_all_before: what everybody gave in the 365 days before; null likewise
  share: times / times_all, 0 to 1; null likewise or if nobody gave anything
  share_before: times_before / times_all_before, 0 to 1; null likewise
  covered_on: >-
    day until which the kind was read; the day of the scan for commits; null if never to the end
  unknown_because: >-
    why it is not known: people cannot be recognised, history not read, forge not read, or forge tells no time; null where
    it is known
formula: sums over core.contribution
source: CHAOSS metrics Types of Contributions and Contribution Attribution
edge_cases:
  - Zero says that the kind was read and none is there; what was not read within the 365 days is null.
  - People without a known employer count in times_all only, so that shares are lower bounds.
  - Commits are known from the history, everything else only where the forge was crawled.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
pair as (
    select enterprise_id, upstream_repo_id from core.upstream_dependence
    union
    select contribution.enterprise_id, contribution.repo_id
    from core.contribution as contribution
    join core.repository on repository.repo_id = contribution.repo_id
    join core.enterprise on enterprise.enterprise_id = contribution.enterprise_id and enterprise.kind = 'enterprise'
    where repository.enterprise_id <> contribution.enterprise_id
),
timeless as (
    select distinct repo_id from core.deed where kind = 'review' and done_at is null
),
reach as (
    select
        repository.repo_id,
        unnest([
            {
                'kind': 'commit',
                'covered_on': case
                    when repository.has_history
                        then coalesce(repository.observed_on, as_of.day)
                end
            },
            {'kind': 'change_request', 'covered_on': cast(span.change_requests_at as date)},
            {
                'kind': 'review',
                'covered_on': case
                    when span.change_requests_at is not null and span.details_at is not null
                        then cast(least(span.change_requests_at, span.details_at) as date)
                end
            },
            {'kind': 'issue', 'covered_on': cast(span.issues_at as date)},
            {'kind': 'release', 'covered_on': cast(span.releases_at as date)}
        ]) as part
    from core.repository
    cross join as_of
    left join core.forge_span as span on span.repo_id = repository.repo_id
),
reached as (
    select
        reach.repo_id,
        part.kind as kind,
        part.covered_on as covered_on,
        case
            when part.kind = 'commit' and part.covered_on is null then 'history not read'
            when part.kind <> 'commit' and coalesce(part.covered_on < as_of.day - 364, true) then 'forge not read'
            when part.kind = 'review' and timeless.repo_id is not null then 'forge tells no time'
        end as unknown_because
    from reach
    cross join as_of
    left join timeless on timeless.repo_id = reach.repo_id
),
own as (
    select
        enterprise_id,
        repo_id,
        kind,
        count(distinct person_id) filter (where in_year) as people,
        sum(times) filter (where in_year) as times,
        sum(times) filter (where not in_year) as times_before
    from core.contribution
    where enterprise_id is not null
    group by enterprise_id, repo_id, kind
),
everybody as (
    select
        repo_id,
        kind,
        sum(times) filter (where in_year) as times,
        sum(times) filter (where not in_year) as times_before
    from core.contribution
    group by repo_id, kind
),
joined as (
    select
        pair.enterprise_id,
        pair.upstream_repo_id,
        reached.kind,
        reached.covered_on,
        case when not enterprise.can_affiliate then 'people cannot be recognised' else reached.unknown_because end
            as unknown_because,
        cast(coalesce(own.people, 0) as bigint) as people,
        cast(coalesce(own.times, 0) as bigint) as times,
        cast(coalesce(own.times_before, 0) as bigint) as times_before,
        cast(coalesce(everybody.times, 0) as bigint) as times_all,
        cast(coalesce(everybody.times_before, 0) as bigint) as times_all_before
    from pair
    join core.enterprise on enterprise.enterprise_id = pair.enterprise_id
    join reached on reached.repo_id = pair.upstream_repo_id
    left join own
        on own.enterprise_id = pair.enterprise_id and own.repo_id = pair.upstream_repo_id and own.kind = reached.kind
    left join everybody on everybody.repo_id = pair.upstream_repo_id and everybody.kind = reached.kind
)
select
    enterprise_id,
    upstream_repo_id,
    kind,
    case when unknown_because is null then people end as people,
    case when unknown_because is null then times end as times,
    case when unknown_because is null then times_before end as times_before,
    case when unknown_because is null then times_all end as times_all,
    case when unknown_because is null then times_all_before end as times_all_before,
    case when unknown_because is null then times / nullif(times_all, 0) end as share,
    case when unknown_because is null then times_before / nullif(times_all_before, 0) end as share_before,
    covered_on,
    unknown_because
from joined
