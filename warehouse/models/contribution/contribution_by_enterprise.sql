/*
description: >-
  What the people of each enterprise and community committed in each year, and how much of it upstream.
grain: >-
  one per employer and year; one with a null employer per year for the unaffiliated; one with a null year
  per enterprise to which no commit belongs
key: [enterprise_id, year]
columns:
  enterprise_id: employer on the author date; null = unknown employer, not independent
  kind: enterprise or community; null where the employer is unknown
  year: year of the author date (UTC); null where there is none
  people: distinct authors; null where there is no commit
  commits: distinct commits; null likewise
  commits_no_merges: of these, with at most one parent
  commits_upstream: >-
    of these, in a repository that belongs to somebody else; null where the employer is unknown
  repositories_upstream: repositories of others with such a commit; null likewise
  added: lines added, without merges, renames not followed; null where none could be counted
  deleted: lines deleted, likewise
  can_affiliate: the workspace declares how to recognise its people; null where the employer is unknown
formula: counts and sums over the distinct commits of core.commit
source: CHAOSS metrics Contributors and Organizational Diversity
edge_cases:
  - Bots, vanished commits and commits without an address are left out.
  - A commit in several repositories counts once, and as upstream if it is in a repository of somebody
    else.
  - Of an enterprise that cannot be recognised (can_affiliate is false) nothing is known, and its row
    holds nulls.
  - People are counts of pseudonyms; reports fold groups under five.
*/
with authored as not materialized (
    select
        commit.repo_id,
        commit.sha,
        commit.person_id,
        commit.enterprise_id,
        extract(year from commit.authored_on) as year,
        commit.is_merge,
        commit.added,
        commit.deleted,
        commit.enterprise_id <> repository.enterprise_id as is_upstream
    from core.commit
    join core.repository on repository.repo_id = commit.repo_id
    where not commit.is_bot and commit.person_id is not null
),
repeated as (
    select hash(sha) as digest from authored group by hash(sha) having count(*) > 1
),
commits as (
    select
        sha,
        min(person_id) as person_id,
        min(enterprise_id) as enterprise_id,
        min(year) as year,
        min(is_merge) as is_merge,
        min(added) as added,
        min(deleted) as deleted,
        bool_or(is_upstream) as is_upstream
    from authored
    where hash(sha) in (select digest from repeated)
    group by sha
    union all
    select sha, person_id, enterprise_id, year, is_merge, added, deleted, is_upstream
    from authored
    where hash(sha) not in (select digest from repeated)
),
upstream as (
    select enterprise_id, year, count(distinct repo_id) as repositories
    from authored
    where is_upstream
    group by enterprise_id, year
),
sums as (
    select
        enterprise_id,
        year,
        count(distinct person_id) as people,
        count(*) as commits,
        count(*) filter (where not is_merge) as commits_no_merges,
        case when enterprise_id is not null then count(*) filter (where is_upstream) end as commits_upstream,
        cast(sum(added) filter (where not is_merge) as bigint) as added,
        cast(sum(deleted) filter (where not is_merge) as bigint) as deleted
    from commits
    group by enterprise_id, year
)
select
    coalesce(enterprise.enterprise_id, sums.enterprise_id) as enterprise_id,
    enterprise.kind,
    sums.year,
    sums.people,
    sums.commits,
    sums.commits_no_merges,
    sums.commits_upstream,
    case when sums.enterprise_id is not null then coalesce(upstream.repositories, 0) end
        as repositories_upstream,
    sums.added,
    sums.deleted,
    enterprise.can_affiliate
from sums
full join core.enterprise on enterprise.enterprise_id = sums.enterprise_id
left join upstream
    on upstream.enterprise_id = sums.enterprise_id and upstream.year is not distinct from sums.year
