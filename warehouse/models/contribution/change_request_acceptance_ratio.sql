/*
description: How many of the change requests that a project decided on it merged.
grain: one per repository of the workspace and period of the decision (each month, the last year)
key: [repo_id, period, first_day]
columns:
  repo_id: repository
  period: month, or year (the 365 days up to the day the answers hold for)
  first_day: first day of the period
  accepted: change requests of people merged in the period; null if the forge was not read that far
  declined: those closed in it without being merged, by the project or by their authors; null likewise
  acceptance_ratio: accepted / declined; null likewise or if none was declined
  accepted_share: accepted / (accepted + declined), 0 to 1; null likewise or if none was decided
  covered_on: day until which all change requests are read; null if never to the end
formula: merged change requests / change requests closed without merge
source: CHAOSS metric Change Request Acceptance Ratio
edge_cases:
  - Change requests of bots are left out.
  - Forges do not tell a rejection from a withdrawal, both are closed without merge.
  - Projects that take changes by other ways (a mailing list, a merge by hand) look as if they declined.
  - A month without a decision is zero with a null ratio; a month that was not read is null.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
decided as (
    select repo_id, cast(closed_at as date) as day, outcome = 'merged' as is_merged
    from core.thread
    cross join as_of
    where thread = 'change_request' and not is_by_bot and closed_at is not null
        and cast(closed_at as date) <= as_of.day
),
placed as (
    select *, 'month' as period, cast(date_trunc('month', day) as date) as first_day from decided
    union all
    select decided.*, 'year', as_of.day - 364
    from decided
    cross join as_of
    where decided.day >= as_of.day - 364
),
counted as (
    select
        repo_id,
        period,
        first_day,
        count(*) filter (where is_merged) as accepted,
        count(*) filter (where not is_merged) as declined
    from placed
    group by repo_id, period, first_day
)
select
    period.repo_id,
    period.period,
    period.first_day,
    case when change_requests_on >= first_day then coalesce(counted.accepted, 0) end as accepted,
    case when change_requests_on >= first_day then coalesce(counted.declined, 0) end as declined,
    case
        when change_requests_on >= first_day then counted.accepted / nullif(counted.declined, 0)
    end as acceptance_ratio,
    case
        when change_requests_on >= first_day then counted.accepted / (counted.accepted + counted.declined)
    end as accepted_share,
    period.change_requests_on as covered_on
from core.forge_period as period
left join counted using (repo_id, period, first_day)
