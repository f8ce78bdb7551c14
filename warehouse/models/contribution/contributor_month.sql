/*
description: People who committed to a repository month by month, from its first commit on.
grain: one per repository whose history was read and month, months without a commit included
key: [repo_id, month]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  month: first day of the month
  contributors: people with a commit without merges
formula: distinct people over core.commit without merges by author date (UTC)
source: CHAOSS metric Contributors
edge_cases:
  - A repository whose history could not be read has no row; zero means that the month was seen and empty.
  - Bots, vanished commits, commits without an address and author dates after the day the answers hold for are left out.
  - Contributors in the wider sense of CHAOSS, who open issues or review, are in mart.activity.
incremental:
  rows: [core.commit, core.history_month, core.repository]
*/
with counted as (
    select
        repo_id,
        cast(date_trunc('month', authored_on) as date) as month,
        count(distinct person_id) as contributors
    from core.commit
    where not is_bot and not is_merge
        and authored_on <= (select cast(value as date) from meta.parameter where name = 'as_of')
    group by all
)
select
    months.repo_id,
    repository.enterprise_id,
    months.month,
    coalesce(counted.contributors, 0) as contributors
from core.history_month as months
join core.repository on repository.repo_id = months.repo_id
left join counted on counted.repo_id = months.repo_id and counted.month = months.month
