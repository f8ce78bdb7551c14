/*
description: >-
  Public events of a repository on its forge by month, as archives hold them, with how much of the month the
  archive covers.
grain: one per repository of a forge with an archive, and month of which an hour was read
key: [repo_id, month]
columns:
  repo_id: repository
  month: first day of the month, UTC
  stars: stars given (a star taken back is no event)
  forks: forks made
  pushes: pushes to branches
  issues_opened: issues opened
  change_requests_opened: change requests opened
  change_requests_closed: change requests closed, merged ones among them
  reviews: reviews of change requests
  comments: comments on issues, change requests and commits
  releases: releases published
  actors: distinct accounts behind these events, bots left out
  hours_read: hours of the month of which a file was read
  hours: hours of the month
  coverage: hours_read / hours, 0 to 1; counts are lower bounds where it is below 1
  is_trimmed: >-
    the forge left out most of what events used to say (commits of pushes; titles, sizes and merges of change
    requests), as GitHub does since 7 October 2025; null without such events
formula: counts over raw.forge_event; hours by the names of the files in raw.event_file
source: GH Archive; GitHub event types; GitHub changelog of 8 August 2025
edge_cases:
  - A month of which no hour was read has no row, which is not zero.
  - >-
    Archives hold what the Events API showed. Some events were never caught: GH Archive lost many from May 2025
    on, and most of them for some time in October 2025. Full coverage by hours is therefore still a lower bound.
  - Events about commits are no commits; those come from the history of the repository.
*/
with hour as (
    select date_trunc('month', hour) as month, count(distinct hour) as hours_read
    from raw.event_file
    where hour is not null and status <> 'failed'
    group by month
),
counted as (
    select
        repo_id,
        date_trunc('month', created_at) as month,
        count(*) filter (where type = 'WatchEvent') as stars,
        count(*) filter (where type = 'ForkEvent') as forks,
        count(*) filter (where type = 'PushEvent') as pushes,
        count(*) filter (where type = 'IssuesEvent' and action = 'opened') as issues_opened,
        count(*) filter (where type = 'PullRequestEvent' and action = 'opened') as change_requests_opened,
        count(*) filter (where type = 'PullRequestEvent' and action in ('closed', 'merged'))
            as change_requests_closed,
        count(*) filter (where type = 'PullRequestReviewEvent') as reviews,
        count(*) filter (
            where type in ('IssueCommentEvent', 'PullRequestReviewCommentEvent', 'CommitCommentEvent')
        ) as comments,
        count(*) filter (where type = 'ReleaseEvent' and action = 'published') as releases,
        count(distinct actor_id) filter (where not is_bot) as actors,
        bool_or(is_trimmed) filter (
            where type in ('PushEvent', 'PullRequestEvent', 'PullRequestReviewEvent')
        ) as is_trimmed
    from raw.forge_event
    group by all
),
watched as (
    select repo_id from raw.forge_event
    union
    select repo_id from core.repository where host = 'github.com'
)
select
    watched.repo_id,
    cast(hour.month as date) as month,
    coalesce(counted.stars, 0) as stars,
    coalesce(counted.forks, 0) as forks,
    coalesce(counted.pushes, 0) as pushes,
    coalesce(counted.issues_opened, 0) as issues_opened,
    coalesce(counted.change_requests_opened, 0) as change_requests_opened,
    coalesce(counted.change_requests_closed, 0) as change_requests_closed,
    coalesce(counted.reviews, 0) as reviews,
    coalesce(counted.comments, 0) as comments,
    coalesce(counted.releases, 0) as releases,
    coalesce(counted.actors, 0) as actors,
    hour.hours_read,
    date_diff('day', cast(hour.month as date), cast(hour.month + interval 1 month as date)) * 24 as hours,
    hour.hours_read
    / (date_diff('day', cast(hour.month as date), cast(hour.month + interval 1 month as date)) * 24) as coverage,
    counted.is_trimmed
from watched
cross join hour
left join counted on counted.repo_id = watched.repo_id and counted.month = hour.month
