/*
description: >-
  The health card of a repository: who came, who stayed, how much hangs on one person or one employer, how fast people
  are answered. Each figure is that of its own model; nothing is computed here.
grain: one per repository of the workspace
key: [repo_id]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  history_status: succeeded, partial or failed; null if the history was never read
  is_shallow: history is cut off, so that everything that needs all of it is null
  is_archived: read-only by its owner's word; null if no forge told
  first_commit_on: as in mart.created_updated_since
  last_commit_on: likewise
  commits_year: commits by people in the last 365 days, as in mart.development_distribution_score
  contributors_year: people with such a commit, as in mart.contributor_kind
  contributors_core: as in mart.contributor_kind
  contributors_occasional: likewise
  contributors_new: likewise
  contributors_inactive: likewise
  contributor_absence_factor: of the last 365 days, as in mart.contributor_absence_factor
  elephant_factor: of the last 365 days, as in mart.elephant_factor
  unaffiliated: likewise
  development_distribution_score: as in mart.development_distribution_score
  retention: of the last complete quarter, as in mart.contributor_retention
  burstiness: as in mart.burstiness
  releases_year: as in mart.release_frequency
  last_release_on: likewise
  issue_response_hours: median hours to the first answer to an issue, as in mart.time_to_first_response
  issues_unanswered: share of issues without one, likewise
  change_request_response_hours: median hours to the first answer to a change request, likewise
  change_requests_unanswered: share of change requests without one, likewise
  issue_resolution_days: median days to the closing of an issue, as in mart.issue_resolution_duration
  closure_ratio: as in mart.change_request_closure_ratio
  accepted_share: as in mart.change_request_acceptance_ratio
  review_participation: as in mart.review_participation
  activity: of the last complete month that was read, as in mart.activity
  openrank: of the same month, as in mart.openrank
  activity_month: that month; null if none was read
  criticality: as in mart.criticality
  criticality_known: share of the weights of criticality whose signal is known, likewise
  forge_covered_on: day until which issues, change requests and comments are read; null if never to the end
formula: the figures of the models named, for the 365 days up to the day the answers hold for
source: CHAOSS metrics, OpenDigger, ossf/criticality_score, as the models named say
edge_cases:
  - Without a crawl of the forge everything from issue_response_hours to openrank is null, which is not zero.
  - Otherwise as the models named.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
response as (
    select
        repo_id,
        max(median_hours) filter (where thread = 'issue') as issue_hours,
        max(unanswered) filter (where thread = 'issue') as issues_unanswered,
        max(median_hours) filter (where thread = 'change_request') as change_request_hours,
        max(unanswered) filter (where thread = 'change_request') as change_requests_unanswered
    from mart.time_to_first_response
    where period = 'year'
    group by repo_id
),
last_month as (
    select activity.repo_id, max(activity.month) as month
    from mart.activity as activity
    cross join as_of
    where activity.activity is not null
        and cast(activity.month + interval 1 month as date) <= least(activity.covered_on, as_of.day) + 1
    group by activity.repo_id
)
select
    repository.repo_id,
    repository.enterprise_id,
    repository.history_status,
    repository.is_shallow,
    forge.is_archived,
    age.first_commit_on,
    age.last_commit_on,
    distribution.commits as commits_year,
    kind.contributors as contributors_year,
    kind.core as contributors_core,
    kind.occasional as contributors_occasional,
    kind.new as contributors_new,
    kind.inactive as contributors_inactive,
    absence.contributor_absence_factor,
    elephant.elephant_factor,
    elephant.unaffiliated,
    distribution.development_distribution_score,
    retention.retention,
    burstiness.burstiness,
    release.releases_year,
    release.last_on as last_release_on,
    response.issue_hours as issue_response_hours,
    response.issues_unanswered,
    response.change_request_hours as change_request_response_hours,
    response.change_requests_unanswered,
    resolution.median_days as issue_resolution_days,
    closure.closure_ratio,
    acceptance.accepted_share,
    review.review_participation,
    activity.activity,
    openrank.openrank,
    last_month.month as activity_month,
    criticality.score as criticality,
    criticality.known_weight as criticality_known,
    cast(span.deeds_at as date) as forge_covered_on
from core.repository
cross join as_of
left join core.repository_forge as forge on forge.repo_id = repository.repo_id
left join core.forge_span as span on span.repo_id = repository.repo_id
left join mart.created_updated_since as age on age.repo_id = repository.repo_id
left join mart.development_distribution_score as distribution on distribution.repo_id = repository.repo_id
left join mart.contributor_kind as kind on kind.repo_id = repository.repo_id
left join mart.contributor_absence_factor as absence
    on absence.repo_id = repository.repo_id and absence.period = 'year'
left join mart.elephant_factor as elephant on elephant.repo_id = repository.repo_id and elephant.period = 'year'
left join mart.contributor_retention as retention
    on retention.repo_id = repository.repo_id
    and retention.quarter = cast(date_trunc('quarter', as_of.day) - interval 3 month as date)
left join mart.burstiness as burstiness on burstiness.repo_id = repository.repo_id
left join mart.release_frequency as release on release.repo_id = repository.repo_id
left join response on response.repo_id = repository.repo_id
left join mart.issue_resolution_duration as resolution
    on resolution.repo_id = repository.repo_id and resolution.period = 'year'
left join mart.change_request_closure_ratio as closure
    on closure.repo_id = repository.repo_id and closure.period = 'year'
left join mart.change_request_acceptance_ratio as acceptance
    on acceptance.repo_id = repository.repo_id and acceptance.period = 'year'
left join mart.review_participation as review on review.repo_id = repository.repo_id and review.period = 'year'
left join last_month on last_month.repo_id = repository.repo_id
left join mart.activity as activity on activity.repo_id = repository.repo_id and activity.month = last_month.month
left join mart.openrank as openrank
    on openrank.node_kind = 'repository' and openrank.node_id = repository.repo_id
    and openrank.month = last_month.month
left join mart.criticality as criticality on criticality.repo_id = repository.repo_id
