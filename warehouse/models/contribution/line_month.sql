/*
description: Lines added to and deleted from a repository month by month, from its first commit on.
grain: one per repository whose history was read and month, months without a commit included
key: [repo_id, month]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  month: first day of the month
  added: lines added by people; null where none could be counted
  deleted: lines deleted by people; null likewise
  uncounted: commits of the month of which no lines could be counted (missing objects); the sums cover the others
formula: sums over core.commit without merges by author date (UTC), renames not followed
source: CHAOSS metric Code Changes Lines; git log --numstat --no-renames --no-merges
edge_cases:
  - Following renames gives fewer lines, counting merges gives more; both are other policies of the same metric.
  - A repository whose history could not be read has no row; zero means that the month was seen and empty.
  - Bots, vanished commits and author dates after the day the answers hold for are left out.
incremental:
  rows: [core.commit, core.history_month, core.repository]
*/
with counted as (
    select
        repo_id,
        cast(date_trunc('month', authored_on) as date) as month,
        cast(sum(added) as bigint) as added,
        cast(sum(deleted) as bigint) as deleted,
        count(*) filter (where added is null) as uncounted
    from core.commit
    where not is_bot and not is_merge
        and authored_on <= (select cast(value as date) from meta.parameter where name = 'as_of')
    group by all
)
select
    months.repo_id,
    repository.enterprise_id,
    months.month,
    case when coalesce(counted.uncounted, 0) = 0 or counted.added is not null then coalesce(counted.added, 0) end
        as added,
    case
        when coalesce(counted.uncounted, 0) = 0 or counted.deleted is not null then coalesce(counted.deleted, 0)
    end as deleted,
    coalesce(counted.uncounted, 0) as uncounted
from core.history_month as months
join core.repository on repository.repo_id = months.repo_id
left join counted on counted.repo_id = months.repo_id and counted.month = months.month
