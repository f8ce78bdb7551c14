/*
description: >-
  What each person gave to a repository of the workspace in the last two years: commits, change requests, reviews,
  issues and releases.
grain: one per repository, kind of contribution, person, employer at the time and year
key: [repo_id, kind, person_id, enterprise_id, in_year]
columns:
  repo_id: repository of the workspace
  kind: commit (without merges), change_request, review (of a change request of others), issue or release
  person_id: pseudonym, as in core.identity
  enterprise_id: employer at the time; null = unknown
  in_year: true = the 365 days up to the day the answers hold for; false = the 365 days before
  times: how often
formula: commits of core.commit by author date, deeds of core.deed by their time
source: CHAOSS metric Types of Contributions
edge_cases:
  - Comments are no contribution of their own; they are answers, and count in mart.time_to_first_response.
  - Reviews without a time (Gitee, GitCode) are left out; mart.giveback_contribution says so with nulls.
  - Merges, bots, vanished commits and people who opted out are left out.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
author as (
    select repo_id, number, person_id from core.deed where thread = 'change_request' and kind = 'open'
),
given as (
    select repo_id, 'commit' as kind, person_id, enterprise_id, authored_on as day
    from core.commit
    where not is_bot and not is_merge and person_id is not null
    union all
    select
        deed.repo_id,
        case when deed.kind = 'open' then deed.thread when deed.kind = 'publish' then 'release' else 'review' end,
        deed.person_id,
        deed.enterprise_id,
        cast(deed.done_at as date)
    from core.deed as deed
    join core.repository on repository.repo_id = deed.repo_id
    left join author
        on deed.kind = 'review' and author.repo_id = deed.repo_id and author.number = deed.number
        and author.person_id = deed.person_id
    where deed.kind in ('open', 'review', 'publish') and author.person_id is null
)
select repo_id, kind, person_id, enterprise_id, given.day > as_of.day - 365 as in_year, count(*) as times
from given
cross join as_of
where given.day <= as_of.day and given.day > as_of.day - 730
group by all
