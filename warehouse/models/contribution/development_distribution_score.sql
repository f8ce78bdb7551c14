/*
description: How far the work on a repository is spread over people.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  commits: commits by people in the last 365 days, without merges; null if no history could be read
  largest: of these, those of the most active person; null likewise
  development_distribution_score: 1 − largest / commits, 0 (one person alone) to 1; null without such commits
formula: 1 − commits of the most active person / commits of all people
source: development distribution score as ecosyste.ms defines it
edge_cases:
  - Commits are counted as in core.repository_person, without merges and bots.
*/
with counted as (
    select repo_id, cast(sum(commits_year) as bigint) as commits, max(commits_year) as largest
    from core.repository_person
    group by repo_id
)
select
    repository.repo_id,
    case when has_history then coalesce(counted.commits, 0) end as commits,
    case when has_history then coalesce(counted.largest, 0) end as largest,
    1 - counted.largest / nullif(counted.commits, 0) as development_distribution_score
from core.repository
left join counted on counted.repo_id = repository.repo_id
