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
formula: core.deed counted, those without a time left out
edge_cases:
  - Bots, deleted accounts and people who opted out are left out, and so is what the forge has removed.
  - Only repositories whose forge was crawled have rows; core.forge_span says up to when.
*/
select
    repo_id,
    thread,
    number,
    person_id,
    kind,
    cast(date_trunc('month', cast(done_at as date)) as date) as month,
    count(*) as times
from core.deed
where thread <> 'release' and done_at is not null
group by all
