/*
description: >-
  How few people make half of the commits of a repository: if that many leave, the project has lost half
  of its work.
grain: one per repository of the workspace and period
key: [repo_id, period]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  period: all (the whole history) or year (the 365 days up to the day the answers hold for)
  contributor_absence_factor: >-
    smallest number of people with half of the commits; null without commits or data
  contributors: distinct authors; null if no history could be read
  commits: commits of these, without merges; null likewise
  commits_by_bots: commits by programs, without merges, left out above; null likewise
  commits_without_person: commits without an address, without merges, left out above; null likewise
  is_shallow: history is cut off, so that the factor of the whole history is null
formula: smallest k such that the k most active people made ≥ 50 % of the commits
source: CHAOSS metric Contributor Absence Factor; 1000, 202, 90, 33, 332, 343, 42 and 433 commits give 2
edge_cases:
  - Merges, bots and vanished commits are left out.
  - The period year goes by author date. A shallow history that reaches back less than a year understates
    it.
incremental:
  rows: [core.commit, core.repository]
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
periods as (
    select unnest(['all', 'year']) as period
),
person as (
    select
        repo_id,
        person_id,
        is_bot,
        count(*) as commits,
        count(*) filter (where authored_on >= as_of.day - 364) as commits_in_year
    from core.commit
    cross join as_of
    where not is_merge
    group by repo_id, person_id, is_bot
),
counted as (
    select repo_id, 'all' as period, person_id, is_bot, commits from person
    union all
    select repo_id, 'year', person_id, is_bot, commits_in_year from person where commits_in_year > 0
),
level as (
    select repo_id, period, commits, count(*) as people, sum(commits) as of_all
    from counted
    where not is_bot and person_id is not null
    group by repo_id, period, commits
),
ranked as (
    select
        *,
        sum(people) over most_active as position,
        sum(of_all) over most_active as cumulative,
        sum(of_all) over (partition by repo_id, period) as total
    from level
    window most_active as (
        partition by repo_id, period order by commits desc rows between unbounded preceding and current row
    )
),
factor as (
    select
        repo_id,
        period,
        -- of those with equally many commits only so many as half of all commits takes
        arg_min(position - (cumulative * 2 - total) // (commits * 2), position) filter (where cumulative * 2 >= total)
            as contributor_absence_factor,
        sum(people) as contributors,
        sum(of_all) as commits
    from ranked
    group by repo_id, period
),
left_out as (
    select
        repo_id,
        period,
        sum(commits) filter (where is_bot) as by_bots,
        sum(commits) filter (where not is_bot and person_id is null) as without_person
    from counted
    group by repo_id, period
)
select
    repository.repo_id,
    repository.enterprise_id,
    periods.period,
    case
        when is_shallow and periods.period = 'all' then null
        else cast(contributor_absence_factor as bigint)
    end as contributor_absence_factor,
    case when has_history then cast(coalesce(contributors, 0) as bigint) end as contributors,
    case when has_history then cast(coalesce(commits, 0) as bigint) end as commits,
    case when has_history then cast(coalesce(by_bots, 0) as bigint) end as commits_by_bots,
    case when has_history then cast(coalesce(without_person, 0) as bigint) end as commits_without_person,
    is_shallow
from core.repository
cross join periods
left join factor on factor.repo_id = repository.repo_id and factor.period = periods.period
left join left_out on left_out.repo_id = repository.repo_id and left_out.period = periods.period
