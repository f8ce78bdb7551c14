/*
description: Which employer's people make how much of a repository.
grain: one per repository, period and employer; one with a null employer for the unaffiliated
key: [repo_id, period, enterprise_id]
columns:
  repo_id: repository
  period: all (the whole history) or year (the 365 days up to the day the answers hold for)
  enterprise_id: employer on the author date; null = unknown employer, not independent
  people: distinct authors
  commits: commits without merges
  share: of all commits without merges of the repository in the period, 0 to 1
formula: commits of the employer's people / commits of all people, both without merges
source: CHAOSS metrics Organizational Diversity and Contribution Attribution
edge_cases:
  - The row with a null employer is the unaffiliated share; it is there whenever one such commit is.
  - Bots, vanished commits and commits without an address are left out, author dates after the day too.
  - Somebody who changed employers counts for each of them.
incremental:
  rows: [core.commit]
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
authored as (
    select repo_id, enterprise_id, person_id, date_diff('day', authored_on, as_of.day) < 365 as in_year
    from core.commit
    cross join as_of
    where not is_bot and not is_merge and person_id is not null and authored_on <= as_of.day
),
counted as (
    select repo_id, 'all' as period, enterprise_id, count(distinct person_id) as people, count(*) as commits
    from authored
    group by repo_id, enterprise_id
    union all
    select repo_id, 'year', enterprise_id, count(distinct person_id), count(*)
    from authored
    where in_year
    group by repo_id, enterprise_id
)
select
    repo_id,
    period,
    enterprise_id,
    people,
    commits,
    commits / sum(commits) over (partition by repo_id, period) as share
from counted
