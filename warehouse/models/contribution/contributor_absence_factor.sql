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
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
periods as (
    select 'all' as period, cast(null as date) as first_day
    union all
    select 'year', day - 364 from as_of
),
counted as (
    select repo_id, period, person_id, is_bot, count(*) as commits
    from core.commit
    join periods on first_day is null or authored_on >= first_day
    where not is_merge
    group by repo_id, period, person_id, is_bot
),
ranked as (
    select
        repo_id,
        period,
        commits,
        row_number() over person as position,
        sum(commits) over person as cumulative,
        sum(commits) over (partition by repo_id, period) as total
    from counted
    where not is_bot and person_id is not null
    window person as (
        partition by repo_id, period
        order by commits desc, person_id
        rows between unbounded preceding and current row
    )
),
factor as (
    select
        repo_id,
        period,
        min(position) filter (where cumulative * 2 >= total) as contributor_absence_factor,
        count(*) as contributors,
        sum(commits) as commits
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
        else contributor_absence_factor
    end as contributor_absence_factor,
    case when is_read then coalesce(contributors, 0) end as contributors,
    case when is_read then cast(coalesce(commits, 0) as bigint) end as commits,
    case when is_read then cast(coalesce(by_bots, 0) as bigint) end as commits_by_bots,
    case when is_read then cast(coalesce(without_person, 0) as bigint) end as commits_without_person,
    is_shallow
from (
    select *, coalesce(history_status in ('succeeded', 'partial'), false) as is_read from core.repository
) as repository
cross join periods
left join factor on factor.repo_id = repository.repo_id and factor.period = periods.period
left join left_out on left_out.repo_id = repository.repo_id and left_out.period = periods.period
