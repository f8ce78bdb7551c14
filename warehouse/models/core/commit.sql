/*
description: >-
  Commits reachable from HEAD, with their author as a pseudonym and the author's employer at that time.
grain: one per repository and commit
key: [repo_id, sha]
columns:
  repo_id: repository
  sha: commit id
  person_id: author's pseudonym, as in core.identity; null where the commit has no address, or for people who opted out or are erased
  is_bot: the author is a program
  enterprise_id: author's employer on the author date; null = unknown
  affiliation_rule: roster, e-mail domain or declared company; null = unknown
  authored_on: author date in UTC; null where it is no date
  committed_on: committer date in UTC; null where it is no date
  is_merge: more than one parent
  first_parent: on the first-parent line from HEAD
  files: files changed; null for merges and where objects are missing
  added: lines added, renames not followed; null likewise
  deleted: lines deleted; null likewise
formula: >-
  Employer: the roster row that holds on the author date (of several the one that began last), else the
  declared e-mail domain of the address, else the company that a forge profile of the author declares.
edge_cases:
  - Commits that vanished after a force-push are left out.
  - The author date is what the author's clock said; dates beyond the years 1 to 9999 are null.
  - A shallow history holds only the commits that were fetched.
incremental:
  rows: [core.repository, raw.commit]
  lookups:
    core.affiliation.identity_id: [raw.commit.author_id]
    core.identity.identity_id: [raw.commit.author_id]
*/
with dated as not materialized (
    select
        repo_id,
        sha,
        author_id,
        case
            when authored_at between -62135596800 and 253402300799
                then date '1970-01-01' + cast(floor(authored_at / 86400.0) as integer)
        end as authored_on,
        case
            when committed_at between -62135596800 and 253402300799
                then date '1970-01-01' + cast(floor(committed_at / 86400.0) as integer)
        end as committed_on,
        len(parents) > 1 as is_merge,
        first_parent,
        files,
        added,
        deleted
    from raw.commit
    where not coalesce(vanished, false)
),
author as (
    select
        identity.identity_id,
        identity.person_id,
        identity.is_bot,
        coalesce(domain.enterprise_id, company.enterprise_id) as enterprise_id,
        coalesce(domain.rule, company.rule) as affiliation_rule
    from core.identity
    left join core.affiliation as domain
        on domain.identity_id = identity.identity_id and domain.rule = 'e-mail domain'
    left join core.affiliation as company
        on company.identity_id = identity.identity_id and company.rule = 'declared company'
    where identity.identity_id is not null
),
employed as (
    select
        dated.author_id,
        dated.authored_on,
        arg_max(enterprise_id, coalesce(valid_from, date '0001-01-01')) as enterprise_id
    from dated
    join core.affiliation on affiliation.identity_id = dated.author_id and affiliation.rule = 'roster'
    where dated.authored_on >= coalesce(valid_from, date '0001-01-01')
        and dated.authored_on <= coalesce(valid_to, date '9999-12-31')
    group by dated.author_id, dated.authored_on
)
select
    dated.repo_id,
    dated.sha,
    author.person_id,
    coalesce(author.is_bot, false) as is_bot,
    coalesce(employed.enterprise_id, author.enterprise_id) as enterprise_id,
    case when employed.enterprise_id is not null then 'roster' else author.affiliation_rule end as affiliation_rule,
    dated.authored_on,
    dated.committed_on,
    dated.is_merge,
    dated.first_parent,
    dated.files,
    dated.added,
    dated.deleted
from dated
join core.repository on repository.repo_id = dated.repo_id
left join author on author.identity_id = dated.author_id
left join employed on employed.author_id = dated.author_id and employed.authored_on = dated.authored_on
