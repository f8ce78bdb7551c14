/*
description: Commits and people of a repository month by month, from its first commit on.
grain: one per repository whose history was read and month, months without a commit included
key: [repo_id, month]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  month: first day of the month
  commits: commits by people, merges included
  commits_no_merges: of these, with at most one parent
  commits_first_parent: of these, on the first-parent line from HEAD, merges included
  contributors: people with a commit without merges
  commits_by_bots: commits by programs, merges included
  added: lines added, without merges, renames not followed; null where none could be counted
  deleted: lines deleted, likewise
formula: counts and sums over core.commit by author date (UTC)
source: CHAOSS metrics Code Changes Commits, Code Changes Lines and Contributors
edge_cases:
  - A repository whose history could not be read has no row; zero means that the month was seen and empty.
  - Months before the first commit that was read and after the day the answers hold for have no row; of a
    shallow history the first month is cut off.
  - Author dates after the day the answers hold for are left out.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
authored as (
    select commit.*, cast(date_trunc('month', authored_on) as date) as month
    from core.commit
    cross join as_of
    where authored_on <= as_of.day
),
span as (
    select repo_id, min(month) as first_month from authored group by repo_id
),
months as (
    select
        repo_id,
        cast(unnest(generate_series(first_month, cast(date_trunc('month', as_of.day) as date), interval 1 month)) as date)
            as month
    from span
    cross join as_of
),
counted as (
    select
        repo_id,
        month,
        count(*) filter (where not is_bot) as commits,
        count(*) filter (where not is_bot and not is_merge) as commits_no_merges,
        count(*) filter (where not is_bot and first_parent) as commits_first_parent,
        count(distinct person_id) filter (where not is_bot and not is_merge) as contributors,
        count(*) filter (where is_bot) as commits_by_bots,
        cast(sum(added) filter (where not is_bot and not is_merge) as bigint) as added,
        cast(sum(deleted) filter (where not is_bot and not is_merge) as bigint) as deleted,
        count(*) filter (where not is_bot and not is_merge and added is null) as uncounted
    from authored
    group by repo_id, month
)
select
    months.repo_id,
    repository.enterprise_id,
    months.month,
    coalesce(counted.commits, 0) as commits,
    coalesce(counted.commits_no_merges, 0) as commits_no_merges,
    coalesce(counted.commits_first_parent, 0) as commits_first_parent,
    coalesce(counted.contributors, 0) as contributors,
    coalesce(counted.commits_by_bots, 0) as commits_by_bots,
    case when coalesce(counted.uncounted, 0) = 0 or counted.added is not null then coalesce(counted.added, 0) end
        as added,
    case
        when coalesce(counted.uncounted, 0) = 0 or counted.deleted is not null then coalesce(counted.deleted, 0)
    end as deleted
from months
join core.repository on repository.repo_id = months.repo_id
left join counted on counted.repo_id = months.repo_id and counted.month = months.month
