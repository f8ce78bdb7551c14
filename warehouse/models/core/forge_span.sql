/*
description: >-
  Until when everything that a forge has of a repository was read, by what metrics need of it. What is null was not
  read to its end and is unknown, not zero.
grain: one per repository of the workspace, and one per other repository that a forge has told of
key: [repo_id]
columns:
  repo_id: repository, as in core.deed
  repository_at: until when its name and counts are known
  issues_at: until when all issues are there; null if they were never read to their end
  change_requests_at: the same of change requests
  issue_responses_at: of issues with their comments
  change_request_responses_at: of change requests with comments, comments on code, reviews and who closed them
  deeds_at: of issues, change requests and all comments, what activity and OpenRank rest on
  details_at: of what is asked for one by one, such as reviews
  releases_at: of releases
formula: >-
  the earliest covered_to of the endpoints in raw.forge_crawl that tell of it; a forge without a list of change requests
  tells of them among issues, one without a list of comments among the details
source: raw.forge_crawl
edge_cases:
  - Lists are read from their beginning, so that everything before the time is there too.
  - Of a repository that was crawled under two names the later crawl counts.
  - Payloads of webhooks and archives of events tell of single events and cover nothing.
*/
with read as (
    select forge, repository_id, endpoint, max(covered_to) as covered_to
    from raw.forge_crawl
    where repository_id is not null
    group by forge, repository_id, endpoint
),
endpoint as (
    select
        forge,
        repository_id,
        max(covered_to) filter (where endpoint = 'repository') as repository_at,
        max(covered_to) filter (where endpoint = 'issues') as issues,
        max(covered_to) filter (where endpoint = 'change_requests') as change_requests,
        bool_or(endpoint = 'change_requests') as lists_change_requests,
        max(covered_to) filter (where endpoint = 'comments') as comments,
        bool_or(endpoint = 'comments') as lists_comments,
        max(covered_to) filter (where endpoint = 'code_comments') as code_comments,
        bool_or(endpoint = 'code_comments') as lists_code_comments,
        max(covered_to) filter (where endpoint = 'details') as details,
        max(covered_to) filter (where endpoint = 'releases') as releases
    from read
    group by forge, repository_id
),
told as (
    select
        forge,
        repository_id,
        repository_at,
        issues,
        if(lists_change_requests, change_requests, issues) as changes,
        if(lists_comments, comments, details) as comments,
        if(lists_code_comments, code_comments, details) as code_comments,
        details,
        releases
    from endpoint
),
spanned as (
    select
        forge,
        repository_id,
        repository_at,
        issues as issues_at,
        changes as change_requests_at,
        case when issues is not null and comments is not null then least(issues, comments) end as issue_responses_at,
        case
            when changes is not null and comments is not null and code_comments is not null and details is not null
                then least(changes, comments, code_comments, details)
        end as change_request_responses_at,
        case
            when issues is not null and changes is not null and comments is not null and code_comments is not null
                then least(issues, changes, comments, code_comments)
        end as deeds_at,
        details as details_at,
        releases as releases_at
    from told
),
named as (
    select coalesce(known.repo_id, forge.repo_id) as repo_id, forge.forge, forge.repository_id
    from raw.forge_repository as forge
    left join core.repository_forge as known using (forge, repository_id)
    where coalesce(known.repo_id, forge.repo_id) is not null
    union
    select repo_id, null, null from core.repository where repo_id not in (select repo_id from core.repository_forge)
)
select
    named.repo_id,
    max(repository_at) as repository_at,
    max(issues_at) as issues_at,
    max(change_requests_at) as change_requests_at,
    max(issue_responses_at) as issue_responses_at,
    max(change_request_responses_at) as change_request_responses_at,
    max(deeds_at) as deeds_at,
    max(details_at) as details_at,
    max(releases_at) as releases_at
from named
left join spanned using (forge, repository_id)
group by named.repo_id
