/*
description: Whether a project keeps up with its change requests.
grain: one per repository of the workspace and period (each month, the last year)
key: [repo_id, period, first_day]
columns:
  repo_id: repository
  period: month, or year (the 365 days up to the day the answers hold for)
  first_day: first day of the period
  opened: change requests that people opened in the period; null if the forge was not read that far
  closed: change requests of people that were merged or closed in the period; null likewise
  closure_ratio: closed / opened; above 1 where a backlog shrinks; null likewise or if none was opened
  covered_on: day until which all change requests are read; null if never to the end
formula: change requests closed in the period, merged ones among them / change requests opened in it
source: CHAOSS metric Change Request Closure Ratio; the review efficiency index of GrimoireLab
edge_cases:
  - Change requests of bots are left out; a change request that was opened again counts with its last closing.
  - What is closed need not have been opened in the same period.
  - A month without a change request is zero with a null ratio; a month that was not read is null.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
deed as (
    select repo_id, cast(opened_at as date) as day, true as is_opening
    from core.thread
    where thread = 'change_request' and not is_by_bot
    union all
    select repo_id, cast(closed_at as date), false
    from core.thread
    where thread = 'change_request' and not is_by_bot and closed_at is not null
),
placed as (
    select *, 'month' as period, cast(date_trunc('month', day) as date) as first_day from deed
    union all
    select deed.*, 'year', as_of.day - 364
    from deed
    cross join as_of
    where deed.day >= as_of.day - 364
),
counted as (
    select
        repo_id,
        period,
        first_day,
        count(*) filter (where is_opening) as opened,
        count(*) filter (where not is_opening) as closed
    from placed
    cross join as_of
    where placed.day <= as_of.day
    group by repo_id, period, first_day
)
select
    period.repo_id,
    period.period,
    period.first_day,
    case when change_requests_on >= first_day then coalesce(counted.opened, 0) end as opened,
    case when change_requests_on >= first_day then coalesce(counted.closed, 0) end as closed,
    case when change_requests_on >= first_day then counted.closed / nullif(counted.opened, 0) end as closure_ratio,
    period.change_requests_on as covered_on
from core.forge_period as period
left join counted using (repo_id, period, first_day)
