/*
description: >-
  Issues and change requests of the workspace's repositories, with the first answer that each of them got and who
  took part in reviewing it.
grain: one per repository, issue or change request
key: [repo_id, thread, number]
columns:
  repo_id: repository of the workspace
  thread: issue or change_request
  number: number within the repository
  is_by_bot: a program opened it
  opened_at: when it was opened
  closed_at: when it was closed or merged last; null while it is open
  outcome: open, closed, merged or declined (a change request closed without merge)
  responded_at: >-
    first comment, comment on code, review, closing or merging by somebody else than its author; null if there is none
  reviewers: >-
    people other than the author with a review, a comment or a comment on code of the change request; null for issues
formula: responded_at = earliest such deed of core.deed whose person is not the author
source: CHAOSS metrics Time to First Response and Change Request Reviews
edge_cases:
  - Answers of bots, of deleted accounts and of people who opted out are none.
  - An answer by the author under another account that core.identity does not join counts as one of somebody else.
  - What the forge has removed is left out, and what was opened after the day the answers hold for.
  - Closing counts only where the forge tells who closed.
*/
with as_of as (
    select cast(value as date) as day from meta.parameter where name = 'as_of'
),
opened as (
    select forge, repository_id, 'issue' as thread, number, author_id, created_at, closed_at,
        case when closed_at is null then 'open' else 'closed' end as outcome
    from raw.issue
    where removed_at is null
    union all
    select forge, repository_id, 'change_request', number, author_id, created_at, coalesce(merged_at, closed_at),
        case when merged_at is not null then 'merged' when closed_at is null then 'open' else 'declined' end
    from raw.change_request
    where removed_at is null
),
mine as (
    select
        repository.repo_id,
        opened.* exclude (forge, repository_id, author_id),
        account.person_id as author,
        coalesce(account.is_bot, false) as is_by_bot
    from opened
    join core.repository_forge as repository using (forge, repository_id)
    left join core.account as account on account.account_id = opened.author_id
    cross join as_of
    where cast(opened.created_at as date) <= as_of.day
),
answer as (
    select
        mine.repo_id,
        mine.thread,
        mine.number,
        min(deed.done_at) filter (where deed.done_at >= mine.created_at) as responded_at,
        bool_or(deed.kind <> 'close') as is_reviewer
    from mine
    join core.deed as deed
        on deed.repo_id = mine.repo_id and deed.thread = mine.thread and deed.number = mine.number
        and deed.person_id is distinct from mine.author
    where deed.kind in ('comment', 'code_comment', 'review', 'close')
    group by mine.repo_id, mine.thread, mine.number, deed.person_id
),
answered as (
    select
        repo_id,
        thread,
        number,
        min(responded_at) as responded_at,
        count(*) filter (where is_reviewer) as reviewers
    from answer
    group by repo_id, thread, number
)
select
    mine.repo_id,
    mine.thread,
    mine.number,
    mine.is_by_bot,
    mine.created_at as opened_at,
    mine.closed_at,
    mine.outcome,
    answered.responded_at,
    case when mine.thread = 'change_request' then coalesce(answered.reviewers, 0) end as reviewers
from mine
left join answered using (repo_id, thread, number)
