/*
description: How old a repository is, and how long nobody has worked on it.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  first_commit_on: author date of the first commit by a person; null if the history was not read or is cut off
  created_since: months from then to the day the answers hold for; null likewise
  last_commit_on: author date of the last commit by a person; null if the history was not read or holds none
  updated_since: months from then to the day the answers hold for; null likewise
formula: days / 30.4375, the mean length of a month
source: signals created_since and updated_since of the Open Source Project Criticality Score
edge_cases:
  - Merges, bots and author dates after the day the answers hold for are left out.
  - A repository that took over an older history is as old as that.
*/
with span as (
    select repo_id, min(first_on) as first_on, max(last_on) as last_on from core.repository_person group by repo_id
),
dated as (
    select
        repository.repo_id,
        case when not repository.is_shallow then span.first_on end as first_commit_on,
        span.last_on as last_commit_on
    from core.repository
    left join span on span.repo_id = repository.repo_id
)
select
    dated.repo_id,
    dated.first_commit_on,
    date_diff('day', dated.first_commit_on, as_of.day) / 30.4375 as created_since,
    dated.last_commit_on,
    date_diff('day', dated.last_commit_on, as_of.day) / 30.4375 as updated_since
from dated
cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
