/*
description: >-
  The months and the year for which the life of a repository on its forge is measured: each month from the first that
  is known of it to the day the answers hold for, and the 365 days up to that day. Beside them stands until when the
  forge was read, so that each metric can tell a month without an event from one that was not read.
grain: one per repository of the workspace and period
key: [repo_id, period, first_day]
columns:
  repo_id: repository of the workspace
  period: month or year
  first_day: first day of the period, UTC
  after_last: day after its last one, at the latest the day after the one the answers hold for
  issues_on: day until which all issues are read, UTC; null if never to the end
  change_requests_on: the same of change requests
  issue_responses_on: of issues with their comments
  change_request_responses_on: of change requests with comments, comments on code, reviews and who closed them
formula: months from the repository's creation on its forge or its first issue or change request, whichever is earlier
edge_cases:
  - A repository that no forge has told of has the year only.
  - What happened in a period is known if it was read until its first day or later; a null day is never that.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
begun as (
    select repo_id, min(day) as day
    from (
        select repo_id, created_on as day from core.repository_forge
        union all
        select repo_id, cast(opened_at as date) from core.thread
    )
    where day is not null
    group by repo_id
),
months as (
    select
        repo_id,
        cast(
            unnest(generate_series(date_trunc('month', begun.day), date_trunc('month', as_of.day), interval 1 month))
            as date
        ) as first_day
    from begun
    cross join as_of
),
period as (
    select
        repo_id,
        'month' as period,
        first_day,
        least(cast(first_day + interval 1 month as date), as_of.day + 1) as after_last
    from months
    cross join as_of
    union all
    select repo_id, 'year', as_of.day - 364, as_of.day + 1
    from core.repository
    cross join as_of
)
select
    period.*,
    cast(span.issues_at as date) as issues_on,
    cast(span.change_requests_at as date) as change_requests_on,
    cast(span.issue_responses_at as date) as issue_responses_on,
    cast(span.change_request_responses_at as date) as change_request_responses_on
from period
left join core.forge_span as span on span.repo_id = period.repo_id
