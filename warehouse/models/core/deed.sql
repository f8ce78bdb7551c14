/*
description: >-
  What people did on forges, deed by deed: opened, commented, reviewed, closed, released; with their employer at
  that time.
grain: one per deed
columns:
  repo_id: repository, as the workspace names it; by its present name on the forge where it is not of the workspace
  thread: issue, change_request or release
  number: number within the repository; the tag of a release
  person_id: pseudonym, as in core.account
  kind: >-
    open, comment, code_comment (on lines of a change request), review, close, merge (of the author's change
    request, by whomever), or publish (a release)
  done_at: when; null where the forge does not tell
  enterprise_id: employer at that time; null = unknown
formula: >-
  Employer: the roster row that holds on the day, else the employer by e-mail domain of the person's last commit up
  to it, else of all addresses of the person if they name one, else the company that the profile declares.
edge_cases:
  - Bots, deleted accounts and people who opted out are left out, and so is what the forge has removed.
  - Drafts of releases are no deeds, and neither are releases dated after the day the answers hold for.
*/
with told as (
    select forge, repository_id, 'issue' as thread, number, author_id as account_id, 'open' as kind,
        created_at as done_at
    from raw.issue
    where removed_at is null
    union all
    select forge, repository_id, 'issue', number, closed_by_id, 'close', closed_at
    from raw.issue
    where removed_at is null and state = 'closed'
    union all
    select forge, repository_id, 'change_request', number, author_id, 'open', created_at
    from raw.change_request
    where removed_at is null
    union all
    select forge, repository_id, 'change_request', number, author_id, 'merge', merged_at
    from raw.change_request
    where removed_at is null and merged_at is not null
    union all
    select forge, repository_id, 'change_request', number, coalesce(merged_by_id, closed_by_id), 'close', closed_at
    from raw.change_request
    where removed_at is null and state <> 'open'
    union all
    select forge, repository_id, thread, number, author_id, if(on_code, 'code_comment', 'comment'), created_at
    from raw.comment
    where removed_at is null and thread is not null
    union all
    select forge, repository_id, 'change_request', number, author_id, 'review', submitted_at
    from raw.review
    union all
    select forge, repository_id, 'release', tag, author_id, 'publish', published_at
    from raw.release
    where removed_at is null and published_at is not null and not coalesce(is_draft, false)
),
repository as (
    select forge, repository_id, coalesce(known.repo_id, named.repo_id) as repo_id
    from raw.forge_repository as named
    left join core.repository_forge as known using (forge, repository_id)
),
placed as (
    select
        repository.repo_id,
        told.thread,
        told.number,
        account.person_id,
        told.kind,
        told.done_at,
        cast(told.done_at as date) as day
    from told
    join repository using (forge, repository_id)
    join core.account as account on account.account_id = told.account_id
    where account.person_id is not null and not account.is_bot and repository.repo_id is not null
),
active as (
    select distinct person_id, day
    from placed
    where day is not null
        and person_id in (select person_id from core.affiliation where rule in ('roster', 'e-mail domain'))
),
listed as (
    select active.person_id, active.day, arg_max(enterprise_id, coalesce(valid_from, date '0001-01-01')) as enterprise_id
    from active
    join (select distinct person_id, enterprise_id, valid_from, valid_to from core.affiliation where rule = 'roster')
        as roster using (person_id)
    where active.day >= coalesce(valid_from, date '0001-01-01') and active.day <= coalesce(valid_to, date '9999-12-31')
    group by active.person_id, active.day
),
committed as (
    select person_id, authored_on, max(enterprise_id) as enterprise_id
    from core.commit
    where affiliation_rule = 'e-mail domain' and authored_on is not null
        and person_id in (select person_id from active)
    group by person_id, authored_on
),
wrote as (
    select active.person_id, active.day, committed.enterprise_id
    from active
    asof join committed on committed.person_id = active.person_id and committed.authored_on <= active.day
),
only_one as (
    select person_id, min(enterprise_id) as enterprise_id
    from core.affiliation
    where rule = 'e-mail domain' and person_id is not null
    group by person_id
    having count(distinct enterprise_id) = 1
)
select
    placed.repo_id,
    placed.thread,
    placed.number,
    placed.person_id,
    placed.kind,
    placed.done_at,
    coalesce(listed.enterprise_id, wrote.enterprise_id, domain.enterprise_id, company.enterprise_id) as enterprise_id
from placed
left join listed on listed.person_id = placed.person_id and listed.day = placed.day
left join wrote on wrote.person_id = placed.person_id and wrote.day = placed.day
left join only_one as domain on domain.person_id = placed.person_id
left join core.declared_company as company on company.person_id = placed.person_id
