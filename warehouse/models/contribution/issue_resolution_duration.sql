/*
description: How long issues were open that were closed.
grain: one per repository of the workspace and period of closing (each month, the last year)
key: [repo_id, period, first_day]
columns:
  repo_id: repository
  period: month, or year (the 365 days up to the day the answers hold for)
  first_day: first day of the period
  opened: issues that people opened in the period; null if the forge was not read that far
  closed: issues of people that were closed in the period; null likewise
  median_days: median days from opening to closing of these; null likewise or if none was closed
  mean_days: mean days of these; null likewise
  covered_on: day until which all issues are read; null if never to the end
formula: closed_at − opened_at in days, over the issues closed in the period
source: CHAOSS metric Issue Resolution Duration
edge_cases:
  - Issues of bots are left out, and what is still open has no duration yet.
  - An issue that was opened again counts with its last closing.
  - A month without a closing is zero with a null duration; a month that was not read is null.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
issue as (
    select repo_id, opened_at, closed_at
    from core.thread
    where thread = 'issue' and not is_by_bot
),
deed as (
    select repo_id, cast(opened_at as date) as day, true as is_opening, null as days from issue
    union all
    select repo_id, cast(closed_at as date), false, greatest(epoch(closed_at) - epoch(opened_at), 0) / 86400
    from issue
    where closed_at is not null
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
        count(days) as closed,
        median(days) as median_days,
        cast(avg(cast(days as decimal(38, 18))) as double) as mean_days
    from placed
    cross join as_of
    where placed.day <= as_of.day
    group by repo_id, period, first_day
)
select
    period.repo_id,
    period.period,
    period.first_day,
    case when issues_on >= first_day then coalesce(counted.opened, 0) end as opened,
    case when issues_on >= first_day then coalesce(counted.closed, 0) end as closed,
    case when issues_on >= first_day then counted.median_days end as median_days,
    case when issues_on >= first_day then counted.mean_days end as mean_days,
    period.issues_on as covered_on
from core.forge_period as period
left join counted using (repo_id, period, first_day)
