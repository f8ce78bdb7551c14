/*
description: Whether work on a repository is regular or comes in bursts.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  commits: commits by people in the last 365 days, without merges; null if no history could be read
  mean_hours: mean time between two commits in a row; null with fewer than 10 such gaps
  burstiness: −1 regular, 0 random, towards 1 in bursts; null likewise
formula: >-
  (σ − μ) / (σ + μ), with mean μ and standard deviation σ of the population of seconds between commits in a row, by
  committer time
source: >-
  Goh and Barabási, EPL 81 (2008) 48002; CHAOSS metric Burstiness describes what it is for and gives no formula
edge_cases:
  - Commits that were rebased together share a committer time, which looks like a burst.
  - Merges, bots and author dates after the day the answers hold for are left out.
  - A commit whose committer time is no date counts among the commits and has no gaps.
incremental:
  rows: [core.commit, core.repository, raw.commit]
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
authored as (
    select repo_id, sha, committed_on is not null as is_dated
    from core.commit
    cross join as_of
    where not is_bot and person_id is not null and not is_merge
        and authored_on <= as_of.day and authored_on > as_of.day - 365
),
gap as (
    select
        authored.repo_id,
        stamp.committed_at - lag(stamp.committed_at) over (
            partition by authored.repo_id order by stamp.committed_at, authored.sha
        ) as seconds
    from authored
    left join raw.commit as stamp
        on authored.is_dated and stamp.repo_id = authored.repo_id and stamp.sha = authored.sha
),
counted as (
    select
        repo_id,
        count(*) as commits,
        count(seconds) as gaps,
        sum(cast(seconds as decimal(18, 0))) as total,
        sum(cast(seconds as decimal(18, 0)) * cast(seconds as decimal(18, 0))) as squares
    from gap
    group by repo_id
),
rhythm as (
    select
        repo_id,
        commits,
        case when gaps >= 10 then cast(total as double) / gaps end as mean,
        -- σ² = (n·Σx² − (Σx)²) / n², in whole numbers, whose sum is the same in any order
        case when gaps >= 10 then sqrt(cast(squares * gaps - total * total as double)) / gaps end as deviation
    from counted
)
select
    repository.repo_id,
    case when has_history then coalesce(rhythm.commits, 0) end as commits,
    rhythm.mean / 3600 as mean_hours,
    (deviation - mean) / nullif(deviation + mean, 0) as burstiness
from core.repository
left join rhythm on rhythm.repo_id = repository.repo_id
