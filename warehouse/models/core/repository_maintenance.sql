/*
description: Whether somebody still works on a repository.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  last_commit_on: >-
    committer date (UTC) of the last commit whose author is not a bot; null if no history could be read
  days_since_commit: days from then to the day the answers hold for; null likewise
  maintenance: 1 within 180 days, 0.5 within 365, else 0; null likewise
formula: 1 if days ≤ 180, 0.5 if days ≤ 365, else 0, with the bounds of scoring.yaml
edge_cases:
  - A clock that runs ahead gives negative days, which count as today's.
  - A fork or mirror carries its upstream's commits and looks as alive as that; core.repository_origin tells which
    are copies.
incremental:
  rows: [core.commit, core.repository]
*/
with bound as (
    select
        max(value) filter (where name = 'evidence.alive_days') as alive_days,
        max(value) filter (where name = 'evidence.dormant_days') as dormant_days
    from raw.scoring
),
last_commit as (
    select repo_id, max(committed_on) as last_commit_on
    from core.commit
    where not is_bot
    group by repo_id
),
aged as (
    select
        repository.repo_id,
        last_commit_on,
        date_diff(
            'day', last_commit_on, (select cast(value as date) from meta.parameter where name = 'as_of')
        ) as days_since_commit
    from core.repository
    left join last_commit on last_commit.repo_id = repository.repo_id
)
select
    repo_id,
    last_commit_on,
    days_since_commit,
    cast(
        case
            when days_since_commit <= bound.alive_days then 1.0
            when days_since_commit <= bound.dormant_days then 0.5
            when days_since_commit is not null then 0.0
        end as double
    ) as maintenance
from aged
cross join bound
