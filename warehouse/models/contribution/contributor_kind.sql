/*
description: How many people of a repository are new, occasional, core or have become inactive.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  contributors: people with a commit in the last 365 days; null if no history could be read
  new: of these, those whose first commit to the repository is within the 365 days; null likewise
  occasional: of these, those with fewer than 5 such commits; null likewise
  core: of these, the fewest who made 80 % of these commits; null likewise
  inactive: people with a commit in the 365 days before and none in the last 365 days; null likewise
formula: core = smallest k such that the k most active people made ≥ 80 % of the commits
source: >-
  CHAOSS metrics Contributors, New Contributors, Occasional Contributors and Inactive Contributors; core contributors
  by the 80 % rule of Mockus, Fielding and Herbsleb, TOSEM 11 (2002)
edge_cases:
  - Commits are counted as in core.repository_person, without merges and bots.
  - In a shallow history somebody may look new who is not, and what came before is understated.
*/
with counted as (
    select
        person.repo_id,
        count(*) filter (where commits_year > 0) as contributors,
        count(*) filter (where commits_year > 0 and first_on > as_of.day - 365) as new,
        count(*) filter (where commits_year between 1 and 4) as occasional,
        count(*) filter (where is_core) as core,
        count(*) filter (where commits_year = 0 and commits_before > 0) as inactive
    from core.repository_person as person
    cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
    group by person.repo_id
)
select
    repository.repo_id,
    case when has_history then coalesce(counted.contributors, 0) end as contributors,
    case when has_history then coalesce(counted.new, 0) end as new,
    case when has_history then coalesce(counted.occasional, 0) end as occasional,
    case when has_history then coalesce(counted.core, 0) end as core,
    case when has_history then coalesce(counted.inactive, 0) end as inactive
from core.repository
left join counted on counted.repo_id = repository.repo_id
