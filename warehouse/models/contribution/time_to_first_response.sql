/*
description: >-
  How long people who open an issue or a change request wait for the first answer of somebody else, and how many never
  got one.
grain: one per repository of the workspace, issues or change requests, and period of opening (each month, the last year)
key: [repo_id, thread, period, first_day]
columns:
  repo_id: repository
  thread: issue or change_request
  period: month, or year (the 365 days up to the day the answers hold for)
  first_day: first day of the period
  opened: issues or change requests that people opened; null if the forge was not read that far
  answered: of these, those with an answer; null likewise
  withdrawn: of the others, those that are closed without one; null likewise
  unanswered: share of the opened without an answer, 0 to 1; null likewise or if none was opened
  median_hours: >-
    hours after which half of them are answered; null likewise, or where fewer than half are answered so far
  covered_on: day until which issues or change requests and all answers are read; null if never to the end
formula: >-
  Kaplan-Meier estimate of the median over those opened in the period. What waits still is censored at covered_on or the
  end of the day the answers hold for, what was withdrawn at its closing. An answer is a comment, a comment on code, a
  review, or the closing or merging by somebody else than the author.
source: >-
  CHAOSS metrics Time to First Response, Issue Response Time and Change Request Reviews; Kaplan and Meier, JASA 53
  (1958) 457-481
edge_cases:
  - Bots neither ask nor answer; the author's own comments are no answer. Otherwise as core.thread.
  - A month without an issue is zero with a null share and median; a month that was not read is null.
  - A month that was read in part counts what was opened until covered_on.
  - The median of answered ones alone would be too short, for the slow answers are still to come.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
span as (
    select repo_id, 'issue' as thread, issue_responses_at as covered_at from core.forge_span
    union all
    select repo_id, 'change_request', change_request_responses_at from core.forge_span
),
asked as (
    select
        thread.repo_id,
        thread.thread,
        cast(thread.opened_at as date) as opened_on,
        coalesce(responded_at <= censored_at, false) as is_answered,
        coalesce(closed_at <= censored_at, false) as is_closed,
        greatest(
            epoch(
                case
                    when responded_at <= censored_at then responded_at
                    else least(coalesce(closed_at, censored_at), censored_at)
                end
            ) - epoch(opened_at),
            0
        ) / 3600 as hours
    from core.thread as thread
    join (
        select repo_id, thread, least(covered_at, cast(as_of.day + 1 as timestamptz)) as censored_at
        from span
        cross join as_of
    ) as censor using (repo_id, thread)
    where not thread.is_by_bot and thread.opened_at <= censored_at
),
placed as (
    select *, 'month' as period, cast(date_trunc('month', opened_on) as date) as first_day from asked
    union all
    select asked.*, 'year', as_of.day - 364
    from asked
    cross join as_of
    where opened_on >= as_of.day - 364
),
counted as (
    select
        repo_id,
        thread,
        period,
        first_day,
        count(*) as opened,
        count(*) filter (where is_answered) as answered,
        count(*) filter (where is_closed and not is_answered) as withdrawn
    from placed
    group by repo_id, thread, period, first_day
),
moment as (
    select repo_id, thread, period, first_day, hours, count(*) as leaving, count(*) filter (where is_answered) as answers
    from placed
    group by repo_id, thread, period, first_day, hours
),
risk as (
    select
        *,
        sum(leaving) over (
            partition by repo_id, thread, period, first_day
            order by hours
            rows between current row and unbounded following
        ) as waiting
    from moment
),
survival as (
    select
        *,
        product(1 - answers / waiting) over (
            partition by repo_id, thread, period, first_day
            order by hours
            rows between unbounded preceding and current row
        ) as unanswered
    from risk
),
middle as (
    select repo_id, thread, period, first_day, min(hours) as median_hours
    from survival
    where unanswered <= 0.5 + 1e-9
    group by repo_id, thread, period, first_day
),
wanted as (
    select repo_id, 'issue' as thread, period, first_day, issue_responses_on as covered_on from core.forge_period
    union all
    select repo_id, 'change_request', period, first_day, change_request_responses_on from core.forge_period
)
select
    wanted.repo_id,
    wanted.thread,
    wanted.period,
    wanted.first_day,
    case when covered_on >= first_day then coalesce(counted.opened, 0) end as opened,
    case when covered_on >= first_day then coalesce(counted.answered, 0) end as answered,
    case when covered_on >= first_day then coalesce(counted.withdrawn, 0) end as withdrawn,
    case when covered_on >= first_day then (counted.opened - counted.answered) / counted.opened end as unanswered,
    case when covered_on >= first_day then middle.median_hours end as median_hours,
    wanted.covered_on
from wanted
left join counted using (repo_id, thread, period, first_day)
left join middle using (repo_id, thread, period, first_day)
