/*
description: Who did what in issues and change requests, month by month.
grain: one per repository, issue or change request, person, kind of deed and month
key: [repo_id, thread, number, person_id, kind, month]
columns:
  repo_id: repository, as the workspace names it; by its present name on the forge where it is not of the workspace
  thread: issue or change_request
  number: number within the repository
  person_id: pseudonym, as in core.account
  kind: >-
    open, comment, code_comment (on lines of a change request), review, close, or merge (of the author's change
    request, by whomever)
  month: first day of the month (UTC)
  times: how often
edge_cases:
  - Bots, deleted accounts and people who opted out are left out, and so is what the forge has removed.
  - Only repositories whose forge was crawled have rows; raw.forge_crawl says which.
*/
with deed as (
    select forge, repository_id, 'issue' as thread, number, author_id as account_id, 'open' as kind, created_at as moment
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
    where removed_at is null
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
)
select
    coalesce(known.repo_id, told.repo_id) as repo_id,
    deed.thread,
    deed.number,
    account.person_id,
    deed.kind,
    cast(date_trunc('month', cast(deed.moment as date)) as date) as month,
    count(*) as times
from deed
join raw.forge_repository as told using (forge, repository_id)
left join core.repository_forge as known using (forge, repository_id)
join core.account as account on account.account_id = deed.account_id
where deed.moment is not null and account.person_id is not null and not account.is_bot
group by all
