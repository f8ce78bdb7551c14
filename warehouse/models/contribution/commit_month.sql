/*
description: Commits to a repository month by month, from its first commit on.
grain: one per repository whose history was read and month, months without a commit included
key: [repo_id, month]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  month: first day of the month
  commits: commits by people, merges included
  commits_no_merges: of these, with at most one parent
  commits_first_parent: of these, on the first-parent line from HEAD, merges included
  commits_by_bots: commits by programs, merges included
formula: counts over core.commit by author date (UTC)
source: CHAOSS metric Code Changes Commits
edge_cases:
  - A repository whose history could not be read has no row; zero means that the month was seen and empty.
  - Months before the first commit that was read and after the day the answers hold for have no row; of a
    shallow history the first month is cut off.
  - Author dates after the day the answers hold for are left out.
incremental:
  rows: [core.commit, core.history_month, core.repository]
*/
with counted as (
    select
        repo_id,
        cast(date_trunc('month', authored_on) as date) as month,
        count(*) filter (where not is_bot) as commits,
        count(*) filter (where not is_bot and not is_merge) as commits_no_merges,
        count(*) filter (where not is_bot and first_parent) as commits_first_parent,
        count(*) filter (where is_bot) as commits_by_bots
    from core.commit
    where authored_on <= (select cast(value as date) from meta.parameter where name = 'as_of')
    group by all
)
select
    months.repo_id,
    repository.enterprise_id,
    months.month,
    coalesce(counted.commits, 0) as commits,
    coalesce(counted.commits_no_merges, 0) as commits_no_merges,
    coalesce(counted.commits_first_parent, 0) as commits_first_parent,
    coalesce(counted.commits_by_bots, 0) as commits_by_bots
from core.history_month as months
join core.repository on repository.repo_id = months.repo_id
left join counted on counted.repo_id = months.repo_id and counted.month = months.month
