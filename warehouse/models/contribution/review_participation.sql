/*
description: How many of the change requests that a project decided on somebody else than the author had looked at.
grain: one per repository of the workspace and period of the decision (each month, the last year)
key: [repo_id, period, first_day]
columns:
  repo_id: repository
  period: month, or year (the 365 days up to the day the answers hold for)
  first_day: first day of the period
  decided: change requests of people merged or closed in the period; null if the forge was not read that far
  reviewed: >-
    of these, those with a review, a comment or a comment on code by somebody else than the author; null likewise
  review_participation: reviewed / decided, 0 to 1; null likewise or if none was decided
  reviewers_mean: people other than the author who took part, per change request decided; null likewise
  merged_unreviewed: change requests merged without any; null likewise
  reviewers: distinct people who reviewed or commented change requests of others in the period; null likewise
  covered_on: day until which change requests, comments and reviews are read; null if never to the end
formula: change requests with a reviewer / change requests decided; reviewers_mean = sum of reviewers / decided
source: >-
  CHAOSS metric Change Request Reviews; review participation as McIntosh, Kamei, Adams and Hassan, MSR 2014, measure it
  (changes without discussion, reviewers per change)
edge_cases:
  - Bots neither ask nor review; merging alone is no review.
  - A review that the forge dates after the decision counts for the change request as well.
  - Reviews without a time (Gitee, GitCode) count for their change request and not among the reviewers of the period.
  - A month without a decision is zero with null shares; a month that was not read is null.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
decided as (
    select repo_id, cast(closed_at as date) as day, outcome = 'merged' as is_merged, reviewers
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
        count(*) as decided,
        count(*) filter (where reviewers > 0) as reviewed,
        avg(reviewers) as reviewers_mean,
        count(*) filter (where is_merged and reviewers = 0) as merged_unreviewed
    from placed
    group by repo_id, period, first_day
),
author as (
    select repo_id, number, person_id from core.deed where thread = 'change_request' and kind = 'open'
),
taking_part as (
    select deed.repo_id, deed.person_id, cast(deed.done_at as date) as day
    from core.deed as deed
    left join author
        on author.repo_id = deed.repo_id and author.number = deed.number and author.person_id = deed.person_id
    cross join as_of
    where deed.thread = 'change_request' and deed.kind in ('review', 'comment', 'code_comment')
        and author.person_id is null and cast(deed.done_at as date) <= as_of.day
),
reviewer as (
    select repo_id, 'month' as period, cast(date_trunc('month', day) as date) as first_day,
        count(distinct person_id) as reviewers
    from taking_part
    group by all
    union all
    select repo_id, 'year', as_of.day - 364, count(distinct person_id)
    from taking_part
    cross join as_of
    where taking_part.day >= as_of.day - 364
    group by all
)
select
    period.repo_id,
    period.period,
    period.first_day,
    case when change_request_responses_on >= first_day then coalesce(counted.decided, 0) end as decided,
    case when change_request_responses_on >= first_day then coalesce(counted.reviewed, 0) end as reviewed,
    case
        when change_request_responses_on >= first_day then counted.reviewed / counted.decided
    end as review_participation,
    case when change_request_responses_on >= first_day then counted.reviewers_mean end as reviewers_mean,
    case
        when change_request_responses_on >= first_day then coalesce(counted.merged_unreviewed, 0)
    end as merged_unreviewed,
    case when change_request_responses_on >= first_day then coalesce(reviewer.reviewers, 0) end as reviewers,
    period.change_request_responses_on as covered_on
from core.forge_period as period
left join counted using (repo_id, period, first_day)
left join reviewer using (repo_id, period, first_day)
